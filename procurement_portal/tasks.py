from celery import shared_task

from procurement_portal.models import Application


@shared_task(name="procurement_portal.sweep_unconfirmed")
def sweep_unconfirmed() -> None:
    Application.sweep_unconfirmed()
