"""What the tests of a turn count, and how they let time pass."""

import threading
from collections import Counter

from newsletter.models import Issue
from newsletter.sending.ledger import Ledger


def to(server) -> Counter[str]:
    return Counter(recipient for recipient, _content in server.kept)


def everybody(number: int) -> Counter[str]:
    return Counter({f"lasare{index}@example.org": 1 for index in range(number)})


def wait_for_each_other(monkeypatch, number: int) -> None:
    """The first so many workers: none hands over what it has claimed before each has claimed something."""
    met, real, each, lock = set(), Ledger.claim, threading.Barrier(number), threading.Lock()

    def claim(ledger: Ledger, *size, **but):
        claimed = real(ledger, *size, **but)
        with lock:
            waits = ledger.worker not in met and len(met) < number
            met.update({ledger.worker} if waits else ())
        if waits:
            each.wait(60)
        return claimed

    monkeypatch.setattr(Ledger, "claim", claim)


def time_passes(issue: Issue) -> None:
    """What waits for another attempt may go."""
    issue.deliveries.filter(state="pending").update(not_before="2020-01-01T00:00:00Z")


def counts(issue: Issue) -> dict[str, int]:
    return {state: number for state, number in issue.deliveries.counts().items() if number}
