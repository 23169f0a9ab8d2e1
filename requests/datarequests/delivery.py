"""One message given to a mail server, and what came of it: taken, refused, to be tried again, or not known.

Nothing goes over a line that is not encrypted, except to a server on this machine. The counterparty's
addresses are named first; where none of them is taken, the message is not given at all, so that nobody has a
copy of what was not sent. Before the message itself is given, the caller is asked (and writes that down):
whatever breaks after that leaves it unknown whether the server has it, as an answer that does not come, or
cannot be read, says neither yes nor no. Codes from 500 are for good, from 400 for now (RFC 5321, 4.2.1).
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException

from datarequests.addressing import plain_address
from datarequests.oauth import TokenError, Tokens
from datarequests.settings import MailSettings

LONGEST_ANSWER = 300

GO_ON = 354
"""The server waits for the message."""

PATIENCE = 10
"""So many times longer the server may take to answer the whole message (RFC 5321, 4.5.3.2.6)."""


class Result(StrEnum):
    """What came of it."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """For good."""
    LATER = "later"
    """Not taken now; it may be another time."""
    UNKNOWN = "unknown"
    """It was given, and nobody knows whether it was taken."""
    DROPPED = "dropped"
    """The caller wants it no more."""


@dataclass(frozen=True)
class Outcome:
    """What the server made of a message."""

    result: Result
    answer: str
    refused: dict[str, str] = field(default_factory=dict)
    """What it said of single recipients, those it did not take for good."""
    postponed: tuple[str, ...] = ()
    """Recipients that it may take another time."""
    is_servers: bool = False
    """Whether the server, not the message, is in trouble: others need not be tried now."""


@dataclass(frozen=True)
class Parcel:
    """What is given."""

    message: bytes
    sender: str
    to: Sequence[str]
    copies: Sequence[str]
    is_rest: bool = False
    """Whether the counterparty has it, and only others are left."""


async def give(
    parcel: Parcel, settings: MailSettings, tokens: Tokens | None, begin: Callable[[], bool]
) -> Outcome:
    """Give a message to the server; `begin` is asked just before the whole of it goes over the line."""
    client = _client(settings)
    try:
        await client.connect()
        await _log_in(client, settings, tokens)
    except (SMTPException, OSError, TokenError, ValueError) as error:
        client.close()
        return Outcome(Result.LATER, _said(error), is_servers=True)
    try:
        outcome = await _converse(client, parcel, begin, settings.mail_timeout_seconds * PATIENCE)
        if outcome.result is Result.ACCEPTED and client.protocol is not None and client.is_connected:
            client.protocol.write(
                b"QUIT\r\n"
            )  # its answer is not waited for: what is taken is written down first
    finally:
        client.close()
    return outcome


def _client(settings: MailSettings) -> SMTP:
    secure = settings.mail_tls
    context = ssl.create_default_context(cafile=settings.mail_ca) if secure != "none" else None
    return SMTP(
        hostname=settings.mail_server,
        port=settings.port,
        use_tls=secure == "tls",
        start_tls=secure == "starttls",  # never "if it can": a password would go over an open line
        tls_context=context,
        timeout=settings.mail_timeout_seconds,
        local_hostname=plain_address(settings.mail_from or "").rpartition("@")[2] or "localhost",
    )


async def _log_in(client: SMTP, settings: MailSettings, tokens: Tokens | None) -> None:
    user = settings.mail_user or plain_address(settings.mail_from or "")
    if tokens is None:
        if settings.mail_password is not None:
            await client.login(user, settings.mail_password.get_secret_value())
        return
    token = tokens.access()
    try:
        await client.auth_xoauth2(user, token)
    except SMTPAuthenticationError:  # taken back before its time
        await client.auth_xoauth2(user, tokens.access(refused=token))


async def _converse(client: SMTP, parcel: Parcel, begin: Callable[[], bool], patience: float) -> Outcome:
    try:
        await client.mail(parcel.sender, options=_options(client, parcel.message))
        refused, postponed, taken = await _recipients(client, parcel)
        if not taken:
            answer = next(iter({**refused, **postponed}.values()), "no recipient")
            result = Result.LATER if postponed else Result.REFUSED
            return Outcome(result, answer, refused, tuple(postponed))
        ready = await client.execute_command(b"DATA")
    except SMTPResponseException as error:
        return _refusal(error.code, _said(error))
    except (SMTPException, OSError, ValueError) as error:
        return Outcome(Result.LATER, _said(error), is_servers=True)
    if ready.code != GO_ON:
        return _refusal(ready.code, _line(f"{ready.code} {ready.message}"))
    if not begin():
        return Outcome(Result.DROPPED, "not wanted any more")
    return await _hand_over(client, parcel.message, patience, refused, tuple(postponed))


SERVERS_TROUBLE = frozenset((421, *range(530, 540)))
"""Codes by which a server goes, or wants another way to sign in: no fault of the message (RFC 4954)."""


def _refusal(code: int, answer: str) -> Outcome:
    if code in SERVERS_TROUBLE:
        return Outcome(Result.LATER, answer, is_servers=True)
    return Outcome(Result.REFUSED if code >= 500 else Result.LATER, answer)


def _options(client: SMTP, message: bytes) -> list[str]:
    return [f"SIZE={len(message)}"] if client.supports_extension("size") else []


async def _recipients(client: SMTP, parcel: Parcel) -> tuple[dict[str, str], dict[str, str], int]:
    """Name the recipients; return those refused for good, those refused for now, and how many were taken."""
    refused: dict[str, str] = {}
    postponed: dict[str, str] = {}
    taken = 0
    for recipients, is_needed in ((parcel.to, not parcel.is_rest), (parcel.copies, False)):
        for address in recipients:
            try:
                await client.rcpt(address)
                taken += 1
            except SMTPResponseException as error:
                (refused if error.code >= 500 else postponed)[address] = _said(error)
        if is_needed and not taken:
            break
    return refused, postponed, taken


async def _hand_over(
    client: SMTP, message: bytes, patience: float, refused: dict[str, str], postponed: tuple[str, ...]
) -> Outcome:
    """Give the whole message; from its first byte on, silence is no answer."""
    protocol = client.protocol
    if protocol is None or not protocol.is_connected:
        return Outcome(Result.LATER, "the connection was lost before the message was given", is_servers=True)
    try:
        protocol.write(_dotted(message))
        answer = await protocol.read_response(timeout=patience)
    except (SMTPException, OSError) as error:
        return Outcome(Result.UNKNOWN, f"after the message was given: {_said(error)}", is_servers=True)
    said = _line(f"{answer.code} {answer.message}")
    if 200 <= answer.code < 300:
        return Outcome(Result.ACCEPTED, said, refused, postponed)
    if 400 <= answer.code < 600:
        return Outcome(Result.REFUSED if answer.code >= 500 else Result.LATER, said)
    return Outcome(Result.UNKNOWN, said)


def _dotted(message: bytes) -> bytes:
    r"""Return a message as it stands behind DATA: lines end in CRLF, a dot at a line's begin is doubled.

    >>> _dotted(b"a\n.b")
    b'a\r\n..b\r\n.\r\n'
    """
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def _said(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return _line(f"{error.code} {error.message}")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _line(f"the server's certificate does not hold: {error.verify_message}")
    return _line(str(error) or type(error).__name__)


def _line(text: str) -> str:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.split())[:LONGEST_ANSWER]
