"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there and on no port.

PostgreSQL refuses to run as root, so root starts it as the user that its package made.
"""

from __future__ import annotations

import os
import pwd
import shutil
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
    """A running server; each database made on it is empty."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets
        self._admin = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")

    def database(self) -> URL:
        """Make a database and return its address."""
        name = f"bills_{uuid4().hex[:12]}"
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return self._url(name)

    def close(self) -> None:
        """Let go of the server."""
        self._admin.dispose()

    def _url(self, name: str) -> URL:
        socket = {"host": os.fspath(self._sockets)}
        return URL.create("postgresql+psycopg", username=USER, database=name, query=socket)


@contextmanager
def running() -> Iterator[Postgresql]:
    """Start a server, and end it by its own process when done."""
    # below /tmp, since a socket's path has a hundred characters at most
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    data = folder / "data"
    account = pwd.getpwnam(USER) if os.getuid() == 0 else None
    user, group = (account.pw_uid, account.pw_gid) if account else (None, None)
    if account:
        shutil.chown(folder, USER)
    try:
        options = ["--auth=trust", f"--username={USER}", "--no-sync", "--encoding=UTF8"]
        make = [_program("initdb"), *options, os.fspath(data)]
        subprocess.run(make, check=True, capture_output=True, cwd=folder, user=user, group=group)
        serve = [_program("postgres"), "-D", os.fspath(data), "-k", os.fspath(folder), "-h", "", "-F"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, user=user, group=group)
        try:
            _wait_for(server, folder)
            found = Postgresql(folder)
            yield found
            found.close()
        finally:
            server.terminate()
            server.wait(30)
    finally:
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
