"""What coordinators see of tips to colleagues, and their switch."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from procurement_portal.models import Referral, ReferralPause
from procurement_portal.models.referral_pause import ReferralsNotPaused, ReferralsPaused
from procurement_portal.referral_numbers import ReferralNumbers
from tests.newsletter.factories import make_method
from tests.procurement_portal.factories import make_supplier

pytestmark = pytest.mark.django_db
PAGE = "/inkopsportalen/tips-till-kollegor/"
# A Wednesday.
TODAY = datetime.date(2026, 11, 25)


def at(day: datetime.date, hour: int = 12) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


def tipped(day: datetime.date = TODAY, *, hour: int = 12, confirmed: bool = True, **fields) -> Referral:
    moment = at(day, hour)
    values = {"kind": "portal", "state": "sent", "confirmed_at": moment if confirmed else None, **fields}
    return Referral.objects.create(created_at=moment, **values)


def row(**numbers: int) -> dict[str, int]:
    return {"asked": 0, "confirmed": 0, "sent": 0, "stopped": 0, "otherwise": 0, **numbers}


# --- Numbers -----------------------------------------------------------------------------------------------------


def test_each_outcome_is_counted_in_its_week():
    tipped()
    tipped(state="withheld", withheld_because="stopped")
    tipped(state="withheld", withheld_because="page_gone")
    tipped(state="withheld", withheld_because="unconfirmed", confirmed=False)
    tipped(state="withheld", confirmed=False)
    tipped(state="waiting", confirmed=False)
    tipped(datetime.date(2026, 11, 22), state="withheld", withheld_because="stopped", confirmed=False)
    newest, before, *older = ReferralNumbers(today=TODAY).periods
    assert (newest.begins, newest.ends) == (datetime.date(2026, 11, 23), datetime.date(2026, 11, 29))
    assert newest.numbers == row(asked=6, confirmed=3, sent=1, stopped=1, otherwise=3)
    assert before.numbers == row(asked=1, stopped=1)
    assert [period.numbers for period in older] == [row()] * 10


def test_days_begin_and_end_where_the_labs_are():
    tipped(hour=0)
    tipped(TODAY - datetime.timedelta(days=1), hour=23)
    periods = ReferralNumbers(by="day", today=TODAY).periods
    assert (len(periods), periods[0].begins, periods[0].ends) == (30, TODAY, TODAY)
    assert [period.numbers["asked"] for period in periods[:3]] == [1, 1, 0]


def test_what_is_older_is_not_counted():
    oldest = datetime.date(2026, 9, 7)
    tipped(oldest, hour=0)
    tipped(oldest - datetime.timedelta(days=1), hour=23)
    numbers = ReferralNumbers(today=TODAY)
    assert (numbers.periods[-1].begins, numbers.periods[-1].numbers["asked"]) == (oldest, 1)
    assert (numbers.total, list(numbers.pages())) == (
        row(asked=1, confirmed=1, sent=1),
        [{"kind": "portal", "slug": "", "asked": 1, "sent": 1}],
    )


def test_pages_are_named_and_the_most_tipped_comes_first(supplier, lab, lab_member, coordinator):
    method = make_method("Läxhjälp på gården", lab=lab, by=lab_member)
    gone = make_supplier("Borta AB", by=coordinator)
    gone.take_down(by=coordinator, because="Konkurs.")
    for _ in range(3):
        tipped(kind="method", slug=method.slug)
    for _ in range(2):
        tipped(kind="supplier", slug=supplier.slug)
    tipped(state="waiting", confirmed=False)
    tipped(kind="supplier", slug=gone.slug)
    tipped(kind="supplier", slug="fanns-en-gang")
    numbers = ReferralNumbers(today=TODAY)
    assert [(page.title, page.asked, page.sent) for page in numbers.named(list(numbers.pages()))] == [
        ("Läxhjälp på gården", 3, 3),
        ("Provföretaget AB", 2, 2),
        ("Inköpsportalen", 1, 0),
        ("Borta AB", 1, 1),
        ("fanns-en-gang", 1, 1),
    ]


def test_only_coordinators_see_the_page(client, member_client, coordinator_client):
    assert [each.get(PAGE).status_code for each in (client, member_client, coordinator_client)] == [302, 403, 200]
    for path in ["paus/", "aterstart/"]:
        assert [each.post(PAGE + path, {"because": "x"}).status_code for each in (client, member_client)] == [302, 403]
    assert ReferralPause.objects.count() == 0


def test_no_address_is_ever_shown(coordinator_client):
    today = timezone.localdate()
    tipped(today, hour=0, sender="anna@example.org", recipient="kollega@example.org")
    for query in ["", "?by=day", "?page=2", "?page=x", "?by=%00", "?page=" + "9" * 400]:
        text = coordinator_client.get(PAGE + query).content.decode()
        assert ("anna@" in text, "kollega@" in text) == (False, False)


def test_an_empty_page_says_so(coordinator_client):
    assert "Ingen har tipsat en kollega" in coordinator_client.get(PAGE).content.decode()


def test_it_does_as_many_queries_for_three_pages_as_for_one(coordinator_client, coordinator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert coordinator_client.get(PAGE).status_code == 200
        return len(captured)

    today = timezone.localdate()
    tipped(today, kind="supplier", slug=make_supplier("Ett", by=coordinator).slug)
    one = queries()
    for name in ["Två", "Tre"]:
        tipped(today, kind="supplier", slug=make_supplier(name, by=coordinator).slug)
    assert queries() == one


def test_the_portals_tools_lead_to_it(coordinator_client):
    assert f'href="{PAGE}"' in coordinator_client.get("/inkopsportalen/ansokningar/").content.decode()


# --- The switch --------------------------------------------------------------------------------------------------


def test_a_coordinator_turns_the_mails_off_and_on(coordinator_client, coordinator):
    assert Referral.are_open() is True
    assert coordinator_client.post(f"{PAGE}paus/", {"because": "Någon skickar skräp."}).status_code == 302
    pause = ReferralPause.objects.get()
    assert (pause.begun_by, pause.because, pause.ended_at, Referral.are_open()) == (
        coordinator,
        "Någon skickar skräp.",
        None,
        False,
    )
    text = coordinator_client.get(PAGE).content.decode()
    assert ("Någon skickar skräp." in text, "Demo Samordnare" in text, "Slå på mejlen" in text) == (True, True, True)
    assert coordinator_client.post(f"{PAGE}aterstart/").status_code == 302
    pause.refresh_from_db()
    assert (pause.ended_by, Referral.are_open()) == (coordinator, True)
    assert "Någon skickar skräp." in coordinator_client.get(PAGE).content.decode()


def test_it_is_recorded_and_read_in_the_feed(coordinator_client, coordinator):
    pause = ReferralPause.begin(by=coordinator, because="Någon skickar skräp.")
    pause.end(by=coordinator)
    assert [(event.verb, event.actor, event.note) for event in pause.events.newest_first()] == [
        ("ended", coordinator, ""),
        ("begun", coordinator, "Någon skickar skräp."),
    ]
    text = coordinator_client.get("/oversikt/handelser/").content.decode()
    assert ("stängde av mejlen från" in text, f'href="{PAGE}"' in text) == (True, True)


def test_whoever_comes_second_reads_a_sentence(coordinator_client, other_coordinator):
    ReferralPause.begin(by=other_coordinator, because="Skräp.")
    response = coordinator_client.post(f"{PAGE}paus/", {"because": "Skräp."})
    assert (response.status_code, "redan avstängda" in response.content.decode()) == (409, True)
    ReferralPause.end_current(by=other_coordinator)
    response = coordinator_client.post(f"{PAGE}aterstart/")
    assert (response.status_code, "redan på" in response.content.decode()) == (409, True)


def test_the_verbs_refuse_what_is_done_already(coordinator):
    pause = ReferralPause.begin(by=coordinator, because="Skräp.")
    with pytest.raises(ReferralsPaused):
        ReferralPause.begin(by=coordinator, because="Skräp.")
    pause.end(by=coordinator)
    with pytest.raises(ReferralsNotPaused):
        pause.end(by=coordinator)
    with pytest.raises(ValueError, match="reason"):
        ReferralPause.begin(by=coordinator, because=" ")


def test_turning_off_needs_a_reason(coordinator_client):
    response = coordinator_client.post(f"{PAGE}paus/", {"because": "  "})
    assert (response.status_code, "because" in response.context["form"].errors) == (400, True)
    long = coordinator_client.post(f"{PAGE}paus/", {"because": "å" * 2_001})
    assert (long.status_code, "å" * 2_001 in long.content.decode(), Referral.are_open()) == (400, True, True)


def test_there_is_never_more_than_one_current_pause(coordinator):
    ReferralPause.begin(by=coordinator, because="Skräp.")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReferralPause.objects.create(begun_by=coordinator, because="Igen.")


@pytest.mark.parametrize("columns", [{"because": ""}, {"withheld_because": "nonsense"}, {"state": "sent"}])
def test_the_database_refuses_what_must_not_be(coordinator, columns):
    ReferralPause.begin(by=coordinator, because="Skräp.")
    tipped(state="withheld", withheld_because="stopped")
    rows = ReferralPause.objects if "because" in columns else Referral.objects
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**columns)


def test_what_the_servers_are_set_up_not_to_do_cannot_be_turned_on(coordinator_client, settings):
    settings.REFERRALS_PER_DAY = 0
    text = coordinator_client.get(PAGE).content.decode()
    assert ("inställd på att inte mejla" in text, "Stäng av mejlen" in text) == (True, False)
