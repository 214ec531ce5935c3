"""How a list of addresses becomes subscribers: read line by line, checked, and taken over a thousand at a time."""

from newsletter.importing.check import ImportCheck
from newsletter.importing.takeover import ImportTakeover
from newsletter.models import SubscriberImport


def go_on(upload: SubscriberImport) -> bool:
    """Do a turn's work on an import; returns whether there is more to do."""
    if upload.state == SubscriberImport.State.CHECKING:
        return ImportCheck(upload).run()
    if upload.state == SubscriberImport.State.IMPORTING:
        return ImportTakeover(upload).run()
    return False
