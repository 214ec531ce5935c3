"""What the catcher and the tests listen with for mail."""

import asyncio
from typing import Any, cast

from aiosmtpd.controller import Controller

# Seconds. The controller's own five are too few for a machine that is held up.
LONGEST_START = 60


class SmtpServer(Controller):
    """Listens on this machine only: on `port`, or on one that the system gives it and `port` then says."""

    def __init__(self, handler: Any, *, port: int = 0) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=port, ready_timeout=LONGEST_START)

    def _trigger_server(self) -> None:
        self.port = cast(asyncio.Server, self.server).sockets[0].getsockname()[1]
        super()._trigger_server()
