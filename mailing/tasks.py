from celery import shared_task

from mailing.outbox import deliver, sweep_out


@shared_task(name="mailing.send_letter")
def send_letter(letter_id: int) -> None:
    deliver(letter_id)


@shared_task(name="mailing.sweep")
def sweep() -> None:
    sweep_out()
