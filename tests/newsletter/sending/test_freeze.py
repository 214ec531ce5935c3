"""An issue is written out first, and then it is written down who gets which mail."""

import threading

import pytest
from django.db import connection

from newsletter.models import Issue
from newsletter.sending import IssueFreeze, freeze
from tests.newsletter.factories import make_entry, make_issue, make_subscriber, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def freezing(monkeypatch) -> Issue:
    """An issue that has been ordered, for three readers, with nobody at work on it."""
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda issue_id, workers=1: True)
    make_entry()
    make_subscribers(3)
    issue = make_issue()
    issue.send(by=None)
    return issue


def on_a_thread(deed) -> threading.Thread:
    def run() -> None:
        try:
            deed()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def while_rendering(monkeypatch, deed) -> None:
    """Have `deed` done, by somebody else, while the first mail is written out."""
    real, done = freeze.render, []

    def render(*arguments, **keywords):
        if not done:
            done.append(True)
            thread = on_a_thread(deed)
            thread.join(10)
            assert not thread.is_alive(), "it had to wait"
        return real(*arguments, **keywords)

    monkeypatch.setattr(freeze, "render", render)


def mails(issue: Issue) -> list[tuple[str, int, bool]]:
    """Language, number of recipients and whether it has words, of each variant."""
    return [
        (variant.language, variant.deliveries.count(), bool(variant.subject and variant.text and variant.html))
        for variant in issue.variants.all()
    ]


def test_all_mails_have_words_and_readers(freezing):
    make_subscriber("english@example.net", language="en")
    IssueFreeze(freezing).run()
    assert (freezing.state, freezing.audience_size) == ("sending", 4)
    assert mails(freezing) == [("en", 1, True), ("sv", 3, True)]


def test_who_changes_their_choices_meanwhile_does_not_wait_and_gets_the_mail_they_chose(freezing, monkeypatch):
    reader = make_subscriber("moves@example.net")
    while_rendering(monkeypatch, lambda: reader.choose(frequency="weekly", language="en", labs=[], focus_areas=[]))
    IssueFreeze(freezing).run()
    assert mails(freezing) == [("en", 1, True), ("sv", 3, True)]


def test_a_mail_that_nobody_wants_any_more_is_forgotten(freezing, monkeypatch):
    reader = make_subscriber("leaves@example.net", language="en")
    while_rendering(monkeypatch, reader.leave)
    IssueFreeze(freezing).run()
    assert (freezing.audience_size, mails(freezing)) == (3, [("sv", 3, True)])


def test_what_a_worker_that_died_has_written_out_is_used(freezing, monkeypatch):
    IssueFreeze(freezing)._write_ahead()
    written = list(freezing.variants.values("pk", "html"))
    monkeypatch.setattr(freeze, "render", lambda *_arguments: pytest.fail("it is there already"))
    IssueFreeze(freezing).run()
    assert (freezing.state, list(freezing.variants.values("pk", "html"))) == ("sending", written)


def test_a_mail_that_cannot_be_put_together_makes_a_draft_of_it_with_a_sentence_and_no_code(freezing, monkeypatch):
    def broken(*_arguments) -> None:
        raise KeyError("title")

    make_subscriber("english@example.net", language="en")
    monkeypatch.setattr(freeze, "render", broken)
    IssueFreeze(freezing).run()
    freezing.refresh_from_db()
    assert (freezing.state, freezing.variants.count(), freezing.deliveries.count()) == ("draft", 0, 0)
    event = freezing.events.newest_first().first()
    assert event.verb == "unfrozen"
    assert event.note == ("Mejlen gick inte att sätta ihop. Säg till dem som sköter webbplatsen: i dess logg står mer.")


def test_what_was_written_out_before_a_failure_is_written_out_anew(freezing, coordinator):
    IssueFreeze(freezing)._write_ahead()
    freezing.unfreeze(because="?")
    assert freezing.variants.count() == 0
