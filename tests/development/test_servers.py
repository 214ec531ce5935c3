"""The embedded servers, in folders of their own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from development import addresses, children
from development.servers import AlreadyOwned, EmbeddedServers


@pytest.fixture(autouse=True)
def no_other_servers(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def var_dir(place):
    return place / "var"


def query(var_dir: Path, statement: str) -> object:
    with psycopg.connect(addresses.database_url(var_dir)) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def test_data_outlives_a_stop(var_dir):
    with EmbeddedServers(var_dir):
        query(var_dir, "CREATE TABLE kept AS SELECT 'still here' AS word")
    with EmbeddedServers(var_dir):
        assert query(var_dir, "SELECT word FROM kept") == ("still here",)


def test_data_outlives_a_crash_and_its_stale_pid_file(var_dir):
    servers = EmbeddedServers(var_dir)
    servers.start()
    query(var_dir, "CREATE TABLE kept AS SELECT 'still here' AS word")
    for server in servers.servers:
        server.process.kill()
        server.process.wait()
    servers.stop()
    pid_file = addresses.postgres_data(var_dir) / "postmaster.pid"
    # The number of the dead server now belongs to a process that is not a server.
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split("\n")[0], str(os.getpid()), 1))
    with EmbeddedServers(var_dir):
        assert query(var_dir, "SELECT word FROM kept") == ("still here",)


def test_a_half_made_data_folder_is_made_anew(var_dir):
    (var_dir / "postgres.unfinished").mkdir(parents=True)
    (var_dir / "postgres.unfinished" / "PG_VERSION").write_text("18")
    with EmbeddedServers(var_dir) as servers:
        assert servers.answer()


def test_a_second_owner_is_refused_while_the_first_runs(var_dir):
    with EmbeddedServers(var_dir), pytest.raises(AlreadyOwned):
        EmbeddedServers(var_dir).start()
    with EmbeddedServers(var_dir) as servers:
        assert servers.answer()


def test_a_very_long_path_gets_short_sockets(place):
    var_dir = place / ("deep" * 30) / "var"
    with EmbeddedServers(var_dir) as servers:
        assert servers.answer()
        assert len(str(addresses.valkey_socket(addresses.valkey_data(var_dir)))) < addresses.LONGEST_SOCKET_PATH


def test_servers_hear_nobody_on_the_network(var_dir):
    with EmbeddedServers(var_dir) as servers:
        for server in servers.servers:
            process = psutil.Process(server.process.pid)
            listening = [c for c in process.net_connections("inet") if c.status == psutil.CONN_LISTEN]
            assert listening == []


def test_servers_given_in_the_environment_are_not_started(var_dir, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example.org/site")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.org")
    assert EmbeddedServers(var_dir).servers == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children that their parent died")
def test_servers_end_when_their_owner_is_killed(var_dir):
    program = (
        "import sys, time; from pathlib import Path; from development.servers import EmbeddedServers\n"
        "servers = EmbeddedServers(Path(sys.argv[1])); servers.start()\n"
        "print(*(server.process.pid for server in servers.servers), flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", program, str(var_dir)], stdout=subprocess.PIPE, text=True)
    servers = [psutil.Process(int(pid)) for pid in owner.stdout.readline().split()]
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert len(servers) == 2
    assert children.still_alive(servers, within=10) == []


def test_the_folder_of_the_sockets_lets_nobody_else_in(var_dir):
    with EmbeddedServers(var_dir) as servers:
        assert servers.answer()
        for data_dir in (addresses.postgres_data(var_dir), addresses.valkey_data(var_dir)):
            assert addresses.socket_dir(data_dir).stat().st_mode & 0o077 == 0
