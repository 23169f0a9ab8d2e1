"""Where mail comes from: a mailbox on an IMAP server, or a maildir on this machine.

Each message is given with the place where it lies; it is marked as seen (or moved to `cur/`) only when the
caller says that the database has it. So what breaks off is fetched again, and found to be there. Messages are
looked for by their numbers, not by marks: somebody may have opened one before. A server that numbers a folder
anew (UIDVALIDITY, RFC 3501 2.3.1.1) has all of it fetched again; what was taken before is known by its bytes.
"""

from __future__ import annotations

import datetime as dt
import errno
import ipaddress
import os
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from datarequests.settings import MailboxSettings
from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

T = TypeVar("T")

FOLDER = "INBOX"
"""The folder that every server has."""

BEFORE = dt.timedelta(days=2)
"""Days of servers are those of their own zone."""


class MailboxError(BillclerkError):
    """Mail cannot be fetched; the message says what to look at. Nothing is lost by it."""

    exit_code = 75


@dataclass(frozen=True)
class Fetched:
    """A message as it lies somewhere."""

    raw: bytes = field(repr=False)
    place: str
    came_at: dt.datetime | None
    """When the server had it."""
    mark: Callable[[], None] = field(repr=False)
    """To be called when the database has it."""


@dataclass(frozen=True)
class TooLarge:
    """A message that is left where it is."""

    place: str
    size: int
    """Bytes."""


def maildir(folder: Path, most_bytes: int) -> Iterator[Fetched | TooLarge]:
    """Give the new messages of a maildir; each moves from `new/` to `cur/` when it is marked.

    Raises:
        MailboxError: if it is no maildir.
    """
    new, cur = folder / "new", folder / "cur"
    if not new.is_dir() or not cur.is_dir():
        raise MailboxError(f"{folder} is no maildir: it has no new/ and cur/; set BILLCLERK_MAILDIR")
    for path in sorted(new.iterdir()):
        if path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        try:
            state = path.stat()
            if state.st_size > most_bytes:
                yield TooLarge(f"{folder.name}/{path.name}", state.st_size)
                continue
            raw = path.read_bytes()
        except FileNotFoundError:  # another program's
            continue
        came_at = dt.datetime.fromtimestamp(state.st_mtime, dt.UTC)
        yield Fetched(raw, f"maildir {folder.resolve()} {path.name}", came_at, _moving(path, cur))


def _moving(path: Path, cur: Path) -> Callable[[], None]:
    def move() -> None:
        there = cur / f"{path.name.partition(':')[0]}:2,S"
        try:
            os.link(path, there)
        except FileExistsError:
            pass
        except FileNotFoundError:
            return
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS):
                raise
            path.replace(there)
            return
        path.unlink(missing_ok=True)

    return move


def imap(
    settings: MailboxSettings,
    since: dt.date,
    known: Callable[[Collection[str]], Collection[str]],
    most_bytes: int,
    token: Callable[[], str] | None = None,
) -> Iterator[Fetched | TooLarge]:
    """Give the messages of a folder that came since a day, and are not known by their place.

    `token` gives what signs in by XOAUTH2; without it the password does.

    Raises:
        MailboxError: if the server cannot be reached, does not know the user, or has no such folder.
    """
    from imap_tools import AND, MailMessageFlags

    with _signed_in(settings, token) as box:
        where = _where(settings, box)
        uids = _asked(lambda: box.uids(AND(date_gte=since - BEFORE), charset=None))
        there = {f"{where}/{uid}": uid for uid in uids}
        before = set(known(there))
        for place, uid in there.items():
            if place in before:
                continue
            found = _asked(partial(_one, box, uid, most_bytes))
            if found is None:  # somebody deleted it meanwhile
                continue
            if isinstance(found, int):
                yield TooLarge(place, found)
                continue
            raw, came_at = found

            def mark(uid: str = uid) -> None:
                _asked(lambda: box.flag(uid, MailMessageFlags.SEEN, True))

            yield Fetched(raw, place, came_at, mark)


def _one(box: BaseMailBox, uid: str, most_bytes: int) -> tuple[bytes, dt.datetime | None] | int | None:
    """Return a message and when the server had it; of one that is too large its bytes' number."""
    answer = box.client.uid("fetch", uid, "(RFC822.SIZE)")[1]
    head = b" ".join(one if isinstance(one, bytes) else one[0] for one in answer if one)
    size = head.partition(b"RFC822.SIZE ")[2].split(b" ")[0].rstrip(b")")
    if not size:
        return None
    if int(size) > most_bytes:
        return int(size)
    answer = box.client.uid("fetch", uid, "(BODY.PEEK[] UID FLAGS RFC822.SIZE INTERNALDATE)")[1]
    parts = [one for one in answer if isinstance(one, tuple)]
    if not parts:
        return None
    told = b" ".join(one[0] if isinstance(one, tuple) else one for one in answer if one)
    return parts[0][1], _internal_date(told)


def _internal_date(told: bytes) -> dt.datetime | None:
    text = told.partition(b'INTERNALDATE "')[2].partition(b'"')[0].decode("ascii", "replace").strip()
    try:
        return dt.datetime.strptime(text, "%d-%b-%Y %H:%M:%S %z").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _folder(settings: MailboxSettings) -> str:
    return settings.imap_folder or FOLDER


def _where(settings: MailboxSettings, box: BaseMailBox) -> str:
    status = _asked(lambda: box.folder.status(_folder(settings), ["UIDVALIDITY"]))
    return f"{settings.imap_server}/{settings.imap_user}/{_folder(settings)}/{status['UIDVALIDITY']}"


@contextmanager
def _signed_in(settings: MailboxSettings, token: Callable[[], str] | None) -> Iterator[BaseMailBox]:
    """Give a mailbox, signed in, its folder chosen."""
    if settings.imap_server is None or settings.imap_user is None:
        raise MailboxError("no mailbox is set; set BILLCLERK_IMAP_SERVER and BILLCLERK_IMAP_USER")
    box = _asked(lambda: _connected(settings))
    try:
        _asked(lambda: _sign_in(box, settings, token))
        yield box
    finally:
        with suppress(Exception):  # the line may be gone: nothing is lost by it
            box.logout()


def _connected(settings: MailboxSettings) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxUnencrypted

    server = settings.imap_server or ""
    if settings.imap_tls:
        context = ssl.create_default_context(cafile=str(settings.imap_ca) if settings.imap_ca else None)
        return MailBox(server, settings.imap_port, timeout=settings.imap_seconds, ssl_context=context)
    if not _is_this_machine(server):
        raise MailboxError("without TLS mail is fetched from this machine only; unset BILLCLERK_IMAP_TLS")
    return MailBoxUnencrypted(server, settings.imap_port, timeout=settings.imap_seconds)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sign_in(box: BaseMailBox, settings: MailboxSettings, token: Callable[[], str] | None) -> None:
    user = settings.imap_user or ""
    if token is not None:
        box.xoauth2(user, token(), initial_folder=None)
    elif settings.imap_password is None:
        raise MailboxError("set BILLCLERK_IMAP_PASSWORD")
    else:
        box.login(user, settings.imap_password.get_secret_value(), initial_folder=None)
    box.folder.set(_folder(settings))


def _asked(question: Callable[[], T]) -> T:
    """Return what a server answers.

    Raises:
        MailboxError: if it does not.
    """
    from imaplib import IMAP4

    from imap_tools.errors import ImapToolsError

    try:
        return question()
    except MailboxError:
        raise
    except (ImapToolsError, IMAP4.error) as error:
        said = " ".join(str(error).split())[:200]
        raise MailboxError(f"the mailbox cannot be read: {said}") from None
    except (OSError, EOFError) as error:
        raise MailboxError(f"the mail server cannot be reached: {error}") from None
