"""Each reader gets what is new since their own last mail: nothing twice, nothing lost, however they come and go."""

import datetime

import pytest
from django.utils import timezone

from newsletter import audience
from newsletter.audience import Audience, WrittenDownWrong
from newsletter.models import DiaryEntry, Issue, Subscriber
from tests.newsletter.digests import ago, choose, digest, news, send, told, told_in
from tests.newsletter.factories import make_entry, make_method, make_subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """Orders do not reach a worker by themselves: the test says what became of each mail."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)


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
    caught_up = weekly.items.catching_up()
    assert [(item.title, item in caught_up) for item in weekly.items.with_sources()] == [("C", False), ("B", True)]
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
    (item,) = issue.items.with_sources()
    assert (item.title, list(issue.items.catching_up())) == ("A", [item])
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
