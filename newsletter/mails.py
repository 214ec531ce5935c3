"""The letters a subscriber gets one at a time. The issues themselves go out through `newsletter.sending`."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import translation

from mailing.letters import absolute, post
from newsletter.models import Issue, IssueItem, Subscriber
from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, render


def confirmation(subscriber: Subscriber) -> None:
    """Asks the owner of the address to confirm that they want the newsletter."""
    post(
        template="newsletter/mail/confirmation",
        to=str(subscriber.email),
        language=subscriber.language,
        context={"subscriber": subscriber, "confirmation_url": subscriber.confirmation_url},
    )


def already_subscribing(subscriber: Subscriber) -> None:
    """Tells the owner of an active address that somebody signed it up again, and where the choices are."""
    post(
        template="newsletter/mail/already_subscribing",
        to=str(subscriber.email),
        language=subscriber.language,
        context={
            "subscriber": subscriber,
            "preferences_url": subscriber.preferences_url,
            "unsubscribe_url": subscriber.unsubscribe_url,
        },
    )


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
