"""No bytes are too broken to be read, and what is broken costs nothing of the rest."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.incoming.classified import suggested
from datarequests.incoming.kinds import kind_of
from datarequests.incoming.matched import Ours, is_from, match
from datarequests.incoming.parsed import parsed
from tests.datarequests.incoming.mails import OURS, answer, mail
from tests.datarequests.made import NOW

MULTIPART = b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n'


def part(head: str, body: bytes | str) -> bytes:
    """Return a part of a message."""
    return b"--x\n" + head.encode() + b"\n\n" + (body.encode() if isinstance(body, str) else body) + b"\n"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('Content-Disposition: attachment; filename="a.csv"', "a.csv"),
        ("Content-Disposition: attachment; filename*=utf-8''Stra%C3%9Fe.csv", "Straße.csv"),
        ("Content-Disposition: attachment; filename*0*=utf-8''us; filename*1*=age.csv", "usage.csv"),
        ("Content-Disposition: attachment; filename*=latin-9''us%FFage.csv", "usÿage.csv"),
        ("Content-Disposition: attachment; filename*=nothing''usage.csv", "usage.csv"),
        ('Content-Disposition: attachment; filename="=?utf-8?b?dXNhZ2UuY3N2?="', "usage.csv"),
        ('Content-Disposition: attachment; filename="=?utf-8?b?%%%?="', "attachment-1"),
        ('Content-Disposition: attachment; filename="../../etc/passwd"', ".._.._etc_passwd"),
        ("Content-Disposition: attachment; filename=a.csv; filename*0=b.csv", "a.csv"),
        ("Content-Disposition: attachment", "attachment-1"),
    ],
)
def test_a_file_has_its_name_however_it_is_written(header: str, name: str) -> None:
    raw = MULTIPART + part(f"Content-Type: text/csv\n{header}", "1,2") + b"--x--\n"
    (one,) = parsed(raw).attachments
    assert one.name == name
    assert one.content.strip() == b"1,2"


def test_damaged_base64_gives_what_can_be_decoded() -> None:
    good = base64.b64encode(b"0123456789" * 9)
    raw = MULTIPART + part(
        "Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64", good[:-5] + b"!!"
    )
    (one,) = parsed(raw + b"--x--\n").attachments
    assert one.content  # as far as it goes, or as it stands
    assert parsed(raw).attachments  # its end is missing, too


@pytest.mark.parametrize(
    ("charset", "body", "text"),
    [
        ("utf-8", "für".encode(), "für"),
        ("utf-8", "für".encode("latin-1"), "für"),
        ("us-ascii", "für".encode(), "fÃ¼r"),
        ("no-such-charset", b"for", "for"),
        ("undefined", b"for", "for"),
        ("idna", b"for\xff", "forÿ"),
        ("base64", b"for", "for"),
        ("utf-16", b"f", "f"),
    ],
)
def test_a_charset_that_lies_leaves_a_text(charset: str, body: bytes, text: str) -> None:
    raw = f"Content-Type: text/plain; charset={charset}\n\n".encode() + body
    assert parsed(raw).text == text


@pytest.mark.parametrize(
    ("value", "senders"),
    [
        ("3rdparty@sce.com", ("3rdparty@sce.com",)),
        ('"SCE, Desk" <3rdparty@SCE.com>', ("3rdparty@sce.com",)),
        ('"3rdparty@sce.com" <evil@example.net>', ("evil@example.net",)),
        ("=?utf-8?q?3rdparty=40sce.com?= <evil@example.net>", ("evil@example.net",)),
        ("=?utf-8?q?Desk_=3C3rdparty=40sce.com=3E?= <evil@example.net>", ("evil@example.net",)),
        ("3rdparty@sce.com, evil@example.net", ("3rdparty@sce.com", "evil@example.net")),
        ("3rdparty@sce.com (evil@example.net)", ()),  # which of both, programs disagree about
        ("<3rdparty@sce.com>evil@example.net", ("3rdparty@sce.com", "evil@example.net")),
        ("evil@example.net@sce.com", ()),
        ("3rdparty@sce.com]<evil@example.net>", ("3rdparty@sce.com", "evil@example.net")),
        ("undisclosed", ()),
        ("", ()),
    ],
)
def test_the_sender_is_who_it_is_for_sure(value: str, senders: tuple[str, ...]) -> None:
    message = parsed(f"From: {value}\n\nhello".encode())
    assert message.senders == senders
    assert is_from(message, ["sce.com"]) == (senders == ("3rdparty@sce.com",))


@pytest.mark.parametrize(
    "second", ["From: evil@example.net", "Sender: evil@example.net", "From: x (3rdparty@sce.com)"]
)
def test_a_second_sender_counts_as_well(second: str) -> None:
    assert not is_from(parsed(f"From: 3rdparty@sce.com\n{second}\n\n".encode()), ["sce.com"])


def test_ids_are_found_however_they_are_folded() -> None:
    raw = b"In-Reply-To: =?utf-8?q?=3Ca=40x=3E?=\nReferences: <c@x>\n\t<b@x> (gone) <broken\n\n"
    assert parsed(raw).answers == ("<a@x>", "<b@x>", "<c@x>")


def test_text_is_that_of_html_where_there_is_no_other() -> None:
    raw = b"Content-Type: text/html\n\n<style>p{}</style><p>Case&nbsp;1</p><blockquote>ours</blockquote>"
    assert parsed(raw).text.split() == ["Case", "1"]


def test_an_empty_plain_part_does_not_hide_the_html_one() -> None:
    raw = MULTIPART + part("Content-Type: text/plain", " ") + part("Content-Type: text/html", "<b>Hi</b>")
    assert parsed(raw + b"--x--\n").text.strip() == "Hi"


def test_a_file_in_a_message_inside_says_of_which() -> None:
    inner = mail("see below", files={"a.csv": b"1,2"}, Message_ID="<inner@sce.com>")
    raw = MULTIPART + part("Content-Type: message/rfc822", inner) + b"--x--\n"
    (one,) = parsed(raw).attachments
    assert (one.name, one.within, one.content) == ("a.csv", "<inner@sce.com>", b"1,2")


def test_a_picture_in_the_text_is_no_file_by_itself() -> None:
    raw = MULTIPART + part("Content-Type: image/png; name=l.png\nContent-ID: <l>", "x") + b"--x--\n"
    assert [one.is_inline for one in parsed(raw).attachments] == [True]


def nested(depth: int) -> bytes:
    """Return parts in parts in parts."""
    return b"".join(
        f'Content-Type: multipart/mixed; boundary="b{at}"\n\n--b{at}\n'.encode() for at in range(depth)
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\x00\xff" * 1000,
        b"From",
        b"Subject: " + b"x" * 2_000_000 + b"\n\n",
        b"References: " + b"<a@x> " * 200_000 + b"\n\nhello",
        b"From: " + b'"a" <a@x>, ' * 50_000 + b"\n\nhello",
        b"X: y\n" * 200_000 + b"\nhello",
        nested(3),
        nested(2000),
        MULTIPART + b"--x\n\nhello\n" * 20_000,
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: text/html\n\n" + b"<" * 300_000,
        b"Content-Type: text/html\n\n" + b"<script>" * 30_000,
        b"Subject: " + b"=?utf-8?q?" * 1_900 + b"\n\n",
        b"Content-Type: message/delivery-status\n\n\n\nAction: failed\n",
        b"From: MAILER-DAEMON@x\nReturn-Path: <>\n\n" + b"\n" * 1_500_000,
        b"From: MAILER-DAEMON@x\nReturn-Path: <>\n\n" + b"From: \n" * 200_000,
        b"Date: Tue, 99 Foo 99999 99:99:99 +9999\n\n",
        b"Content-Type: application/ms-tnef; name=winmail.dat\n\nx",
    ],
)
def test_what_is_made_to_break_a_parser_is_read_in_no_time(raw: bytes) -> None:
    began = time.process_time()
    message = parsed(raw)
    kind_of(message)
    match(message, Ours({OURS: 1}, {1: "k3"}))
    suggested(message, NOW)
    assert message.raw == raw
    assert time.process_time() - began < 10


def test_what_was_not_looked_at_is_said() -> None:
    assert not parsed(MULTIPART + b"--x\n\nhello\n" * 20_000).is_whole
    assert parsed(answer()).is_whole


@given(st.binary(max_size=400), st.integers(0, 900), st.binary(max_size=20))
def test_no_bytes_are_refused(tail: bytes, at: int, put: bytes) -> None:
    whole = answer("> quoted\nhello", files={"a.csv": b"1"})
    for raw in (tail, whole[:at] + put + whole[at:], whole[:at] + tail):
        message = parsed(raw)
        kind_of(message)
        match(message, Ours({OURS: 1}, {1: "k3"}))
        suggested(message, NOW)
        assert message.sha256 == parsed(raw).sha256
