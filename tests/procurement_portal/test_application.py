import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal.models import Application, Supplier
from procurement_portal.models.link import ForgedLinkError
from procurement_portal.models.refusals import (
    AlreadyConfirmed,
    AlreadyDecided,
    NotConfirmed,
    NotMendable,
    NotUnderReview,
    NotWaitingForReview,
    PicturesNotReady,
)
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import LETTER, enclosures, make_application, reject_picture


def verbs(application: Application) -> list[str]:
    return list(application.events.order_by("pk").values_list("verb", flat=True))


def test_a_new_application_waits_for_its_address_and_is_not_seen_by_coordinators(draft):
    assert draft.state == "draft"
    assert list(Application.objects.confirmed()) == []
    assert list(Application.objects.awaiting_coordinator()) == []
    assert verbs(draft) == []
    assert Letter.objects.get().to == draft.email


def test_a_reference_says_nothing_of_how_many_there_are(draft):
    other = make_application()
    assert draft.reference != other.reference
    assert all(len(each.reference) == 12 for each in (draft, other))


def test_the_same_form_twice_is_one_application(db):
    key = uuid.uuid4()
    first = make_application(form_key=key)
    again, is_new = Application.receive(
        form_key=key,
        categories=[],
        company="Annat",
        organisation_number="5560160680",
        phone="+46701740605",
        **enclosures(),
    )
    assert (again, is_new) == (first, False)
    assert (again.company, Application.objects.count(), Letter.objects.count()) == (first.company, 1, 1)


def test_pictures_are_claimed_and_say_what_they_show(draft):
    assert draft.logo.claimed_at is not None
    assert [each.picture.alt for each in draft.enclosures] == [draft.company, draft.company, "Demo Kontakt"]


def test_one_picture_cannot_be_in_two_applications(draft):
    pictures = enclosures() | {"logo": draft.logo}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_application(**pictures)


def test_confirming_sends_it_in(draft):
    draft.confirm()
    assert (draft.state, draft.confirmed_at, verbs(draft)) == ("submitted", draft.waiting_since, ["submitted"])
    assert list(Application.objects.awaiting_coordinator()) == [draft]


def test_confirming_twice_is_refused(submitted):
    with pytest.raises(AlreadyConfirmed):
        submitted.confirm()


@pytest.mark.parametrize("verb", ["withdraw", "take_up"])
def test_nothing_else_can_be_done_before_the_address_is_confirmed(draft, coordinator, verb):
    arguments = {"by": coordinator} if verb == "take_up" else {}
    with pytest.raises(NotConfirmed):
        getattr(draft, verb)(**arguments)


def test_the_longest_waiting_is_first(db, coordinator):
    newer, older = make_application("submitted"), make_application("under_review", by=coordinator)
    Application.objects.filter(pk=older.pk).update(waiting_since=timezone.now() - timezone.timedelta(days=4))
    assert list(Application.objects.awaiting_coordinator()) == [older, newer]
    older.refresh_from_db()
    assert (older.waiting_days, newer.waiting_days) == (4, 0)


def test_taking_up_names_the_reviewer(submitted, coordinator):
    submitted.take_up(by=coordinator)
    assert (submitted.state, submitted.reviewer, verbs(submitted)[-1]) == ("under_review", coordinator, "taken_up")


def test_who_has_been_given_it_stays_its_reviewer_when_a_colleague_begins(submitted, coordinator, other_coordinator):
    submitted.assign(other_coordinator, by=coordinator, instead_of=None)
    submitted.take_up(by=coordinator)
    assert (submitted.state, submitted.reviewer) == ("under_review", other_coordinator)
    assert submitted.events.newest_first()[0].actor == coordinator


def test_two_coordinators_cannot_take_up_the_same(under_review, other_coordinator):
    with pytest.raises(NotWaitingForReview):
        under_review.take_up(by=other_coordinator)


def test_a_complement_is_asked_for_and_answered(under_review, coordinator):
    request = under_review.request_complement(by=coordinator, messages={"website": "Sidan svarar inte."})
    assert (under_review.state, under_review.waiting_since) == ("complement_requested", None)
    assert under_review.open_complement_request == request
    categories = under_review.categories.all()
    under_review.mend(categories=categories, answers=request.pk, website="https://ny.example.org")
    assert (under_review.state, under_review.website) == ("submitted", "https://ny.example.org")
    assert under_review.open_complement_request is None
    assert verbs(under_review)[-2:] == ["complement_requested", "complemented"]
    assert under_review.events.newest_first()[0].particulars == {"fields": ["website"]}


def test_a_complement_that_the_applicant_has_not_read_is_not_answered(asked):
    with pytest.raises(NotMendable):
        asked.mend(categories=asked.categories.all(), website="https://ny.example.org")
    asked.refresh_from_db()
    assert (asked.state, asked.open_complement_request.answered_at) == ("complement_requested", None)


def test_a_complement_cannot_be_asked_for_before_review(submitted, coordinator):
    with pytest.raises(NotUnderReview):
        submitted.request_complement(by=coordinator, messages={"website": "Svarar inte."})


def test_an_applicant_can_change_it_until_review_begins(submitted):
    waiting_since = submitted.waiting_since
    submitted.mend(categories=submitted.categories.all(), company="Nytt namn AB")
    assert (submitted.company, submitted.state, submitted.waiting_since) == ("Nytt namn AB", "submitted", waiting_since)
    assert verbs(submitted)[-1] == "changed"


def test_an_applicant_cannot_change_it_under_review(under_review):
    with pytest.raises(NotMendable):
        under_review.mend(categories=[], company="Nytt namn AB")
    under_review.refresh_from_db()
    assert under_review.company != "Nytt namn AB"


def test_a_replaced_picture_is_deleted(submitted):
    former, new = submitted.logo, ready_picture(claimed=False)
    submitted.mend(categories=submitted.categories.all(), logo=new)
    submitted.refresh_from_db()
    assert submitted.logo == new
    assert not Picture.objects.filter(pk=former.pk).exists()


def test_approval_lists_the_company_and_publishes_its_pictures(under_review, coordinator):
    supplier = under_review.approve(by=coordinator, because="Passar väl.", **LETTER)
    under_review.refresh_from_db()
    assert (under_review.state, under_review.reason, under_review.decided_by) == (
        "approved",
        "Passar väl.",
        coordinator,
    )
    assert (under_review.supplier, supplier.name) == (supplier, under_review.company)
    assert list(Supplier.objects.listed()) == [supplier]
    assert [each.picture.public for each in supplier.enclosures] == [True, True, True]
    assert [each.slug for each in supplier.categories.all()] == ["trygghet"]
    assert (verbs(under_review)[-1], list(Application.objects.awaiting_coordinator())) == ("approved", [])


def test_approving_twice_is_refused(under_review, coordinator):
    under_review.approve(by=coordinator, because="Passar väl.", **LETTER)
    letters = Letter.objects.count()
    with pytest.raises(AlreadyDecided):
        under_review.approve(by=coordinator, because="Passar väl.", **LETTER)
    assert (Supplier.objects.count(), Letter.objects.count()) == (1, letters)


def test_approval_waits_for_the_pictures(under_review, coordinator):
    Picture.objects.filter(pk=under_review.logo_id).update(state="checking", renditions=[])
    with pytest.raises(PicturesNotReady):
        under_review.approve(by=coordinator, because="Passar väl.", **LETTER)
    under_review.refresh_from_db()
    assert (under_review.state, Supplier.objects.count()) == ("under_review", 0)


def test_rejection_lists_nobody_and_keeps_the_reason(under_review, coordinator):
    under_review.reject(by=coordinator, because="Passar inte.", **LETTER)
    under_review.refresh_from_db()
    assert (under_review.state, under_review.reason, Supplier.objects.count()) == ("rejected", "Passar inte.", 0)
    assert (verbs(under_review)[-1], under_review.events.newest_first()[0].particulars) == ("rejected", {})


@pytest.mark.parametrize("because", ["", "  "])
def test_a_decision_needs_a_reason(under_review, coordinator, because):
    with pytest.raises(ValueError, match="reason"):
        under_review.reject(by=coordinator, because=because, **LETTER)


def test_a_decision_needs_a_review(submitted, coordinator):
    with pytest.raises(NotUnderReview):
        submitted.approve(by=coordinator, because="Passar väl.", **LETTER)


@pytest.mark.parametrize("state", ["submitted", "under_review", "complement_requested"])
def test_an_open_application_can_be_withdrawn(coordinator, state):
    application = make_application(state, by=coordinator)
    application.withdraw()
    assert (application.state, application.waiting_since, verbs(application)[-1]) == ("withdrawn", None, "withdrawn")
    assert application.open_complement_request is None
    with pytest.raises(AlreadyDecided):
        application.withdraw()


def test_a_new_application_from_the_same_company_updates_its_listing(supplier, coordinator):
    former_logo = supplier.logo
    again = make_application(
        "under_review", by=coordinator, company="Nya namnet AB", organisation_number=supplier.organisation_number
    )
    assert list(again.same_company()) == list(supplier.applications.all())
    updated = again.approve(by=coordinator, because="Uppdaterat.", **LETTER)
    former_logo.refresh_from_db()
    assert (updated.pk, updated.name, updated.slug) == (supplier.pk, "Nya namnet AB", supplier.slug)
    assert (former_logo.public, updated.logo.public, updated.logo) == (False, True, again.logo)


def test_an_applicant_is_told_of_a_picture_that_could_not_be_processed(submitted, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reject_picture(submitted.picture)
    letter = Letter.objects.latest("pk")
    assert letter.to == submitted.email
    assert "/bilder/picture/" in letter.text or "/pictures/picture/" in letter.text


def test_nobody_is_told_of_a_picture_before_the_address_is_confirmed(draft, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reject_picture(draft.picture)
    assert Letter.objects.count() == 1
    draft.refresh_from_db()
    draft.confirm()
    assert Letter.objects.count() == 2


def test_a_picture_that_could_not_be_processed_can_be_replaced_under_review(under_review):
    reject_picture(under_review.picture)
    new = ready_picture(claimed=False)
    under_review.replace_picture("picture", new)
    under_review.refresh_from_db()
    assert (under_review.picture, under_review.state, verbs(under_review)[-1]) == (
        new,
        "under_review",
        "picture_replaced",
    )


def test_a_picture_that_is_fine_cannot_be_replaced_under_review(under_review):
    with pytest.raises(NotMendable):
        under_review.replace_picture("picture", ready_picture(claimed=False))


def test_what_nobody_confirmed_in_thirty_days_is_swept_with_its_pictures(draft, submitted):
    young = make_application()
    Application.objects.filter(pk__in=[draft.pk, submitted.pk]).update(
        created_at=timezone.now() - timezone.timedelta(days=31)
    )
    assert Application.sweep_unconfirmed() == 1
    assert set(Application.objects.all()) == {submitted, young}
    assert not Picture.objects.filter(pk__in=[draft.logo_id, draft.picture_id, draft.contact_picture_id]).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "forgotten"},
        {"confirmed_at": None},
        {"waiting_since": None},
        {"state": "approved"},
        {"reason": "för att"},
        {"organisation_number": "556016-068"},
        {"phone": "070-1740605"},
    ],
)
def test_the_database_refuses_what_must_never_be(submitted, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=submitted.pk).update(**change)


def test_a_correct_address_ends_links_to_the_wrong_one(draft):
    former = draft.link_token
    assert draft.correct_email("ratt@example.org")
    assert draft.link_token.split(".")[0] == former.split(".")[0]
    assert Letter.objects.latest("pk").to == "ratt@example.org"
    with pytest.raises(ForgedLinkError):
        Application.objects.by_link(former)
    assert Application.objects.by_link(draft.link_token) == draft


def test_confirmation_mails_to_the_same_address_are_spaced_and_counted(draft):
    assert not draft.correct_email(draft.email)
    for number in range(2, 6):
        assert draft.correct_email(f"ny{number}@example.org")
    assert not draft.correct_email("en.till@example.org")
    assert Letter.objects.count() == 5
