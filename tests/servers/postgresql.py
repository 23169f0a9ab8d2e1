"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there and on no port.

PostgreSQL refuses to run as root, so root starts it as the user that its package made.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL

USER = "postgres"


class Postgresql:
    """A server that is started, stopped and started again; each database made on it is empty."""

    def __init__(self, folder: Path, account: pwd.struct_passwd | None) -> None:
        self._folder = folder
        self._ids = (account.pw_uid, account.pw_gid) if account else (None, None)
        self._process: subprocess.Popen[bytes] | None = None
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)

    def make(self) -> None:
        """Make its files."""
        options = ["--auth=trust", f"--username={USER}", "--no-sync", "--encoding=UTF8"]
        user, group = self._ids
        subprocess.run(
            [_program("initdb"), *options, os.fspath(self._folder / "data")],
            check=True,
            capture_output=True,
            cwd=self._folder,
            user=user,
            group=group,
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        place = os.fspath(self._folder)
        serve = [_program("postgres"), "-D", f"{place}/data", "-k", place, "-h", "", "-F"]
        user, group = self._ids
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                serve, stdout=log, stderr=log, cwd=self._folder, user=user, group=group
            )
        _wait_for(self._process, self._folder)

    def stop(self) -> None:
        """End it by its own process, whoever is connected."""
        self._admin.dispose()
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # a fast shutdown
            self._process.wait(30)

    def database(self) -> URL:
        """Make a database and return its address."""
        name = f"bills_{uuid4().hex[:12]}"
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self._url(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Make a database, give its address, and drop it, whoever is connected: each takes 8 MB of the disk."""
        url = self.database()
        yield url.render_as_string()
        with self._admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {url.database} WITH (FORCE)"))

    def _url(self, name: str) -> URL:
        socket = {"host": os.fspath(self._folder)}
        return URL.create("postgresql+psycopg", username=USER, database=name, query=socket)


@contextmanager
def running() -> Iterator[Postgresql]:
    """Start a server, and end it when done."""
    # below /tmp, since a socket's path has a hundred characters at most
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    account = pwd.getpwnam(USER) if os.getuid() == 0 else None
    if account:
        shutil.chown(folder, USER)
    server = Postgresql(folder, account)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _wait_for(server: subprocess.Popen[bytes], folder: Path) -> None:
    ready = [_program("pg_isready"), "-h", os.fspath(folder), "-t", "1", "-q"]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None:
            raise RuntimeError((folder / "log").read_text())


def _program(name: str) -> str:
    """Return the newest version of one of PostgreSQL's programs; Debian keeps them off the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = kept[-1] if kept else shutil.which(name)
    if not found:
        raise FileNotFoundError(f"{name} is missing: install the system package postgresql")
    return os.fspath(found)
