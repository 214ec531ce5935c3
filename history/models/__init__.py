from history.models.event import Event
from history.models.eventful import BY_ITSELF, Eventful

__all__ = ["BY_ITSELF", "Event", "Eventful"]
