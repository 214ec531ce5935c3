import datetime

import pytest
from django.test import Client
from django.utils import timezone

from mailing.models import Letter
from mailing.outbox import sweep_out
from newsletter import mails
from newsletter.models import Delivery, Subscriber
from newsletter.models.address import mark_of
from newsletter.models.subscription import NotSubscribing
from newsletter.sending import Drain
from tests.newsletter.factories import make_checked_import, make_subscriber

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
    assert (response.status_code, subscriber.state, subscriber.left_because) == (200, "unsubscribed", "")
    assert [event.verb for event in subscriber.events.all()] == ["left_in_mail_program"]
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


def test_erasing_leaves_the_address_nowhere(client, subscriber, path, issue, coordinator):
    issue.send(by=coordinator)
    Drain(issue.pk).run()
    subscriber.deliveries.update(smtp_reply="550 <lasare@example.org> unknown")
    subscriber.bounce("550 <LASARE@example.org> unknown")
    upload = make_checked_import(["Lasare@example.org"], by=coordinator)
    mails.confirmation(subscriber)
    client.post(f"{path}radering/")
    subscriber.refresh_from_db()
    assert upload.rows.count() == 0
    kept = [
        *Subscriber.objects.values(), *subscriber.events.values(), *subscriber.deliveries.values(),
        *subscriber.consents.values(), *subscriber.address_changes.values(), *Letter.objects.values(),
    ]  # fmt: skip
    assert "lasare" not in str(kept).lower()
    assert subscriber.erased_mark == mark_of("lasare@example.org")


def test_letters_about_the_subscription_go_with_it_whatever_address_they_went_to(subscriber, mailoutbox):
    moved = subscriber.ask_to_move("ny@example.org")
    subscriber.move(moved)
    subscriber.ask_to_move("annan@example.org")
    assert sorted(Letter.objects.values_list("to", flat=True)) == [
        "annan@example.org", "lasare@example.org", "ny@example.org",
    ]  # fmt: skip
    subscriber.erase()
    Letter.objects.update(due_at=timezone.now())
    assert (sweep_out(), mailoutbox, Letter.objects.count()) == (0, [], 0)


def test_letters_of_other_parts_of_the_site_are_not_the_newsletters_to_erase(subscriber, issue, coordinator):
    other = Letter.objects.create(to="lasare@example.org", subject="Din kod", text="123456", language="sv")
    mails.test_issue(issue, list(issue.items.all()), to="lasare@example.org", language="sv")
    mails.already_subscribing(make_subscriber("granne@example.org"))
    subscriber.erase()
    assert Letter.objects.filter(pk=other.pk).exists()
    assert sorted(Letter.objects.values_list("to", flat=True)) == ["granne@example.org", *["lasare@example.org"] * 2]


def test_the_letters_are_in_the_export_without_the_keys_in_them(client, subscriber, path):
    change = subscriber.ask_to_move("ny@example.org")
    Letter.objects.create(to="lasare@example.org", subject="Din kod", text="123456", language="sv")
    response = client.get(f"{path}uppgifter/")
    (told,) = response.json()["letters"]
    assert (told["to"], told["subject"], told["state"]) == (
        "ny@example.org", "Ska dagbokens nyhetsbrev komma hit?", "queued",
    )  # fmt: skip
    assert "tryck på knappen där" in told["text"]
    assert change.token not in response.content.decode()


def test_a_subscriber_takes_along_everything_that_is_kept(client, subscriber, path, issue, coordinator):
    issue.send(by=coordinator)
    Drain(issue.pk).run()
    upload = make_checked_import(["annan@example.org"], by=coordinator)
    subscriber.consents.create(text="Ja.", form="import", language="sv", subscriber_import=upload)
    subscriber.ask_to_move("ny@example.org")
    data = client.get(f"{path}uppgifter/").json()
    assert [(each["issue"], each["state"]) for each in data["deliveries"]] == [(issue.subject, "accepted")]
    assert [(each["text"], each["form"]) for each in data["consents"]] == [("Ja.", "import")]
    assert [each["new_email"] for each in data["address_changes"]] == ["ny@example.org"]
    assert [each["verb"] for each in data["events"]] == ["address_change_asked"]
    not_told = {"id", "token", "confirmation_token", "erased_at", "erased_mark"}
    assert {field.name for field in Subscriber._meta.concrete_fields} - not_told <= set(data)


def test_a_subscriber_takes_along_all_that_a_delivery_says_about_them(client, subscriber, path, issue, coordinator):
    issue.send(by=coordinator)
    Drain(issue.pk).run()
    since = timezone.now().replace(microsecond=0)
    Delivery.objects.update(news_from=since)
    (told,) = client.get(f"{path}uppgifter/").json()["deliveries"]
    assert datetime.datetime.fromisoformat(told["news_from"]) == since
    ours = {"id", "subscriber", "variant", "not_before", "lease_until", "worker", "timeline", "closed_by"}
    names = {"attempt": "attempts", "changed_at": "at", "smtp_reply": "answer"}
    kept = {field.name for field in Delivery._meta.concrete_fields} - ours
    assert {names.get(name, name) for name in kept} == set(told)


def test_whoever_comes_back_after_being_forgotten_is_welcome(subscriber):
    subscriber.erase()
    again = make_subscriber("lasare@example.org")
    assert again.pk != subscriber.pk
    assert Subscriber.objects.who_asked_to_be_forgotten(["lasare@example.org", "x@example.org"]) == {
        "lasare@example.org"
    }
