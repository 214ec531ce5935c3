from typing import Any

from django.db.models.signals import post_delete


def forget_files(sender: type, instance: Any, **kwargs: Any) -> None:
    instance.forget_files()


def connect() -> None:
    """Files go with their row, however it is deleted: by a verb, a queryset or a cascade."""
    from pictures.models import Picture, Transfer

    for model in (Picture, Transfer):
        post_delete.connect(forget_files, sender=model, dispatch_uid=f"pictures.forget_files.{model.__name__}")
