"""A new address counts once its owner and a coordinator have said yes."""

import re

import pytest

from mailing.models import Letter
from procurement_portal.models import ChangeRequest, Supplier
from procurement_portal.models.new_address import AddressLinkOver
from tests.procurement_portal.factories import change_data, propose
from tests.procurement_portal.listings import afresh, letters, messages, said, shown, verbs


def link_in(letter: Letter) -> str:
    found = re.search(r"https?://[^/]+(/inkopsportalen/ny-adress/\S+)", letter.text)
    assert found
    return found[1]


# --- Two yeses -------------------------------------------------------------------------------------------------------


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
    assert ("när mottagaren har bekräftat den" in decided.text) is not confirmed_first


def test_a_link_to_the_former_address_opens_nothing_any_more(supplier, coordinator):
    old_token = supplier.renewal_signer.sign(str(supplier.pk))
    change = propose(supplier, email="ny@example.org")
    change.confirm_address()
    change.accept(["email"], by=coordinator)
    assert afresh(supplier).renewal_signer.sign(str(supplier.pk)) != old_token
    assert "/min-sida/" not in Letter.objects.get(to=supplier.email).text


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
        propose(afresh(supplier), email="annan@example.org")
    with pytest.raises(AddressLinkOver):
        ChangeRequest.objects.by_address_link(token).confirm_address()
    assert afresh(supplier).email == supplier.email


def test_a_later_proposal_about_other_fields_leaves_an_accepted_address_waiting(supplier, coordinator):
    change = propose(supplier, email="ny@example.org")
    change.accept(["email"], by=coordinator)
    token = change.address_signer.sign(str(change.pk))
    propose(afresh(supplier), description="Annat.")
    ChangeRequest.objects.by_address_link(token).confirm_address()
    assert said(supplier, "email", "description") == ["ny@example.org", "Vi lyser upp gårdar."]


@pytest.mark.parametrize("answer", ["none", "declined"])
def test_a_mended_proposal_does_not_ask_about_an_address_that_its_owner_has_confirmed(supplier, coordinator, answer):
    first = propose(supplier, email="ny@example.org", description="Ett.")
    first.confirm_address()
    if answer == "declined":
        first.decline(by=coordinator, because="För kort.")
    second = propose(afresh(supplier), email="ny@example.org", description="Två.")
    assert (second.email_confirmed_at, second.awaits_confirmation) == (first.email_confirmed_at, False)
    assert [to for to, _subject in letters()].count("ny@example.org") == 1
    second.accept(second.fields, by=coordinator)
    assert said(supplier, "email", "description") == ["ny@example.org", "Två."]


def test_a_mended_proposal_asks_the_owner_of_another_address(supplier):
    propose(supplier, email="ny@example.org").confirm_address()
    second = propose(afresh(supplier), email="annan@example.org")
    assert (second.awaits_confirmation, letters()[-1][0]) == (True, "annan@example.org")
    third = propose(afresh(supplier), description="Utan adress.")
    assert third.email_confirmed_at is None


def test_the_new_address_is_asked_five_times_a_day_at_most(supplier):
    change = propose(supplier, email="ny@example.org")
    assert [change.mail_new_address() for _ in range(5)] == [True] * 4 + [False]
    assert len(letters()) == 5


def test_nobody_is_mailed_when_the_address_stays(supplier):
    assert propose(supplier).mail_new_address() is False
    assert letters() == []


def test_confirming_twice_is_confirming_once(supplier):
    change = propose(supplier, email="ny@example.org")
    change.confirm_address()
    change.confirm_address()
    assert verbs(supplier).count("address_confirmed") == 1


# --- The page behind the mailed link ---------------------------------------------------------------------------------


def test_the_owner_of_a_new_address_confirms_it_behind_a_link(client, supplier, page, coordinator):
    client.post(f"{page}andring/", change_data(supplier, email="ny@example.org", consent="on"))
    assert messages(client, page) == ["Tack! Vi har fått ert förslag och svarar med e-post."]
    assert "Öppna mejlet som vi skickade till ny@example.org, följ länken" in shown(client, page)
    link = link_in(Letter.objects.get(to="ny@example.org"))
    assert "Är det här din adress?" in shown(client, link)
    response = client.post(link)
    assert response.headers["Location"] == link
    assert "Vi har inte gått igenom" in shown(client, link)
    ChangeRequest.objects.get().accept(["email"], by=coordinator)
    assert "har adressen ny@example.org" in shown(client, link)
    supplier.refresh_from_db()
    assert supplier.email == "ny@example.org"
    assert client.get(page).status_code == 404


def test_confirmed_last_it_leads_to_the_companys_page(client, supplier, coordinator):
    change = propose(supplier, email="ny@example.org")
    change.accept(["email"], by=coordinator)
    response = client.post(link_in(Letter.objects.filter(to="ny@example.org").earliest("pk")))
    supplier.refresh_from_db()
    assert supplier.email == "ny@example.org"
    assert client.get(response.headers["Location"]).status_code == 200


def test_an_old_confirmation_opens_nothing_once_the_address_is_another(client, supplier, coordinator):
    propose(supplier, email="ny@example.org").accept(["email"], by=coordinator)
    link = link_in(Letter.objects.filter(to="ny@example.org").earliest("pk"))
    client.post(link)
    Supplier.objects.filter(pk=supplier.pk).update(email="annan@example.org")
    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_confirmation_of_what_was_declined_says_that_it_does_not_hold(client, supplier, coordinator, confirmed):
    change = propose(supplier, email="ny@example.org")
    link = link_in(Letter.objects.get(to="ny@example.org"))
    if confirmed:
        client.post(link)
    change.decline(by=coordinator, because="Nej.")
    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]


@pytest.mark.parametrize("token", ["forged", "1.a.b", "²", "%00", "9" * 30 + ".1.x"])
def test_a_forged_confirmation_confirms_nothing(client, db, token):
    url = f"/inkopsportalen/ny-adress/{token}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]


def test_a_confirmation_that_does_not_hold_any_more_says_so(client, supplier):
    change = propose(supplier, email="ny@example.org")
    link = link_in(Letter.objects.get(to="ny@example.org"))
    change.take_back()
    assert [client.get(link).status_code, client.post(link).status_code] == [404, 404]


def test_the_mail_to_the_new_address_can_be_had_once_more(client, supplier, page):
    propose(supplier, email="ny@example.org")
    for _ in range(6):
        assert client.post(f"{page}ny-adress/").headers["Location"] == page
    assert Letter.objects.filter(to="ny@example.org").count() == 5
    assert "flera gånger" in messages(client, page)[-1]
