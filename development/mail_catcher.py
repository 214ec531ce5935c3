"""An SMTP server that takes every message and keeps it in a Maildir: `python -m development.mail_catcher PORT MAILDIR`.

It listens on this machine only and never passes anything on. `/brevlada/` shows what it caught.
"""

import mailbox
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from development.smtp_server import SmtpServer

# Who a message was really for, whatever its To says.
RECIPIENT_HEADER = "X-Envelope-To"
SENDER_HEADER = "X-Envelope-From"


class MaildirKeeper:
    """Keeps each message as the bytes it came in, below a few lines that say whom it was for."""

    def __init__(self, folder: Path) -> None:
        self.maildir = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        headers = [f"{SENDER_HEADER}: {envelope.mail_from}"]
        headers += [f"{RECIPIENT_HEADER}: {recipient}" for recipient in envelope.rcpt_tos]
        content = envelope.original_content or b""
        self.maildir.add("".join(f"{line}\n" for line in headers).encode() + content.replace(b"\r\n", b"\n"))
        return "250 2.0.0 Kept"


def main(port: int, folder: Path) -> None:
    controller = SmtpServer(MaildirKeeper(folder), port=port)
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(int(sys.argv[1]), Path(sys.argv[2]))
