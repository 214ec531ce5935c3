"""The letters a subscriber gets one at a time. The issues themselves go out through `newsletter.sending`."""

from mailing.letters import post
from newsletter.models import Subscriber


def confirmation(subscriber: Subscriber) -> None:
    """Asks the owner of the address to confirm that they want the newsletter."""
    assert subscriber.email
    post(
        template="newsletter/mail/confirmation",
        to=subscriber.email,
        language=subscriber.language,
        context={"subscriber": subscriber, "confirmation_url": subscriber.confirmation_url},
    )


def already_subscribing(subscriber: Subscriber) -> None:
    """Tells the owner of an active address that somebody signed it up again, and where the choices are."""
    assert subscriber.email
    post(
        template="newsletter/mail/already_subscribing",
        to=subscriber.email,
        language=subscriber.language,
        context={
            "subscriber": subscriber,
            "preferences_url": subscriber.preferences_url,
            "unsubscribe_url": subscriber.unsubscribe_url,
        },
    )
