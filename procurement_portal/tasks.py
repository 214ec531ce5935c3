from celery import shared_task
from django.utils import timezone

from procurement_portal.models import Application, ChangeRequest, Referral, StartedApplication, Supplier


@shared_task(name="procurement_portal.sweep_unconfirmed")
def sweep_unconfirmed() -> None:
    """Nightly: forget applications that nobody confirmed or sent in."""
    Application.sweep_unconfirmed()
    StartedApplication.sweep()


@shared_task(name="procurement_portal.forget_referrals")
def forget_referrals() -> None:
    """Nightly: delete the addresses of tips to colleagues after some days."""
    Referral.forget_addresses()


@shared_task(name="procurement_portal.forget_changes")
def forget_changes() -> None:
    """Nightly: forget what suppliers proposed some months ago."""
    ChangeRequest.forget_closed()


@shared_task(name="procurement_portal.watch_listings")
def watch_listings() -> None:
    """Every hour: remind suppliers whose time is soon up, and hide the pictures of those whose time is up."""
    now = timezone.now()
    for supplier in Supplier.objects.to_remind(now):
        supplier.remind()
    for supplier in Supplier.objects.to_expire(now):
        supplier.expire()
