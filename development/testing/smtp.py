"""An SMTP server inside the test process that collects what it is given."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from time import monotonic, sleep

from aiosmtpd.smtp import SMTP, Envelope, Session

from development.smtp_server import SmtpServer


@dataclass(frozen=True)
class Received:
    """One message as it came in: the envelope, and the bytes between DATA and the dot."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        # A long first word goes on a line of its own; the parser keeps the space that line begins with.
        return str(self.message["Subject"]).strip()

    def body(self, kind: str = "plain") -> str:
        """The text (`plain`) or `html` part, decoded."""
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""

    def link(self, holding: str) -> str:
        """The one web address in the text that holds this. Raises ValueError when there is none, or more than one."""
        (address,) = {found for found in re.findall(r"https?://\S+", self.body()) if holding in found}
        return address


@dataclass
class CollectingServer:
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._controller = SmtpServer(self)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(
            Received(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content or b"")
        )
        return "250 2.0.0 Taken"

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def to(self, address: str) -> list[Received]:
        """What that recipient was sent, oldest first."""
        return [received for received in self.received if address in received.recipients]

    def wait_for(self, address: str, *, count: int = 1, within: float = 15) -> list[Received]:
        """Waits until the recipient has got `count` messages. Raises AssertionError if that takes too long."""
        deadline = monotonic() + within
        while len(self.to(address)) < count:
            if monotonic() > deadline:
                others = sorted({recipient for received in self.received for recipient in received.recipients})
                raise AssertionError(
                    f"{address} got {len(self.to(address))} of {count} messages in {within} s; mail went to {others}"
                )
            sleep(0.05)
        return self.to(address)
