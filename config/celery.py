"""The Celery application. Tasks live in each app's `tasks.py` and take ids, never objects."""

import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("innovationslabb")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_like_the_rest(**kwargs: Any) -> None:
    """Keeps Celery from setting up a log of its own."""
    dictConfig(settings.LOGGING)
