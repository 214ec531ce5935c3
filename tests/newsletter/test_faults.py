"""Five things killed in the middle of one sending, with servers and workers of their own: see benchmarks/_faults.py."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from development import children

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
    assert sum(books["kills"].values()) == 5
    assert books["duplicates"] == 0
    assert books["audience"] == 300
    assert books["accepted"] + books["failed"] + books["unknown"] + books["skipped"] == 300
    # What the mail server kept is sent or uncertain in the books, and what is sent the mail server has kept.
    assert books["kept"] == books["accepted"] + books["unknown_but_kept"]
    assert books["skipped"] <= 10
