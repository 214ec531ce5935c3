"""The server's own settings, but for its patience: a sender may be silent for a second and not for a minute."""

from config import gunicorn as real
from config.gunicorn import *  # noqa: F403

real.SILENCE = 1
