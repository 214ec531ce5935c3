import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from newsletter.inbound.reading import MOST_BYTES


class MaildirInbox:
    """A folder that a mail server on this machine delivers to: `new` holds what nobody has looked at, `cur` the rest.

    Not the standard library's `mailbox`, which reads every mail whole.
    """

    def __init__(self, folder: str | Path) -> None:
        self.new = Path(folder) / "new"
        self.cur = Path(folder) / "cur"
        if not self.new.is_dir() or not self.cur.is_dir():
            raise FileNotFoundError(f"{folder} is no Maildir: it needs the folders new and cur.")

    def mails(self, most: int) -> Iterator[tuple[str, bytes]]:
        with os.scandir(self.new) as entries:
            # Names begin with the time of delivery.
            names = sorted(entry.name for entry in entries if entry.is_file() and not entry.name.startswith("."))
        for name in names[:most]:
            # Another worker may have been faster.
            with suppress(FileNotFoundError), (self.new / name).open("rb") as file:
                # One byte over the limit tells that the mail is over it.
                yield name, file.read(MOST_BYTES + 1)

    def remove(self, name: str) -> None:
        (self.new / name).unlink(missing_ok=True)

    def leave_to_a_person(self, name: str) -> None:
        """As mail programs do with what they have seen but nobody has read: no S behind the comma."""
        with suppress(FileNotFoundError):
            (self.new / name).rename(self.cur / f"{name.partition(':')[0]}:2,")

    def close(self) -> None:
        pass
