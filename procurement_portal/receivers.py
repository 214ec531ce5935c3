"""What the portal listens to: what becomes of its pictures after the first look."""

from typing import Any

from django.dispatch import receiver

from pictures.models import Picture
from pictures.signals import picture_rejected
from procurement_portal.models import Application, ChangeRequest


@receiver(picture_rejected, dispatch_uid="procurement_portal.picture_rejected")
def tell_owner(sender: Any, *, picture: Picture, **_kwargs: Any) -> None:
    Application.picture_was_rejected(picture)
    ChangeRequest.picture_was_rejected(picture)
