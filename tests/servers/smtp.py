"""A real mail server on this machine, and the ways in which it may go wrong."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from datarequests.settings import MailSettings

NAMED = re.compile(rb"(?im)^message-id:\s*(<[^>]+>)")


@dataclass
class Behaviour:
    """How the server behaves; it may be changed while it runs."""

    refused: dict[str, str] = field(default_factory=dict)
    """What is said to recipients."""
    of_sender: str = "250 OK"
    after_data: str = "250 taken"
    drops: str | None = None
    """After which command the line is cut: `connect`, `mail`, `rcpt`, `data`, or `taken`, when it has it all."""
    slow: dict[str, float] = field(default_factory=dict)
    """Seconds that it takes to answer a command."""
    heard: Callable[[str], None] = lambda _: None
    """Told of each command as it comes."""
    tokens: set[str] = field(default_factory=set)
    """XOAUTH2 tokens that are good."""


@dataclass
class Taken:
    """A message that the server has."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message_id(self) -> str:
        """Its id, as it stands on the wire."""
        found = NAMED.search(self.content)
        assert found is not None
        return found.group(1).decode()


class Handler:
    """Keeps what comes, or does what it is told to do instead."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.taken: list[Taken] = []
        self.logins: list[str] = []
        self._lock = Lock()

    async def _met(self, server: SMTP, step: str) -> bool:
        self.behaviour.heard(step)
        await asyncio.sleep(self.behaviour.slow.get(step, 0))
        if self.behaviour.drops == step:
            transport: Any = server.transport
            if transport is not None:
                transport.abort()
            return True
        return False

    async def handle_EHLO(
        self, server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self._met(server, "connect")
        return responses

    async def handle_MAIL(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._met(server, "mail")
        if self.behaviour.of_sender.startswith("250"):
            envelope.mail_from = address
        return self.behaviour.of_sender

    async def handle_RCPT(
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await self._met(server, "rcpt")
        if address in self.behaviour.refused:
            return self.behaviour.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if await self._met(server, "data"):
            return "451 gone"
        assert isinstance(envelope.content, bytes)
        if self.behaviour.after_data.startswith("250"):
            with self._lock:
                taken = Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content)
                self.taken.append(taken)
        await self._met(server, "taken")
        return self.behaviour.after_data

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        said = args[1] if len(args) > 1 else ""
        import base64

        token = base64.b64decode(said).decode().partition("auth=Bearer ")[2].rstrip("\x01")
        self.logins.append(token)
        if token in self.behaviour.tokens:
            return AuthResult(success=True, auth_data=token)
        return AuthResult(success=False, handled=False, message="535 5.7.8 token not good")

    def authenticated(self, _server: SMTP, _s: Session, _e: Envelope, _m: str, data: Any) -> AuthResult:
        if isinstance(data, LoginPassword):
            self.logins.append(data.login.decode())
            if data.password == b"secret":
                return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


@dataclass
class Server:
    """A server that runs."""

    port: int
    handler: Handler
    ca: Path | None = None

    @property
    def taken(self) -> list[Taken]:
        """What it has."""
        return self.handler.taken

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves."""
        return self.handler.behaviour

    def settings(self, **more: Any) -> MailSettings:
        """Return settings by which mail goes to it."""
        given: dict[str, Any] = {
            "mail_live": True,
            "mail_server": "127.0.0.1",
            "mail_port": self.port,
            "mail_tls": "none" if self.ca is None else "starttls",
            "mail_ca": self.ca,
            "mail_from": "Example Energy <desk@example.com>",
            "mail_timeout_seconds": 5,
        }
        return MailSettings(**(given | more))


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def running(
    tls: str = "none",
    folder: Path | None = None,
    name: str = "127.0.0.1",
    most_bytes: int = 33_554_432,
    auth: bool = False,
) -> Iterator[Server]:
    """Run a server: `tls` none, starttls or tls; its certificate is for `name`, its authority's in `folder`."""
    handler, ca = Handler(Behaviour()), None
    options: dict[str, Any] = {"data_size_limit": most_bytes}
    if tls != "none":
        assert folder is not None
        authority = trustme.CA()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(ca))
        options |= (
            {"ssl_context": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
        )
    if auth:
        options |= {
            "authenticator": handler.authenticated,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield Server(controller.port, handler, ca)
    finally:
        controller.stop()
