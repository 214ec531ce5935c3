import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from mailing.models import Letter
from pictures.models import Picture
from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.new_address import AddressLinkOver
from procurement_portal.models.refusals import ChangeDecided, NothingToChange, NotListed, PicturesNotReady
from procurement_portal.tasks import forget_changes
from tests.pictures.factories import ready_picture
from tests.procurement_portal.factories import make_application, propose, reject_picture

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


@pytest.fixture
def supplier(supplier) -> Supplier:
    Letter.objects.all().delete()
    return supplier


def draft_picture() -> Picture:
    return ready_picture(claimed=False)


def afresh(supplier: Supplier) -> Supplier:
    return Supplier.objects.get(pk=supplier.pk)


def said(supplier: Supplier, *fields: str) -> list:
    supplier = afresh(supplier)
    return [supplier.says(field) for field in fields]


def verbs(supplier: Supplier) -> list[str]:
    return [event.verb for event in supplier.events.newest_first()]


def letters() -> list[tuple[str, str]]:
    return [(letter.to, letter.subject) for letter in Letter.objects.order_by("pk")]


# --- Proposing ---------------------------------------------------------------------------------------------------


def test_a_proposal_holds_only_what_differs(supplier):
    change = propose(supplier, company=supplier.name, description="Vi lyser upp parker.", categories=["trygghet"])
    assert (change.fields, change.values) == (["description"], {"description": "Vi lyser upp parker."})
    assert (change.state, change.decided_at, change.logo) == ("open", None, None)
    assert said(supplier, "description") == ["Vi lyser upp gårdar."]
    assert verbs(supplier)[0] == "change_proposed"
    assert supplier.events.newest_first()[0].particulars == {"change": change.pk, "fields": ["description"]}


def test_history_holds_nothing_of_what_was_proposed(supplier, coordinator):
    change = propose(supplier, contact_name="Demo Ny", phone="+46701740606")
    change.accept(change.fields, by=coordinator)
    told = str([event.particulars for event in supplier.events.all()])
    assert ("Demo Ny" in told, "06" in told) == (False, False)


def test_whoever_proposes_what_is_there_already_is_told_so(supplier):
    with pytest.raises(NothingToChange):
        propose(supplier, description=supplier.description)
    assert ChangeRequest.objects.count() == 0


def test_the_same_form_twice_is_one_proposal(supplier):
    key = uuid.uuid4()
    first, second = (supplier.propose(form_key=key, description="Nytt.") for _ in range(2))
    assert (first, ChangeRequest.objects.count()) == (second, 1)


def test_a_new_proposal_takes_the_place_of_the_open_one(supplier):
    first = propose(supplier, description="Ett.")
    second = propose(supplier, description="Två.")
    first.refresh_from_db()
    assert (first.state, first.values, first.decided_by, second.state) == ("taken_back", {}, None, "open")
    assert supplier.open_change == second


def test_pictures_move_from_the_earlier_proposal_to_the_next(supplier):
    logo, picture = draft_picture(), draft_picture()
    first = propose(supplier, logo=logo, picture=picture)
    second = propose(supplier, logo=logo, description="Nytt.")
    first.refresh_from_db()
    assert (first.logo, first.picture, second.logo, second.picture) == (None, None, logo, None)
    assert list(Picture.objects.filter(pk__in=[logo.pk, picture.pk])) == [logo]
    assert supplier.says("logo") != logo


def test_proposed_pictures_are_hidden_and_described(supplier):
    change = propose(supplier, contact_picture=draft_picture(), contact_name="Demo Ny")
    change.contact_picture.refresh_from_db()
    assert (change.contact_picture.public, change.contact_picture.claimed_at is None) == (False, False)


def test_what_coordinators_took_down_cannot_be_changed(supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    with pytest.raises(NotListed):
        propose(supplier)


def test_one_whose_time_is_up_can_be_changed_and_stays_hidden(supplier, coordinator):
    Supplier.objects.filter(pk=supplier.pk).update(listed_until=timezone.now() - datetime.timedelta(days=1))
    logo = draft_picture()
    change = propose(afresh(supplier), description="Nytt.", logo=logo)
    change.accept(change.fields, by=coordinator)
    logo.refresh_from_db()
    assert (said(supplier, "description"), logo.public, afresh(supplier).is_listed) == (["Nytt."], False, False)
    afresh(supplier).renew()
    logo.refresh_from_db()
    assert logo.public is True


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


# --- Accepting ---------------------------------------------------------------------------------------------------


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


def test_new_pictures_are_public_and_those_of_the_application_are_hidden_again(supplier, coordinator):
    former = supplier.logo
    logo = draft_picture()
    change = propose(supplier, logo=logo)
    change.accept(["logo"], by=coordinator)
    for picture in (logo, former):
        picture.refresh_from_db()
    assert (afresh(supplier).logo, logo.public, former.public) == (logo, True, False)
    assert (logo.alt, ChangeRequest.objects.get().logo) == (supplier.name, None)


def test_a_picture_that_came_with_a_change_is_deleted_once_it_is_replaced(supplier, coordinator):
    first, second = draft_picture(), draft_picture()
    for picture in (first, second):
        change = propose(afresh(supplier), logo=picture)
        change.accept(["logo"], by=coordinator)
    assert list(Picture.objects.filter(pk__in=[first.pk, second.pk])) == [second]


def test_a_picture_that_came_with_a_change_is_deleted_by_a_new_approval(supplier, coordinator):
    logo = draft_picture()
    propose(supplier, logo=logo).accept(["logo"], by=coordinator)
    application = make_application("approved", by=coordinator, organisation_number=supplier.organisation_number)
    assert (afresh(supplier).logo, Picture.objects.filter(pk=logo.pk).count()) == (application.logo, 0)


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


def test_a_taken_down_listing_stays_hidden_when_a_change_is_accepted(supplier, coordinator):
    logo = draft_picture()
    change = propose(supplier, logo=logo)
    afresh(supplier).take_down(by=coordinator, because="Konkurs.")
    change.accept(["logo"], by=coordinator)
    logo.refresh_from_db()
    assert (afresh(supplier).logo, logo.public) == (logo, False)


# --- Declining and taking back -----------------------------------------------------------------------------------


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


def test_what_was_declined_can_be_begun_from_with_its_pictures(supplier, coordinator):
    logo = draft_picture()
    change = propose(supplier, logo=logo, description="Nytt.")
    change.decline(by=coordinator, because="Nja.")
    assert supplier.change_to_begin_from == change
    assert supplier.change_to_begin_from.logo == logo
    again = propose(supplier, logo=logo, description="Bättre.")
    assert (again.logo, ChangeRequest.objects.get(pk=change.pk).logo) == (logo, None)


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


# --- A new e-mail address ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("confirmed_first", [True, False])
def test_a_new_address_needs_its_owners_yes_and_a_coordinators(supplier, coordinator, confirmed_first):
    former = supplier.email
    change = propose(supplier, email="ny@example.org")
    assert letters() == [("ny@example.org", "Ska Provföretaget AB ha den här adressen i Inköpsportalen?")]
    deeds = [change.confirm_address, lambda: change.accept(["email"], by=coordinator)]
    first, second = deeds if confirmed_first else reversed(deeds)
    first()
    assert (said(supplier, "email"), change.awaits_confirmation) == ([former], not confirmed_first)
    second()
    assert (said(supplier, "email"), change.awaits_confirmation) == (["ny@example.org"], False)
    assert (former, "Provföretaget AB har en ny e-postadress i Inköpsportalen") in letters()
    decided = Letter.objects.get(subject="Sidan för Provföretaget AB är ändrad")
    assert decided.to == ("ny@example.org" if confirmed_first else former)
    assert ("när länken" in decided.text) is not confirmed_first


def test_a_link_to_the_former_address_opens_nothing_any_more(supplier, coordinator):
    old_token = supplier.renewal_signer.sign(str(supplier.pk))
    change = propose(supplier, email="ny@example.org")
    change.confirm_address()
    change.accept(["email"], by=coordinator)
    assert afresh(supplier).renewal_signer.sign(str(supplier.pk)) != old_token
    assert "/min-sida/" not in Letter.objects.get(to=supplier.email).text


def test_confirming_twice_is_confirming_once(supplier):
    change = propose(supplier, email="ny@example.org")
    change.confirm_address()
    change.confirm_address()
    assert verbs(supplier).count("address_confirmed") == 1


@pytest.mark.parametrize("end", ["taken_back", "declined", "left_out", "replaced"])
def test_an_address_counts_only_as_long_as_its_proposal_holds(supplier, coordinator, end):
    change = propose(supplier, email="ny@example.org", description="Nytt.")
    token = change.address_signer.sign(str(change.pk))
    if end == "taken_back":
        change.take_back()
    elif end == "declined":
        change.decline(by=coordinator, because="Nej.")
    elif end == "left_out":
        change.accept(["description"], by=coordinator, because="Inte adressen.")
    else:
        change.accept(change.fields, by=coordinator)
        propose(afresh(supplier), description="Annat.")
    with pytest.raises(AddressLinkOver):
        ChangeRequest.objects.by_address_link(token).confirm_address()
    assert afresh(supplier).email == supplier.email


def test_the_new_address_is_asked_five_times_a_day_at_most(supplier):
    change = propose(supplier, email="ny@example.org")
    assert [change.mail_new_address() for _ in range(5)] == [True] * 4 + [False]
    assert len(letters()) == 5


def test_nobody_is_mailed_when_the_address_stays(supplier):
    assert propose(supplier).mail_new_address() is False
    assert letters() == []


# --- Forgetting --------------------------------------------------------------------------------------------------


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
