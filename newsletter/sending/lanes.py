"""Several connections to the mail server, each on a thread of its own. Threads know nothing of the database."""

import logging
import math
import queue
import threading
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from newsletter.sending.backend_carrier import BackendCarrier
from newsletter.sending.carrier import SmtpCarrier, carrier
from newsletter.sending.judging import words_of
from newsletter.sending.outcome import Outcome, Refused, ServerDown, Uncertain
from newsletter.sending.parcel import Parcel

logger = logging.getLogger(__name__)


# Where a mail takes less than this, in seconds, a lane is given the next parcel while it has one at hand, so that it
# need not wait for the database. Elsewhere that would only make a pause take longer to be felt.
QUICK = 0.1
# A parcel waits no longer than this, in seconds, behind another: by then it has to be asked anew whether it may go.
LONG = 1.0


@dataclass(frozen=True, slots=True)
class Ready:
    """The connection stands for the first time."""

    lane: "Lane"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a parcel."""

    lane: "Lane"
    parcel: Parcel
    outcome: Outcome
    seconds: float


@dataclass(frozen=True, slots=True)
class Down:
    """No connection can be had, and the lane has ended; it has not offered these parcels to anybody."""

    lane: "Lane"
    error: ServerDown
    parcels: list[Parcel]


News = Ready | Down | Done


class Lane(threading.Thread):
    """One connection. It tells `news` when it stands, what became of each parcel, and that it is down."""

    def __init__(self, name: str, news: "queue.SimpleQueue[News]") -> None:
        super().__init__(name=name, daemon=True)
        self.news = news
        self.parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        # When it took up the parcel that it is at, by the monotonic clock.
        self.at_it_since = math.inf

    def run(self) -> None:
        mail: SmtpCarrier | BackendCarrier | None = None
        parcel: Parcel | None = None
        try:
            mail = carrier()
            mail.open()
            self.news.put(Ready(self))
            while parcel := self.parcels.get():
                self.at_it_since = time.monotonic()
                mail.open()
                started = time.monotonic()
                outcome = carried(mail, parcel)
                self.at_it_since = math.inf
                self.news.put(Done(self, parcel, outcome, time.monotonic() - started))
        except Exception as error:
            if not isinstance(error, ServerDown):
                logger.exception("A connection to the mail server broke in a way we do not know")
                error = ServerDown(words_of(error))
            self.news.put(Down(self, error, [parcel] if parcel else []))
        finally:
            if mail:
                mail.close()


def carried(mail: SmtpCarrier | BackendCarrier, parcel: Parcel) -> Outcome:
    """What became of the parcel, whatever happens."""
    try:
        content = parcel.content()
    except Exception as error:
        # Whatever is wrong with one recipient's mail, the others get theirs; and nothing has gone out.
        logger.exception("Delivery %s cannot be written", parcel.begun.id)
        return Refused(words_of(error))
    try:
        return mail.carry(parcel, content)
    except Exception as error:
        logger.exception("Delivery %s broke in a way we do not know", parcel.begun.id)
        mail.close()
        return Uncertain(words_of(error))


class Lanes:
    """The lanes of one worker: which are there, which are free, and what they have to tell."""

    def __init__(self) -> None:
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self.there: dict[str, Lane] = {}
        # The lanes that stand, and how many parcels each has at hand.
        self.load: dict[Lane, int] = {}
        # What a mail takes lately, in seconds.
        self.seconds = 1.0

    @property
    def depth(self) -> int:
        """How many parcels a lane may have at hand."""
        return 2 if self.seconds < QUICK else 1

    @property
    def room(self) -> int:
        """How many parcels can be handed out now."""
        return max(self.depth * len(self.load) - sum(self.load.values()), 0)

    @property
    def hungry(self) -> bool:
        """Whether a trip to the database pays: with any room where mails are slow, with half where they are quick."""
        return self.room > 0 and (self.depth == 1 or 2 * self.room >= len(self.load))

    @property
    def connecting(self) -> bool:
        """Whether it is still open if any connection can be had."""
        return bool(self.there) and not self.load

    @property
    def busy(self) -> bool:
        """Whether parcels are in the lanes' hands, or what became of them has not been heard."""
        return any(self.load.values())

    def start(self, name: str) -> None:
        lane = self.there[name] = Lane(name, self.news)
        lane.start()

    def send(self, parcel: Parcel) -> None:
        """Hand a parcel to the lane that has least to do. There must be room."""
        lane = min(self.load, key=self.load.__getitem__)
        self.load[lane] += 1
        lane.parcels.put(parcel)

    def recall(self) -> list[Parcel]:
        """Take back, not offered to anybody, what has waited for `LONG` behind another parcel."""
        late = time.monotonic() - LONG
        back = []
        for lane, load in self.load.items():
            if load > 1 and lane.at_it_since < late:
                with suppress(queue.Empty):
                    while parcel := lane.parcels.get_nowait():
                        back.append(parcel)
                        self.load[lane] -= 1
        if back:
            # Mails are no longer quick.
            self.seconds = max(self.seconds, LONG)
        return back

    def dismiss(self, names: Collection[str]) -> None:
        """Have those of the lanes that have nothing at hand say goodbye; the others go on until asked again."""
        for name in names:
            lane = self.there[name]
            if not self.load.get(lane):
                self.load.pop(lane, None)
                del self.there[name]
                lane.parcels.put(None)

    def hear(self, seconds: float) -> list[News]:
        """What the lanes have to tell: waits at most so long for the first of it, and for nothing more."""
        told: list[News] = []
        try:
            told.append(self.news.get(timeout=max(seconds, 0)) if seconds > 0 else self.news.get_nowait())
            while True:
                told.append(self.news.get_nowait())
        except queue.Empty:
            pass
        for news in told:
            if isinstance(news, Ready):
                if news.lane in self.there.values():
                    self.load[news.lane] = 0
            elif isinstance(news, Done):
                self.load[news.lane] -= 1
                self.seconds += (news.seconds - self.seconds) / 10
            else:
                self._bury(news)
        return told

    def close(self) -> None:
        """Have the lanes say goodbye. Those at work are heard out before this is called."""
        for lane in self.there.values():
            lane.parcels.put(None)
        for lane in self.there.values():
            lane.join(timeout=5)
        self.there.clear()
        self.load.clear()

    def _bury(self, news: Down) -> None:
        """Take out a lane that has ended, and what was given to it meanwhile."""
        self.there.pop(news.lane.name, None)
        self.load.pop(news.lane, None)
        with suppress(queue.Empty):
            while parcel := news.lane.parcels.get_nowait():
                news.parcels.append(parcel)
