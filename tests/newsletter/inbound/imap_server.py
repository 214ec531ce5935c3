"""A small IMAP server in the test's own process: enough of RFC 3501 for a client that reads, flags and deletes."""

import re
import socket
import socketserver
import threading
from typing import Any, Self

USER, PASSWORD = "studs@labb.example.org", "hemligt/ord"


class ImapServer:
    """`mails` maps a UID to its bytes, `flags` to its flags. `on` may answer a command instead: a line, or "drop"."""

    def __init__(self, *mails: bytes, uidplus: bool = True) -> None:
        self.mails = dict(enumerate(mails, start=101))
        self.flags: dict[int, set[str]] = {uid: set() for uid in self.mails}
        self.uidplus = uidplus
        self.commands: list[str] = []
        self.on: dict[str, str] = {}
        self.lock = threading.Lock()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.talk(self)

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"imap://studs%40labb.example.org:hemligt%2Ford@127.0.0.1:{self.server.server_address[1]}/INBOX"

    def talk(self, connection: Any) -> None:
        def say(line: bytes) -> None:
            connection.wfile.write(line + b"\r\n")

        say(b"* OK ready")
        for raw in connection.rfile:
            tag, _space, command = raw.decode().strip().partition(" ")
            self.commands.append(command)
            name = " ".join(command.split()[: 2 if command.upper().startswith("UID") else 1]).upper()
            answer = self.on.get(name)
            if answer == "drop":
                connection.request.shutdown(socket.SHUT_RDWR)
                return
            if answer:
                say(f"{tag} {answer}".encode())
                continue
            with self.lock:
                lines = self.answer(name, command)
            for line in lines[:-1]:
                say(line)
            say(tag.encode() + b" " + lines[-1])
            if name == "LOGOUT":
                return

    def answer(self, name: str, command: str) -> list[bytes]:
        words = command.split()
        match name:
            case "CAPABILITY":
                return [b"* CAPABILITY IMAP4rev1" + (b" UIDPLUS" if self.uidplus else b""), b"OK done"]
            case "LOGIN":
                known = command == f'LOGIN {USER} "{PASSWORD}"'
                return [b"OK done" if known else b"NO [AUTHENTICATIONFAILED] Wrong name or password"]
            case "SELECT":
                return (
                    [b"* %d EXISTS" % len(self.mails), b"OK done"] if words[1] == '"INBOX"' else [b"NO no such folder"]
                )
            case "UID SEARCH":
                assert words[2:] == ["UNSEEN", "UNFLAGGED", "UNDELETED"]
                found = [uid for uid in self.mails if not self.flags[uid] & {"\\Seen", "\\Flagged", "\\Deleted"}]
                return [b"* SEARCH " + b" ".join(b"%d" % uid for uid in found), b"OK done"]
            case "UID FETCH":
                most = int(re.search(r"BODY\.PEEK\[\]<0\.(\d+)>", command)[1])
                raw = self.mails.get(int(words[2]))
                if raw is None:
                    return [b"OK done"]
                return [
                    b"* 1 FETCH (UID %s BODY[]<0> {%d}" % (words[2].encode(), len(raw[:most])),
                    raw[:most] + b")",
                    b"OK done",
                ]
            case "UID STORE":
                if int(words[2]) in self.flags:
                    self.flags[int(words[2])] |= set(words[4].strip("()").split())
                return [b"OK done"]
            case "UID EXPUNGE":
                uid = int(words[2])
                if "\\Deleted" in self.flags.get(uid, set()):
                    del self.mails[uid], self.flags[uid]
                return [b"OK done"]
            case "LOGOUT":
                return [b"* BYE", b"OK done"]
            case _:
                return [b"BAD unknown command"]
