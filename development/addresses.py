"""Where the embedded servers of a data folder listen: known without asking, so that every process finds them."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing NUL included.
LONGEST_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


def socket_dir(data_dir: Path) -> Path:
    """The folder for a server's Unix socket: the data folder itself, or a short one when that path is too long."""
    if len(os.fsencode(data_dir / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return data_dir
    name = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"innovationslabb-{name}"


def postgres_data(var_dir: Path) -> Path:
    return var_dir / "postgres"


def valkey_data(var_dir: Path) -> Path:
    return var_dir / "valkey"


def database_url(var_dir: Path, name: str = "innovationslabb") -> str:
    return f"postgresql://postgres@/{name}?host={quote(str(socket_dir(postgres_data(var_dir))))}"


def redis_url(var_dir: Path, number: int = 0) -> str:
    """The address of the numbered database of the server."""
    return f"unix://{quote(str(valkey_socket(valkey_data(var_dir))))}?db={number}"


def valkey_socket(data_dir: Path) -> Path:
    return socket_dir(data_dir) / "valkey.sock"
