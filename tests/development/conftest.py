import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for servers. Not pytest's own: that lets nobody but us pass, and PostgreSQL does not run as root."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="place-", dir=settings.VAR_DIR))
    yield folder
    shutil.rmtree(folder)
