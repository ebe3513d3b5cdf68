"""`hospes up`: everything in one process group, started in order, restarted when it crashes, stopped cleanly."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FrameType

import psutil
import psycopg
import structlog
from rich.console import Console

from hospes.entrypoints import servers
from hospes.entrypoints.upgrading import seal_what_is_readable
from hospes.platform.embedded import EmbeddedError, Postgres, Valkey, dies_with_parent
from hospes.platform.migrating import migrate, pending
from hospes.platform.settings import Settings, with_secrets

log = structlog.get_logger(__name__)
READY_SECONDS = 120.0
LONGEST_PAUSE = 30.0
DEMO_LISTINGS = 3_000


class CannotStart(Exception):
    """Why not, for the person at the terminal."""


@dataclass
class Child:
    """One of our processes; `beat` looks after it."""

    name: str
    command: list[str]
    env: dict[str, str]
    log_file: Path | None
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it; it dies with us."""
        out = self.log_file.open("ab") if self.log_file else None
        try:
            self.process = subprocess.Popen(  # noqa: S603  (our own command line)
                self.command,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT if out else None,
                preexec_fn=dies_with_parent(),
            )
        finally:
            if out:
                out.close()
        self.started_at = time.monotonic()

    def beat(self, say: Callable[[str], None]) -> None:
        """Start it again when it has ended, after a pause that doubles while it keeps ending."""
        if self.process is None:
            if time.monotonic() >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        lived = time.monotonic() - self.started_at
        self.failures = 0 if lived > 60 else self.failures + 1
        pause = min(0.5 * 2**self.failures, LONGEST_PAUSE)
        where = f"; see {self.log_file}" if self.log_file else ""
        say(f"{self.name} ended with status {code}{where}; starting it again in {pause:g} s")
        self.process, self.again_at = None, time.monotonic() + pause

    def stop(self) -> None:
        """Ask it to end."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for its end; past the time it is killed."""
        if self.process:
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@dataclass(frozen=True)
class Wishes:
    """What was asked for on the command line."""

    demo: bool = True
    workers: int = 1
    verbose: bool = False


def up(settings: Settings, wishes: Wishes, console: Console) -> None:
    """Run until SIGINT or SIGTERM. Raises `CannotStart` with a sentence that says what to do."""
    settings = with_secrets(settings)
    refuse_if_taken(settings)
    stop = threading.Event()
    _stop_on_signals(stop)
    postgres = None if settings.database_url else Postgres(settings.data_dir)
    valkey = None if settings.redis_url else Valkey(settings.data_dir)
    children: list[Child] = []
    try:
        database_url = postgres.start() if postgres else ""
        redis_url = valkey.start() if valkey else ""
        settings = servers.with_addresses(settings, database_url, redis_url)
        servers.note_running(
            settings.data_dir,
            database_url=settings.database_url,
            redis_url=settings.redis_url,
            address=address_of(settings),
        )
        if pending(settings.database_url):
            console.print("Bringing the database to the newest schema …")
            migrate(settings.database_url)
        seal_what_is_readable(settings)
        children += _children(settings, wishes)
        if wishes.demo:
            _seed_if_empty(settings, console)
        for child in children:
            child.start()
        _wait_until_ready(settings, children, stop)
        if not stop.is_set():
            _welcome(settings, wishes, console)
        _look_after(children, [each for each in (postgres, valkey) if each], stop, console)
    except EmbeddedError as fault:
        raise CannotStart(str(fault)) from fault
    finally:
        for child in children:
            child.stop()
        for child in children:
            child.wait(15)
        if valkey:
            valkey.stop()
        if postgres:
            postgres.stop()
        servers.forget_running(settings.data_dir)


def refuse_if_taken(settings: Settings) -> None:
    """Raises `CannotStart` when we already run on this data folder, or something else holds the port."""
    noted = servers.running(settings.data_dir)
    if noted:
        raise CannotStart(
            f"Hospes already runs on this data folder: {noted['address']} (process {noted['pid']}). Stop it first"
            f" (kill {noted['pid']}), or use another folder with HOSPES_DATA_DIR."
        )
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as fault:
            raise CannotStart(
                f"{settings.host}:{settings.port} cannot be used: {_holder(settings.port) or fault.strerror}."
                f" Stop it, or choose another port: hospes up --port {settings.port + 1}"
            ) from fault


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("inet")
    except (psutil.AccessDenied, PermissionError):
        return "another process holds it"
    for each in connections:
        if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port and each.pid:
            try:
                command = " ".join(psutil.Process(each.pid).cmdline())[:120]
            except psutil.Error:
                command = "of another user"
            return f"process {each.pid} holds it ({command})"
    return ""


def address_of(settings: Settings) -> str:
    """Where a browser finds us."""
    host = "localhost" if settings.host in ("0.0.0.0", "127.0.0.1", "::") else settings.host  # noqa: S104  compared, not bound
    return settings.public_url or f"http://{host}:{settings.port}"


def _children(settings: Settings, wishes: Wishes) -> list[Child]:
    env = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "HOSPES_DATA_DIR": str(settings.data_dir),
        "HOSPES_HOST": settings.host,
        "HOSPES_PORT": str(settings.port),
    }
    logs = settings.data_dir / "log"
    logs.mkdir(parents=True, exist_ok=True)
    hospes = [sys.executable, "-m", "hospes.entrypoints.cli"]

    def child(name: str, *arguments: str) -> Child:
        return Child(name, [*hospes, name, *arguments], env, None if wishes.verbose else logs / f"{name}.log")

    return [child("api", "--workers", str(wishes.workers)), child("worker")]


def _seed_if_empty(settings: Settings, console: Console) -> None:
    with psycopg.connect(settings.database_url) as conn:
        row = conn.execute("SELECT NOT EXISTS (SELECT FROM identity.user_account) AS empty").fetchone()
    if row and row[0]:
        import_module("hospes.entrypoints.demo").seed(settings, listings=DEMO_LISTINGS, seed=1, console=console)


def _wait_until_ready(settings: Settings, children: list[Child], stop: threading.Event) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and not stop.is_set():
        if _answers(settings):
            return
        for child in children:
            if child.process and child.process.poll() is not None:
                raise CannotStart(f"{child.name} ended at once.{_last_lines(child)}")
        stop.wait(0.05)
    if not stop.is_set():
        raise CannotStart(f"The site did not answer within {READY_SECONDS:.0f} s.{_last_lines(children[0])}")


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  compared, not bound
    try:
        with socket.create_connection((host, settings.port), 1) as probe:
            probe.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in probe.recv(64)
    except OSError:
        return False


def _last_lines(child: Child) -> str:
    if child.log_file is None or not child.log_file.exists():
        return ""
    lines = child.log_file.read_text(errors="replace").splitlines()[-12:]
    return f" Its log, {child.log_file}, ends:\n" + "\n".join(lines)


def _welcome(settings: Settings, wishes: Wishes, console: Console) -> None:
    console.print(f"\n  Hospes is ready: [bold]{address_of(settings)}[/bold]\n")
    for login in _demo_logins(settings) if wishes.demo else []:
        console.print(f"  {login}", highlight=False)
    console.print(f"\n  Logs: {settings.data_dir / 'log'}    Stop: Ctrl-C\n", highlight=False)


def _demo_logins(settings: Settings) -> list[str]:
    path = settings.data_dir / "demo.json"
    if not path.exists():
        return []
    said = json.loads(path.read_text())
    return [f"{role:<6} {role}@hospes.example   {said['password']}" for role in ("guest", "host", "admin")]


def _look_after(
    children: list[Child], embedded: list[Postgres | Valkey], stop: threading.Event, console: Console
) -> None:
    while not stop.wait(0.2):
        for child in children:
            child.beat(lambda said: console.print(said, highlight=False))
        for server in embedded:
            if not server.alive():
                console.print(f"{server.name} ended; starting it again", highlight=False)
                server.start()


def _stop_on_signals(stop: threading.Event) -> None:
    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, asked)
    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGHUP, asked)
