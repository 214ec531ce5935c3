from email.header import Header
from email.message import Message as Mail
from typing import Any

from django.core.mail import EmailMultiAlternatives

# RFC 5322 recommends lines of at most 78 characters.
LINE = 76


class Message(EmailMultiAlternatives):
    """Django's, whose headers begin on their own first line however long they are.

    Django encodes a subject as if it stood alone. What is then too long for the line with its name goes to the next,
    and some mail programs show the empty first line as an empty subject. It does the same to a long address.
    """

    def message(self) -> Any:  # type: ignore[override]  # the stubs are a version ahead
        mail = super().message()
        subject = str(self.subject)
        if not subject.isascii() or len("Subject: ") + len(subject) > LINE:
            _replace(mail, "Subject", Header(subject, "utf-8", header_name="Subject", maxlinelen=LINE))
        for name, value in mail.items():
            # An address is never broken, and some mail programs unfold nothing about lists.
            whole = " " not in str(value) or name.lower().startswith("list-")
            if whole and "\n" not in str(value) and len(name) + 2 + len(str(value)) > LINE:
                _replace(mail, name, OnOneLine(str(value)))
        return mail


class OnOneLine:
    """A header's value that is never folded."""

    def __init__(self, value: str) -> None:
        self.value = value

    def __str__(self) -> str:
        return self.value

    def encode(self, **_folding: Any) -> str:
        return self.value


def _replace(mail: Any, name: str, value: Any) -> None:
    del mail[name]
    # Django's own way of setting a header would take the value for a string and encode it once more.
    Mail.__setitem__(mail, name, value)
