"""How fast a newsletter goes out, with all accounting on: `bin/bench newsletter`.

Starts PostgreSQL, Valkey and worker processes of its own and sends a digest in twelve variants to a mail server on
loopback that keeps nothing. In the same run it measures the reference: the same server fed by `smtp-source` (or by bare
smtplib) with as many connections as there are workers. The last line is one JSON object; it `holds` when speed, memory
and preparing are within the limits, and else the program ends with 1.

    bin/bench newsletter                         25,000 readers, three rounds
    bin/bench newsletter --rtt 30                with thirty milliseconds to the mail server and back
    bin/bench newsletter --subscribers 250000    ten times as many, beside 25,000
    bin/bench newsletter --faults 30 --seed 1    thirty kills in the middle of it; see benchmarks/_faults.py
"""

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks import _faults, _readers, _smtp
from benchmarks._site import MIB, Site, answer, resident, site
from development.ports import free_port

# No limit that would bite: the counters are asked all the same.
NO_LIMIT = 1_000_000
USUAL = 25_000
LARGE = 50_000
# Of the reference; mails a second, ten times what django-newsletter manages here; seconds for the usual number with a
# way to the mail server; time a mail among many compared with the usual number; seconds of preparing; MiB.
LEAST_RATIO, LEAST_PER_S, LONGEST_FAR_S, MOST_LONGER, LONGEST_FREEZE_S, MOST_RSS_MIB = 0.4, 1_130, 180, 1.2, 10, 150


@dataclass
class Round:
    """One issue, sent to everybody."""

    freeze_s: float
    messages_per_s: float
    worker_rss_mib: float


def send(place: Site, count: int, patience: float) -> Round:
    from newsletter.tasks import enqueue_drain

    issue = _readers.make_issue()
    # As when a coordinator presses the button: one worker is called, prepares it and calls the others.
    enqueue_drain(issue.pk)
    freeze_s, frozen_rss = watch(place, issue, "freezing", patience)
    if issue.state not in {"sending", "sent"} or issue.audience_size != count:
        raise SystemExit(f"Frozen for {issue.audience_size} instead of {count}: {issue.events.newest_first()[0].note}")
    seconds, sending_rss = watch(place, issue, "sending", patience)
    counts = issue.deliveries.counts()
    if counts["accepted"] != count:
        raise SystemExit(f"The books do not add up: {counts}")
    senders = issue.deliveries.values("worker").distinct().count()
    speed = count / seconds
    print(
        f"{count:9} mails in {seconds:7.2f} s = {speed:7.0f}/s, frozen in {freeze_s:5.2f} s, {senders} turns",
        flush=True,
    )
    return Round(freeze_s, speed, max(frozen_rss, sending_rss) / MIB)


def watch(place: Site, issue: Any, state: str, patience: float) -> tuple[float, int]:
    """Wait until the issue has left a state: how many seconds it took, and how many bytes the largest worker was."""
    largest, started = 0, time.perf_counter()
    while issue.state == state:
        largest = max([largest, *(resident(process) for process in place.sending_processes())])
        if time.perf_counter() - started > patience:
            raise SystemExit(f"Still {state} after {patience:.0f} s: {issue.deliveries.counts()}")
        time.sleep(0.05)
        issue.refresh_from_db(fields=["state"])
    seconds = time.perf_counter() - started
    issue.refresh_from_db()
    return seconds, largest


def make_ready_for_another() -> None:
    """The same news once more: what was sent is forgotten, once the workers have looked around for the last time."""
    from django.db import OperationalError, connection

    for _ in range(20):
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE newsletter_delivery, newsletter_variant, newsletter_issueitem, newsletter_issue CASCADE"
                )
        except OperationalError:
            # A worker looked at them in another order.
            time.sleep(0.5)
        else:
            return
    raise SystemExit("The workers hold on to what was sent.")


def size_of_a_mail() -> int:
    from newsletter.models import Variant
    from newsletter.sending.bulk import BulkMails

    mails = BulkMails()
    import datetime

    at = datetime.datetime.now(datetime.UTC)
    sizes = [
        len(mails.of(pk).to("lasare@example.org", "TokenOfAReader00", message_id="<a@example.org>", at=at))
        for pk in Variant.objects.values_list("pk", flat=True)
    ]
    return round(statistics.mean(sizes))


def usual_speed(place: Site, patience: float) -> float:
    """Mails a second to 25,000: the median of three, for one alone varies by more than what may be lost with many."""
    speeds = []
    for _ in range(3):
        speeds.append(send(place, USUAL, patience).messages_per_s)
        make_ready_for_another()
    return statistics.median(speeds)


def measure(options: argparse.Namespace) -> tuple[dict[str, Any], dict[str, bool]]:
    """What was measured, and the limits, each with whether it is kept."""
    with ExitStack() as stack:
        port = free_port()
        kind = stack.enter_context(_smtp.sink(port))
        relay = stack.enter_context(_smtp.far_away(port, options.rtt)) if options.rtt else port
        place = stack.enter_context(
            site(
                relay,
                longest=(options.rounds + 3) * (options.patience + 120),
                NEWSLETTER_RATE=NO_LIMIT,
                NEWSLETTER_DOMAIN_RATE=NO_LIMIT,
                NEWSLETTER_CONNECTIONS=options.connections,
                NEWSLETTER_CONNECTIONS_TOTAL=options.connections * options.workers,
            )
        )
        labs = _readers.make_labs()
        _readers.make_entries(labs, each=options.entries, words=36)
        for number in range(options.workers):
            place.start_sender(f"sender{number + 1}")
        place.wait_for_senders()
        usual = 0.0
        if options.subscribers > LARGE:
            _readers.make_subscribers(USUAL, labs)
            usual = usual_speed(place, options.patience)
        _readers.make_subscribers(options.subscribers, labs)
        rounds, references, size = [], [], 20_000
        for number in range(options.rounds):
            if number:
                make_ready_for_another()
            rounds.append(send(place, options.subscribers, options.patience))
            size = size_of_a_mail()
            references.append(_smtp.reference(port, sessions=options.workers, size=size, messages=10_000))
            print(f"{'':9} reference ({kind}) {references[-1]:7.0f}/s with {options.workers} connections", flush=True)
        speed = statistics.median(each.messages_per_s for each in rounds)
        fastest = statistics.median(references)
        freeze_s = statistics.median(each.freeze_s for each in rounds)
        rss_mib = max(each.worker_rss_mib for each in rounds)
        measured = {
            "subscribers": options.subscribers,
            "workers": options.workers,
            "connections_per_worker": options.connections,
            "rtt_ms": options.rtt,
            "mail_bytes": size,
            "sink": kind,
            "messages_per_s": round(speed, 1),
            "reference_per_s": round(fastest, 1),
            "ratio": round(speed / fastest, 3),
            "seconds": round(options.subscribers / speed, 1),
            "us_per_message": round(1_000_000 / speed, 1),
            "freeze_s": round(freeze_s, 2),
            "worker_rss_mib": round(rss_mib, 1),
            "rounds": options.rounds,
        }
        limits = {
            f"an issue is prepared in less than {LONGEST_FREEZE_S} s": freeze_s < LONGEST_FREEZE_S,
            f"a worker stays below {MOST_RSS_MIB} MiB": rss_mib < MOST_RSS_MIB,
        }
        if options.rtt:
            limits[f"{USUAL:,} go out in less than {LONGEST_FAR_S} s"] = USUAL / speed < LONGEST_FAR_S
        else:
            limits[f"at least {LEAST_RATIO} of the reference"] = speed >= LEAST_RATIO * fastest
            limits[f"at least {LEAST_PER_S} a second"] = speed >= LEAST_PER_S
        if usual:
            measured["longer_than_usual"] = round(usual / speed, 3)
            limits[f"at most {MOST_LONGER} times as long a mail as with {USUAL:,}"] = usual / speed <= MOST_LONGER
        return measured, limits


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/bench newsletter", description="How fast a newsletter goes out.")
    parser.add_argument("--subscribers", type=int, default=None)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=None, help="per worker")
    parser.add_argument("--rtt", type=float, default=0, help="milliseconds to the mail server and back")
    parser.add_argument("--rounds", type=int, default=None)
    parser.add_argument("--entries", type=int, default=2, help="diary entries of each lab; two make 20 kB")
    parser.add_argument("--patience", type=float, default=900, help="seconds a round may take")
    parser.add_argument("--faults", type=int, default=0, help="kills in the middle")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.connections = options.connections or (12 if options.rtt else 8)
    options.subscribers = options.subscribers or (5_000 if options.faults else USUAL)
    options.rounds = options.rounds or (1 if options.rtt or options.subscribers > LARGE else 3)
    # A fault run whose books do not add up ends there and then, and says why.
    return answer(_faults.run(options), {}) if options.faults else answer(*measure(options))


if __name__ == "__main__":
    sys.exit(main())
