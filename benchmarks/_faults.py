"""Kills in the middle of a sending: `bin/bench newsletter --faults 30 --seed 1`.

A digest goes to a mail server that misbehaves (421, 451, 550, connections dropped before and after the final dot) while
workers, the broker, PostgreSQL and the mail server itself are killed with SIGKILL, one after the other, and started
again. Then the books are held against what the mail server kept. The same seed gives the same order of misfortunes.
"""

import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from benchmarks import _readers
from benchmarks._bad_server import DROPPED, KEPT
from benchmarks._misfortune import CONNECTIONS, Misfortune, fate, most_unknown
from benchmarks._site import site
from benchmarks._smtp import wait_for
from development import children
from development.ports import free_port

LEASE_SECONDS = 4
# Mails a second, so that there is a middle to kill in.
RATE = 250


# --- The sending ----------------------------------------------------------------------------------------------------


def patiently(step: Callable[[], Any]) -> Any:
    """What the step returns, however often the database is away."""
    from django.db import InterfaceError, OperationalError, connection

    for _ in range(600):
        try:
            return step()
        except (OperationalError, InterfaceError):
            connection.close()
            time.sleep(0.1)
    raise SystemExit("The database never came back.")


def run(options: Namespace) -> dict[str, Any]:
    """One sending with `options.faults` kills; raises SystemExit when the books do not add up."""
    with ExitStack() as stack:
        port = free_port()
        limits = {"NEWSLETTER_RATE": RATE, "NEWSLETTER_DOMAIN_RATE": RATE, "NEWSLETTER_CONNECTIONS": CONNECTIONS}
        longest = options.patience + 300
        place = stack.enter_context(site(port, longest=longest, NEWSLETTER_LEASE_SECONDS=LEASE_SECONDS, **limits))
        misfortune = Misfortune(place, port, place.var_dir / "mail.log", options.seed)
        stack.callback(lambda: children.stop([misfortune.mail_server], within=0))
        wait_for(port)
        from newsletter.sending import IssueFreeze

        labs = _readers.make_labs()
        _readers.make_entries(labs, each=1, words=30)
        _readers.make_subscribers(options.subscribers, labs)
        for number in range(options.workers):
            place.start_sender(f"sender{number + 1}")
        issue = _readers.make_issue()
        IssueFreeze(issue).run()
        _send(issue, misfortune, options)
        return _books(issue, misfortune, options)


def _send(issue: Any, misfortune: Misfortune, options: Namespace) -> None:
    from newsletter.models import Issue

    blows, leaving = fate(options.seed, options.faults, options.subscribers)
    deadline = time.monotonic() + options.patience
    while True:
        _time_passes(issue)
        misfortune.revive()
        count = misfortune.noted(KEPT).total()
        if leaving:
            _leave(leaving.pop())
        if blows and (count >= blows[0].at or count > 0.9 * options.subscribers):
            if misfortune.strike(blows[0]):
                del blows[0]
        elif not blows and patiently(lambda: Issue.objects.filter(pk=issue.pk, state="sent").exists()):
            return
        if time.monotonic() > deadline:
            raise SystemExit(f"Not done in time: {patiently(issue.deliveries.counts)}, kept {count}, to come {blows}")
        time.sleep(0.2)


def _leave(number: int) -> None:
    from newsletter.models import Subscriber

    reader = Subscriber.objects.filter(email__startswith=f"lasare{number + 1}@")

    def leave() -> None:
        for each in reader:
            each.leave("changed my mind")

    patiently(leave)


def _time_passes(issue: Any) -> None:
    """A minute in a moment: what waits for another attempt may go, rates recover, and the clock calls workers."""
    import redis
    from django.utils import timezone

    from newsletter import calls
    from newsletter.sending.pace import Pace, bucket, key

    patiently(lambda: issue.deliveries.filter(state="pending").update(not_before=timezone.now()))
    with suppress(redis.RedisError):
        Pace().redis.delete(*Pace().redis.keys(key("pace:*")) or [bucket("-")])
        issue.keep_going(with_helpers=calls.nobody_is_waited_for())


# --- The books ------------------------------------------------------------------------------------------------------


def _books(issue: Any, misfortune: Misfortune, options: Namespace) -> dict[str, Any]:
    """Hold the books against what the mail server kept."""
    issue.refresh_from_db()
    counts = issue.deliveries.counts()
    kept, dropped = misfortune.noted(KEPT), misfortune.noted(DROPPED).total()
    states: dict[str, set[str]] = {}
    for state, email in issue.deliveries.values_list("state", "subscriber__email"):
        states.setdefault(state, set()).add(email)
    accepted, unknown = states.get("accepted", set()), states.get("unknown", set())
    duplicates = sum(number - 1 for number in kept.values())
    closed = counts["accepted"] + counts["failed"] + counts["unknown"] + counts["skipped"]
    allowed = most_unknown(misfortune.kills, dropped=dropped, workers=options.workers)
    wrong = {
        "duplicates": duplicates,
        "not accounted for": issue.audience_size - closed,
        "accepted but never kept": len(accepted - kept.keys()),
        "kept but failed or skipped": len(kept.keys() - accepted - unknown),
        "uncertain, and no kill or drop explains it": max(len(unknown) - allowed, 0),
        "audience": options.subscribers - issue.audience_size,
    }
    result = {
        "audience": issue.audience_size,
        **{state: counts[state] for state in ("accepted", "failed", "unknown", "skipped")},
        "duplicates": duplicates,
        "kept": kept.total(),
        "dropped": dropped,
        "unknown_allowed": allowed,
        "unknown_but_kept": len(unknown & kept.keys()),
        "seed": options.seed,
        "kills": dict(misfortune.kills),
        "unknown_because": dict(
            Counter(
                reply[:60] for reply in issue.deliveries.filter(state="unknown").values_list("smtp_reply", flat=True)
            )
        ),
    }
    if any(wrong.values()):
        raise SystemExit(f"The books do not add up: {wrong}; {result}")
    return result
