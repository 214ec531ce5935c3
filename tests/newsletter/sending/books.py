"""What the tests of the books do again and again."""

from newsletter.models import Delivery
from newsletter.sending.ledger import Ledger


def at(ledger: Ledger, *, size: int = 10) -> list[int]:
    """Claims and begins so many deliveries; returns their ids."""
    return [row.id for row in ledger.begin([row.id for row in ledger.claim(size)])]


def state_of(pk: int) -> str:
    return Delivery.objects.get(pk=pk).state
