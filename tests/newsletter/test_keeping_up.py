"""Each reader gets what is new since their own last mail: nothing twice, nothing lost, however they come and go."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from newsletter import audience
from newsletter.audience import Audience, WrittenDownWrong
from newsletter.models import Delivery, DiaryEntry, Issue, Subscriber
from newsletter.sending import IssueFreeze
from tests.newsletter.factories import make_entry, make_method, make_subscriber

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """Orders do not reach a worker by themselves: the test says what became of each mail."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


def ago(days: float) -> datetime.datetime:
    return NOW - datetime.timedelta(days=days)


def news(title: str, days: float, **fields: Any) -> None:
    make_entry(title, published_at=ago(days), **fields)


def digest(kind: str, until: float) -> Issue:
    issue = Issue.compose(kind, until=ago(until))
    assert issue is not None
    return issue


def freeze(issue: Issue) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state="freezing")
    issue.refresh_from_db()
    IssueFreeze(issue).run()
    issue.refresh_from_db()
    assert issue.state == "sending", issue.events.newest_first()[0].note
    return issue


def send(issue: Issue, **states: list[Subscriber]) -> Issue:
    """Write down who gets it, and let it come to an end: accepted but for those in `states`."""
    freeze(issue)
    for state, readers in states.items():
        issue.deliveries.filter(subscriber__in=readers).update(state=state)
    issue.deliveries.filter(state="pending").update(state="accepted")
    issue.finish()
    issue.refresh_from_db()
    return issue


def told(subscriber: Subscriber) -> list[str]:
    """Titles in the order of the mails they have got."""
    got = subscriber.deliveries.filter(state="accepted").order_by("issue__frozen_at").select_related("variant")
    titles = []
    for delivery in got:
        items = {item.pk: item.title for item in delivery.issue.items.with_sources()}
        titles += [items[pk] for pk in delivery.variant.items]
    return titles


def choose(subscriber: Subscriber, frequency: str, labs: Any = ()) -> None:
    subscriber.choose(frequency=frequency, language="sv", labs=labs, focus_areas=[])


def test_who_moves_from_month_to_week_is_told_what_the_month_has_not_told():
    """The usual weekly reader, beside, is told nothing again."""
    subscriber = make_subscriber(frequency="monthly")
    other = make_subscriber("veckan@example.org")
    news("A", 25)
    send(digest("monthly", 20))
    news("B", 12)
    send(digest("weekly", 10))
    choose(subscriber, "weekly")
    news("C", 5)
    weekly = send(digest("weekly", 3))
    assert told(subscriber) == ["A", "C", "B"]
    assert told(other) == ["B", "C"]
    assert [(item.title, item.is_catch_up) for item in weekly.items.with_sources()] == [("C", False), ("B", True)]
    assert (weekly.reaches_back_to, subscriber.news_from) == (ago(20), ago(20))
    subscriber.refresh_from_db()
    assert subscriber.news_from is None


def test_who_moves_from_week_to_month_is_told_nothing_twice(subscriber):
    make_subscriber("manad@example.org", frequency="monthly")
    news("A", 25)
    send(digest("weekly", 20))
    choose(subscriber, "monthly")
    news("B", 12)
    monthly = send(digest("monthly", 3))
    assert told(subscriber) == ["A", "B"]
    assert {title for delivery in monthly.deliveries.exclude(subscriber=subscriber) for title in told_in(delivery)} == {
        "A",
        "B",
    }


def told_in(delivery: Delivery) -> list[str]:
    return [item.title for item in delivery.issue.items.filter(pk__in=delivery.variant.items).with_sources()]


def test_who_moves_to_each_and_back_is_told_everything_once(subscriber):
    make_subscriber("genast@example.org", frequency="each")
    make_subscriber("veckan@example.org")
    news("A", 25)
    send(digest("weekly", 20))
    news("B", 15.5)
    send(digest("each", 15))
    choose(subscriber, "each")
    news("C", 14)
    send(digest("each", 13.5))
    choose(subscriber, "weekly")
    news("D", 12)
    send(digest("weekly", 10))
    assert told(subscriber) == ["A", "C", "B", "D"]


def test_moving_to_and_fro_before_anything_came_changes_nothing(subscriber):
    news("A", 25)
    send(digest("weekly", 20))
    choose(subscriber, "monthly")
    choose(subscriber, "each")
    choose(subscriber, "weekly")
    assert subscriber.news_from == ago(20)
    news("B", 12)
    send(digest("weekly", 10))
    assert told(subscriber) == ["A", "B"]


def test_a_rhythm_that_has_sent_nothing_yet_took_nobody_anywhere(subscriber):
    news("A", 3)
    draft = digest("weekly", 1)
    choose(subscriber, "monthly")
    assert subscriber.news_from == draft.period_start


def test_choosing_other_labs_keeps_the_beginning(subscriber, lab):
    news("A", 25)
    send(digest("weekly", 20))
    choose(subscriber, "weekly", labs=[lab])
    assert subscriber.news_from is None


def test_who_comes_back_from_a_pause_is_told_what_they_missed(subscriber):
    other = make_subscriber("kvar@example.org")
    news("A", 30)
    send(digest("weekly", 28))
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    assert subscriber.news_from == ago(28)
    for title, days in (("B", 22), ("C", 15)):
        news(title, days)
        send(digest("weekly", days - 1))
    subscriber.resume()
    news("D", 8)
    send(digest("weekly", 7))
    assert told(subscriber) == ["A", "D", "C", "B"]
    assert told(other) == ["A", "B", "C", "D"]


def test_a_pause_after_a_change_of_rhythm_keeps_the_first_beginning(subscriber):
    news("A", 30)
    send(digest("weekly", 28))
    choose(subscriber, "monthly")
    news("B", 20)
    make_subscriber("manad@example.org", frequency="monthly")
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    send(digest("monthly", 15))
    subscriber.refresh_from_db()
    assert subscriber.news_from == ago(28)


def test_a_digest_with_nothing_of_its_own_goes_to_those_who_were_away(subscriber):
    make_subscriber("kvar@example.org")
    news("A", 20)
    news("Gammalt", 22)
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    Subscriber.objects.filter(pk=subscriber.pk).update(news_from=ago(21))
    send(digest("weekly", 15))
    subscriber.resume()
    issue = digest("weekly", 7)
    assert [(item.title, item.is_catch_up) for item in issue.items.with_sources()] == [("A", True)]
    send(issue)
    assert list(issue.deliveries.values_list("subscriber__email", flat=True)) == ["lasare@example.org"]


def test_of_what_was_missed_only_what_somebody_wants_is_put_in(lab, other_lab):
    make_subscriber("kvar@example.org")
    make_subscriber("borta@example.org", labs=[lab], news_from=ago(20))
    news("Mitt", 16, lab=lab)
    news("Annat", 16, lab=other_lab)
    send(digest("weekly", 15))
    Subscriber.objects.filter(email="borta@example.org").update(news_from=ago(20))
    news("Nytt", 12, lab=other_lab)
    issue = digest("weekly", 10)
    assert [item.title for item in issue.items.with_sources()] == ["Nytt", "Mitt"]


def test_nothing_to_tell_anybody_makes_no_issue(lab, other_lab):
    make_subscriber("kvar@example.org")
    make_subscriber("borta@example.org", labs=[lab])
    news("Annat", 16, lab=other_lab)
    send(digest("weekly", 15))
    Subscriber.objects.filter(email="borta@example.org").update(news_from=ago(20))
    assert Issue.compose("weekly", until=ago(10)) is None
    assert Issue.objects.count() == 1


def test_nobody_is_told_more_than_a_hundred_days_back():
    away = make_subscriber("lange@example.org", news_from=ago(300))
    news("Urgammalt", 200)
    news("Gammalt", 60)
    news("A", 3)
    issue = send(digest("weekly", 1))
    assert issue.reaches_back_to == ago(101)
    assert told(away) == ["A", "Gammalt"]


def test_who_comes_back_after_composing_waits_for_the_next_and_loses_nothing(subscriber):
    news("A", 16)
    news("B", 25)
    make_subscriber("kvar@example.org")
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    Subscriber.objects.filter(pk=subscriber.pk).update(news_from=ago(30))
    issue = digest("weekly", 15)
    subscriber.resume()
    send(issue)
    assert told(subscriber) == []
    news("C", 9)
    send(digest("weekly", 8))
    assert told(subscriber) == ["C", "A", "B"]


def test_a_failed_mail_to_a_reader_who_stays_comes_again(subscriber):
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    first = send(digest("weekly", 15), failed=[subscriber])
    subscriber.refresh_from_db()
    assert subscriber.news_from == first.period_start
    news("B", 9)
    send(digest("weekly", 8))
    assert told(subscriber) == ["B", "A"]
    assert told(other) == ["A", "B"]


def test_who_had_been_away_and_whose_mail_failed_is_owed_from_where_they_were_away():
    away = make_subscriber("borta@example.org", news_from=ago(40))
    news("A", 30)
    news("B", 16)
    send(digest("weekly", 15), failed=[away])
    away.refresh_from_db()
    assert away.news_from == ago(40)


def test_a_pause_that_begins_while_it_is_being_sent_owes_the_skipped_mail(subscriber):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    subscriber.pause(timezone.now() + datetime.timedelta(days=60))
    assert subscriber.news_from == issue.period_end
    issue.deliveries.update(state="skipped")
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_start


def test_who_has_left_is_owed_nothing(subscriber):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    subscriber.leave()
    issue.deliveries.update(state="skipped")
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from is None


def test_a_failure_that_a_later_digest_has_overtaken_is_not_told_with_it_again(subscriber):
    subscriber.choose(frequency="each", language="sv", labs=[], focus_areas=[])
    news("A", 3)
    slow = freeze(digest("each", 2.5))
    news("B", 2)
    send(digest("each", 1))
    slow.deliveries.update(state="failed")
    slow.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from is None


def test_a_digest_cancelled_halfway_comes_again_to_those_who_have_not_got_it(subscriber, coordinator):
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    half = freeze(digest("weekly", 15))
    half.deliveries.filter(subscriber=subscriber).update(state="accepted")
    half.cancel(by=coordinator)
    news("B", 9)
    send(digest("weekly", 8))
    assert told(subscriber) == ["A", "B"]
    assert told(other) == ["B", "A"]
    assert set(Subscriber.objects.values_list("news_from", flat=True)) == {None}


def test_cancelled_before_their_turn_those_who_had_been_away_are_owed_it_still(coordinator):
    away = make_subscriber("borta@example.org", news_from=ago(40))
    news("A", 30)
    news("B", 16)
    freeze(digest("weekly", 15)).cancel(by=coordinator)
    away.refresh_from_db()
    assert away.news_from == ago(40)
    send(digest("weekly", 15))
    assert told(away) == ["B", "A"]


def test_who_has_moved_on_from_a_digest_that_was_cancelled_is_owed_it(subscriber, coordinator):
    news("A", 16)
    weekly = freeze(digest("weekly", 15))
    choose(subscriber, "monthly")
    weekly.cancel(by=coordinator)
    subscriber.refresh_from_db()
    assert subscriber.news_from == weekly.period_start
    send(digest("monthly", 8))
    assert told(subscriber) == ["A"]


def test_what_was_in_hand_when_it_was_cancelled_is_settled_when_that_is_known(subscriber, coordinator):
    news("A", 16)
    issue = freeze(digest("weekly", 15))
    issue.deliveries.update(state="submitting", lease_until=timezone.now())
    issue.cancel(by=coordinator)
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_end
    issue.deliveries.update(state="accepted", lease_until=None)
    issue.finish()
    subscriber.refresh_from_db()
    assert subscriber.news_from == issue.period_end


def test_a_cancelled_draft_hands_its_period_to_the_one_that_waits_after_it(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    second = digest("weekly", 8)
    Issue.objects.filter(pk=second.pk).update(state="scheduled", send_at=timezone.now())
    first.cancel(by=coordinator)
    second.refresh_from_db()
    assert (second.state, second.period_start) == ("draft", first.period_start)
    assert [item.title for item in second.items.with_sources()] == ["B", "A"]
    assert [(event.verb, event.note) for event in second.events.newest_first()][:2] == [
        ("taken_over", first.subject),
        ("pulled_back", first.subject),
    ]
    send(second)
    assert told(subscriber) == ["B", "A"]


def test_a_draft_cancelled_after_a_later_digest_has_gone_out_is_told_by_the_next(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    third = send(digest("weekly", 1))
    assert told(subscriber) == ["B", "C", "A"]
    assert [event.note for event in third.events.order_by("pk")][:2] == ["", first.subject]
    news("D", 0.5)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "C", "A", "D"]


def test_with_nothing_else_to_tell_it_makes_a_digest_by_itself(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    send(digest("weekly", 1))
    assert told(subscriber) == ["B", "A"]


def test_a_draft_that_waits_further_on_takes_it_over_at_once(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    news("C", 2)
    third = digest("weekly", 1)
    first.cancel(by=coordinator)
    third.refresh_from_db()
    assert third.period_start == ago(8)
    send(third)
    assert told(subscriber) == ["B", "C", "A"]


def test_taken_out_of_the_next_one_by_a_person_it_does_not_come_again(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    third = digest("weekly", 1)
    third.take_out(third.items.get(entry__title="A").pk, by=coordinator)
    send(third)
    assert Issue.compose("weekly", until=NOW) is None
    assert told(subscriber) == ["B", "C"]


def test_the_next_one_cancelled_as_well_hands_it_further(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    digest("weekly", 1).cancel(by=coordinator)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "C", "A"]


def test_what_a_person_had_put_into_a_cancelled_digest_comes_with_the_next(subscriber, coordinator):
    news("Gammalt", 60)
    news("A", 16)
    first = digest("weekly", 15)
    first.add(DiaryEntry.objects.get(title="Gammalt"), by=coordinator)
    first.cancel(by=coordinator)
    send(digest("weekly", 8))
    assert told(subscriber) == ["A", "Gammalt"]


def test_what_was_withdrawn_meanwhile_is_not_taken_over(subscriber, coordinator):
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    DiaryEntry.objects.get(title="A").withdraw(by=coordinator)
    first.cancel(by=coordinator)
    assert Issue.compose("weekly", until=NOW) is None


def test_what_some_have_got_and_others_have_been_overtaken_by_is_not_told_again(subscriber, coordinator):
    """Nobody can tell any more who lacks it. The page where it is cancelled does not promise it."""
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    half = freeze(digest("weekly", 15))
    half.deliveries.filter(subscriber=subscriber).update(state="accepted")
    assert half.comes_again
    news("B", 9)
    send(digest("weekly", 8))
    assert not half.comes_again
    half.cancel(by=coordinator)
    assert Issue.compose("weekly", until=NOW) is None
    assert (told(subscriber), told(other)) == (["A", "B"], ["B"])


def test_written_down_but_got_by_nobody_it_comes_again_after_a_later_one(subscriber, coordinator):
    news("A", 16)
    first = freeze(digest("weekly", 15))
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    send(digest("weekly", 0.1))
    assert told(subscriber) == ["B", "A"]


def test_each_rhythm_takes_over_its_own(subscriber, coordinator):
    monthly = make_subscriber("manad@example.org", frequency="monthly")
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    send(digest("weekly", 8))
    first.cancel(by=coordinator)
    news("C", 2)
    send(digest("monthly", 1))
    send(digest("weekly", 1))
    assert (told(subscriber), told(monthly)) == (["B", "C", "A"], ["C", "B", "A"])


def test_sent_in_the_wrong_order_two_digests_tell_those_who_were_away_nothing_twice(coordinator):
    away = make_subscriber("borta@example.org", news_from=ago(40))
    other = make_subscriber("kvar@example.org")
    news("A", 16)
    first = digest("weekly", 15)
    news("B", 9)
    second = digest("weekly", 8)
    send(second)
    send(first)
    assert told(away) == ["B", "A"]
    assert told(other) == ["B", "A"]


def test_what_a_coordinator_puts_in_goes_to_everybody_whose_choices_match(subscriber, coordinator):
    make_subscriber("langre@example.org", news_from=ago(2))
    make_entry("Gammalt men bra", published_at=ago(50))
    news("A", 3)
    issue = digest("weekly", 1)
    issue.add(DiaryEntry.objects.get(title="Gammalt men bra"), by=coordinator)
    titles = {item.pk: item.title for item in issue.items.with_sources()}
    assert sorted([titles[pk] for pk in items] for items, _language, _count in Audience(issue).variants()) == [
        ["A", "Gammalt men bra"],
        ["Gammalt men bra"],
    ]


def test_a_special_issue_is_not_about_anybodys_last(coordinator):
    make_subscriber("borta@example.org", news_from=ago(1), frequency="monthly")
    make_entry("Gammalt", published_at=ago(50))
    issue = Issue.begin_special(by=coordinator)
    issue.add(DiaryEntry.objects.get(), by=coordinator)
    send(issue, failed=list(Subscriber.objects.all()))
    assert issue.deliveries.count() == 1
    assert Subscriber.objects.get().news_from == ago(1)


def test_a_method_is_missed_like_an_entry(lab, coordinator):
    away = make_subscriber("borta@example.org", news_from=ago(40))
    make_method("Språkkafé", lab=lab, by=coordinator, published_at=ago(30))
    news("A", 3)
    send(digest("weekly", 1))
    assert told(away) == ["A", "Språkkafé"]


def test_signing_up_anew_begins_anew():
    returning = make_subscriber("ater@example.org", news_from=ago(40))
    returning.leave()
    Subscriber.objects.filter(pk=returning.pk).update(state="pending")
    returning.refresh_from_db()
    returning.confirm()
    assert returning.news_from is None


def test_the_books_must_add_up_or_nothing_is_written(subscriber, monkeypatch):
    news("A", 3)
    issue = digest("weekly", 1)
    monkeypatch.setattr(
        audience, "FREEZE", audience.FREEZE.replace("count(*) FROM matched", "1 + count(*) FROM matched")
    )
    with pytest.raises(WrittenDownWrong):
        Audience(issue).freeze()
    assert (issue.deliveries.count(), issue.variants.count()) == (0, 0)
