from history.models.event import Event
from history.models.eventful import Eventful

__all__ = ["Event", "Eventful"]
