"""Five things killed in the middle of one sending, with servers and workers of their own: see benchmarks/_faults.py."""

import json
import os
import subprocess
import sys
from argparse import Namespace
from collections import Counter

import pytest
from django.conf import settings

from benchmarks import _faults
from benchmarks._misfortune import TARGETS, Misfortune, fate, most_unknown
from development import children
from tests.newsletter.factories import make_frozen, make_subscribers

# Of the test run's own; the fault run has servers, a folder and settings for itself.
NOT_OURS = ("DATABASE_", "REDIS_", "EMBEDDED_", "NEWSLETTER_", "EMAIL_", "PYTEST", "DJANGO_", "COV_")
NOR_THESE = {"VAR_DIR", "MEDIA_ROOT", "DEBUG"}
WITHIN = 400


@pytest.mark.parametrize("seed", [11])
def test_five_kills_in_the_middle_double_nothing_and_lose_nothing(seed):
    command = [sys.executable, "-m", "benchmarks.newsletter", "--faults", "5", "--subscribers", "300"]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS) and name not in NOR_THESE
    }
    process = children.start(
        [*command, "--seed", str(seed), "--patience", "150"],
        cwd=settings.BASE_DIR,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        said = process.communicate(timeout=WITHIN)[0].decode()
    finally:
        children.stop([process], within=20)
    assert process.returncode == 0, said
    books = json.loads(said.splitlines()[-1])
    assert books["seed"] == seed
    assert sum(number for target, number in books["kills"].items() if target in TARGETS) == 5
    assert books["duplicates"] == 0
    assert books["audience"] == 300
    assert books["accepted"] + books["failed"] + books["unknown"] + books["skipped"] == 300
    # What the mail server kept is sent or uncertain in the books, and what is sent the mail server has kept.
    assert books["kept"] == books["accepted"] + books["unknown_but_kept"]
    assert books["skipped"] <= 10
    # Uncertain is only what the kills and the server's own drops explain.
    assert books["unknown"] <= books["unknown_allowed"] < 300
    assert books["holds"] is True


def test_the_same_seed_brings_the_same_misfortunes():
    assert fate(11, 30, 5000) == fate(11, 30, 5000) != fate(12, 30, 5000)


def test_each_of_several_can_be_hit():
    blows, _leaving = fate(1, 200, 5000)
    assert {blow.choose(["one", "two", "three"]) for blow in blows} == {"one", "two", "three"}
    assert blows[0].choose([]) is None


@pytest.mark.parametrize(
    ("kills", "dropped", "most"),
    [
        ({}, 0, 0),
        ({"broker": 4, "database": 3}, 0, 0),
        ({}, 7, 7),
        ({"worker": 1}, 0, 8),
        ({"worker's child": 2}, 1, 17),
        ({"mail server": 1}, 0, 8),
        ({"worker that ended by itself": 1}, 0, 8),
    ],
)
def test_only_drops_and_what_a_killed_one_had_in_hand_may_be_uncertain(kills, dropped, most):
    assert most_unknown(kills, dropped=dropped, workers=2) == most


@pytest.fixture
def books(sending, tmp_path):
    """Has the books of an issue for four held against a mail server that kept the mail of each, with `drops` drops."""

    def hold(drops: int) -> dict[str, object]:
        log = tmp_path / "mail.log"
        emails = sending.deliveries.values_list("subscriber__email", flat=True)
        lines = [f"kept {email} <{email}>" for email in emails] + [f"dropped {email}" for email in emails[:drops]]
        log.write_text("".join(f"{line}\n" for line in lines))
        misfortune = Misfortune.__new__(Misfortune)
        misfortune.log, misfortune.kills = log, Counter()
        return _faults._books(sending, misfortune, Namespace(subscribers=4, workers=2, seed=1))

    return hold


@pytest.fixture
def sending(db):
    """An issue for four, of whom one is uncertain."""
    issue = make_frozen("På väg", make_subscribers(4))
    issue.deliveries.update(state="accepted")
    issue.deliveries.filter(pk=issue.deliveries.first().pk).update(state="unknown", smtp_reply="Förbindelsen bröts.")
    return issue


def test_an_uncertain_mail_that_a_drop_explains_is_in_order(books):
    assert (books(1)["unknown"], books(1)["unknown_allowed"]) == (1, 1)


def test_an_uncertain_mail_that_nothing_explains_fails_the_run(books):
    with pytest.raises(SystemExit, match="uncertain, and no kill or drop explains it': 1"):
        books(0)
