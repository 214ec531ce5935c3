from celery import shared_task

from procurement_portal.models import Application, Referral


@shared_task(name="procurement_portal.sweep_unconfirmed")
def sweep_unconfirmed() -> None:
    Application.sweep_unconfirmed()


@shared_task(name="procurement_portal.forget_referrals")
def forget_referrals() -> None:
    """Nightly: delete the addresses of tips to colleagues after some days."""
    Referral.forget_addresses()
