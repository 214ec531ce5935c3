import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal.models import ChangeRequest
from procurement_portal.models.refusals import ChangeDecided, PicturesNotReady
from procurement_portal.tasks import forget_changes
from tests.procurement_portal.factories import make_supplier, propose, reject_picture
from tests.procurement_portal.listings import afresh, draft_picture, letters, said, verbs

EVERYTHING = {
    "company": "Nya Ljus AB",
    "categories": ["skolstod", "annat"],
    "regions": ["gotland", "skane"],
    "website": "https://nyaljus.example.org",
    "description": "Vi lyser upp parker.",
    "contact_name": "Demo Ny",
    "contact_title": "Vd",
    "phone": "+46701740606",
}


def test_history_holds_nothing_of_what_was_proposed(supplier, coordinator):
    change = propose(supplier, contact_name="Demo Ny", phone="+46701740606")
    change.accept(change.fields, by=coordinator)
    told = {"change": change.pk, "fields": ["contact_name", "phone"]}
    listed = {"reference": supplier.applications.get().reference}
    assert [event.particulars for event in supplier.events.newest_first()] == [told, told, listed]


def test_there_is_never_more_than_one_open_proposal(supplier):
    propose(supplier)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.create(supplier=supplier, fields=["company"])


@pytest.mark.parametrize(
    "columns",
    [
        {"fields": []},
        {"fields": ["organisation_number"]},
        {"state": "nonsense"},
        {"state": "accepted"},
        {"state": "declined", "decided_at": timezone.now()},
        {"state": "open", "reason": "Nej."},
        {"state": "accepted", "decided_at": timezone.now(), "accepted_fields": ["company"]},
        {"accepted_fields": ["description"]},
    ],
)
def test_the_database_refuses_what_must_not_be(supplier, columns):
    change = propose(supplier)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeRequest.objects.filter(pk=change.pk).update(**columns)


# --- Accepting -------------------------------------------------------------------------------------------------------


def test_accepting_changes_everything_at_once(supplier, coordinator):
    change = propose(supplier, **EVERYTHING)
    change.accept(change.fields, by=coordinator)
    change.refresh_from_db()
    assert said(supplier, *EVERYTHING) == list(EVERYTHING.values())
    assert (change.state, change.decided_by, change.accepted_fields) == ("accepted", coordinator, change.fields)
    assert (afresh(supplier).slug, afresh(supplier).organisation_number) == (
        supplier.slug,
        supplier.organisation_number,
    )
    assert verbs(supplier)[0] == "change_accepted"
    assert letters() == [(supplier.email, "Sidan för Nya Ljus AB är ändrad")]


def test_accepting_some_leaves_the_rest_and_says_why(supplier, coordinator):
    change = propose(supplier, description="Billigast i stan!", website="https://nyaljus.example.org")
    change.accept(["website"], by=coordinator, because="Ingen reklam i beskrivningen.")
    change.refresh_from_db()
    assert said(supplier, "description", "website") == ["Vi lyser upp gårdar.", "https://nyaljus.example.org"]
    assert (change.accepted_fields, change.left_out) == (["website"], ["description"])
    text = Letter.objects.get().text
    assert "Ändrat: webbplats." in text
    assert "Kvar som det var: beskrivning." in text
    assert "Ingen reklam i beskrivningen." in text


@pytest.mark.parametrize(("fields", "because"), [([], "Nej."), (["website"], " "), (["organisation_number"], "Nej.")])
def test_accepting_nothing_or_leaving_out_without_a_reason_is_refused(supplier, coordinator, fields, because):
    change = propose(supplier, description="Nytt.", website="https://nyaljus.example.org")
    with pytest.raises(ValueError, match="reason"):
        change.accept(fields, by=coordinator, because=because)
    assert said(supplier, "description") == ["Vi lyser upp gårdar."]


def test_a_picture_that_was_left_out_is_deleted(supplier, coordinator):
    logo = draft_picture()
    change = propose(supplier, logo=logo, description="Nytt.")
    change.accept(["description"], by=coordinator, because="Suddig.")
    assert Picture.objects.filter(pk=logo.pk).count() == 0
    assert afresh(supplier).logo == supplier.logo


def test_a_picture_must_be_checked_before_it_is_shown(supplier, coordinator):
    logo = draft_picture()
    Picture.objects.filter(pk=logo.pk).update(state="checking", renditions=[])
    change = propose(supplier, logo=logo, description="Nytt.")
    with pytest.raises(PicturesNotReady):
        change.accept(change.fields, by=coordinator)
    assert said(supplier, "description") == ["Vi lyser upp gårdar."]


def test_the_company_is_told_of_a_picture_that_could_not_be_used(
    supplier, coordinator, django_capture_on_commit_callbacks
):
    logo = draft_picture()
    change = propose(supplier, logo=logo, description="Nytt.")
    with django_capture_on_commit_callbacks(execute=True):
        reject_picture(logo)
    assert letters() == [(supplier.email, "En bild till sidan för Provföretaget AB behöver bytas")]
    change.refresh_from_db()
    assert [each.is_unusable for each in change.changes()] == [False, True]
    change.accept(["description"], by=coordinator, because="Bilden gick inte att läsa.")
    assert Picture.objects.filter(pk=logo.pk).count() == 0


# --- Declining and taking back ---------------------------------------------------------------------------------------


def test_declining_leaves_the_listing_and_says_why(supplier, coordinator):
    change = propose(supplier)
    change.decline(by=coordinator, because="Det är reklam.")
    change.refresh_from_db()
    assert (change.state, change.reason, change.decided_by) == ("declined", "Det är reklam.", coordinator)
    assert said(supplier, "description") == ["Vi lyser upp gårdar."]
    assert letters() == [(supplier.email, "Sidan för Provföretaget AB är som den var")]
    assert "Det är reklam." in Letter.objects.get().text
    event = supplier.events.newest_first()[0]
    assert (event.verb, event.note, event.actor) == ("change_declined", "", coordinator)


def test_declining_needs_a_reason(supplier, coordinator):
    with pytest.raises(ValueError, match="reason"):
        propose(supplier).decline(by=coordinator, because="  ")


def test_taking_back_ends_it(supplier):
    logo = draft_picture()
    change = propose(supplier, logo=logo)
    change.take_back()
    change.refresh_from_db()
    assert (change.state, change.values, supplier.open_change) == ("taken_back", {}, None)
    assert (verbs(supplier)[0], Picture.objects.filter(pk=logo.pk).count()) == ("change_taken_back", 0)
    assert supplier.change_to_begin_from is None


@pytest.mark.parametrize("state", ["accepted", "declined", "taken_back"])
def test_what_is_answered_cannot_be_answered_again(supplier, coordinator, state):
    change = propose(supplier)
    stale = ChangeRequest.objects.get(pk=change.pk)
    if state == "accepted":
        change.accept(change.fields, by=coordinator)
    elif state == "declined":
        change.decline(by=coordinator, because="Nej.")
    else:
        change.take_back()
    for deed in (
        lambda: stale.accept(stale.fields, by=coordinator),
        lambda: stale.decline(by=coordinator, because="Nej."),
        stale.take_back,
    ):
        with pytest.raises(ChangeDecided):
            deed()


# --- Forgetting ------------------------------------------------------------------------------------------------------


def test_what_was_proposed_is_forgotten_after_ninety_days(supplier, coordinator):
    logo = draft_picture()
    old = propose(supplier, logo=logo, contact_name="Demo Ny")
    old.decline(by=coordinator, because="Nej.")
    ChangeRequest.objects.update(decided_at=timezone.now() - datetime.timedelta(days=90, minutes=1))
    waiting = propose(supplier, description="Nytt.")
    ChangeRequest.objects.filter(pk=waiting.pk).update(created_at=timezone.now() - datetime.timedelta(days=200))
    forget_changes()
    forget_changes()
    old.refresh_from_db()
    waiting.refresh_from_db()
    assert (old.values, old.logo, old.fields, old.reason) == ({}, None, ["logo", "contact_name"], "Nej.")
    assert (waiting.values, Picture.objects.filter(pk=logo.pk).count()) == ({"description": "Nytt."}, 0)


def test_the_clock_forgets_every_night(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.count("procurement_portal.forget_changes") == 1


def forget_what_was_past_retention(monkeypatch, *, before) -> None:
    """Forget as a worker does that looked before somebody did `before`."""
    ChangeRequest.objects.update(decided_at=timezone.now() - datetime.timedelta(days=90, minutes=1))
    seen = list(ChangeRequest.objects.past_retention())
    assert seen
    before()
    monkeypatch.setattr("procurement_portal.models.change_request.ChangeRequestQuerySet.past_retention", lambda _: seen)
    forget_changes()


def test_a_picture_that_a_new_proposal_has_taken_meanwhile_is_kept(supplier, coordinator, monkeypatch):
    logo = draft_picture()
    propose(supplier, logo=logo, description="Ett.").decline(by=coordinator, because="Nej.")
    forget_what_was_past_retention(monkeypatch, before=lambda: propose(supplier, logo=logo, description="Två."))
    assert (ChangeRequest.objects.open().get().logo, Picture.objects.filter(pk=logo.pk).count()) == (logo, 1)
    assert ChangeRequest.objects.closed().get().values == {}


def test_an_answer_that_another_worker_has_forgotten_is_left_alone(supplier, coordinator, monkeypatch):
    propose(supplier).decline(by=coordinator, because="Nej.")
    forget_what_was_past_retention(monkeypatch, before=forget_changes)
    first = ChangeRequest.objects.get().forgotten_at
    forget_changes()
    assert ChangeRequest.objects.get().forgotten_at == first


def test_what_is_erased_meanwhile_is_passed_over(supplier, coordinator, monkeypatch):
    propose(supplier).decline(by=coordinator, because="Nej.")
    other = make_supplier("Annat AB", by=coordinator)
    propose(other).decline(by=coordinator, because="Nej.")
    supplier.take_down(by=coordinator, because="På egen begäran.")
    forget_what_was_past_retention(monkeypatch, before=supplier.applications.get().erase)
    assert (ChangeRequest.objects.get().supplier, ChangeRequest.objects.get().values) == (other, {})
