"""A private PostgreSQL server on the loopback, and fresh databases in it.

It never touches an installed cluster.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import psycopg
from psycopg import sql

OLDEST_SUPPORTED = 15
SUPERUSER = "dingkao"
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30

# A test's data may die with the machine; a benchmark must pass its own options instead.
UNSAFE_BUT_FAST: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)


class PostgresUnavailable(RuntimeError):
    """No usable PostgreSQL here; the message says what to install."""


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL programs, Debian's place before the search path.

    :raises PostgresUnavailable: none of version 15 or later is installed.
    """
    debian = Path("/usr/lib/postgresql")
    versions = sorted(
        (int(folder.name) for folder in debian.glob("*") if folder.name.isdigit()), reverse=True
    )
    for version in versions:
        binaries = debian / str(version) / "bin"
        if version >= OLDEST_SUPPORTED and (binaries / "initdb").exists():
            return binaries
    on_path = shutil.which("initdb")
    if on_path is not None and _major_version(Path(on_path)) >= OLDEST_SUPPORTED:
        return Path(on_path).resolve().parent
    raise PostgresUnavailable(
        f"PostgreSQL {OLDEST_SUPPORTED} or later is not installed"
        " (on Debian: apt-get install postgresql)"
    )


@contextmanager
def private_cluster(
    root: Path, *, options: Mapping[str, str] = UNSAFE_BUT_FAST, max_connections: int = 100
) -> Iterator[str]:
    """Run a throw-away server in a new folder below root and yield its superuser DSN.

    It listens on a free port of 127.0.0.1 only, asks for a random password, and dies with this
    process whatever ends that. As root it runs as the user ``postgres``, for it refuses root.

    :raises PostgresUnavailable: no binaries, no user to run as, or a root that user cannot enter.
    :raises RuntimeError: the server did not start; the message ends with its log.
    """
    with restartable_cluster(root, options=options, max_connections=max_connections) as cluster:
        yield cluster.dsn


class Cluster:
    """A private server that can be ended at an instant and started again."""

    def __init__(
        self,
        binaries: Path,
        home: Path,
        owner: pwd.struct_passwd,
        settings: Mapping[str, str],
        dsn: str,
    ) -> None:
        given = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        data = str(home / "data")
        self._words = [*_as_owner(owner), str(binaries / "postgres"), "-D", data, *given]
        self._home, self.dsn = home, dsn
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        with (self._home / "log").open("ab") as log:
            # A session of its own: Ctrl-C in the terminal must reach us, not the server.
            self._server = subprocess.Popen(
                self._words,
                cwd=self._home,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _wait_until_ready(self.dsn, server=self._server, log=self._home / "log")

    def stop(self) -> None:
        """End the server without letting it write anything more."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)  # what pg_ctl stop -m immediate sends
            self._server.wait(SECONDS_TO_STOP)

    def restart(self) -> None:
        """End it as a crash does, and start it again: it recovers from its log."""
        self.stop()
        self.start()


@contextmanager
def restartable_cluster(
    root: Path, *, options: Mapping[str, str], max_connections: int = 100
) -> Iterator[Cluster]:
    """Run a server as :func:`private_cluster` does, and yield it.

    :raises PostgresUnavailable: as there.
    :raises RuntimeError: as there.
    """
    binaries = find_binaries()
    owner = _server_owner()
    _refuse_closed_folders(root, owner)
    home = Path(tempfile.mkdtemp(prefix="dingkao-pg-", dir=root))
    try:
        password = secrets.token_urlsafe(24)
        _initialise(binaries, home=home, owner=owner, password=password)
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "max_connections": str(max_connections),
            **options,
        }
        dsn = f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/postgres"
        cluster = Cluster(binaries, home, owner, settings, dsn)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(home)


def fresh_database(dsn: str, template: str | None = None) -> str:
    """Create a database with a random name and return its SQLAlchemy URL.

    :param template: URL of a database to copy; nobody may be connected to it.
    """
    name = f"t_{secrets.token_hex(8)}"
    copied = _database_name(template) if template else "template1"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(copied)))
    return dsn.replace("postgresql://", "postgresql+psycopg://", 1).rpartition("/")[0] + f"/{name}"


def drop_database(dsn: str, url: str) -> None:
    """Remove a database made by :func:`fresh_database`, throwing out whoever is still connected."""
    statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.format(sql.Identifier(_database_name(url))))


def _database_name(url: str) -> str:
    return url.rpartition("/")[2]


def _major_version(initdb: Path) -> int:
    words = subprocess.run([initdb, "--version"], check=True, capture_output=True, text=True).stdout
    return int(words.split()[2].split(".")[0])


def _server_owner() -> pwd.struct_passwd:
    """The user the server runs as: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError as missing:
        raise PostgresUnavailable(
            "PostgreSQL refuses to run as root and there is no user postgres to run it as"
        ) from missing


def _refuse_closed_folders(root: Path, owner: pwd.struct_passwd) -> None:
    """Say at once what initdb would only call 'permission denied'."""
    if os.geteuid() != 0:
        return
    for folder in (root.resolve(), *root.resolve().parents):
        facts = folder.stat()
        bit = 0o100 if facts.st_uid == owner.pw_uid else 0o001
        if not facts.st_mode & bit:
            raise PostgresUnavailable(f"the user {owner.pw_name} cannot enter {folder}")


def _as_owner(owner: pwd.struct_passwd) -> list[str]:
    """The command prefix that drops root and lets the kernel end the server when we die."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() != 0:
        return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []
    if setpriv is None:
        raise PostgresUnavailable("setpriv is needed to run PostgreSQL from a root account")
    user = ["--reuid", str(owner.pw_uid), "--regid", str(owner.pw_gid), "--init-groups"]
    return [setpriv, *user, "--pdeathsig", "QUIT"]


def _initialise(binaries: Path, *, home: Path, owner: pwd.struct_passwd, password: str) -> None:
    secret = home / "password"
    secret.touch(mode=0o600)
    secret.write_text(password)
    for path in (home, secret):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    words: Sequence[str | Path] = [
        *_as_owner(owner),
        binaries / "initdb",
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        f"--username={SUPERUSER}",
        f"--pwfile={secret}",
        f"--pgdata={home / 'data'}",
    ]
    done = subprocess.run(words, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")
    secret.unlink()


def _wait_until_ready(dsn: str, *, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=5).close()
        except psycopg.OperationalError as refused:
            if server.poll() is not None or time.monotonic() > deadline:
                tail = log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL did not start:\n{tail}") from refused
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
