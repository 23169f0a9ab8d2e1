"""Messages as they go over the wire: what stands in their bytes, not what Python makes of them again."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.addressing import (
    ID_LENGTH,
    new_message_id,
    reply_address,
    signed_for,
    with_reference,
)
from datarequests.letter import Attachment, Letter
from datarequests.messages import Heading, MailError, composed

AT = dt.datetime(2026, 3, 2, 10, tzinfo=dt.timezone(dt.timedelta(hours=-8)))
HEADING = Heading("Example Energy <desk@example.com>", ("a@example.com",), "<r1.1.ab@example.com>", AT)
LONG = "<AS8PR04MB" + "8" * 100 + "@AS8PR04MB8.eurprd04.prod.outlook.com>"


def head(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[0]


def test_ids_longer_than_a_line_stay_as_they_are_on_the_wire() -> None:
    ids = ("<r1.1.ab@example.com>", *(LONG.replace("8@", f"{number}@") for number in range(30)))
    wire = composed(Letter("Data", "Hello"), replace(HEADING, follows=ids))
    assert b"=?utf-8" not in wire
    assert b"\r\nIn-Reply-To: " + ids[-1].encode() + b"\r\n" in wire
    unfolded = re.sub(rb"\r\n ", b" ", head(wire))
    (references,) = re.findall(rb"(?m)^References: (.*?)\r?$", unfolded)
    assert references.decode().split() == [ids[0], *ids[-19:]]
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998


def test_headers_are_those_of_a_letter() -> None:
    wire = composed(Letter("Data", "Hello"), replace(HEADING, reply_to="desk+r1.ab.cd@example.com"))
    lines = head(wire).split(b"\r\n")
    assert lines[:6] == [
        b"From: Example Energy <desk@example.com>",
        b"To: a@example.com",
        b"Subject: Data",
        b"Date: Mon, 02 Mar 2026 10:00:00 -0800",
        b"Message-ID: <r1.1.ab@example.com>",
        b"Reply-To: desk+r1.ab.cd@example.com",
    ]
    assert b"Auto-Submitted" not in wire


def test_what_the_program_sends_by_itself_says_so() -> None:
    wire = composed(Letter("Data", "Hello"), replace(HEADING, automatic=True))
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in wire


NAMES = st.text(min_size=0, max_size=60) | st.sampled_from(
    (
        "ACME\r\nBcc: all@example.com",
        "ACME\nBcc: x@example.com",
        "ACME\r\n\r\nHello",
        "a\x0bBcc: b\x85c\u2028d",
        "=?utf-8?q?=0ABcc:_x?=",
    )
)


@given(NAMES, NAMES, NAMES)
def test_no_value_adds_a_header_or_ends_the_head(subject: str, name: str, text: str) -> None:
    letter = Letter(subject, text.replace("\ud800", ""), (Attachment(name, "application/pdf", b"%PDF-"),))
    wire = composed(letter, HEADING)
    names = re.findall(rb"(?m)^([A-Za-z-]+):", head(wire))
    assert [name.lower() for name in names] == [
        b"from",
        b"to",
        b"subject",
        b"date",
        b"message-id",
        b"mime-version",
        b"content-type",
    ]
    assert wire.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", wire)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@b@c",
        "a@example.com\r\nBcc: b@example.com",
        "a b@example.com",
        "a@exa mple.com",
        "<a@example.com>\n",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(MailError, match="no address"):
        composed(Letter("s", "t"), replace(HEADING, to=(address,)))


def test_text_files_and_html_arrive_as_they_were() -> None:
    data = bytes(range(256)) * 40
    files = (
        Attachment("a.pdf", "application/pdf", data),
        Attachment("b.csv", "text/csv", b"a,b\n1,2\n.\r\n"),
        Attachment("c.eml", "message/rfc822", b"Subject: x\n\n.\n"),
    )
    text = "Guten Tag,\n.\n..\nFrom here\n" + "x" * 2000 + " é\n"
    wire = composed(Letter("Anfrage für Daten", text, files, "<p>é</p>"), HEADING)
    assert wire.isascii()
    assert max(len(line) for line in wire.split(b"\r\n")) <= 998
    read = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(read, email.message.EmailMessage)
    body, html = read.get_body(("plain",)), read.get_body(("html",))
    assert body is not None and html is not None
    assert body.get_content().replace("\r\n", "\n") == text
    assert html.get_content().strip() == "<p>é</p>"
    assert read["Subject"] == "Anfrage für Daten"
    assert [(one.get_filename(), one.get_payload(decode=True)) for one in read.iter_attachments()] == [
        (one.name, one.content) for one in files
    ]


@given(
    st.integers(1, 9_999_999),
    st.integers(1, 99),
    st.from_regex(r"[a-z]{1,60}(\.[a-z]{1,20}){1,6}", fullmatch=True),
)
def test_ids_are_short_whatever_the_domain(request: int, count: int, domain: str) -> None:
    made = new_message_id(f"desk@{domain}", request, count)
    assert len(made) <= ID_LENGTH
    assert re.fullmatch(rf"<r{request}\.{count}\.[0-9a-f]{{10}}@[a-z.]+>", made)
    assert made != new_message_id(f"desk@{domain}", request, count)


def test_a_reply_address_is_good_for_its_request_only() -> None:
    made = reply_address("Desk <desk@example.com>", 12, "K3v9", b"secret")
    assert signed_for(made, b"secret") == (12, "k3v9")
    assert signed_for(made.upper(), b"secret") == (12, "k3v9")
    for forged in (
        made.replace("r12", "r13"),
        made.replace("k3v9", "k3v8"),
        made.replace("+r12", "+x12"),
        "desk@example.com",
        f"{made[:-14]}00{made[-12:]}",
    ):
        assert signed_for(forged, b"secret") is None, forged
    assert signed_for(made, b"other") is None


def test_a_subject_has_its_reference_once() -> None:
    once = with_reference("Data", "CISR-000012-k3v9")
    assert once == with_reference(once, "CISR-000012-k3v9") == "[CISR-000012-k3v9] Data"
