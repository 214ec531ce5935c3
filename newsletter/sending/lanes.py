"""Several connections to the mail server, each on a thread of its own. Threads know nothing of the database."""

import logging
import queue
import threading
from dataclasses import dataclass

from newsletter.sending.carrier import BackendCarrier, SmtpCarrier, carrier, words_of
from newsletter.sending.outcome import Outcome, Refused, ServerDown, Uncertain
from newsletter.sending.parcel import Parcel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ready:
    """The connection stands, and the lane has nothing to do."""

    lane: "Lane"


@dataclass(frozen=True, slots=True)
class Down:
    """No connection can be had; the lane has ended."""

    lane: "Lane"
    error: ServerDown


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a parcel. The lane says by itself when it is ready for the next one."""

    parcel: Parcel
    outcome: Outcome


News = Ready | Down | Done


class Lane(threading.Thread):
    """One connection. It tells `news` when it is ready, what became of each parcel, and that it is down."""

    def __init__(self, name: str, news: "queue.SimpleQueue[News]") -> None:
        super().__init__(name=name, daemon=True)
        self.news = news
        self.parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()

    def run(self) -> None:
        mail = carrier()
        try:
            while True:
                mail.open()
                self.news.put(Ready(self))
                parcel = self.parcels.get()
                if parcel is None:
                    return
                self.news.put(Done(parcel, carried(mail, parcel)))
        except ServerDown as error:
            self.news.put(Down(self, error))
        except Exception as error:
            logger.exception("A connection to the mail server broke in a way we do not know")
            self.news.put(Down(self, ServerDown(words_of(error))))
        finally:
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
        self.free: list[Lane] = []

    def start(self, name: str) -> None:
        lane = self.there[name] = Lane(name, self.news)
        lane.start()

    def send(self, parcel: Parcel) -> None:
        """Hand a parcel to a free lane. There must be one."""
        self.free.pop().parcels.put(parcel)

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
                self.free.append(news.lane)
            elif isinstance(news, Down):
                self.there.pop(news.lane.name, None)
        return told

    def close(self) -> None:
        """Have the free lanes say goodbye. Those at work are heard out before this is called."""
        for lane in self.free:
            lane.parcels.put(None)
        for lane in self.free:
            lane.join(timeout=5)
            self.there.pop(lane.name, None)
        self.free.clear()
