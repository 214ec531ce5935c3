"""How long a thing takes, on a machine that does other things too."""

import threading
from types import TracebackType
from typing import Self

TICK = 0.01


class Stopwatch:
    """Counts ticks: while the machine or the process is held up, hardly any go by, as little as anything else does.

    `seconds` is never more than what a clock on the wall says.
    """

    def __init__(self) -> None:
        self.ticks = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count, name="stopwatch", daemon=True)

    @property
    def seconds(self) -> float:
        return self.ticks * TICK

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _count(self) -> None:
        while not self._over.wait(TICK):
            self.ticks += 1
