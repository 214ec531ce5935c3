"""What a company proposes, and what becomes of its listing when that is accepted."""

import datetime
import uuid

import pytest
from django.utils import timezone

from pictures.models import Picture
from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.refusals import NothingToChange, NotListed
from tests.procurement_portal.factories import make_application, propose
from tests.procurement_portal.listings import afresh, draft_picture, said, verbs


def test_a_proposal_holds_only_what_differs(supplier):
    change = propose(supplier, company=supplier.name, description="Vi lyser upp parker.", categories=["trygghet"])
    assert (change.fields, change.values) == (["description"], {"description": "Vi lyser upp parker."})
    assert (change.state, change.decided_at, change.logo) == ("open", None, None)
    assert said(supplier, "description") == ["Vi lyser upp gårdar."]
    assert verbs(supplier)[0] == "change_proposed"
    assert supplier.events.newest_first()[0].particulars == {"change": change.pk, "fields": ["description"]}


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
    assert change.contact_picture.alt == "Demo Ny"


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


def test_a_taken_down_listing_stays_hidden_when_a_change_is_accepted(supplier, coordinator):
    logo = draft_picture()
    change = propose(supplier, logo=logo)
    afresh(supplier).take_down(by=coordinator, because="Konkurs.")
    change.accept(["logo"], by=coordinator)
    logo.refresh_from_db()
    assert (afresh(supplier).logo, logo.public) == (logo, False)


def test_what_was_declined_can_be_begun_from_with_its_pictures(supplier, coordinator):
    logo = draft_picture()
    change = propose(supplier, logo=logo, description="Nytt.")
    change.decline(by=coordinator, because="Nja.")
    assert supplier.change_to_begin_from == change
    assert supplier.change_to_begin_from.logo == logo
    again = propose(supplier, logo=logo, description="Bättre.")
    assert (again.logo, ChangeRequest.objects.get(pk=change.pk).logo) == (logo, None)
