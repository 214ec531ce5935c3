import json
from pathlib import Path

import pytest
from django.urls import reverse

from history.models import Event
from mailing.models import Letter
from overview.feed import events, happenings
from pictures.models import Picture
from procurement_portal.models import Application, ComplementRequest, DecisionLetter, Note, Recommendation, Supplier
from procurement_portal.models.refusals import AlreadyAskedFor, NotListed, SharedListing, StillListed
from tests.pictures.factories import kept_picture
from tests.procurement_portal.factories import LETTER, make_application, propose
from tests.procurement_portal.listings import ends_in
from tests.procurement_portal.windows import Window, complete, pictures

pytestmark = pytest.mark.django_db
ERASABLE = ["draft", "submitted", "under_review", "complement_requested", "rejected", "withdrawn"]


def page(application: Application, name: str = "erasure") -> str:
    return reverse(f"procurement_portal:{name}", args=[application.link_token])


@pytest.fixture
def approved(db, coordinator) -> Application:
    return make_application("approved", by=coordinator)


@pytest.mark.parametrize("state", ERASABLE)
def test_all_of_it_goes_files_too(client, coordinator, state, django_capture_on_commit_callbacks):
    application = make_application(state, by=coordinator, company="Ljusgården AB", contact_name="Åsa Demo")
    application.add_note(by=coordinator, body="Åsa lät trevlig.")
    if state == "under_review":
        application.recommend("reject", by=coordinator, because="Åsa säljer inget.")
    files = [Path(each.picture.original.path) for each in application.enclosures]
    assert client.get(page(application)).status_code == 200
    assert Application.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(page(application))
    assert (response.status_code, "Ansökan är raderad" in response.content.decode()) == (200, True)
    kinds = [Application, ComplementRequest, DecisionLetter, Note, Recommendation, Picture]
    assert [kind.objects.count() for kind in kinds] == [0] * len(kinds)
    assert [file for file in files if file.exists()] == []


def words_left() -> str:
    """What events and letters say once everything about one application is erased."""
    letters = Letter.objects.values("to", "subject", "text", "html", "headers")
    return json.dumps([list(Event.objects.values("verb", "particulars")), list(letters)], ensure_ascii=False)


def test_what_is_left_names_nobody(client, coordinator):
    application = make_application("rejected", by=coordinator, company="Ljusgården AB", contact_name="Åsa Demo")
    client.post(page(application))
    for word in ("Ljusgården", "Åsa", application.organisation_number, "Passar inte."):
        assert word not in words_left()
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "submitted", "taken_up", "rejected", "erased",
    ]  # fmt: skip


def test_what_is_left_of_a_listing_that_was_taken_down_names_nobody(client, coordinator, other_coordinator):
    application = make_application("under_review", by=coordinator, company="Ljusgården AB", contact_name="Åsa Demo")
    application.assign(other_coordinator, by=coordinator, instead_of=coordinator.pk)
    application.approve(by=coordinator, because="Passar väl.", **LETTER)
    application.request_takedown()
    application.supplier.take_down(by=coordinator, because="Bad om det.")
    client.post(page(application))
    assert Letter.objects.count() == 1
    for word in ("Ljusgården", "ljusgarden", "Åsa", application.organisation_number, "Passar väl.", "Bad om det."):
        assert word not in words_left()


def test_the_letter_to_a_mistyped_address_goes_too(client, coordinator):
    application = make_application(company="Ljusgården AB", email="fel@example.org")
    application.correct_email("ratt@example.org")
    application.confirm()
    client.post(page(application))
    assert ("fel@example.org" in words_left(), "Ljusgården" in words_left()) == (False, False)


def test_the_letter_with_a_link_from_before_it_was_sent_in_goes_too(client, unhurried):
    window = Window(client).write(**complete(email="asa@example.org"))
    window.save("started_link", **pictures())
    window.write(email="ratt@example.org").send()
    client.post(page(Application.objects.get()))
    assert [letter.to for letter in Letter.objects.all()] == ["ratt@example.org"]


def test_a_complement_leaves_no_words_either(client, asked):
    client.post(page(asked))
    assert [each.particulars for each in Event.objects.filter(verb="complement_requested")] == [
        {"fields": ["description"]}
    ]


def test_coordinators_read_that_it_happened_and_get_no_dead_link(client, submitted, coordinator_client):
    client.post(page(submitted))
    (latest,) = happenings(events()[:1])
    assert (latest.event.verb, latest.event.doer, latest.about, latest.url) == ("erased", "Den sökande", "", "")
    assert coordinator_client.get(reverse("overview:events")).status_code == 200
    assert coordinator_client.get(submitted.get_absolute_url()).status_code == 404


def test_a_receipt_is_mailed_and_the_letters_before_it_are_gone(client, submitted):
    client.post(page(submitted))
    letter = Letter.objects.get()
    assert (letter.to, letter.subject) == (submitted.email, f"Ansökan {submitted.reference} är raderad")


def test_letters_about_another_application_from_the_same_address_stay(client, submitted):
    other = make_application("submitted", email=submitted.email)
    client.post(page(submitted))
    assert Letter.objects.filter(text__contains=other.reference).count() == 1
    assert list(Application.objects.all()) == [other]


def test_an_application_that_nobody_confirmed_leaves_no_trace(client, draft):
    client.post(page(draft))
    assert Event.objects.count() == 0


def test_the_link_does_not_work_afterwards(client, submitted):
    url = page(submitted)
    client.post(url)
    assert (client.post(url).status_code, client.get(page(submitted, "status")).status_code) == (404, 404)


@pytest.mark.parametrize("name", ["erasure", "takedown_request", "export"])
def test_a_forged_link_erases_nothing(client, submitted, name):
    url = reverse(f"procurement_portal:{name}", args=[submitted.receipt_token])
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    assert Application.objects.count() == 1


def test_the_page_is_kept_by_nobody(client, submitted):
    assert "no-store" in client.get(page(submitted))["Cache-Control"]
    assert "no-store" in client.get(page(submitted, "export"))["Cache-Control"]


def test_looking_erases_nothing(client, submitted):
    client.get(page(submitted))
    assert client.put(page(submitted)).status_code == 405
    assert client.get(page(submitted, "takedown_request")).status_code == 405
    assert Application.objects.count() == 1


def test_what_stands_in_the_portal_is_not_erased_before_it_is_taken_down(client, approved):
    text = client.get(page(approved)).content.decode()
    assert ("Be oss ta ner sidan" in text, "Radera min ansökan" in text) == (True, False)
    assert client.post(page(approved)).status_code == 409
    with pytest.raises(StillListed):
        approved.erase()
    assert (Application.objects.count(), Supplier.objects.count()) == (1, 1)


def test_the_coordinators_are_asked_to_take_it_down_once_a_week(client, approved, coordinator, other_coordinator):
    Letter.objects.all().delete()
    assert client.post(page(approved, "takedown_request")).status_code == 302
    assert {letter.to for letter in Letter.objects.all()} == {coordinator.email, other_coordinator.email}
    letter = Letter.objects.get(to=coordinator.email)
    assert approved.supplier.get_absolute_url() in letter.text
    assert letter.headers["Reply-To"] == approved.email
    assert "Du har bett oss ta ner den." in client.get(page(approved)).content.decode()
    assert client.post(page(approved, "takedown_request")).status_code == 409
    assert Letter.objects.count() == 2
    with pytest.raises(AlreadyAskedFor):
        approved.request_takedown()
    assert "Du bad oss ta ner företagets sida." in client.get(page(approved, "status")).content.decode()


def test_nothing_is_taken_down_that_does_not_stand_there(client, submitted):
    assert client.post(page(submitted, "takedown_request")).status_code == 409
    with pytest.raises(NotListed):
        submitted.request_takedown()


def test_once_it_is_taken_down_the_listing_goes_with_the_application(client, approved, coordinator):
    approved.supplier.take_down(by=coordinator, because="På egen begäran.")
    assert "Det som stod på sidan i portalen raderas också." in client.get(page(approved)).content.decode()
    assert client.post(page(approved)).status_code == 200
    assert (Application.objects.count(), Supplier.objects.count(), Picture.objects.count()) == (0, 0, 0)


def test_a_listing_whose_time_is_up_is_taken_down_on_the_page_and_erased_too(client, coordinator_client, approved):
    ends_in(approved.supplier, days=-1)
    assert client.post(page(approved)).status_code == 409
    assert client.post(page(approved, "takedown_request")).status_code == 302
    shown = coordinator_client.get(approved.supplier.get_absolute_url()).content.decode()
    takedown = reverse("procurement_portal:takedown", args=[approved.supplier.slug])
    assert f'href="{takedown}"' in shown
    assert coordinator_client.post(takedown, {"because": "På egen begäran."}).status_code == 302
    assert client.post(page(approved)).status_code == 200
    assert (Application.objects.count(), Supplier.objects.count(), Picture.objects.count()) == (0, 0, 0)


def test_what_the_company_had_proposed_goes_as_well_with_its_pictures_and_letters(client, approved, coordinator):
    supplier = approved.supplier
    propose(supplier, logo=kept_picture(), email="ny@example.org")
    supplier.mail_link()
    other = Letter.objects.create(to=supplier.email, subject="Annat", text="/999.", html="-", language="sv")
    assert Letter.objects.filter(to="ny@example.org").exists()
    supplier.take_down(by=coordinator, because="På egen begäran.")
    assert client.post(page(approved)).status_code == 200
    assert (Supplier.objects.count(), Picture.objects.count()) == (0, 0)
    receipt = Letter.objects.exclude(pk=other.pk).get()
    assert (receipt.to, "min-sida" in receipt.text) == (approved.email, False)


def test_a_listing_with_several_applications_is_erased_by_hand(client, approved, coordinator):
    second = make_application("under_review", by=coordinator, organisation_number=approved.organisation_number)
    second.approve(by=coordinator, because="Igen.", **LETTER).take_down(by=coordinator, because="På egen begäran.")
    assert (client.get(page(approved)).status_code, client.post(page(approved)).status_code) == (409, 409)
    with pytest.raises(SharedListing):
        second.erase()
    assert Application.objects.count() == 2


def test_the_applicant_takes_everything_away_as_a_file(client, asked):
    response = client.get(page(asked, "export"))
    assert response["Content-Disposition"] == f'attachment; filename="{asked.reference}.json"'
    data = response.json()
    assert (data["company"], data["email"], data["phone"]) == (asked.company, asked.email, "+46701740605")
    assert (data["organisation_number"], data["consent"]["text"]) == (str(asked.number), "Vi samtycker.")
    assert set(data["pictures"]) == {"logo", "picture", "contact_picture"}
    assert [event["verb"] for event in data["events"]] == ["submitted", "taken_up", "complement_requested"]
    assert data["requests_for_more_information"][0]["messages"] == {"description": "Berätta för vem."}


def test_the_file_holds_the_decision_and_not_what_coordinators_wrote_to_each_other(client, coordinator):
    application = make_application("rejected", by=coordinator)
    application.add_note(by=coordinator, body="Hemlig anteckning.")
    text = client.get(page(application, "export")).content.decode()
    assert ("Passar inte." in text, LETTER["subject"] in text) == (True, True)
    assert ("Hemlig" in text, coordinator.name in text) == (False, False)


@pytest.mark.parametrize("state", [*ERASABLE, "approved"])
def test_the_way_there_stands_on_the_status_page(client, coordinator, state):
    application = make_application(state, by=coordinator)
    response = client.get(page(application, "status"))
    text, token = response.content.decode(), response.context["token"]
    for name in ("erasure", "export"):
        assert reverse(f"procurement_portal:{name}", args=[token]) in text
