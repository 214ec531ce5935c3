"""The letters a subscriber gets one at a time. The issues themselves go out through `newsletter.sending`.

Each is kept among the subscriber's letters, so that it is in the export and is erased with them.
"""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation

from mailing.letters import absolute, post
from newsletter.models import AddressChange, Issue, IssueItem, Subscriber
from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, render


def confirmation(subscriber: Subscriber) -> None:
    """Asks the owner of the address to confirm that they want the newsletter."""
    letter = post(
        template="newsletter/mail/confirmation",
        to=str(subscriber.email),
        language=subscriber.language,
        context={"subscriber": subscriber, "confirmation_url": subscriber.confirmation_url},
    )
    subscriber.letters.add(letter)


def already_subscribing(subscriber: Subscriber) -> None:
    """Tells the owner of an active address that somebody signed it up again, and where the choices are."""
    letter = post(
        template="newsletter/mail/already_subscribing",
        to=str(subscriber.email),
        language=subscriber.language,
        context={
            "subscriber": subscriber,
            "preferences_url": subscriber.preferences_url,
            "unsubscribe_url": subscriber.unsubscribe_url,
        },
    )
    subscriber.letters.add(letter)


def address_change(change: AddressChange) -> None:
    """Asks the owner of the new address whether a subscriber's newsletter should go there from now on."""
    letter = post(
        template="newsletter/mail/address_change",
        to=str(change.new_email),
        language=change.subscriber.language,
        context={"confirmation_url": change.confirmation_url},
    )
    change.subscriber.letters.add(letter)


def address_change_needless(subscriber: Subscriber) -> None:
    """Tells an active subscriber that somebody wanted to move another subscription to their address."""
    letter = post(
        template="newsletter/mail/address_change_needless",
        to=str(subscriber.email),
        language=subscriber.language,
        context={"preferences_url": subscriber.preferences_url},
    )
    subscriber.letters.add(letter)


def address_changed(subscriber: Subscriber, *, old_email: str) -> None:
    """Tells the old address that the newsletter goes elsewhere now. Not where: the inbox may be somebody else's."""
    letter = post(
        template="newsletter/mail/address_changed",
        to=old_email,
        language=subscriber.language,
        context={"subscribe_url": subscriber.page_url("subscribe")},
    )
    subscriber.letters.add(letter)


def test_issue(issue: Issue, items: Sequence[IssueItem], *, to: str, language: str) -> None:
    """The issue as readers of `language` get it whose choices match these items, to a coordinator.

    Only its subject says that it is a test. Personal links lead to the sign-up page, and nobody can leave with it.
    """
    words = render(issue, items, language)
    with translation.override(language):
        page = absolute(reverse("newsletter:subscribe"))

    def impersonal(text: str) -> str:
        return text.replace(UNSUBSCRIBE, page).replace(PREFERENCES, page)

    post(
        template="newsletter/mail/test",
        to=to,
        language=language,
        context={"title": words.subject, "text": impersonal(words.text), "html": impersonal(words.html)},
    )
