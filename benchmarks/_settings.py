"""As in production, but for the place where `collectstatic` gathers files: it is gone with the benchmark."""

from config.settings import *  # noqa: F403
from config.settings import VAR_DIR

STATIC_ROOT = VAR_DIR / "static"
