"""A mail server that misbehaves: 421, 451, 550, and connections dropped before and after the final dot."""

import asyncio
import os
import random
import sys
from contextlib import suppress
from pathlib import Path

KEPT, DROPPED = b"kept", b"dropped"


class BadServer:
    """Keeps a line for each mail it has taken, and for each it has dropped the connection over, written before anybody
    can tell: it outlives a kill as the mail would."""

    def __init__(self, log: Path, seed: int) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.dice = random.Random(seed)  # noqa: S311

    async def serve(self, port: int) -> None:
        server = await asyncio.start_server(self.talk, "127.0.0.1", port, limit=2**20)
        await server.serve_forever()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = b""
        writer.write(b"220 bad ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-bad\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n")
            elif verb == b"RCPT":
                answer = self._about_recipient()
                recipient = b"" if answer else line[line.index(b"<") + 1 : line.rindex(b">")]
                writer.write(answer or b"250 2.1.5 Ok\r\n")
                if answer[:3] == b"421":
                    return
            elif verb == b"DATA":
                if not recipient:
                    writer.write(b"554 5.5.1 No valid recipients\r\n")
                    continue
                writer.write(b"354 Go on\r\n")
                content = await reader.readuntil(b"\r\n.\r\n")
                if not self._take(recipient, content, writer):
                    return
            elif verb == b"QUIT":
                writer.write(b"221 2.0.0 Goodbye\r\n")
                return
            else:
                writer.write(b"250 2.0.0 Ok\r\n")

    def _about_recipient(self) -> bytes:
        chance = self.dice.random()
        if chance < 0.002:
            return b"421 4.7.0 Too many from you\r\n"
        if chance < 0.02:
            return b"451 4.7.1 Greylisted\r\n"
        return b"550 5.1.1 No such user\r\n" if chance < 0.03 else b""

    def _take(self, recipient: bytes, content: bytes, writer: asyncio.StreamWriter) -> bool:
        """Decide about a mail after its final dot; returns whether the connection goes on."""
        chance = self.dice.random()
        if 0.01 <= chance < 0.02:
            writer.write(b"451 4.3.0 Later, please\r\n")
            return True
        if chance >= 0.02:
            start = content.index(b"Message-ID: ") + 12
            self._note(KEPT, recipient, content[start : content.index(b"\r\n", start)])
        if chance < 0.03:
            self._note(DROPPED, recipient)
            writer.transport.abort()
            return False
        writer.write(b"250 2.0.0 Kept\r\n")
        return True

    def _note(self, *words: bytes) -> None:
        os.write(self.log, b" ".join(words) + b"\n")


if __name__ == "__main__":
    port_here, log_here, seed_here = sys.argv[1:]
    asyncio.run(BadServer(Path(log_here), int(seed_here)).serve(int(port_here)))
