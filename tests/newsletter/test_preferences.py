import datetime

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.models import Subscriber
from newsletter.models.subscription import NotSubscribing

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(subscriber) -> str:
    return f"/p/{subscriber.token}/"


def test_choices_are_changed_without_an_account(client, subscriber, path, lab, safety):
    choices = {"frequency": "each", "language": "en", "labs": [lab.pk], "focus_areas": [safety.pk]}
    assert client.post(path, choices).status_code == 302
    subscriber.refresh_from_db()
    assert (subscriber.frequency, subscriber.language) == ("each", "en")
    assert (list(subscriber.labs.all()), list(subscriber.focus_areas.all())) == ([lab], [safety])


def test_nonsense_is_refused_and_nothing_changes(client, subscriber, path):
    assert client.post(path, {"frequency": "never", "language": "sv"}).status_code == 400
    subscriber.refresh_from_db()
    assert subscriber.frequency == "weekly"


def test_reading_the_page_writes_nothing(client, subscriber, path, django_assert_num_queries):
    before = Subscriber.objects.values().get()
    assert client.get(path).status_code == 200
    assert Subscriber.objects.values().get() == before


def test_the_page_is_never_cached_or_found(client, path):
    response = client.get(path)
    assert "no-store" in response["Cache-Control"]
    assert 'name="robots" content="noindex"' in response.content.decode()


def test_a_pause_and_its_end(client, subscriber, path):
    client.post(f"{path}paus/", {"pause": "1"})
    subscriber.refresh_from_db()
    assert subscriber.is_paused
    assert not Subscriber.objects.receiving(timezone.now()).exists()
    assert Subscriber.objects.receiving(timezone.now() + datetime.timedelta(days=61)).exists()
    client.post(f"{path}paus/")
    subscriber.refresh_from_db()
    assert not subscriber.is_paused


def test_one_click_from_a_mail_program_needs_no_cookie_no_csrf_and_no_redirect(subscriber):
    program = Client(enforce_csrf_checks=True)
    response = program.post(f"/u/{subscriber.token}/", {"List-Unsubscribe": "One-Click"})
    subscriber.refresh_from_db()
    assert (response.status_code, subscriber.state, subscriber.left_because) == (200, "unsubscribed", "one-click")
    assert not response.cookies


def test_the_same_click_twice_changes_nothing_more(client, subscriber):
    for _ in range(2):
        assert client.post(f"/u/{subscriber.token}/").status_code == 200
    assert [event.verb for event in subscriber.events.all()] == ["left"]


def test_opening_the_link_shows_a_button_and_does_not_leave(client, subscriber):
    page = client.get(f"/u/{subscriber.token}/").content.decode()
    subscriber.refresh_from_db()
    assert subscriber.state == "active"
    assert page.partition("<main")[2].count("<button") == 1


def test_the_unsubscribe_address_is_short_enough_for_a_header(subscriber, settings):
    settings.SITE_URL = "https://innovationslabb.allmannyttan.example"
    for language in ("sv", "en"):
        subscriber.language = language
        assert len(subscriber.unsubscribe_url) < 75


def test_someone_who_left_cannot_change_choices_but_may_return(client, subscriber, path):
    subscriber.leave()
    assert client.post(path, {"frequency": "each", "language": "sv"}).status_code == 409
    assert "Anmäl dig igen" in client.get(path).content.decode()
    with pytest.raises(NotSubscribing):
        subscriber.pause(timezone.now())


def test_erasing_forgets_the_person_and_keeps_the_count(client, subscriber, path, lab):
    subscriber.labs.add(lab)
    subscriber.consents.create(text="Ja", form="/nyhetsbrev/", language="sv")
    assert client.get(f"{path}radering/").status_code == 200
    assert Subscriber.objects.get().email == "lasare@example.org"
    assert client.post(f"{path}radering/").status_code == 200
    subscriber.refresh_from_db()
    assert (subscriber.email, subscriber.state) == (None, "unsubscribed")
    assert (subscriber.labs.count(), subscriber.consents.count()) == (0, 0)
    assert "lasare" not in str([list(event.particulars.items()) for event in subscriber.events.all()])
    assert client.get(path).status_code == 404


def test_a_subscriber_takes_everything_along(client, subscriber, path, lab):
    subscriber.labs.add(lab)
    response = client.get(f"{path}uppgifter/")
    data = response.json()
    assert response["Content-Disposition"].startswith("attachment")
    assert (data["email"], data["labs"], data["frequency"]) == ("lasare@example.org", ["Provlabbet"], "weekly")


@pytest.mark.parametrize("token", ["x" * 16, "%00" * 16, "a", "å" * 16, "x" * 500])
def test_an_unknown_key_opens_nothing(client, db, token):
    for page in ("p", "u"):
        assert client.get(f"/{page}/{token}/").status_code == 404
        assert client.post(f"/{page}/{token}/").status_code == 404


def test_writing_needs_a_post(client, path):
    assert client.get(f"{path}paus/").status_code == 405
    assert client.post(f"{path}uppgifter/").status_code == 405
