"""`hospes up`, as a person at a terminal meets it."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from hospes.platform.embedded import usable_port

pytestmark = pytest.mark.slow


class Terminal:
    """Runs the command line with a data folder and a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = usable_port()
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("HOSPES_", "DATABASE_", "REDIS_"))
        }
        self.env = {**kept, "HOSPES_DATA_DIR": str(folder / "var"), "HOSPES_PORT": str(self.port), "COLUMNS": "200"}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "hospes.entrypoints.cli", *arguments]

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env={**self.env, **env},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def up(self) -> subprocess.Popen[str]:
        """Started and ready."""
        process = subprocess.Popen(
            self.command("up", "--no-demo"), env=self.env, cwd=self.folder, stdout=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                    if answer.status == 200:
                        return process
            except (URLError, OSError):
                time.sleep(0.1)
        process.kill()
        raise AssertionError((process.stdout or sys.stdin).read())


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with tempfile.TemporaryDirectory(prefix="hospes-up-") as name:
        Path(name).chmod(0o755)
        yield Terminal(Path(name))


def workers(up: subprocess.Popen[str]) -> set[int]:
    found = set()
    for part in psutil.Process(up.pid).children():
        with suppress(psutil.ZombieProcess, psutil.NoSuchProcess):
            if part.cmdline()[-1:] == ["worker"]:
                found.add(part.pid)
    return found


def all_gone(processes: list[psutil.Process], seconds: float) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return all(process.status() == psutil.STATUS_ZOMBIE for process in alive)


def test_it_starts_says_where_restarts_what_crashes_and_stops_cleanly(terminal: Terminal) -> None:
    up = terminal.up()
    parts = psutil.Process(up.pid).children(recursive=True)
    try:
        again = terminal.run("up", "--no-demo")
        assert again.returncode == 1
        assert f"already runs on this data folder: http://localhost:{terminal.port} (process {up.pid})" in again.stderr
        doctor = terminal.run("doctor")
        assert doctor.returncode == 0, doctor.stdout
        assert "the newest schema" in doctor.stdout
        worker = next(part for part in parts if part.cmdline()[-1] == "worker")
        worker.kill()
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not workers(up) - {worker.pid}:
            time.sleep(0.1)
        assert len(workers(up) - {worker.pid}) == 1
        parts = psutil.Process(up.pid).children(recursive=True)
    finally:
        up.send_signal(signal.SIGINT)
        said, _ = up.communicate(timeout=60)
    assert up.returncode == 0, said
    assert f"Hospes is ready: http://localhost:{terminal.port}" in said
    assert "worker ended with status -9" in said
    assert all_gone(parts, 1)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_when_it_is_killed_nothing_stays_and_the_next_start_works(terminal: Terminal) -> None:
    up = terminal.up()
    parts = psutil.Process(up.pid).children(recursive=True)
    assert {"api", "worker"} <= {word for part in parts for word in part.cmdline()}
    up.kill()
    up.communicate()
    assert all_gone(parts, 25)
    again = terminal.up()
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=60)
    assert again.returncode == 0


def test_a_port_that_is_taken_is_named_with_its_holder(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", terminal.port)):
        answer = terminal.run("up", "--no-demo")
    assert answer.returncode == 1
    assert f"127.0.0.1:{terminal.port} cannot be used: process {os.getpid()} holds it" in answer.stderr
    assert not (terminal.folder / "var" / "postgres").exists()


def test_a_wrong_setting_is_refused_by_its_name(terminal: Terminal) -> None:
    answer = terminal.run("up", HOSPES_LOG_LEVEL="loud")
    assert answer.returncode == 1
    assert "log_level: Input should be 'debug', 'info', 'warning' or 'error'" in answer.stderr


def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(terminal: Terminal) -> None:
    answer = terminal.run(
        "doctor",
        DATABASE_URL=f"postgresql://nobody@127.0.0.1:{terminal.port}/none",
        REDIS_URL=f"redis://127.0.0.1:{terminal.port}/0",
        HOSPES_MAIL__URL=f"smtp://127.0.0.1:{terminal.port}",
    )
    assert answer.returncode == 1
    for advice in ("correct DATABASE_URL", "correct REDIS_URL", "Correct mail.url"):
        assert advice in " ".join(answer.stdout.split()), answer.stdout
