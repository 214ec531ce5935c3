import pytest
from django.urls import reverse

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal.models import Application, DecisionTemplate, Note, Supplier
from tests.procurement_portal.factories import make_application, reject_picture

LETTER = {"because": "Passar väl.", "subject": "Om er ansökan", "letter": "Hej!\n\n{{ reason }}"}
COORDINATOR_PAGES = [
    ("get", "applications", False),
    ("get", "application", True),
    ("post", "notes", True),
    ("post", "review", True),
    ("get", "complement", True),
    ("post", "complement", True),
    ("get", "approval", True),
    ("post", "approval", True),
    ("get", "rejection", True),
    ("post", "rejection", True),
    ("get", "decision_templates", False),
]


def address(name: str, application: Application | None = None) -> str:
    return reverse(f"procurement_portal:{name}", args=[application.pk] if application else [])


@pytest.mark.parametrize(("method", "name", "about_one"), COORDINATOR_PAGES)
def test_only_coordinators_come_in(client, member_client, under_review, method, name, about_one):
    url = address(name, under_review if about_one else None)
    visitor = getattr(client, method)(url)
    assert (visitor.status_code, visitor["Location"].startswith("/konto/")) == (302, True)
    assert getattr(member_client, method)(url).status_code == 403
    under_review.refresh_from_db()
    assert under_review.state == "under_review"


@pytest.mark.parametrize("name", ["application", "complement", "approval", "rejection"])
def test_a_draft_is_not_there_for_coordinators(coordinator_client, draft, name):
    assert coordinator_client.get(address(name, draft)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999", "9" * 5000, "x"])
def test_nonsense_in_the_address_is_a_404(coordinator_client, pk):
    assert coordinator_client.get(f"/inkopsportalen/ansokningar/{pk}/").status_code == 404


def test_an_application_page_shows_everything(coordinator_client, under_review, coordinator):
    other = make_application("submitted", organisation_number=under_review.organisation_number)
    under_review.add_note(by=coordinator, body="Ring dem på måndag.")
    text = coordinator_client.get(under_review.get_absolute_url()).content.decode()
    for expected in [
        under_review.company, under_review.reference, str(under_review.number), "070-174 06 05", "Vi samtycker.",
        other.reference, "Ring dem på måndag.", under_review.email,
        *(each.picture.get_absolute_url() for each in under_review.enclosures),
    ]:  # fmt: skip
        assert expected in text


@pytest.mark.parametrize("state", ["submitted", "complement_requested", "approved", "rejected", "withdrawn"])
@pytest.mark.parametrize("prefix", ["/inkopsportalen/ansokningar/", "/en/procurement-portal/applications/"])
def test_the_page_shows_every_state(coordinator_client, coordinator, state, prefix):
    application = make_application(state, by=coordinator)
    assert coordinator_client.get(f"{prefix}{application.pk}/").status_code == 200


def test_a_note_is_kept_and_never_shown_to_the_applicant(coordinator_client, client, under_review, coordinator):
    assert coordinator_client.post(address("notes", under_review), {"body": "Dålig referens."}).status_code == 302
    note = Note.objects.get()
    assert (note.body, note.author) == ("Dålig referens.", coordinator)
    assert "Dålig referens." not in client.get(under_review.get_status_url()).content.decode()


@pytest.mark.parametrize("body", ["", "\x00", "å" * 5001])
def test_a_bad_note_is_shown_again(coordinator_client, under_review, body):
    assert coordinator_client.post(address("notes", under_review), {"body": body}).status_code == 400
    assert Note.objects.count() == 0


def test_taking_up_twice_is_a_409(coordinator_client, submitted, coordinator):
    url = address("review", submitted)
    assert (coordinator_client.post(url).status_code, coordinator_client.post(url).status_code) == (302, 409)
    submitted.refresh_from_db()
    assert submitted.reviewer == coordinator


def test_a_colleague_who_begins_is_told_whose_the_review_is(coordinator_client, submitted, other_coordinator):
    submitted.assign(other_coordinator, by=other_coordinator, instead_of=None)
    page = coordinator_client.post(address("review", submitted), follow=True).content.decode()
    assert f"Granskare är {other_coordinator.name}." in page
    assert "Granskningen är din." not in page


def test_a_refusal_names_the_state_in_a_sentence(coordinator_client, asked):
    again = coordinator_client.post(address("review", asked)).content.decode()
    assert "Någon har redan börjat granska ansökan. Läge: väntar på komplettering." in again
    asked_again = coordinator_client.get(address("complement", asked)).content.decode()
    assert "Ansökan är inte under granskning. Läge: väntar på komplettering." in asked_again


def test_a_complement_is_asked_for_per_field(coordinator_client, under_review):
    url = address("complement", under_review)
    assert coordinator_client.get(url).status_code == 200
    assert coordinator_client.post(url, {"logo": "", "note": " "}).status_code == 400
    asked = {"ask_logo": "on", "logo": "Utan vit ram, tack.", "note": "Snart klart."}
    assert coordinator_client.post(url, asked).status_code == 302
    under_review.refresh_from_db()
    assert under_review.open_complement_request.messages == {"logo": "Utan vit ram, tack."}
    letter = Letter.objects.latest("pk")
    assert ("Utan vit ram, tack." in letter.text, "Snart klart." in letter.text) == (True, True)
    assert coordinator_client.post(url, {"ask_logo": "on", "logo": "Igen."}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"ask_logo": "on", "logo": " "}, {"logo"}),
        ({"logo": "Utan vit ram, tack."}, {"logo"}),
        ({"ask_logo": "on", "logo": "å" * 501}, {"logo"}),
        ({"ask_passport": "on", "passport": "Foto."}, {"__all__"}),
        ({"ask_website": "on", "website": "Svarar inte.", "ask_phone": "on"}, {"phone"}),
        ({}, {"__all__"}),
    ],
)
def test_a_field_is_asked_about_with_a_tick_and_words_and_all_is_kept(coordinator_client, under_review, sent, wrong):
    response = coordinator_client.post(address("complement", under_review), {**sent, "note": ""})
    assert (response.status_code, set(response.context["form"].errors)) == (400, wrong)
    for words in sent.values():
        assert words == "Foto." or words in response.content.decode()
    under_review.refresh_from_db()
    assert under_review.state == "under_review"


def test_something_about_the_whole_is_enough(coordinator_client, under_review):
    assert coordinator_client.post(address("complement", under_review), {"note": "Ring oss."}).status_code == 302
    assert under_review.open_complement_request.messages == {}


def test_the_letter_starts_from_the_template_with_its_places_filled_in(coordinator_client, under_review):
    text = coordinator_client.get(address("approval", under_review)).content.decode()
    assert (under_review.company in text, "{{ reason }}" in text, "{{ company }}" in text) == (True, True, False)


def test_a_preview_decides_nothing(coordinator_client, under_review):
    letters = Letter.objects.count()
    response = coordinator_client.post(address("approval", under_review), {**LETTER, "preview": "1"})
    assert (response.status_code, response.context["preview"]["letter"]) == (200, "Hej!\n\nPassar väl.")
    under_review.refresh_from_db()
    assert (under_review.state, Letter.objects.count()) == ("under_review", letters)


def test_approval_lists_and_mails_the_letter_as_it_was_read(coordinator_client, under_review):
    assert coordinator_client.post(address("approval", under_review), LETTER).status_code == 302
    letter = Letter.objects.latest("pk")
    assert (letter.to, letter.subject) == (under_review.email, "Om er ansökan")
    assert "Hej!\n\nPassar väl." in letter.text
    assert Supplier.objects.listed().count() == 1


def test_what_was_written_too_late_stays_on_the_screen(coordinator_client, under_review, other_coordinator):
    under_review.reject(by=other_coordinator, because="Nej.", subject="Beslut", letter="Hej!")
    sent = {
        "approval": {"because": "Mycket bra.", "subject": "Välkomna", "letter": "Kära företag!"},
        "rejection": {"because": "Säljer inget.", "subject": "Tyvärr inte", "letter": "Bästa företag!"},
        "complement": {"ask_logo": "on", "logo": "Utan vit ram, tack.", "note": "Snart klart."},
        "recommendation": {"verdict": "approve", "because": "Bra referenser."},
    }
    for name, words in sent.items():
        response = coordinator_client.post(address(name, under_review), words)
        text = response.content.decode()
        assert (response.status_code, "Ansökan är redan avslagen." in text) == (409, True), name
        assert [written for written in words.values() if written not in text] == [], name


def test_a_second_recommendation_stays_on_the_screen(coordinator_client, under_review, coordinator):
    under_review.recommend("reject", by=coordinator, because="Nej.")
    data = {"verdict": "approve", "because": "Jag har ändrat mig."}
    response = coordinator_client.post(address("recommendation", under_review), data)
    assert (response.status_code, "Jag har ändrat mig." in response.content.decode()) == (409, True)


def test_approving_twice_is_a_409_and_mails_once(coordinator_client, under_review):
    url = address("approval", under_review)
    coordinator_client.post(url, LETTER)
    letters = Letter.objects.count()
    assert coordinator_client.post(url, LETTER).status_code == 409
    assert (Letter.objects.count(), Supplier.objects.count()) == (letters, 1)


def test_rejecting_what_is_approved_is_a_409(coordinator_client, under_review):
    coordinator_client.post(address("approval", under_review), LETTER)
    assert coordinator_client.post(address("rejection", under_review), LETTER).status_code == 409


def test_approval_before_the_pictures_are_ready_is_a_409(coordinator_client, under_review):
    Picture.objects.filter(pk=under_review.logo_id).update(state="checking", renditions=[])
    assert coordinator_client.post(address("approval", under_review), LETTER).status_code == 409
    assert Supplier.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("because", ""),
        ("because", " "),
        ("because", "\x00"),
        ("letter", ""),
        ("letter", "Hej {{ namn }}"),
        ("subject", "å" * 151),
    ],
)
def test_a_decision_that_is_not_right_is_shown_again(coordinator_client, under_review, field, value):
    response = coordinator_client.post(address("rejection", under_review), {**LETTER, field: value})
    assert (response.status_code, set(response.context["form"].errors)) == (400, {field})
    under_review.refresh_from_db()
    assert under_review.state == "under_review"


def test_a_reason_with_braces_stays_as_it_was_written(coordinator_client, under_review):
    coordinator_client.post(address("rejection", under_review), {**LETTER, "because": "{{ company }} & <b>"})
    letter = Letter.objects.latest("pk")
    assert ("{{ company }} & <b>" in letter.text, "<b>" in letter.html) == (True, False)


def test_deciding_needs_a_review(coordinator_client, submitted):
    assert coordinator_client.get(address("approval", submitted)).status_code == 409
    assert coordinator_client.post(address("approval", submitted), LETTER).status_code == 409


def test_a_rejected_picture_is_shown_to_coordinators(coordinator_client, under_review):
    reject_picture(under_review.logo)
    assert coordinator_client.get(under_review.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("outcome", ["approved", "rejected"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_wording_is_changed_and_used_from_then_on(coordinator_client, coordinator, outcome, language):
    url = reverse("procurement_portal:decision_template", args=[outcome, language])
    assert coordinator_client.get(url).status_code == 200
    data = {"subject": "Nytt ämne", "letter": "Hej {{ contact }}!\n\n{{ reason }}"}
    assert coordinator_client.post(url, data).status_code == 302
    coordinator_client.post(url, {**data, "subject": "Nyare ämne", "after": 1})
    in_use = DecisionTemplate.in_use(outcome, language)
    assert (in_use.subject, in_use.written_by, DecisionTemplate.objects.count()) == ("Nyare ämne", coordinator, 2)
    application = make_application("under_review", by=coordinator, language=language)
    page = "approval" if outcome == "approved" else "rejection"
    assert "Nyare ämne" in coordinator_client.get(address(page, application)).content.decode()


def test_a_wording_with_an_unknown_place_is_refused(coordinator_client):
    url = reverse("procurement_portal:decision_template", args=["approved", "sv"])
    response = coordinator_client.post(url, {"subject": "x", "letter": "{{ pengar }}"})
    assert (response.status_code, "{{ pengar }}" in str(response.context["form"].errors["letter"])) == (400, True)
    assert coordinator_client.get(address("decision_templates")).status_code == 200


@pytest.mark.parametrize("path", ["approved/de", "maybe/sv"])
def test_there_are_no_other_wordings(coordinator_client, path):
    assert coordinator_client.get(f"/inkopsportalen/beslutsbrev/{path}/").status_code == 404


def test_what_the_applicant_wrote_is_shown_as_text_beside_each_question(coordinator_client, coordinator):
    application = make_application("under_review", by=coordinator, description="<b>Fet</b>")
    text = coordinator_client.get(address("complement", application)).content.decode()
    assert ("&lt;b&gt;Fet&lt;/b&gt;" in text, "<b>Fet" in text) == (True, False)
