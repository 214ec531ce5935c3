import pytest

from newsletter.models import DiaryEntry
from tests.newsletter.factories import make_draft, make_entry, make_method
from tests.pictures.factories import png_bytes, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(lab) -> dict:
    return {"lab": lab.pk, "title": "Kaffe på gården", "lede": "", "body": "Tolv kom.", "language": "sv", "alt": ""}


def test_staff_write_a_draft_for_their_lab(lead_client, lab, lab_lead, written, employment):
    response = lead_client.post("/dagbok/nytt/", {**written, "focus_areas": [employment.pk]})
    entry = DiaryEntry.objects.get()
    assert (response.status_code, response["Location"]) == (302, "/dagbok/kaffe-pa-garden/")
    assert (entry.state, entry.lab, entry.author, entry.body) == ("draft", lab, lab_lead, "<p>Tolv kom.</p>")
    assert [event.verb for event in entry.events.all()] == ["created"]


def test_the_form_begins_with_the_writers_lab_and_its_areas(lead_client, lab, employment):
    form = lead_client.get("/dagbok/nytt/").context["form"]
    assert (form.initial["lab"], list(form.initial["focus_areas"])) == (lab, [employment])


def test_staff_cannot_write_for_another_lab_nor_for_all(lead_client, other_lab, written):
    assert lead_client.post("/dagbok/nytt/", {**written, "lab": other_lab.pk}).status_code == 400
    assert lead_client.post("/dagbok/nytt/", {**written, "lab": ""}).status_code == 400
    assert DiaryEntry.objects.count() == 0


def test_a_coordinator_writes_for_the_whole_innovation_lab(coordinator_client, written):
    assert coordinator_client.post("/dagbok/nytt/", {**written, "lab": ""}).status_code == 302
    assert DiaryEntry.objects.get().lab is None


def test_staff_cannot_pass_an_entry_off_as_a_partners(lead_client, written):
    from labs.models import Organisation

    partner = Organisation.objects.create(name="Demobolaget", kind="company")
    lead_client.post("/dagbok/nytt/", {**written, "partner": partner.pk})
    assert DiaryEntry.objects.get().partner is None


def test_staff_link_their_own_methods_only(lead_client, lab, other_lab, coordinator, written):
    own = make_method("Egen", lab=lab, by=coordinator)
    other = make_method("Annans", lab=other_lab, by=coordinator)
    assert lead_client.post("/dagbok/nytt/", {**written, "method": other.pk}).status_code == 400
    assert lead_client.post("/dagbok/nytt/", {**written, "method": own.pk}).status_code == 302
    assert DiaryEntry.objects.get().method == own


def test_someone_without_a_lab_may_not_write(client, db):
    from accounts.models import User

    client.force_login(User.objects.create_user("ensam@example.org", "Demo Ensam"))
    assert client.get("/dagbok/nytt/").status_code == 403


def test_a_visitor_is_asked_to_sign_in(client, db):
    assert client.get("/dagbok/nytt/")["Location"].startswith("/konto/")
    assert client.get("/dagbok/mina/")["Location"].startswith("/konto/")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 400),
        ({"title": "x" * 161}, 400),
        ({"title": "a\x00b"}, 400),
        ({"language": "tlh"}, 400),
        ({"method": "abc"}, 400),
        ({"goal": "99999999999999999999"}, 400),
        ({"focus_areas": ["\x00"]}, 400),
        ({"lede": "y" * 301}, 400),
    ],
)
def test_what_is_wrong_is_said_and_the_text_is_kept(lead_client, written, fields, status):
    response = lead_client.post("/dagbok/nytt/", {**written, "body": "Lång text som inte får försvinna.", **fields})
    assert response.status_code == status
    assert "Lång text som inte får försvinna." in response.content.decode()
    assert DiaryEntry.objects.count() == 0


def test_a_picture_survives_an_error_elsewhere_and_needs_a_description(lead_client, written):
    picture = upload(png_bytes(600, 400), name="gard.png")
    response = lead_client.post("/dagbok/nytt/", {**written, "picture": picture})
    assert response.status_code == 400
    assert "Bilden saknar beskrivning." in response.content.decode()
    form = response.context["form"]
    assert form.held("picture").picture is not None


def test_editing_a_published_entry_leaves_a_trace(lead_client, lab, written):
    entry = make_entry("Förut", lab=lab)
    response = lead_client.post(f"{entry.get_absolute_url()}manus/", {**written, "title": "Nu"})
    entry.refresh_from_db()
    assert (response["Location"], entry.title, entry.state) == (entry.get_absolute_url(), "Nu", "published")
    event = entry.events.get()
    assert (event.verb, "title" in event.particulars["fields"]) == ("changed", True)


def test_the_address_stays_when_the_title_changes(lead_client, lab, written):
    entry = make_draft("Förut", lab=lab)
    lead_client.post(f"{entry.get_absolute_url()}manus/", {**written, "title": "Nu"})
    entry.refresh_from_db()
    assert entry.slug == "forut"
