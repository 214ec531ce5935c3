"""Two at the same moment: what the row locks and unique constraints are for."""

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from mailing.models import Letter
from merging import Seen
from pictures.inspection import inspect
from pictures.models import Draft, Picture
from procurement_portal.models import (
    Application,
    Category,
    ChangeRequest,
    DecisionTemplate,
    ReferralPause,
    StartedApplication,
    Supplier,
)
from procurement_portal.models.category import ensure_categories
from procurement_portal.models.started_application import turn_of
from tests.pictures.factories import ready_picture, upload, visitor
from tests.procurement_portal.factories import (
    LETTER,
    enclosures,
    form_data,
    make_application,
    make_supplier,
    propose,
)
from workflow import in_long_turn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by(transactional_db) -> User:
    return User.objects.create_user("samordnare@example.org", "Demo Samordnare", is_coordinator=True)


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """Do all of them at the same moment; the name of what each raised, or "done"."""
    barrier, outcomes = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            deed()
            outcomes.append("done")
        except Exception as refusal:
            outcomes.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_a_double_click_approves_once(by):
    application = make_application("under_review", by=by)
    letters = Letter.objects.count()
    copies = [Application.objects.get(pk=application.pk) for _ in range(2)]
    outcomes = at_once(*(lambda copy=copy: copy.approve(by=by, because="Passar.", **LETTER) for copy in copies))
    assert outcomes == ["AlreadyDecided", "done"]
    assert (Supplier.objects.count(), Letter.objects.count()) == (1, letters + 1)


def test_two_applications_from_one_company_make_one_supplier(by):
    first = make_application("under_review", by=by)
    second = make_application("under_review", by=by, organisation_number=first.organisation_number)
    outcomes = at_once(
        lambda: first.approve(by=by, because="Passar.", **LETTER),
        lambda: second.approve(by=by, because="Passar.", **LETTER),
    )
    assert outcomes == ["done", "done"]
    assert (Supplier.objects.count(), Application.objects.filter(state="approved").count()) == (1, 2)


def test_the_same_form_sent_twice_at_once_is_one_application(by):
    values = {
        "form_key": uuid.uuid4(),
        "categories": Category.objects.none(),
        "company": "Provföretaget AB",
        "organisation_number": "5560160680",
        "phone": "+46701740605",
        "email": "foretag@example.org",
        **enclosures(),
    }
    assert at_once(*[lambda: Application.receive(**values)] * 3) == ["done", "done", "done"]
    assert (Application.objects.count(), Letter.objects.count()) == (1, 1)


def test_two_clicks_on_a_form_with_files_make_one_application_and_lead_to_the_same_receipt(by, own_disk):
    url, sent = reverse("procurement_portal:apply"), form_data()
    pictures = {name: sent.pop(name).read() for name in ("logo", "picture", "contact_picture")}
    answers = []

    def click() -> None:
        files = {name: upload(content, f"{name}.png") for name, content in pictures.items()}
        answers.append(Client().post(url, {**sent, **files}))

    assert at_once(click, click) == ["done", "done"]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert {Application.objects.by_receipt(answer["Location"].split("/")[-2]) for answer in answers} == {
        Application.objects.get()
    }
    assert (Letter.objects.count(), Picture.objects.count()) == (1, 3)


def test_no_transaction_is_open_while_the_pictures_of_an_application_are_stored(by, own_disk, monkeypatch):
    seen = []

    def looking(*arguments: Any, **named: Any) -> Any:
        seen.append(connection.in_atomic_block)
        return inspect(*arguments, **named)

    monkeypatch.setattr("pictures.models.draft.inspect", looking)
    assert Client().post(reverse("procurement_portal:apply"), form_data(phone="hej")).status_code == 400
    assert (seen, Picture.objects.count()) == ([False] * 3, 3)


def test_what_is_thrown_away_takes_along_what_another_window_brings_in_that_moment(transactional_db):
    key = uuid.uuid4()
    pictures = [Draft.objects.create(picture=ready_picture(claimed=False), visitor="x") for _ in range(2)]

    def save(picture: Draft) -> None:
        sent = {"company": ["Ljusgården AB"], "logo": [picture.token]}
        StartedApplication.keep(form_key=key, sent=sent, seen=None, visitor=visitor())

    save(pictures[0])
    started = StartedApplication.objects.get()
    pictures[0].picture.delete()
    save(pictures[1])
    started.discard()
    assert (StartedApplication.objects.count(), Picture.objects.count()) == (0, 0)


def test_throwing_away_and_sending_in_at_once_loses_no_picture_of_what_is_sent(by):
    key, files = uuid.uuid4(), enclosures()
    tokens = {name: [Draft.objects.create(picture=each, visitor="x").token] for name, each in files.items()}
    StartedApplication.keep(form_key=key, sent=tokens, seen=None, visitor=visitor())
    started = StartedApplication.objects.get()
    values = {"company": "Ljusgården AB", "organisation_number": "5560160680", "phone": "+46701740605", **files}
    with in_long_turn(turn_of(key)):
        thrown = threading.Thread(target=lambda: at_once(started.discard))
        thrown.start()
        thrown.join(timeout=0.3)
        assert Picture.objects.count() == 3
        Application.receive(form_key=key, categories=[], email="asa@example.org", **values)
    thrown.join()
    assert (Application.objects.count(), Picture.objects.count()) == (1, 3)


def test_a_withdrawal_and_an_approval_do_not_both_happen(by):
    application = make_application("under_review", by=by)
    other = Application.objects.get(pk=application.pk)
    outcomes = at_once(application.withdraw, lambda: other.approve(by=by, because="Passar.", **LETTER))
    assert outcomes == ["AlreadyDecided", "done"]


def test_categories_come_back_only_to_an_empty_table(by):
    from django.apps import apps

    Category.objects.exclude(slug="annat").delete()
    ensure_categories(apps)
    assert [category.slug for category in Category.objects.all()] == ["annat"]


@pytest.fixture
def colleague(transactional_db) -> User:
    return User.objects.create_user("samordnare2@example.org", "Demo Samordnare Två", is_coordinator=True)


def test_nobody_recommends_and_decides_at_the_same_moment(by):
    application = make_application("under_review", by=by)
    other = Application.objects.get(pk=application.pk)
    outcomes = at_once(
        lambda: application.recommend("approve", by=by, because="Bra."),
        lambda: other.approve(by=by, because="Passar.", **LETTER),
    )
    assert outcomes in (["AlreadyDecided", "done"], ["OwnRecommendation", "done"])


def test_two_who_tick_the_same_applications_share_them_without_taking_any_from_each_other(by, colleague):
    pks = [make_application("submitted").pk for _ in range(3)]
    taken: list[tuple[int, int]] = []
    outcomes = at_once(
        lambda: taken.append(Application.assign_several(pks, to=by)),
        lambda: taken.append(Application.assign_several(reversed(pks), to=colleague)),
    )
    assert outcomes == ["done", "done"]
    assert sum(mine for mine, _left in taken) == 3
    assert Application.objects.filter(events__verb="taken_on").count() == 3


def test_two_who_save_a_wording_at_once_do_not_overwrite_each_other(by, colleague):
    def save(who: User) -> None:
        DecisionTemplate.save_version("approved", "sv", subject=who.name, body="Hej!", by=who, after=0)

    assert at_once(lambda: save(by), lambda: save(colleague)) == ["NewerVersion", "done"]
    assert DecisionTemplate.objects.count() == 1


def test_two_first_letters_keep_the_sites_wording_once(by):
    first, second = make_application("under_review", by=by), make_application("under_review", by=by)
    outcomes = at_once(*(lambda each=each: each.reject(by=by, because="Nej.", **LETTER) for each in (first, second)))
    assert (outcomes, DecisionTemplate.objects.count()) == (["done", "done"], 1)


def test_two_coordinators_do_not_answer_the_same_proposal_in_two_ways(by, colleague):
    change = propose(make_supplier(by=by))
    other = ChangeRequest.objects.get(pk=change.pk)
    letters = Letter.objects.count()
    outcomes = at_once(
        lambda: change.accept(["description"], by=by),
        lambda: other.decline(by=colleague, because="Nej."),
    )
    assert (outcomes, Letter.objects.count()) == (["ChangeDecided", "done"], letters + 1)


def test_two_proposals_at_once_leave_one_open(by):
    supplier = make_supplier(by=by)
    copies = [Supplier.objects.get(pk=supplier.pk) for _ in range(2)]
    outcomes = at_once(*(lambda copy=copy: propose(copy, description=f"Nytt {id(copy)}.") for copy in copies))
    assert outcomes == ["done", "done"]
    assert sorted(ChangeRequest.objects.values_list("state", flat=True)) == ["open", "taken_back"]


def test_an_address_is_confirmed_and_accepted_at_the_same_moment(by):
    change = propose(make_supplier(by=by), email="ny@example.org")
    other = ChangeRequest.objects.get(pk=change.pk)
    assert at_once(change.confirm_address, lambda: other.accept(["email"], by=by)) == ["done", "done"]
    assert Supplier.objects.get().email == "ny@example.org"


def test_two_who_turn_the_mails_off_at_once_turn_them_off_once(by, colleague):
    outcomes = at_once(*(lambda who=who: ReferralPause.begin(by=who, because="Skräp.") for who in (by, colleague)))
    assert (outcomes, ReferralPause.objects.count()) == (["ReferralsPaused", "done"], 1)


def test_an_erasure_and_an_approval_do_not_both_happen(by):
    application = make_application("under_review", by=by)
    other = Application.objects.get(pk=application.pk)
    outcomes = at_once(application.erase, lambda: other.approve(by=by, because="Passar.", **LETTER))
    assert outcomes in (["Gone", "done"], ["StillListed", "done"])
    assert Application.objects.count() == Supplier.objects.count()


def test_two_windows_that_save_at_once_are_put_together(transactional_db):
    key = uuid.uuid4()

    def save(**written: list[str]) -> None:
        StartedApplication.keep(form_key=key, sent=written, seen=Seen({}), visitor=visitor())

    outcomes = at_once(lambda: save(company=["Ljusgården AB"]), lambda: save(phone=["070-174 06 05"]))
    assert outcomes == ["done", "done"]
    assert StartedApplication.objects.get().values == {"company": ["Ljusgården AB"], "phone": ["070-174 06 05"]}


def test_what_is_sent_in_and_saved_at_once_is_sent_in(by):
    key, files = uuid.uuid4(), enclosures()
    values = {"company": "Ljusgården AB", "organisation_number": "5560160680", "phone": "+46701740605", **files}
    outcomes = at_once(
        lambda: Application.receive(form_key=key, categories=[], email="asa@example.org", **values),
        lambda: StartedApplication.keep(form_key=key, sent={"company": ["X"]}, seen=None, visitor=visitor()),
    )
    assert outcomes in (["AlreadySent", "done"], ["done", "done"])
    assert (Application.objects.count(), StartedApplication.objects.count()) == (1, 0)


def test_an_erasure_waits_for_whoever_is_putting_the_listing_back(by):
    application = make_application("approved", by=by)
    application.supplier.take_down(by=by, because="Konkurs.")
    is_held = threading.Event()

    def put_back() -> None:
        with transaction.atomic():
            Supplier.objects.get().put_back(by=by)
            is_held.set()
            time.sleep(0.5)

    def erase() -> None:
        is_held.wait()
        Application.objects.get().erase()

    assert at_once(put_back, erase) == ["StillListed", "done"]
    assert (Application.objects.count(), Supplier.objects.get().is_listed) == (1, True)
