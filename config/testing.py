"""The settings of test runs: the site's own, then what makes tests quick, quiet and apart from each other."""

import os
from pathlib import Path
from urllib.parse import urlsplit

_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_database = urlsplit(os.environ.get("DATABASE_URL", "")).path.strip("/") or "embedded"

os.environ.setdefault("DEBUG", "1")
# Away from the data of bin/dev, which may run at the same time.
os.environ.setdefault("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
# One test process never sees another's cache, queue or files, whatever servers they share. Set anew in each: the
# processes inherit the environment of the one that starts them.
os.environ["EMBEDDED_REDIS_DB"] = str(int(_worker.removeprefix("gw")) % 64)
os.environ["REDIS_PREFIX"] = f"test-{_database}-{_worker}-"
os.environ["MEDIA_ROOT"] = str(Path(os.environ["VAR_DIR"]) / "media" / _database / _worker)

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None

# All readers of the tests have their mail at one domain.
NEWSLETTER_RATE = NEWSLETTER_DOMAIN_RATE = 10_000

# A task runs where it is called; the fixture `celery_worker_process` turns this off and starts a worker.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
