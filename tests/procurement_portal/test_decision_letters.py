import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from mailing.models import Letter
from procurement_portal.models import DecisionLetter, DecisionTemplate
from procurement_portal.models.refusals import NewerVersion
from tests.procurement_portal.factories import LETTER, make_application

pytestmark = pytest.mark.django_db
TEMPLATE = "/inkopsportalen/beslutsbrev/approved/sv/"
ORIGINAL = f"{TEMPLATE}original/"
WORDS = {"subject": "Nytt ämne", "letter": "Hej {{ contact }}!\n\n{{ reason }}"}
DECISION = {"because": "Passar väl.", "subject": "Om er ansökan", "letter": "Hej!\n\n{{ reason }}"}


def save(by, after: int = 0, subject: str = "Nytt ämne") -> DecisionTemplate:
    DecisionTemplate.save_version("approved", "sv", subject=subject, body="Hej!\n\n{{ reason }}", by=by, after=after)
    return DecisionTemplate.in_use("approved", "sv")


def approval(application) -> str:
    return reverse("procurement_portal:approval", args=[application.pk])


def test_each_saving_is_a_new_version_with_who_and_when(coordinator_client, coordinator):
    assert coordinator_client.post(TEMPLATE, {**WORDS, "after": 0}).status_code == 302
    assert coordinator_client.post(TEMPLATE, {**WORDS, "after": 1, "subject": "Nyare ämne"}).status_code == 302
    assert [(each.number, each.subject) for each in DecisionTemplate.versions("approved", "sv")] == [
        (2, "Nyare ämne"),
        (1, "Nytt ämne"),
    ]
    text = coordinator_client.get(TEMPLATE).content.decode()
    assert ("Version 2: Demo Samordnare" in text, "Version 1: Demo Samordnare" in text) == (True, True)


def test_somebody_elses_newer_version_is_not_overwritten(coordinator_client, other_coordinator):
    save(other_coordinator)
    response = coordinator_client.post(TEMPLATE, {**WORDS, "subject": "Mitt ämne", "after": 0})
    text = response.content.decode()
    assert (response.status_code, "Mitt ämne" in text, other_coordinator.name in text) == (409, True, True)
    assert DecisionTemplate.objects.count() == 1
    # And it cannot be got past by sending the form as it came back.
    assert coordinator_client.post(TEMPLATE, {**WORDS, "after": 0}).status_code == 409


def test_a_version_that_is_not_there_yet_is_no_ground_to_stand_on(coordinator):
    with pytest.raises(NewerVersion):
        save(coordinator, after=3)


def test_a_preview_of_a_wording_saves_nothing(coordinator_client):
    response = coordinator_client.post(TEMPLATE, {**WORDS, "after": 0, "preview": "1"})
    assert (response.status_code, response.context["preview"]) == (
        200,
        {"subject": "Nytt ämne", "letter": "Hej Demo Kontakt!\n\nHär står det skäl som du anger."},
    )
    assert DecisionTemplate.objects.count() == 0


@pytest.mark.parametrize("place", ["{{ pengar }}", "{{ contact person }}", "{{}}", "{{ Contact }}"])
def test_what_cannot_be_filled_in_is_named(coordinator_client, place):
    response = coordinator_client.post(TEMPLATE, {**WORDS, "letter": f"Hej {place}!"})
    assert (response.status_code, "går inte att fylla i" in str(response.context["form"].errors["letter"])) == (
        400,
        True,
    )


def test_the_original_comes_back_as_a_version_and_the_others_are_kept(coordinator_client, coordinator):
    save(coordinator)
    assert coordinator_client.post(ORIGINAL).status_code == 302
    in_use = DecisionTemplate.in_use("approved", "sv")
    assert (in_use.words, in_use.number) == (DecisionTemplate.shipped("approved", "sv").words, 2)
    assert [each.subject for each in DecisionTemplate.versions("approved", "sv")][1] == "Nytt ämne"
    coordinator_client.post(ORIGINAL)
    assert DecisionTemplate.objects.count() == 2
    assert ORIGINAL not in coordinator_client.get(TEMPLATE).content.decode()


def test_the_original_in_use_follows_the_site(coordinator, monkeypatch):
    save(coordinator)
    DecisionTemplate.restore_shipped("approved", "sv", by=coordinator)
    later = DecisionTemplate(outcome="approved", language="sv", subject="Nästa utgåva", body="Hej!", is_shipped=True)
    monkeypatch.setattr(DecisionTemplate, "shipped", classmethod(lambda *_args: later))
    assert DecisionTemplate.in_use("approved", "sv").subject == "Nästa utgåva"


def test_putting_back_what_is_in_use_does_nothing(coordinator_client):
    coordinator_client.post(ORIGINAL)
    assert DecisionTemplate.objects.count() == 0


def test_a_decision_keeps_the_letter_and_the_version_it_began_from(
    coordinator_client, coordinator, other_coordinator, under_review
):
    first = save(coordinator)
    page = coordinator_client.get(approval(under_review))
    assert f'name="template" value="{first.pk}"' in page.content.decode()
    # A colleague saves another version while the letter is being written.
    save(other_coordinator, after=1, subject="Nyare ämne")
    coordinator_client.post(approval(under_review), {**DECISION, "template": first.pk})
    letter = DecisionLetter.objects.get(application=under_review)
    assert (letter.template, letter.subject, letter.body) == (first, "Om er ansökan", "Hej!\n\nPassar väl.")
    text = coordinator_client.get(under_review.get_absolute_url()).content.decode()
    assert "Det utgick från version 1 av texten." in text
    assert "1 brev utgick från den." in coordinator_client.get(TEMPLATE).content.decode()


def test_the_wording_that_came_with_the_site_is_kept_once_and_takes_nobodys_place(
    coordinator_client, coordinator, under_review
):
    second = make_application("under_review", by=coordinator)
    mine = save(coordinator)
    for application in (under_review, second):
        assert coordinator_client.post(approval(application), DECISION).status_code == 302
    (kept,) = {letter.template for letter in DecisionLetter.objects.all()}
    assert (kept.number, kept.is_shipped, kept.words) == (None, True, DecisionTemplate.shipped("approved", "sv").words)
    assert DecisionTemplate.in_use("approved", "sv") == mine
    text = coordinator_client.get(under_review.get_absolute_url()).content.decode()
    assert "Det utgick från texten som följde med webbplatsen." in text


@pytest.mark.parametrize("template", ["99999999", ""])
def test_a_version_that_does_not_exist_counts_as_the_sites_own(coordinator_client, under_review, template):
    coordinator_client.post(approval(under_review), {**DECISION, "template": template})
    assert DecisionLetter.objects.get().template.is_shipped


@pytest.mark.parametrize("template", ["x", "-1", "9" * 30])
def test_a_version_that_makes_no_sense_is_refused(coordinator_client, under_review, template):
    assert coordinator_client.post(approval(under_review), {**DECISION, "template": template}).status_code == 400


def test_a_version_of_another_letter_is_not_taken(coordinator_client, coordinator, under_review):
    mine = save(coordinator)
    reverse_page = reverse("procurement_portal:rejection", args=[under_review.pk])
    coordinator_client.post(reverse_page, {**DECISION, "template": mine.pk})
    assert DecisionLetter.objects.get().template.outcome == "rejected"


def test_a_verb_without_a_version_uses_the_one_in_use(coordinator, under_review):
    mine = save(coordinator)
    under_review.approve(by=coordinator, because="Passar.", **LETTER)
    assert under_review.decision_letter.template == mine


def test_the_preview_is_the_mail_without_the_applicants_link(coordinator_client, under_review):
    response = coordinator_client.post(approval(under_review), {**DECISION, "preview": "1"})
    shown = response.context["mail"].text
    assert (
        under_review.link_token in response.content.decode(),
        Letter.objects.filter(subject="Om er ansökan").count(),
    ) == (
        False,
        0,
    )
    coordinator_client.post(approval(under_review), DECISION)
    sent = Letter.objects.latest("pk")
    assert sent.subject == response.context["mail"].subject
    (link,) = [word for word in sent.text.split() if "/min-ansokan/" in word]
    assert sent.text.replace(link, "LINK") == shown.replace(
        next(w for w in shown.split() if "/min-ansokan/" in w), "LINK"
    )


def test_a_long_reason_in_the_subject_is_kept_whole(coordinator_client, under_review):
    because = "å" * 2_000
    data = {**DECISION, "because": because, "subject": "{{ reason }}"}
    assert coordinator_client.post(approval(under_review), data).status_code == 302
    assert DecisionLetter.objects.get().subject == because


@pytest.mark.parametrize("what", ["template", "letter", "note"])
def test_the_database_keeps_what_was_written(coordinator, under_review, what):
    note = under_review.add_note(by=coordinator, body="Ring dem.")
    template = save(coordinator)
    under_review.approve(by=coordinator, because="Passar.", **LETTER)
    row = {"template": template, "letter": under_review.decision_letter, "note": note}[what]
    with pytest.raises(IntegrityError, match="what was written is kept"), transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(body="Något annat.")


def test_an_author_who_leaves_is_forgotten_and_the_words_stay(other_coordinator, under_review):
    note = under_review.add_note(by=other_coordinator, body="Ring dem.")
    template = save(other_coordinator)
    other_coordinator.delete()
    note.refresh_from_db()
    template.refresh_from_db()
    assert (note.author, note.body, template.written_by, template.subject) == (None, "Ring dem.", None, "Nytt ämne")


def test_an_application_that_is_erased_takes_its_words_along(coordinator, under_review):
    under_review.add_note(by=coordinator, body="Ring dem.")
    under_review.reject(by=coordinator, because="Nej.", **LETTER)
    under_review.delete()
    assert DecisionLetter.objects.count() == 0


def test_only_coordinators_put_the_original_back(client, member_client, coordinator_client, coordinator):
    save(coordinator)
    assert client.post(ORIGINAL).status_code == 302
    assert member_client.post(ORIGINAL).status_code == 403
    assert coordinator_client.get(ORIGINAL).status_code == 405
    assert coordinator_client.post("/inkopsportalen/beslutsbrev/approved/de/original/").status_code == 404
    assert DecisionTemplate.in_use("approved", "sv").subject == "Nytt ämne"
