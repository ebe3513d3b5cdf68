"""The embedded servers: two starts, crashes of theirs and of their parent, and folders that are hard to reach."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from hospes.platform.embedded import Postgres, Valkey, usable_port

# A parent that starts both, prints the addresses and process ids, and waits.
PARENT = """
import sys, time
from pathlib import Path
from hospes.platform.embedded import Postgres, Valkey
postgres, valkey = Postgres(Path(sys.argv[1])), Valkey(Path(sys.argv[1]))
print(postgres.start(), valkey.start(), postgres.process.pid, valkey.process.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hospes-embedded-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "var"


def remember(url: str, word: str) -> None:
    with psycopg.connect(url) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS memory (word text)")
        conn.execute("INSERT INTO memory VALUES (%s)", (word,))


def remembered(url: str) -> list[str]:
    with psycopg.connect(url) as conn:
        return [row[0] for row in conn.execute("SELECT word FROM memory ORDER BY word")]


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
def test_what_was_written_is_there_after_a_clean_stop_and_after_a_crash(folder: Path) -> None:
    postgres = Postgres(folder)
    remember(postgres.start(), "before")
    pid = postgres.process.pid if postgres.process else 0
    postgres.stop()
    assert gone(pid)
    again = Postgres(folder)
    url = again.start()
    assert again.port == postgres.port
    remember(url, "crash")
    assert again.process
    again.process.kill()
    again.process.wait()
    assert not again.alive()
    third = Postgres(folder)
    try:
        assert remembered(third.start()) == ["before", "crash"]
    finally:
        third.stop()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_both_end_when_their_parent_is_killed_and_start_again(folder: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(folder)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    url, valkey_url, *pids = parent.stdout.readline().split()
    remember(url, "kept")
    redis.Redis.from_url(valkey_url).set("word", "kept")
    time.sleep(1.1)  # Valkey writes its log every second
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert all(gone(int(pid)) for pid in pids)
    postgres, valkey = Postgres(folder), Valkey(folder)
    try:
        assert remembered(postgres.start()) == ["kept"]
        assert redis.Redis.from_url(valkey.start()).get("word") == b"kept"
    finally:
        postgres.stop()
        valkey.stop()


@pytest.mark.slow
def test_a_server_that_outlived_its_parent_is_taken_down_first(folder: Path) -> None:
    first = Postgres(folder)
    remember(first.start(), "kept")
    second = Postgres(folder)  # as after the loss of `first`
    try:
        assert remembered(second.start()) == ["kept"]
        assert not first.alive()
    finally:
        second.stop()
        first.stop()


@pytest.mark.slow
def test_a_stale_pid_file_that_names_a_stranger_neither_blocks_nor_harms_it(folder: Path) -> None:
    postgres = Postgres(folder)
    postgres.start()
    postgres.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (folder / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{folder / 'postgres'}\n")
        again = Postgres(folder)
        again.start()
        again.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root changes user")
def test_as_root_a_folder_nobody_else_may_enter_works_too(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    postgres = Postgres(closed / "var", elsewhere=folder / "elsewhere")
    try:
        remember(postgres.start(), "kept")
        assert postgres.process
        assert list((folder / "elsewhere").glob("*/postgres/PG_VERSION"))
        assert psutil.Process(postgres.process.pid).uids().real != 0
    finally:
        postgres.stop()


def test_a_port_that_is_taken_is_not_used() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        assert usable_port(taken) != taken
    assert usable_port(taken) == taken
