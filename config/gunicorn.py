"""How gunicorn serves the site, in production and behind `bin/dev` alike."""

import os
from typing import Any

from django.conf import settings

from config.environment import Environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

env = Environment()
bind = f"{env('WEB_HOST', default='127.0.0.1')}:{env.positive('PORT', default=8000)}"
workers = env.positive("WEB_WORKERS", default=2)
# A picture over a slow line keeps its thread until its last byte, so there are more of them than pages need. Each may
# hold a connection to the database: all together, and the Celery workers', stay below PostgreSQL's own limit of 100.
threads = env.positive("WEB_THREADS", default=16)
worker_class = "gthread"
# Never the whole worker: gthread's timeout watches the worker's loop, not the request.
timeout = 60

SILENCE = 60
"""Seconds that a sender may be silent in the middle of a request, and hold its thread."""


def pre_request(worker: Any, request: Any) -> None:
    request.unreader.sock.settimeout(SILENCE)


graceful_timeout = 2 if settings.DEBUG else 30
keepalive = 5
max_requests = 5_000
max_requests_jitter = 500
# Heartbeats in memory: on a slow disk they would stall the worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108
forwarded_allow_ips = "*" if settings.SECURE_PROXY_SSL_HEADER else "127.0.0.1"
# Requests are logged by config.requests, with their id.
accesslog = None
# Its place would be one for all sites of an account.
control_socket_disable = True

logconfig_dict = settings.LOGGING
