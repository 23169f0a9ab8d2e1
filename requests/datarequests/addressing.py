"""How an answer finds its request: the reference in the subject, a signed reply address, ids of messages.

An address like desk+r12.k3v9.0f1e...@firm.example carries the request's number and token and a signature over
both, so that nobody can make up one for another request. Where the firm's server knows no plus addresses, the
reference in the subject and the ids of earlier messages do the same, less surely. Ids are short: longer ones
are folded wrongly by programs on the way.

>>> address = reply_address("Desk <desk@example.com>", 12, "k3v9", b"secret")
>>> address
'desk+r12.k3v9.375930c461ec8b30@example.com'
>>> signed_for(address.upper(), b"secret"), signed_for(address.replace("r12", "r13"), b"secret")
((12, 'k3v9'), None)
>>> with_reference("Data request", "CISR-000012-k3v9")
'[CISR-000012-k3v9] Data request'
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path

ID_LENGTH = 60
"""Characters of a Message-ID at most."""

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*")
"""An address that goes into a header and an SMTP command as it is."""

NAMED = re.compile(r"(?:[^<>]*<([^<>]+)>|([^<>]+))")

MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\U0010ffff]{1,250}>")
"""An id as it may stand in In-Reply-To and References."""

SIGNED = re.compile(r"\+r([0-9]{1,9})\.([0-9a-z]{1,16})\.([0-9a-f]{16})@")

KEY = "mail.key"
"""The file of the home with the key by which reply addresses are signed."""

ONCE = "once."
"""What the id of something begins with that is sent once only."""

ROOM = 34
"""Characters of the domain in a Message-ID: what numbers and the signs around them leave."""


def reference(form: str, key: str, number: int, token: str) -> str:
    """Return what a request goes by in letters.

    >>> reference("cisr", "sce", 12, "k3v9"), reference("letter", "cpa", 7, "a1")
    ('CISR-000012-k3v9', 'CPA-000007-a1')
    """
    return f"{'CISR' if form == 'cisr' else key.upper()}-{number:06d}-{token}"


def with_reference(subject: str, refer: str) -> str:
    """Return a subject with the reference of its request, if it does not have it already."""
    return subject if f"[{refer}]" in subject else f"[{refer}] {subject}"


def plain_address(text: str) -> str:
    """Return the address of `Name <address>`, in small letters; empty if nobody can write to it."""
    found = NAMED.fullmatch(text)
    address = (found[1] or found[2]).lower() if found else ""
    return address if ADDRESS.fullmatch(address) else ""


def reply_address(base: str, number: int, token: str, key: bytes) -> str:
    """Return the address to which a request's answers go."""
    local, _, domain = plain_address(base).rpartition("@")
    return f"{local}+r{number}.{token.lower()}.{_signature(number, token, key)}@{domain}"


def signed_for(address: str, key: bytes) -> tuple[int, str] | None:
    """Return the request for which an address was signed, and its token; None if it was not.

    The token tells it from a later request of the same number: numbers of what was erased are given again.
    """
    found = SIGNED.search(address.lower())
    if found is None:
        return None
    number, token, signature = found.groups()
    is_ours = hmac.compare_digest(signature, _signature(int(number), token, key))
    return (int(number), token) if is_ours else None


def _signature(number: int, token: str, key: bytes) -> str:
    return hmac.new(key, f"{number}.{token.lower()}".encode(), "sha256").hexdigest()[:16]


def new_message_id(sender: str, request: int | None = None, count: int = 0) -> str:
    """Return an id that no other message has, of a request the `count`-th.

    >>> len(new_message_id("desk@" + "very-long-name." * 9 + "example.com", 999_999, 99)) <= ID_LENGTH
    True
    """
    of = f"r{request}.{count}." if request is not None else "m."
    return f"<{of}{secrets.token_hex(5)}@{_short(plain_address(sender).rpartition('@')[2])}>"


def once_id(sender: str, what: str, key: bytes) -> str:
    """Return the id of what is sent once only, as a manager's letter of a day; nobody else can make it up.

    >>> once_id("desk@example.com", "daily 2026-03-02 pat", b"key")
    '<once.40a43f8c14c13635@example.com>'
    """
    mark = hmac.new(key, what.encode(), "sha256").hexdigest()[:16]
    return f"<{ONCE}{mark}@{_short(plain_address(sender).rpartition('@')[2])}>"


def _short(domain: str) -> str:
    while len(domain) > ROOM and "." in domain:
        domain = domain.partition(".")[2]
    return domain[-ROOM:].lstrip("-")


def message_ids(text: str) -> list[str]:
    """Return the ids that a header names, each once, in their order.

    >>> message_ids("<a@x> (gone) <a@x> <b@y>")
    ['<a@x>', '<b@y>']
    """
    return list(dict.fromkeys(MESSAGE_ID.findall(text)))


def reply_key(folder: Path) -> bytes:
    """Return the key by which a home signs reply addresses; made the first time, for nobody else to read.

    Raises:
        OSError: as the system says.
    """
    path = folder / KEY
    if not path.exists():
        part = folder / f".{KEY}.{os.getpid()}.{secrets.token_hex(4)}"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(part, path)  # whoever comes second keeps the first one's
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return bytes.fromhex(path.read_text(encoding="ascii"))
