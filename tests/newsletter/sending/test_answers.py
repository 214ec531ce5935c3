"""What follows from the mail server's answers."""

import pytest

from newsletter.models import Bounce, Issue, Subscriber
from newsletter.sending import Drain
from newsletter.sending.answers import MOST_IN_VAIN
from tests.newsletter.sending.turns import counts, time_passes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("answer", "kinds", "state"),
    [
        ("550 5.1.1 no such user", ["hard"], "bounced"),
        ("552 5.2.2 mailbox full", ["soft"], "active"),
        ("550 Blocked using zen.spamhaus.example", [], "active"),
        ("550 5.1.8 Sender address rejected: Domain not found", [], "active"),
    ],
)
def test_only_what_is_said_of_the_mailbox_is_held_against_the_reader(scripted, frozen, answer, kinds, state):
    scripted(RCPT=lambda said: answer if "lasare1@" in said else None)
    issue = frozen(3)
    Drain(issue.pk).run()
    assert counts(issue) == {"accepted": 2, "failed": 1}
    assert [bounce.kind for bounce in Bounce.objects.all()] == kinds
    assert Subscriber.objects.get(email="lasare1@example.org").state == state


def test_a_server_that_puts_everything_off_is_told_of_until_it_takes_a_mail(scripted, frozen):
    server = scripted(**{".": "451 4.7.1 try again later"})
    issue = frozen(MOST_IN_VAIN + 5)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == (Issue.State.SENDING, "451 4.7.1 try again later")
    assert counts(issue) == {"pending": MOST_IN_VAIN + 5}
    time_passes(issue)
    server.steps.clear()
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == (Issue.State.SENT, "")


def test_a_few_that_are_put_off_are_nothing_to_tell_of(scripted, frozen):
    scripted(**{".": lambda recipient: "451 4.7.1 greylisted" if "lasare1@" in recipient else None})
    issue = frozen(MOST_IN_VAIN + 5)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == (Issue.State.SENDING, "")


def test_nobodys_address_stands_in_what_is_kept_of_a_halt(scripted, frozen, settings):
    settings.NEWSLETTER_CONNECTIONS = 2
    scripted(RCPT=lambda said: f"550 5.1.1 {said.split(':')[1]}: no such user")
    issue = frozen(MOST_IN_VAIN + 10)
    Drain(issue.pk).run()
    issue.refresh_from_db()
    halted = issue.events.newest_first().filter(verb="halted").get()
    kept = [issue.trouble, halted.note, *issue.deliveries.values_list("smtp_reply", flat=True)]
    assert (issue.state, [words for words in kept if "@" in words]) == (Issue.State.PAUSED, [])
    assert issue.trouble == "550 5.1.1 <…>: no such user"


def test_a_mailbox_that_was_full_and_is_gone_at_the_second_try_is_heard_of(scripted, frozen):
    server = scripted(RCPT="552 5.2.2 mailbox full")
    issue = frozen(1)
    Drain(issue.pk).run()
    server.steps["RCPT"] = "550 5.1.1 no such user"
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SENDING)
    issue.deliveries.update(state="pending", attempt=0)
    Drain(issue.pk).run()
    assert [bounce.kind for bounce in Bounce.objects.order_by("pk")] == ["soft", "hard"]
    assert Subscriber.objects.get().state == "bounced"
