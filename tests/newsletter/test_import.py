"""A list of addresses becomes subscribers: each once, nobody brought back, and every line accounted for."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config.celery import app
from newsletter.importing import ImportCheck, ImportTakeover, check, takeover
from newsletter.models import Consent, ImportContent, ImportRow, Subscriber, SubscriberImport
from newsletter.models.ordering_import import (
    NothingToImport,
    NotReadyToImport,
    NumberToImportChanged,
    TooLateToCancelImport,
)
from newsletter.tasks import kick_imports, run_import, sweep_subscribers
from tests.newsletter.factories import make_checked_import, make_import, make_subscriber

pytestmark = pytest.mark.django_db


def counts(upload: SubscriberImport) -> dict[str, int]:
    upload.refresh_from_db()
    names = ("new", "there", "left", "duplicate", "problem")
    return {name: getattr(upload, f"{name}_count") for name in names if getattr(upload, f"{name}_count")}


def carry_out(upload: SubscriberImport, *, by) -> None:
    upload.order(by=by, count=upload.new_count)
    run_import(upload.pk)
    upload.refresh_from_db()


@pytest.fixture
def known(db) -> None:
    """Somebody in each state."""
    make_subscriber("aktiv@example.org")
    make_subscriber("vantar@example.org", state="pending")
    make_subscriber("lamnat@example.org").leave()
    make_subscriber("retur@example.org").bounce("550 no such user")
    make_subscriber("skrap@example.org").complain()
    make_subscriber("glomd@example.org").erase()


def test_checking_makes_nobody_a_subscriber_and_tells_what_would_come_of_each_line(known, coordinator):
    upload = make_checked_import(
        [
            "ny@example.org", "NY@Example.org", "aktiv@example.org", "Aktiv@EXAMPLE.org", "vantar@example.org",
            "lamnat@example.org", "retur@example.org", "skrap@example.org", "glomd@example.org", "nonsens",
        ],
        by=coordinator,
    )  # fmt: skip
    assert upload.state == "ready"
    assert counts(upload) == {"new": 1, "there": 2, "left": 4, "duplicate": 2, "problem": 1}
    assert not Subscriber.objects.filter(email="ny@example.org").exists()
    problem = upload.problems.get()
    assert (problem.line, problem.sentence.partition(".")[0]) == (11, "”nonsens” är ingen e-postadress")


def test_the_new_ones_become_active_with_their_consent_and_history(coordinator):
    upload = make_checked_import(
        "e-post;hur ofta;språk\nny@example.org;varje månad;en\nannan@example.org;;\n".encode(), by=coordinator
    )
    carry_out(upload, by=coordinator)
    ny, annan = (Subscriber.objects.get(email=email) for email in ("ny@example.org", "annan@example.org"))
    assert (upload.state, upload.imported_count, upload.passed_over_count) == ("done", 2, 0)
    assert (ny.state, ny.frequency, ny.language, len(ny.token)) == ("active", "monthly", "en", 16)
    assert (annan.state, annan.frequency, annan.language) == ("active", "weekly", "sv")
    assert ny.confirmed_at is not None
    consent = ny.consents.get()
    assert (consent.text, consent.form, consent.subscriber_import) == (upload.ground, "import", upload)
    assert consent.confirmed_at is None
    assert [(event.verb, event.particulars) for event in ny.events.all()] == [("imported", {"import": upload.pk})]
    assert [event.verb for event in upload.events.newest_first()] == ["imported", "ordered", "checked", "uploaded"]


def test_nobody_who_has_left_is_ever_brought_back(known, coordinator):
    before = list(Subscriber.objects.order_by("pk").values("pk", "state", "frequency", "email"))
    addresses = ["aktiv", "vantar", "lamnat", "retur", "skrap", "glomd"]
    upload = make_checked_import([f"{name}@example.org" for name in addresses], by=coordinator)
    with pytest.raises(NothingToImport):
        upload.order(by=coordinator, count=0)
    SubscriberImport.objects.update(state="importing")
    run_import(upload.pk)
    assert list(Subscriber.objects.order_by("pk").values("pk", "state", "frequency", "email")) == before


def test_who_comes_leaves_or_is_forgotten_between_check_and_import_is_passed_over(coordinator):
    upload = make_checked_import([f"{name}@example.org" for name in ("a", "b", "c", "d")], by=coordinator)
    make_subscriber("A@example.org", frequency="monthly")
    make_subscriber("b@example.org").leave()
    make_subscriber("c@example.org").erase()
    assert set(upload.rows.values_list("email", flat=True)) == {"a@example.org", "b@example.org", "d@example.org"}
    carry_out(upload, by=coordinator)
    assert (upload.imported_count, upload.passed_over_count) == (1, 3)
    assert Subscriber.objects.get(email="A@example.org").frequency == "monthly"
    assert Subscriber.objects.get(email="b@example.org").state == "unsubscribed"
    assert not Subscriber.objects.filter(email="c@example.org").exists()


def test_who_was_forgotten_after_the_row_was_read_is_not_imported(coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    row = upload.rows.get()
    make_subscriber("a@example.org").erase()
    ImportRow.objects.create(
        subscriber_import=upload, email=row.email, frequency="weekly", language="sv", finding="new"
    )
    carry_out(upload, by=coordinator)
    assert (upload.imported_count, upload.passed_over_count) == (0, 1)


def test_when_it_is_done_nothing_of_the_list_is_left(coordinator):
    upload = make_checked_import(["a@example.org", "aktiv@example.org"], by=coordinator)
    assert ImportContent.objects.filter(pk=upload.pk).exists()
    carry_out(upload, by=coordinator)
    assert not ImportContent.objects.exists()
    assert not ImportRow.objects.exists()


def test_the_number_that_was_confirmed_is_the_number_that_is_imported(coordinator):
    upload = make_checked_import(["a@example.org", "b@example.org"], by=coordinator)
    with pytest.raises(NumberToImportChanged, match="2"):
        upload.order(by=coordinator, count=3)
    upload.refresh_from_db()
    assert upload.state == "ready"


def test_two_clicks_are_one_order(coordinator, other_coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    upload.order(by=coordinator, count=1)
    upload.order(by=other_coordinator, count=1)
    run_import(upload.pk)
    upload.order(by=coordinator, count=1)
    assert [event.verb for event in upload.events.newest_first()].count("ordered") == 1
    assert Subscriber.objects.count() == Consent.objects.count() == 1


def test_a_list_that_is_not_checked_or_was_cancelled_is_not_imported(coordinator):
    upload = make_import(["a@example.org"], by=coordinator)
    with pytest.raises(NotReadyToImport):
        upload.order(by=coordinator, count=1)
    upload.cancel(by=coordinator)
    upload.cancel(by=coordinator)
    with pytest.raises(NotReadyToImport):
        upload.order(by=coordinator, count=1)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.line, upload.rows.count()) == ("cancelled", 0, 0)
    assert not ImportContent.objects.exists()


def test_an_import_under_way_cannot_be_cancelled(coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    upload.order(by=coordinator, count=1)
    with pytest.raises(TooLateToCancelImport):
        upload.cancel(by=coordinator)


@pytest.fixture
def three_at_once(monkeypatch):
    monkeypatch.setattr(check, "AT_ONCE", 3)
    monkeypatch.setattr(takeover, "AT_ONCE", 3)


TEN = [f"a{number}@example.org" for number in range(10)]


def test_a_check_whose_worker_died_goes_on_where_it_was(three_at_once, monkeypatch, coordinator):
    upload = make_import([*TEN[:5], "nonsens", *TEN[5:], TEN[0]], by=coordinator)
    die_after(monkeypatch, ImportCheck, "_take", times=2)
    with pytest.raises(MemoryError):
        run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.line, upload.rows.count()) == ("checking", 7, 5)
    monkeypatch.undo()
    run_import(upload.pk)
    run_import(upload.pk)
    assert counts(upload) == {"new": 10, "duplicate": 1, "problem": 1}
    assert upload.state == "ready"


def test_an_import_whose_worker_died_goes_on_where_it_was(three_at_once, monkeypatch, coordinator):
    upload = make_checked_import(TEN, by=coordinator)
    upload.order(by=coordinator, count=10)
    die_after(monkeypatch, ImportTakeover, "_take", times=2)
    with pytest.raises(MemoryError):
        run_import(upload.pk)
    assert Subscriber.objects.count() == Consent.objects.count() == 6
    monkeypatch.undo()
    run_import(upload.pk)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.imported_count, upload.passed_over_count) == ("done", 10, 0)
    assert Subscriber.objects.count() == Consent.objects.count() == 10


def test_a_step_that_fails_in_the_middle_leaves_nothing_of_itself(three_at_once, monkeypatch, coordinator):
    upload = make_checked_import(TEN, by=coordinator)
    upload.order(by=coordinator, count=10)
    monkeypatch.setattr(Consent.objects, "bulk_create", lambda *_args, **_options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_import(upload.pk)
    assert Subscriber.objects.count() == 0
    assert upload.rows.count() == 10


def die_after(monkeypatch, process, step, *, times):
    real, calls = getattr(process, step), []

    def take(self, *args, **options):
        calls.append(1)
        if len(calls) > times:
            raise MemoryError
        return real(self, *args, **options)

    monkeypatch.setattr(process, step, take)


def test_a_worker_that_finds_another_at_the_same_list_leaves_it_alone(three_at_once, coordinator):
    upload = make_import(TEN, by=coordinator)
    slow, quick = (ImportCheck(SubscriberImport.objects.get(pk=upload.pk)) for _each in range(2))
    assert quick.run() is False
    assert slow.run() is False
    assert counts(upload) == {"new": 10}


def test_the_clock_takes_over_what_no_worker_has_touched_for_a_while(coordinator, monkeypatch):
    upload = make_import(["a@example.org"], by=coordinator)
    kick_imports()
    assert counts(upload) == {}
    SubscriberImport.objects.update(moved_at=timezone.now() - datetime.timedelta(minutes=3))
    kick_imports()
    assert counts(upload) == {"new": 1}


def test_a_turn_that_is_over_asks_for_the_next(three_at_once, monkeypatch, coordinator):
    upload = make_import(TEN, by=coordinator)
    monkeypatch.setattr(check, "TURN", 0)
    asked = []
    monkeypatch.setattr("newsletter.tasks.enqueue_import", asked.append)
    run_import(upload.pk)
    assert asked == [upload.pk]


def test_the_same_list_checked_twice_and_both_imported_takes_each_person_once(coordinator, other_coordinator):
    first, second = (make_checked_import(TEN, by=who) for who in (coordinator, other_coordinator))
    assert counts(first) == counts(second) == {"new": 10}
    carry_out(first, by=coordinator)
    carry_out(second, by=other_coordinator)
    assert (second.state, second.imported_count, second.passed_over_count) == ("done", 0, 10)
    assert Subscriber.objects.count() == Consent.objects.count() == 10


def test_twenty_five_thousand_take_a_fixed_number_of_questions_a_thousand(coordinator):
    lines = [f"person{number}@example.org" for number in range(25_000)]
    upload = make_import(lines, by=coordinator)
    with CaptureQueriesContext(
        connection,
    ) as checking:
        run_import(upload.pk)
    upload.refresh_from_db()
    upload.order(by=coordinator, count=25_000)
    with CaptureQueriesContext(connection) as importing:
        run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.imported_count) == ("done", 25_000)
    assert Subscriber.objects.active().count() == Consent.objects.count() == 25_000
    assert len(checking) <= 26 * 12
    assert len(importing) <= 26 * 16


def test_a_list_that_nobody_imports_is_deleted_after_a_week(coordinator):
    young, old = (make_checked_import([f"{name}@example.org"], by=coordinator) for name in ("ung", "gammal"))
    SubscriberImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - datetime.timedelta(days=8))
    sweep_subscribers()
    young.refresh_from_db()
    old.refresh_from_db()
    assert (young.state, old.state) == ("ready", "cancelled")
    assert list(ImportContent.objects.values_list("pk", flat=True)) == [young.pk]
    assert list(ImportRow.objects.values_list("email", flat=True)) == ["ung@example.org"]
    assert old.events.newest_first()[0].verb == "expired"


def test_lines_that_were_wrong_are_deleted_after_a_month(coordinator):
    upload = make_checked_import(["nonsens", "a@example.org"], by=coordinator)
    carry_out(upload, by=coordinator)
    sweep_subscribers()
    assert upload.problems.count() == 1
    SubscriberImport.objects.update(created_at=timezone.now() - datetime.timedelta(days=31))
    sweep_subscribers()
    upload.refresh_from_db()
    assert (upload.problems.count(), upload.problem_count) == (0, 1)


def test_erasing_somebody_takes_them_out_of_lists_that_wait(coordinator):
    upload = make_checked_import(["kvar@example.org", "Bort@example.org"], by=coordinator)
    make_subscriber("bort@example.org").erase()
    assert list(upload.rows.values_list("email", flat=True)) == ["kvar@example.org"]


def test_an_import_has_a_ground_and_its_books_add_up(coordinator):
    upload = make_checked_import(["a@example.org"], by=coordinator)
    with pytest.raises(IntegrityError, match="import_has_a_ground"), transaction.atomic():
        SubscriberImport.objects.update(ground="")
    with pytest.raises(IntegrityError, match="import_done_accounts_for_all"), transaction.atomic():
        SubscriberImport.objects.filter(pk=upload.pk).update(state="done", finished_at=timezone.now())
    with pytest.raises(IntegrityError, match="import_row_address_once"), transaction.atomic():
        ImportRow.objects.create(
            subscriber_import=upload, email="A@EXAMPLE.org", frequency="weekly", language="sv", finding="new"
        )


def test_imports_are_worked_on_in_the_queue_for_everything_else():
    routed = {
        name: app.amqp.router.route({}, name)["queue"].name for name in ("newsletter.run_import", "newsletter.drain")
    }
    assert routed == {"newsletter.run_import": "default", "newsletter.drain": "newsletter"}
