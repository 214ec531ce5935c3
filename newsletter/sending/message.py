"""One recipient's mail: the words of the variant with their own addresses in it, and the headers mail programs need."""

from email.charset import QP, Charset

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from mailing.letters import absolute
from mailing.message import Message
from newsletter.models import Subscriber
from newsletter.models.address import bare
from newsletter.models.delivery import domain_of
from newsletter.sending.rendering import PREFERENCES, UNSUBSCRIBE, Words
from newsletter.verp import unsubscribe_mailto


def message_for(subscriber: Subscriber, words: Words, *, message_id: str, email: str = "") -> Message:
    """The mail to this subscriber. `email` sends it to another address, as a test to oneself does."""
    unsubscribe, preferences = subscriber.unsubscribe_url, subscriber.preferences_url

    def personal(text: str) -> str:
        return text.replace(UNSUBSCRIBE, unsubscribe).replace(PREFERENCES, preferences)

    message = Message(
        subject=words.subject,
        body=personal(words.text),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[email or subscriber.email or ""],
        headers=headers(subscriber.token, words.language, message_id),
    )
    message.attach_alternative(personal(words.html), "text/html")
    message.encoding = quoted_printable()
    return message


def headers(token: str, language: str, message_id: str) -> dict[str, str]:
    """What makes the mail a proper newsletter: who sends it, how to leave with one click, where the archive is."""
    domain = domain_of(settings.DEFAULT_FROM_EMAIL)
    with translation.override(language):
        return {
            "Message-ID": message_id,
            # The list's name for mail programs that sort by it: one and the same in every language (RFC 2919).
            "List-Id": f"Innovationslabbets dagbok <diary.{domain}>",
            "List-Unsubscribe": list_unsubscribe(token, language),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Help": f"<mailto:{bare(settings.CONTACT_EMAIL)}>",
            "List-Archive": f"<{absolute(reverse('newsletter:archive'))}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": language,
        }


def list_unsubscribe(token: str, language: str) -> str:
    """Both ways to leave, for RFC 2369 and RFC 8058. On one line: some mail programs do not unfold it."""
    with translation.override(language):
        page = absolute(reverse("newsletter:unsubscribe", args=[token]))
    return f"<{page}>, <{unsubscribe_mailto(token)}>"


def quoted_printable() -> Charset:
    """UTF-8 as quoted-printable: every line short and in ASCII, whatever the mail servers on the way can take."""
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return charset
