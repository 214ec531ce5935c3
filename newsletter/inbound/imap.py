import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import suppress

from newsletter.inbound.reading import MOST_BYTES

SECONDS_TO_ANSWER = 20


class ImapInbox:
    """A mailbox on an IMAP server. What is left to a person is flagged and stays unread."""

    def __init__(self, *, host: str, port: int | None, encrypted: bool, user: str, password: str, folder: str) -> None:
        self.server: imaplib.IMAP4
        try:
            if encrypted:
                context = ssl.create_default_context()
                self.server = imaplib.IMAP4_SSL(host, port or 993, ssl_context=context, timeout=SECONDS_TO_ANSWER)
            else:
                self.server = imaplib.IMAP4(host, port or 143, timeout=SECONDS_TO_ANSWER)
        except imaplib.IMAP4.error as error:
            raise ConnectionError(str(error)) from error
        try:
            self._check(self.server.login(user, password))
            self._check(self.server.select(f'"{folder}"'))
        except BaseException:
            self.close()
            raise

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        (numbers, *_rest) = self._check(self.server.uid("SEARCH", "UNSEEN UNFLAGGED UNDELETED"))
        for name in (numbers or b"").decode("ascii").split()[:most]:
            # PEEK leaves it unread; <0.n> fetches no more than we would read.
            answer = self._check(self.server.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST_BYTES + 1}>)"))
            # Another worker may have been faster: then there is no such mail.
            yield from ((name, part[1]) for part in answer if isinstance(part, tuple))

    def remove(self, name: str) -> None:
        self._check(self.server.uid("STORE", name, "+FLAGS.SILENT", r"(\Deleted)"))
        # Without UIDPLUS, EXPUNGE would also take what others have marked: the mark alone is enough for us.
        if "UIDPLUS" in self.server.capabilities:
            self._check(self.server.uid("EXPUNGE", name))

    def leave_to_a_person(self, name: str) -> None:
        self._check(self.server.uid("STORE", name, "+FLAGS.SILENT", r"(\Flagged)"))

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, OSError):
            self.server.logout()

    @staticmethod
    def _check(answer: tuple[str, list]) -> list:
        """What the server answered, unless it said no. Raises imaplib.IMAP4.error with its words."""
        word, data = answer
        if word != "OK":
            said = re.sub(r"[^\x20-\x7e]", " ", " ".join(part.decode("ascii", "replace") for part in data if part))
            raise imaplib.IMAP4.error(f"The mailbox answers {word}: {said[:200]}")
        return data
