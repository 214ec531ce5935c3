import logging
import time
from typing import Any

import redis

from newsletter.sending.pace import key

logger = logging.getLogger(__name__)

# Workers that get their mails through say so at most so often, in seconds.
SAY_AGAIN = 0.1
KEPT_SECONDS = 86_400


class InVain:
    """How many mails of an issue the whole fleet has lately handed over in vain, without one that was taken between.

    Kept in Redis: a server that is silent for minutes about each mail lets a turn have no more than a few of them.
    Without Redis each worker counts for itself.
    """

    def __init__(self, issue_id: int, server: redis.Redis) -> None:
        self.key = key(f"in-vain:{issue_id}")
        self.redis = server
        self.alone = 0
        self.said_at = 0.0

    def one_more(self) -> int:
        """Count one, and return how many there are."""
        self.alone += 1
        self.said_at = 0.0
        return self._ask(lambda together: together.incr(self.key).expire(self.key, KEPT_SECONDS)) or self.alone

    def not_any_more(self) -> None:
        """One has been taken."""
        now = time.monotonic()
        if now >= self.said_at + SAY_AGAIN:
            self.said_at = now
            self.begin_anew()

    def begin_anew(self) -> None:
        self.alone = 0
        self._ask(lambda together: together.delete(self.key))

    def _ask(self, commands: Any) -> int:
        """The answer to the first of the commands; 0 when Redis does not answer."""
        try:
            with self.redis.pipeline() as together:
                commands(together)
                return int(together.execute()[0])
        except redis.RedisError:
            logger.info("Redis does not answer; this worker counts for itself what was in vain")
            return 0
