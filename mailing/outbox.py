"""Gets letters out of the door. Any number of workers may do this at once: each letter is claimed before it is sent."""

from mailing.models import Letter

# Enough for a bad hour; the next sweep, a minute later, goes on where this one stopped.
SWEEP_LIMIT = 200


def deliver(letter_id: int) -> None:
    """Send one letter unless it is gone, sent, or in somebody else's hands."""
    if letter := Letter.objects.claim(letter_id):
        letter.deliver()


def sweep_out(limit: int = SWEEP_LIMIT) -> int:
    """Send what is due, forget what is old, and return how many letters were tried."""
    Letter.objects.past_retention().delete()
    tried = 0
    while tried < limit and (letter := Letter.objects.claim_next()):
        letter.deliver()
        tried += 1
    return tried
