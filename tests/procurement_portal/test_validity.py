import datetime
import re

import pytest
from django.utils import timezone

from mailing.models import Letter
from procurement_portal.models import Supplier
from procurement_portal.models.refusals import NotListed, NotRenewable
from procurement_portal.models.validity import RenewalLinkOver
from procurement_portal.tasks import watch_listings
from tests.procurement_portal.factories import make_application, make_supplier
from tests.procurement_portal.listings import ends_in


def subjects() -> list[str]:
    return [re.sub(r"\d+ \w+ \d+", "…", letter.subject) for letter in Letter.objects.order_by("pk")]


def pictures(client, supplier: Supplier) -> set[int]:
    """The answers to whoever asks for the supplier's pictures."""
    return {client.get(f"/bilder/{each.picture.pk}/320.webp").status_code for each in supplier.enclosures}


def test_a_listing_stands_for_two_years(supplier):
    assert abs(supplier.listed_until - timezone.now() - datetime.timedelta(days=730)) < datetime.timedelta(minutes=1)
    assert (supplier.has_expired, supplier.is_renewable) == (False, False)


def test_the_company_is_reminded_sixty_and_fourteen_days_before(supplier):
    for days in [61, 60, 59, 15, 14, 13]:
        ends_in(supplier, days=days - 0.01)
        watch_listings()
        watch_listings()
        told = Letter.objects.count()
        assert told == {61: 0, 60: 1, 59: 1, 15: 1, 14: 2, 13: 2}[days]
    assert subjects() == ["Provföretaget AB finns i Inköpsportalen till …"] * 2
    assert {letter.to for letter in Letter.objects.all()} == {supplier.email}


def test_a_reminder_that_came_late_is_not_followed_by_another_at_once(supplier):
    ends_in(supplier, days=10)
    watch_listings()
    watch_listings()
    assert len(subjects()) == 1


def test_one_that_is_taken_down_is_not_reminded(supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    ends_in(supplier, days=10)
    watch_listings()
    ends_in(supplier, days=-1)
    watch_listings()
    assert subjects() == []


def test_when_the_time_is_up_the_page_is_hidden_at_once_and_its_pictures_within_the_hour(client, supplier):
    assert pictures(client, supplier) == {200}
    ends_in(supplier, seconds=-1)
    assert list(Supplier.objects.listed()) == []
    assert client.get(supplier.get_absolute_url()).status_code == 404
    watch_listings()
    watch_listings()
    assert pictures(client, supplier) == {404}
    assert subjects() == ["Provföretaget AB syns inte längre i Inköpsportalen"]
    assert supplier.events.newest_first()[0].verb == "expired"


def test_the_mailed_link_leads_to_a_page_with_a_button_that_renews(client, supplier):
    ends_in(supplier, days=10)
    watch_listings()
    link = re.search(r"https?://[^/]+(/inkopsportalen/min-sida/\S+)", Letter.objects.get().text)
    assert link
    shown = client.get(link[1])
    supplier.refresh_from_db()
    assert (shown.status_code, shown.headers["Referrer-Policy"], supplier.is_renewable) == (200, "same-origin", True)
    response = client.post(link[1])
    assert (response.status_code, response.headers["Location"]) == (302, supplier.get_absolute_url())
    supplier.refresh_from_db()
    assert (supplier.is_renewable, supplier.reminders) == (False, 0)
    assert supplier.events.newest_first()[0].verb == "renewed"
    assert client.post(link[1]).status_code == 409
    assert client.get(link[1]).status_code == 200


def test_one_whose_time_was_up_comes_back_with_its_pictures(client, supplier):
    ends_in(supplier, days=-30)
    watch_listings()
    assert client.get(supplier.get_renewal_url()).status_code == 200
    assert client.post(supplier.get_renewal_url()).status_code == 302
    assert client.get(supplier.get_absolute_url()).status_code == 200
    assert pictures(client, supplier) == {200}


def test_what_coordinators_took_down_only_they_put_back(client, supplier, coordinator):
    supplier.take_down(by=coordinator, because="Konkurs.")
    ends_in(supplier, days=-1)
    with pytest.raises(NotListed):
        supplier.renew()
    assert client.get(supplier.get_renewal_url()).status_code == 200
    assert client.post(supplier.get_renewal_url()).status_code == 409


def test_nobody_renews_long_before_the_end(supplier):
    with pytest.raises(NotRenewable):
        supplier.renew()


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["forged", "1.a.b", "²", "%00", "9" * 30 + ".1.x", "-1"])
def test_a_forged_link_renews_nothing(client, supplier, token):
    url = f"/inkopsportalen/min-sida/{token}/"
    assert [client.get(url).status_code, client.post(url).status_code] == [404, 404]


def test_a_link_opens_only_its_own_listing_and_ends_with_the_address(supplier, coordinator):
    other = make_supplier("Annat AB", by=coordinator)
    token = supplier.renewal_signer.sign(str(supplier.pk))
    assert Supplier.objects.by_renewal_link(token) == supplier
    with pytest.raises(RenewalLinkOver):
        Supplier.objects.by_renewal_link(token.replace(f"{supplier.pk}.", f"{other.pk}.", 1))
    Supplier.objects.filter(pk=supplier.pk).update(email="ny@example.org")
    with pytest.raises(RenewalLinkOver):
        Supplier.objects.by_renewal_link(token)


def test_a_link_does_not_work_for_ever(supplier, monkeypatch):
    token = supplier.renewal_signer.sign(str(supplier.pk))
    monkeypatch.setattr("procurement_portal.models.validity.LINK_LASTS", datetime.timedelta(seconds=-1))
    with pytest.raises(RenewalLinkOver):
        Supplier.objects.by_renewal_link(token)


def test_a_coordinator_sees_that_the_time_was_up_and_puts_it_back(coordinator_client, coordinator, supplier):
    ends_in(supplier, days=-1)
    assert "Tiden har gått ut" in coordinator_client.get(supplier.get_absolute_url()).content.decode()
    supplier.put_back(by=coordinator)
    assert list(Supplier.objects.listed()) == [supplier]


def test_a_new_approval_begins_a_new_term(supplier, coordinator):
    ends_in(supplier, days=-1)
    watch_listings()
    make_application("approved", by=coordinator, organisation_number=supplier.organisation_number)
    supplier.refresh_from_db()
    assert (supplier.is_listed, supplier.expired_at, supplier.reminders) == (True, None, 0)


def test_pictures_are_gone_for_everybody_outside_as_soon_as_the_listing_is_taken_down(
    client, coordinator_client, supplier, coordinator
):
    assert pictures(client, supplier) == {200}
    supplier.take_down(by=coordinator, because="På egen begäran.")
    assert pictures(client, supplier) == {404}
    assert pictures(coordinator_client, supplier) == {200}
    supplier.put_back(by=coordinator)
    assert pictures(client, supplier) == {200}


def test_the_clock_looks_every_hour(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert tasks.count("procurement_portal.watch_listings") == 1
