from celery import shared_task


@shared_task(name="pictures.render")
def render(picture_id: str) -> None:
    from pictures.models import Picture

    picture = Picture.objects.filter(pk=picture_id).first()
    if picture is not None:
        picture.render()


@shared_task(name="pictures.sweep")
def sweep() -> None:
    from pictures.sweep import Sweep

    Sweep().run()
