"""The settings of test runs: the site's own, then what makes tests quick, quiet and apart from each other."""

import os
from pathlib import Path

os.environ.setdefault("DEBUG", "1")
# Away from the data of bin/dev, which may run at the same time.
os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
# One test process never sees another's cache or queue, on whatever server they meet.
_database = os.environ.get("DATABASE_URL", "").rpartition("/")[2].partition("?")[0]
os.environ.setdefault("REDIS_PREFIX", f"test-{_database}-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}-")

from config.settings import *  # noqa: E402, F403
from config.settings import MEDIA_ROOT  # noqa: E402

MEDIA_ROOT = MEDIA_ROOT / os.environ["REDIS_PREFIX"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A task runs where it is called; tests/browser/conftest.py turns this off and starts a worker.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
