"""Mail is fetched from a real server and a real maildir; what breaks off is fetched again."""

from __future__ import annotations

import base64
import datetime as dt
import os
import socket
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from datarequests.incoming.sources import Fetched, MailboxError, TooLarge, imap, maildir
from datarequests.settings import MailboxSettings
from tests.datarequests.incoming.mails import answer
from tests.servers.imap import FOLDER, PASSWORD, USER, Imap, encrypted, running

MOST = 100_000_000
SINCE = dt.date(2026, 1, 1)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    """A server of these tests."""
    with running(tmp_path_factory.mktemp("imap") / "log") as found:
        yield found


@pytest.fixture
def server(started: Imap) -> Imap:
    """The server, its folder empty."""
    started.numbered_anew()
    return started


def settings(server: Imap, **more: Any) -> MailboxSettings:
    """Return the settings of a mailbox."""
    given: dict[str, Any] = {
        "imap_server": "127.0.0.1",
        "imap_port": server.port,
        "imap_tls": False,
        "imap_user": USER,
        "imap_password": SecretStr(PASSWORD),
        "imap_folder": FOLDER,
        "imap_seconds": 20,
    }
    return MailboxSettings(**(given | more))


def nothing(_: Collection[str]) -> Collection[str]:
    """Say that nothing is known."""
    return ()


def fetched(server: Imap, known: Collection[str] = (), **more: Any) -> list[Fetched | TooLarge]:
    """Return all that is fetched."""
    return list(imap(settings(server, **more), SINCE, lambda _: known, MOST))


def test_messages_come_whole_with_when_the_server_had_them(server: Imap) -> None:
    raws = [answer("one"), answer("two").replace(b"two", b"t\xffo")]
    server.deliver(*raws)
    found = fetched(server)
    assert [one.raw for one in found if isinstance(one, Fetched)] == raws
    for one in found:
        assert isinstance(one, Fetched)
        assert one.came_at is not None
        assert abs(dt.datetime.now(dt.UTC) - one.came_at) < dt.timedelta(minutes=5)


def test_nothing_is_marked_before_it_is_said(server: Imap) -> None:
    server.deliver(answer("one"), answer("two"))
    for one in imap(settings(server), SINCE, nothing, MOST):
        assert isinstance(one, Fetched)
        if b"two" in one.raw:
            one.mark()
    assert server.flags() == [False, True]


def test_what_somebody_has_opened_is_fetched_all_the_same(server: Imap) -> None:
    server.deliver(answer("one"))
    with server.signed_in() as client:
        client.select(FOLDER)
        client.store("1", "+FLAGS", "\\Seen")
    assert len(fetched(server)) == 1


def test_what_is_known_by_its_place_is_not_fetched(server: Imap) -> None:
    server.deliver(answer("one"))
    (first,) = fetched(server)
    server.deliver(answer("two"))
    (other,) = fetched(server, [first.place])
    assert isinstance(other, Fetched)
    assert b"two" in other.raw


def test_a_folder_that_is_numbered_anew_is_fetched_again(server: Imap) -> None:
    server.deliver(answer("one"))
    (first,) = fetched(server)
    server.numbered_anew()
    server.deliver(answer("one"))
    (again,) = fetched(server, [first.place])
    assert again.place != first.place


def test_a_message_that_is_too_large_is_left_and_told(server: Imap) -> None:
    server.deliver(answer("x" * 3000), answer("small"))
    large, small = imap(settings(server), SINCE, nothing, 2000)
    assert isinstance(large, TooLarge)
    assert large.size > 3000
    assert isinstance(small, Fetched)


def test_fifty_megabytes_come_whole(server: Imap) -> None:
    raw = answer("big", files={"a.bin": os.urandom(50_000_000)})
    server.deliver(raw)
    (found,) = fetched(server)
    assert isinstance(found, Fetched)
    assert found.raw == raw


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"imap_password": SecretStr("wrong")}, "cannot be read"),
        ({"imap_password": None}, "BILLCLERK_IMAP_PASSWORD"),
        ({"imap_folder": "Nowhere"}, "cannot be read"),
        ({"imap_port": 1}, "cannot be reached"),
        ({"imap_server": None}, "BILLCLERK_IMAP_SERVER"),
        ({"imap_server": "mail.example.com"}, "without TLS"),  # not even asked where that is
        ({"imap_tls": True}, "cannot be reached"),  # a server that knows no TLS gets no password
    ],
)
def test_what_is_wrong_is_said(server: Imap, more: dict[str, Any], said: str) -> None:
    with pytest.raises(MailboxError, match=said) as raised:
        fetched(server, **more)
    assert PASSWORD not in str(raised.value)


def test_tls_is_used_and_its_authority_asked(server: Imap, tmp_path: Path) -> None:
    server.deliver(answer("one"))
    with encrypted(server.port, tmp_path) as (port, ca):
        over: dict[str, Any] = {"imap_server": "localhost", "imap_port": port, "imap_tls": True}
        assert len(fetched(server, **over, imap_ca=ca)) == 1
        with pytest.raises(MailboxError, match="certificate verify failed"):
            fetched(server, **over)


def test_a_token_signs_in_instead_of_a_password(server: Imap) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_asks_for_a_token, args=(listening, heard), daemon=True).start()
        given = settings(server, imap_port=listening.getsockname()[1])
        with pytest.raises(MailboxError, match="expired"):
            list(imap(given, SINCE, nothing, MOST, lambda: "tok3n"))
    assert heard == [f"user={USER}\1auth=Bearer tok3n\1\1".encode()]


def _asks_for_a_token(listening: socket.socket, heard: list[bytes]) -> None:
    """Talk like a server that takes tokens only, and refuses this one (RFC 7628)."""
    client, _ = listening.accept()
    with client, client.makefile("rwb", buffering=0) as line:
        line.write(b"* OK ready\r\n")
        while said := line.readline():
            tag, _, command = said.strip().partition(b" ")
            if command.upper() == b"CAPABILITY":
                line.write(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n" + tag + b" OK done\r\n")
            elif command.upper().startswith(b"AUTHENTICATE XOAUTH2"):
                line.write(b"+ \r\n")
                heard.append(base64.b64decode(line.readline()))
                line.write(tag + b" NO the token has expired\r\n")
            else:
                line.write(b"* BYE\r\n" + tag + b" OK done\r\n")


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An empty maildir."""
    for name in ("new", "cur", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def test_a_maildir_gives_what_is_new_and_moves_it_when_it_is_said(box: Path) -> None:
    (box / "new" / "1.a").write_bytes(b"one")
    (box / "new" / "2.b:2,").write_bytes(b"two")
    (box / "cur" / "0.c:2,S").write_bytes(b"old")
    (box / "tmp" / "3.d").write_bytes(b"half")
    (box / "new" / ".hidden").write_bytes(b"x")
    (box / "new" / "link").symlink_to(box / "cur" / "0.c:2,S")
    first, second = maildir(box, MOST)
    assert isinstance(first, Fetched)
    assert isinstance(second, Fetched)
    assert (first.raw, second.raw) == (b"one", b"two")
    second.mark()
    assert [one.name for one in (box / "new").iterdir() if one.name[0].isdigit()] == ["1.a"]
    assert (box / "cur" / "2.b:2,S").read_bytes() == b"two"
    second.mark()  # again does nothing
    assert [one.raw for one in maildir(box, MOST) if isinstance(one, Fetched)] == [b"one"]


def test_a_maildir_leaves_what_is_too_large(box: Path) -> None:
    (box / "new" / "1.a").write_bytes(b"x" * 11)
    assert list(maildir(box, 10)) == [TooLarge("box/1.a", 11)]
    assert (box / "new" / "1.a").exists()


def test_what_is_no_maildir_is_said(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match="BILLCLERK_MAILDIR"):
        list(maildir(tmp_path, MOST))
