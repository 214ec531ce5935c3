import datetime

import pytest
from django.utils import timezone

from newsletter.models import DiaryEntry
from newsletter.models.publication import AlreadyPublished, NothingToWithdraw, NotYetWritten, TimeHasPassed
from newsletter.tasks import publish_due_entries
from tests.newsletter.factories import make_draft, make_entry
from tests.pictures.factories import ready_picture

pytestmark = pytest.mark.django_db

TOMORROW = datetime.timedelta(days=1)


def test_publishing_shows_the_entry_and_its_picture(lab, lab_lead):
    entry = make_draft(lab=lab, picture=ready_picture())
    entry.publish(by=lab_lead)
    entry.refresh_from_db()
    assert (entry.state, entry.picture.public) == ("published", True)
    assert entry.published_at is not None
    assert [(event.verb, event.actor) for event in entry.events.all()] == [("published", lab_lead)]


def test_publishing_twice_is_refused(entry, lab_lead):
    with pytest.raises(AlreadyPublished):
        entry.publish(by=lab_lead)
    assert entry.events.count() == 0


@pytest.mark.parametrize("fields", [{"title": " "}, {"body": ""}])
def test_an_unwritten_entry_is_not_published(lab_lead, fields):
    with pytest.raises(NotYetWritten):
        make_draft(**fields).publish(by=lab_lead)


def test_the_clock_publishes_what_is_due_and_nothing_else(lab_lead):
    due, later = make_draft("Nu"), make_draft("Sen")
    for entry in (due, later):
        entry.schedule(timezone.now() + TOMORROW, by=lab_lead)
    DiaryEntry.objects.filter(pk=due.pk).update(publish_at=timezone.now())
    publish_due_entries()
    publish_due_entries()
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.state, later.state) == ("published", "scheduled")
    assert [event.verb for event in due.events.newest_first()] == ["published", "scheduled"]


def test_a_time_that_has_passed_is_refused(lab_lead):
    with pytest.raises(TimeHasPassed):
        make_draft().schedule(timezone.now(), by=lab_lead)


def test_an_entry_taken_back_and_published_again_is_not_new(entry, lab_lead):
    first = entry.published_at
    entry.withdraw(by=lab_lead)
    assert (entry.state, DiaryEntry.objects.published().count()) == ("draft", 0)
    entry.publish(by=lab_lead)
    assert entry.published_at == first


def test_a_draft_cannot_be_taken_back(lab_lead):
    with pytest.raises(NothingToWithdraw):
        make_draft().withdraw(by=lab_lead)


def test_taking_back_hides_the_picture_again(lab_lead):
    entry = make_draft(picture=ready_picture())
    entry.publish(by=lab_lead)
    entry.withdraw(by=lab_lead)
    entry.picture.refresh_from_db()
    assert entry.picture.public is False


def test_pages_publish_schedule_and_withdraw(lead_client, lab):
    entry = make_draft(lab=lab)
    page = entry.get_absolute_url()
    assert lead_client.post(f"{page}tidpunkt/", {"at": "2099-01-01T06:00"}).status_code == 302
    assert "Publiceras 1 januari 2099" in lead_client.get(page).content.decode()
    assert lead_client.post(f"{page}atertagande/").status_code == 302
    assert lead_client.post(f"{page}publicering/").status_code == 302
    entry.refresh_from_db()
    assert entry.state == "published"


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("2001-01-01T06:00", 409),
        ("0001-01-01T00:00+12:00", 409),
        ("2101-01-01T06:00", 400),
        # In UTC that is the year 10,000, which the database would store and nobody could read.
        ("9999-12-31T23:59-12:00", 400),
        ("snart", 400),
        ("", 400),
        ("9" * 500, 400),
    ],
)
def test_a_time_that_will_not_do_is_refused_in_words(lead_client, lab, at, status):
    entry = make_draft(lab=lab)
    response = lead_client.post(f"{entry.get_absolute_url()}tidpunkt/", {"at": at})
    entry.refresh_from_db()
    assert (response.status_code, entry.state) == (status, "draft")


def test_publishing_twice_on_the_page_is_a_conflict(lead_client, lab):
    entry = make_entry(lab=lab)
    response = lead_client.post(f"{entry.get_absolute_url()}publicering/")
    assert response.status_code == 409
    assert "Inlägget är redan publicerat." in response.content.decode()


@pytest.mark.parametrize("deed", ["manus", "publicering", "atertagande", "tidpunkt"])
def test_outsiders_and_neighbours_may_not(client, other_member_client, lab, deed):
    published, draft = make_entry("Ute", lab=lab), make_draft("Inne", lab=lab)
    assert client.post(f"{published.get_absolute_url()}{deed}/").status_code == 302
    assert client.post(f"{published.get_absolute_url()}{deed}/")["Location"].startswith("/konto/")
    assert other_member_client.post(f"{published.get_absolute_url()}{deed}/").status_code == 403
    assert other_member_client.post(f"{draft.get_absolute_url()}{deed}/").status_code == 404
    assert list(DiaryEntry.objects.order_by("pk").values_list("state", flat=True)) == ["published", "draft"]


def test_reading_the_address_of_a_deed_does_nothing(lead_client, lab):
    draft = make_draft(lab=lab)
    for deed in ("publicering", "atertagande", "tidpunkt"):
        assert lead_client.get(f"{draft.get_absolute_url()}{deed}/").status_code == 405
