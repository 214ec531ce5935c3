"""Workers as processes of their own, killed in the middle with no chance to say goodbye."""

import datetime
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsletter.models import Delivery, Issue
from newsletter.sending import Drain, IssueFreeze
from tests.newsletter.factories import make_entry, make_issue, make_subscribers

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.testing"
django.setup()
from django.conf import settings
from django.db import connection
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
connection.settings_dict["NAME"], settings.EMAIL_PORT = sys.argv[1], int(sys.argv[2])
settings.EMAIL_HOST, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "127.0.0.1", "", ""
from newsletter.sending import Drain
while Drain(int(sys.argv[3])).run():
    pass
"""


@pytest.fixture
def start_worker(sink):
    """Starts a worker on an issue, in a process of its own; whoever is left at the end is stopped."""
    workers: list[subprocess.Popen] = []

    def start(issue: Issue) -> subprocess.Popen:
        arguments = [str(connection.settings_dict["NAME"]), str(sink.port), str(issue.pk)]
        environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
        workers.append(subprocess.Popen([sys.executable, "-c", WORKER, *arguments], env=environment))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.poll() is None:
            worker.kill()
        worker.wait(timeout=10)


@pytest.fixture
def frozen(coordinator, monkeypatch) -> Issue:
    monkeypatch.setattr("newsletter.tasks.enqueue_drain", lambda *call, **kind: True)
    make_entry()
    make_subscribers(60)
    issue = make_issue()
    issue.send(by=coordinator, audience=60)
    IssueFreeze(issue).run()
    return issue


def until(condition, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def test_two_processes_at_once_mail_each_exactly_once(sink, start_worker, frozen):
    for worker in [start_worker(frozen), start_worker(frozen)]:
        assert worker.wait(timeout=60) == 0
    frozen.refresh_from_db()
    assert (len(sink.counts), set(sink.counts.values()), frozen.state) == (60, {1}, "sent")


def test_a_killed_worker_leaves_nothing_doubled_and_nothing_lost(sink, start_worker, frozen):
    sink.on_data = lambda address: time.sleep(0.02)
    for reached in (10, 25):
        worker = start_worker(frozen)
        until(lambda reached=reached: len(sink.raw) >= reached)
        worker.send_signal(signal.SIGKILL)
        worker.wait(timeout=10)
        # Time passes, and the dead worker's lease runs out.
        frozen.deliveries.filter(lease_until__isnull=False).update(lease_until=timezone.now() - datetime.timedelta(1))
    Drain(frozen.pk).run()
    frozen.refresh_from_db()
    counts = frozen.deliveries.counts()
    assert max(sink.counts.values()) == 1
    assert counts["accepted"] + counts["unknown"] == 60
    # At most what the connections of two workers were at, and what those had just heard.
    assert counts["unknown"] <= 4 * settings.NEWSLETTER_CONNECTIONS
    accepted = Delivery.objects.filter(state="accepted").values_list("subscriber__email", flat=True)
    assert set(accepted) <= set(sink.counts)
    assert frozen.state == "sent"
