"""Test processes are apart from each other."""

import os

from django.conf import settings


def test_each_test_process_has_a_cache_a_queue_and_files_of_its_own():
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    assert worker in settings.REDIS_PREFIX
    assert worker == settings.MEDIA_ROOT.name
    assert settings.CACHES["default"]["KEY_PREFIX"].startswith(settings.REDIS_PREFIX)
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] == settings.REDIS_PREFIX
    if settings.REDIS_URL.startswith("unix:"):
        assert settings.REDIS_URL.endswith(f"?db={worker.removeprefix('gw')}")
