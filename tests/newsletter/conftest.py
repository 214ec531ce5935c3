from collections.abc import Callable

import pytest

from newsletter.models import DiaryEntry, Issue, Subscriber
from newsletter.sending import IssueFreeze
from tests.newsletter.factories import make_entry, make_frozen, make_issue, make_subscriber, make_subscribers
from tests.newsletter.pages import desk_of


@pytest.fixture
def entry(lab, employment) -> DiaryEntry:
    return make_entry(lab=lab, areas=[employment])


@pytest.fixture
def subscriber(db) -> Subscriber:
    return make_subscriber()


@pytest.fixture
def issue(entry, subscriber) -> Issue:
    """A weekly draft with one entry, for one subscriber."""
    return make_issue()


@pytest.fixture
def desk(issue) -> str:
    """The address of the issue's desk."""
    return desk_of(issue)


@pytest.fixture
def kicked(monkeypatch) -> list[int]:
    """Orders reach no worker; these are the ids of the issues that workers were called for."""
    called: list[int] = []
    monkeypatch.setattr(
        "newsletter.tasks.enqueue_drain", lambda issue_id, workers=1, *, patient=True: called.append(issue_id) or True
    )
    return called


@pytest.fixture
def frozen(kicked, coordinator) -> Callable[[int], Issue]:
    """Makes an issue that is being sent, to so many readers more, with nobody at it yet."""

    def make(number: int) -> Issue:
        make_entry()
        make_subscribers(number)
        issue = make_issue()
        issue.send(by=coordinator)
        IssueFreeze(issue).run()
        assert issue.state == "sending"
        return issue

    return make


@pytest.fixture
def on_its_way(db) -> Issue:
    """An issue for ten, of whom four have got it."""
    issue = make_frozen("På väg", make_subscribers(10))
    four = list(issue.deliveries.order_by("pk").values_list("pk", flat=True)[:4])
    issue.deliveries.filter(pk__in=four).update(state="accepted")
    return issue
