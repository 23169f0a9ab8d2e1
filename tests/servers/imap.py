"""A mail server with mailboxes (IMAP), of the tests' own: pymap, on a free port of this machine.

It knows no TLS from the first byte on; `encrypted` puts that before it.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

USER, PASSWORD, FOLDER = "desk@example.com", "secret", "Answers"
PATIENCE = 30
"""Seconds in which it has to answer."""


@dataclass(frozen=True)
class Imap:
    """A server, with a folder for answers."""

    port: int

    @contextmanager
    def signed_in(self) -> Iterator[imaplib.IMAP4]:
        """Give a connection, as another program of the same user has one."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(USER, PASSWORD)
            yield client

    def deliver(self, *messages: bytes) -> None:
        """Put messages into the folder."""
        with self.signed_in() as client:
            for raw in messages:
                moment = imaplib.Time2Internaldate(time.time())
                assert client.append(FOLDER, "", moment, raw)[0] == "OK"

    def numbered_anew(self) -> None:
        """Make the folder anew: its UIDVALIDITY is another one."""
        with self.signed_in() as client:
            client.delete(FOLDER)
            client.create(FOLDER)

    def flags(self) -> list[bool]:
        """Tell of each message whether it is marked as seen."""
        with self.signed_in() as client:
            client.select(FOLDER, readonly=True)
            answer = client.fetch("1:*", "(FLAGS)")[1]
            return [b"\\Seen" in one for one in answer if isinstance(one, bytes)]


@contextmanager
def running(log: Path) -> Iterator[Imap]:
    """Start a server, and end it when done."""
    port = free_port()
    serve = [sys.executable, "-c", "from pymap.main import main; main()", "--host", "127.0.0.1"]
    serve += ["--port", str(port), "--no-tls", "dict", "--demo-data"]
    serve += ["--demo-user", USER, "--demo-password", PASSWORD]
    with log.open("ab") as out:
        process = subprocess.Popen(serve, stdout=out, stderr=out)
    try:
        _wait_for(process, port)
        server = Imap(port)
        with server.signed_in() as client:
            client.create(FOLDER)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def encrypted(port: int, folder: Path) -> Iterator[tuple[int, Path]]:
    """Put TLS before a server; give the port, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accepting, args=(listening, context, port), daemon=True).start()
        yield listening.getsockname()[1], ca


def _accepting(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_relaying, args=(client, context, port), daemon=True).start()


def _relaying(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with (
        suppress(OSError),
        client,
        socket.create_connection(("127.0.0.1", port)) as server,
        context.wrap_socket(client, server_side=True) as line,
    ):
        threading.Thread(target=_piped, args=(server, line), daemon=True).start()
        _piped(line, server)


def _piped(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, "the mail server has ended; see its log"
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise AssertionError("the mail server does not answer")
