"""An SMTP server that keeps what it is given and can be told to misbehave."""

import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from development.smtp_server import SmtpServer


class Sink:
    """`raw` holds (recipient, bytes) in the order of arrival. `on_rcpt` and `on_data` may answer instead of 250."""

    def __init__(self) -> None:
        self.raw: list[tuple[str, bytes]] = []
        self.lock = threading.Lock()
        self.on_rcpt: Callable[[str], str | None] = lambda address: None
        self.on_data: Callable[[str], str | None] = lambda address: None
        self.controller = SmtpServer(self)

    @property
    def port(self) -> int:
        return self.controller.port

    def __enter__(self) -> Self:
        self.controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.controller.stop()

    @property
    def counts(self) -> Counter[str]:
        """How many mails each address has got."""
        return Counter(address for address, _content in self.raw)

    def message(self, index: int = -1) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw[index][1], policy=policy.default))

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.on_rcpt(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        address = envelope.rcpt_tos[0]
        refusal = self.on_data(address)
        if refusal == "drop-unkept":
            cast(Any, server).transport.abort()
            return "250 never heard"
        if refusal and refusal != "drop":
            return refusal
        with self.lock:
            self.raw.append((address, cast(bytes, envelope.original_content)))
        if refusal == "drop":
            # The mail is taken, and the line breaks before we can say so.
            cast(Any, server).transport.abort()
        return "250 OK kept"
