"""An entry that says something else than before: its picture, and what others do with it meanwhile."""

import pytest

from newsletter.forms import EntryForm
from newsletter.models import DiaryEntry
from pictures.models import NotReady
from tests.newsletter.factories import make_draft, make_entry
from tests.pictures.factories import png_bytes, ready_picture, upload, visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured(lab) -> DiaryEntry:
    """A published entry with a public picture."""
    return make_entry("Kaffe på gården", lab=lab, picture=ready_picture(public=True, alt="En gård"))


def written(entry: DiaryEntry, **fields) -> dict:
    """What the form of the entry sends when nothing is changed but these."""
    said = {"lab": entry.lab.pk, "title": entry.title, "lede": entry.lede, "body": entry.body, "language": "sv"}
    said["body-format"] = "html"
    kept = {"picture-saved": str(entry.picture.pk), "alt": entry.picture.alt} if entry.picture else {"alt": ""}
    return said | kept | fields


def save(client, entry: DiaryEntry, **fields) -> DiaryEntry:
    """The entry as it is after the form was sent with these fields changed."""
    assert client.post(f"{entry.get_absolute_url()}manus/", written(entry, **fields)).status_code == 302
    return DiaryEntry.objects.get(pk=entry.pk)


def test_a_replaced_picture_is_public_no_more_and_the_new_one_is(lead_client, pictured):
    former = pictured.picture
    entry = save(lead_client, pictured, picture=upload(png_bytes(600, 400)), alt="Ny bild")
    former.refresh_from_db()
    assert (former.public, entry.picture.public, entry.picture.alt) == (False, True, "Ny bild")
    assert entry.events.get().particulars["fields"] == ["picture", "picture_alt"]


def test_a_removed_picture_is_public_no_more(lead_client, pictured):
    former = pictured.picture
    entry = save(lead_client, pictured, **{"picture-saved": "", "alt": ""})
    former.refresh_from_db()
    assert (entry.picture, former.public) == (None, False)


def test_a_draft_keeps_its_new_picture_to_itself(lead_client, lab):
    entry = save(lead_client, make_draft(lab=lab), picture=upload(png_bytes(600, 400)), alt="Ny bild")
    assert (entry.picture.public, entry.picture.alt) == (False, "Ny bild")


def test_a_new_description_alone_is_told_in_the_history(lead_client, pictured):
    entry = save(lead_client, pictured, alt="En gård med kaffebord")
    assert (entry.picture.alt, entry.picture.public) == ("En gård med kaffebord", True)
    assert entry.events.get().particulars == {"fields": ["picture_alt"]}


def test_saving_without_a_change_leaves_no_trace(lead_client, pictured):
    entry = save(lead_client, pictured)
    assert (entry.changed_at, entry.events.count()) == (pictured.changed_at, 0)


def test_what_the_entry_is_about_is_told_once_it_changes(lab_lead, pictured, employment):
    pictured.change(by=lab_lead, focus_areas=[employment])
    pictured.change(by=lab_lead, focus_areas=[employment])
    assert [event.particulars["fields"] for event in pictured.events.all()] == [["focus_areas"]]


def test_a_withdrawal_while_somebody_writes_stands(lab_lead, coordinator, pictured):
    form = EntryForm(
        written(pictured, title="Nu"),
        instance=DiaryEntry.objects.get(pk=pictured.pk),
        writer=lab_lead,
        visitor=visitor(),
    )
    assert form.is_valid()
    pictured.withdraw(by=coordinator)
    form.save()
    pictured.refresh_from_db()
    assert (pictured.title, pictured.state, pictured.picture.public) == ("Nu", "draft", False)


def test_a_published_entry_takes_no_picture_that_cannot_be_shown(lab_lead, pictured):
    broken = ready_picture(state="rejected", reason="unreadable", renditions=[])
    with pytest.raises(NotReady):
        pictured.change(by=lab_lead, picture=broken)
    pictured.refresh_from_db()
    assert (pictured.picture != broken, pictured.picture.public) == (True, True)
