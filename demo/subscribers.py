"""Loads forty subscribers with different choices. Their addresses are all under example.org."""

from itertools import cycle, islice

from django.utils import timezone

from labs.models import FocusArea, Lab
from newsletter.models import Consent, Subscriber
from newsletter.models.token import new_token

COUNT = 40
CONSENT = "Ja, mejla mig dagboken så som jag har valt här."

# Frequency, language, labs, focus areas; none means all.
CHOICES: list[tuple[str, str, list[str], list[str]]] = [
    ("weekly", "sv", [], []),
    ("weekly", "sv", ["portalen"], []),
    ("monthly", "sv", [], ["trygghet"]),
    ("weekly", "en", [], []),
    ("each", "sv", [], []),
    ("weekly", "sv", ["bis-boden", "portalen"], ["sysselsattning"]),
    ("weekly", "sv", [], ["skolresultat", "trygghet"]),
    ("monthly", "en", ["vart-rannebergen"], []),
    ("weekly", "sv", ["lina-hage"], []),
    ("each", "en", [], ["sysselsattning"]),
]


def load() -> None:
    """Create the subscribers that are not there yet. One in eight has not confirmed, one in ten has left."""
    for number, (frequency, language, labs, areas) in enumerate(islice(cycle(CHOICES), COUNT), start=1):
        email = f"prenumerant{number:02}@example.org"
        if Subscriber.objects.with_address(email).exists():
            continue
        subscriber = Subscriber.objects.create(email=email, frequency=frequency, language=language)
        subscriber.labs.set(Lab.objects.filter(slug__in=labs))
        subscriber.focus_areas.set(FocusArea.objects.filter(slug__in=areas))
        Consent.objects.create(subscriber=subscriber, text=CONSENT, form="demo", language=language)
        subscriber.record("signed_up")
        if number % 8 == 0:
            # As if the letter that asks them had gone out just now.
            subscriber.confirmation_token, subscriber.last_letter_at = new_token(), timezone.now()
            subscriber.save(update_fields=["confirmation_token", "last_letter_at"])
            continue
        subscriber.confirm()
        if number % 10 == 7:
            subscriber.leave("Jag hinner inte läsa.")
