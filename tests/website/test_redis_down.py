"""What still works, and what is said, while Redis does not answer."""

import pytest
from kombu.exceptions import OperationalError

from antispam.tickets import new_ticket
from config.celery import app
from mailing.models import Letter
from mailing.tasks import send_letter
from newsletter.models import Subscriber

NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def redis_is_down(settings, monkeypatch):
    monkeypatch.setattr("antispam.tickets.FILLED_IN_NO_FASTER_THAN", -1)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": NOBODY_LISTENS}}


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/", "/labb/", "/metoder/", "/dagbok/", "/nyhetsbrev/", "/inkopsportalen/ansokan/"])
def test_everybody_can_go_on_reading(client, page):
    assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_signing_in_says_that_it_does_not_work_right_now(client, lab_member):
    response = client.post("/konto/logga-in/", {"login": lab_member.email})
    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "Det här går inte just nu" in response.content.decode()
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_a_new_subscriber_is_taken_in(client):
    choices = {"email": "ny@example.org", "frequency": "weekly", "language": "sv", "consent": "on"}
    response = client.post("/nyhetsbrev/", {**choices, "ticket": new_ticket()})
    assert response.status_code == 302
    assert Subscriber.objects.get().email == Letter.objects.get().to == "ny@example.org"


def test_a_request_does_not_wait_for_the_broker(monkeypatch):
    """Counted by what it waits for another try: the clock of a machine that is held up says nothing of it."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        assert sum(waits) < 2

    for client in ("kombu.utils.functional", "redis.retry"):
        monkeypatch.setattr(f"{client}.sleep", wait)
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    with app.connection_for_write(NOBODY_LISTENS) as broker, pytest.raises(OperationalError):
        send_letter.apply_async((1,), retry=False, connection=broker)
    assert waits == [0.1]
