"""What the whole fleet hands over in vain is counted in one place, also over many short turns."""

from types import SimpleNamespace

import pytest

from newsletter.models import Issue
from newsletter.sending import Drain
from newsletter.sending.answers import MOST_IN_VAIN
from newsletter.sending.in_vain import SAY_AGAIN, InVain
from newsletter.sending.pace import Pace
from tests.newsletter.scripted import SAY_NOTHING
from tests.newsletter.sending.turns import counts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def count():
    return InVain(7, Pace().redis)


def test_workers_count_together_and_each_issue_for_itself(count):
    assert [count.one_more(), InVain(7, Pace().redis).one_more(), count.one_more()] == [1, 2, 3]
    assert InVain(8, Pace().redis).one_more() == 1


def test_one_that_is_taken_begins_the_count_anew(count):
    count.one_more()
    count.not_any_more()
    assert count.one_more() == 1


def test_who_gets_all_mails_through_does_not_tell_redis_of_each(count, monkeypatch):
    now, told = [1_000.0], []
    monkeypatch.setattr("newsletter.sending.in_vain.time", SimpleNamespace(monotonic=lambda: now[0]))
    # Asked of this count; at the same server others are busy.
    real = count.redis.pipeline
    monkeypatch.setattr(count.redis, "pipeline", lambda: told.append(now[0]) or real())
    for _ in range(1_000):
        count.not_any_more()
    assert told == [1_000.0]
    now[0] += SAY_AGAIN
    count.not_any_more()
    assert len(told) == 2


def test_without_redis_a_worker_counts_for_itself(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    count = InVain(7, Pace().redis)
    assert [count.one_more(), count.one_more()] == [1, 2]
    count.not_any_more()
    assert count.one_more() == 1


def test_a_server_that_is_silent_about_every_mail_pauses_the_issue_though_a_turn_has_but_a_few(
    scripted, frozen, settings, monkeypatch
):
    # As with a server that is silent for longer than a turn lasts.
    monkeypatch.setattr("newsletter.sending.turn.LASTS", 0.3)
    monkeypatch.setattr("newsletter.sending.turn.AHEAD", -1.0)
    settings.NEWSLETTER_CONNECTIONS = 4
    scripted(**{".": SAY_NOTHING})
    settings.EMAIL_TIMEOUT = 0.5
    issue = frozen(60)
    turns = 0
    while issue.state == Issue.State.SENDING and turns < 30:
        Drain(issue.pk).run()
        issue.refresh_from_db()
        turns += 1
    assert turns >= 3
    assert (issue.state, issue.trouble[:9]) == (Issue.State.PAUSED, "SMTPServe")
    assert MOST_IN_VAIN <= counts(issue)["unknown"] < MOST_IN_VAIN + 4


@pytest.mark.parametrize("connections", [1, 4])
def test_after_going_on_the_count_begins_anew(scripted, frozen, settings, connections):
    """What was under way at the halt does not count for what comes after."""
    settings.NEWSLETTER_CONNECTIONS = connections
    scripted(**{".": "554 5.7.1 this looks like spam"})
    issue = frozen(80)
    Drain(issue.pk).run()
    first = counts(issue)["failed"]
    assert MOST_IN_VAIN <= first < MOST_IN_VAIN + 2 * connections
    assert InVain(issue.pk, Pace().redis).one_more() == 1
    InVain(issue.pk, Pace().redis).begin_anew()
    Issue.objects.get(pk=issue.pk).resume(by=None)
    Drain(issue.pk).run()
    assert counts(issue)["failed"] >= first + MOST_IN_VAIN
