"""Bounces, delays, receipts, machines and people told apart."""

from __future__ import annotations

from typing import Any

import pytest

from datarequests.incoming.kinds import Kind, delivery_of, is_automatic, kind_of
from datarequests.incoming.parsed import parsed
from tests.datarequests.incoming.mails import OURS, answer, block, mail, report

GONE = block("failed", "5.1.1", said="550 5.1.1 no such user")


@pytest.mark.parametrize(
    ("blocks", "kind", "recipients"),
    [
        (GONE, Kind.BOUNCE, ("3rdparty@sce.com",)),
        (block("failed", "4.4.7"), Kind.BOUNCE, ("3rdparty@sce.com",)),  # a delay that ended: it has given up
        (block("delayed", "4.4.1"), Kind.DELAY, ("3rdparty@sce.com",)),
        (block("Delayed", "4.4.1"), Kind.DELAY, ("3rdparty@sce.com",)),
        (block("delivered", "2.0.0"), Kind.RECEIPT, ("3rdparty@sce.com",)),
        (block("relayed", "2.0.0"), Kind.RECEIPT, ("3rdparty@sce.com",)),
        (block("delivered", "2.0.0", "a@sce.com") + GONE, Kind.BOUNCE, ("3rdparty@sce.com",)),
        (block("delayed", "4.4.1", "a@sce.com") + GONE, Kind.BOUNCE, ("3rdparty@sce.com",)),
        (GONE + block("delayed", "4.4.1", "a@sce.com"), Kind.BOUNCE, ("3rdparty@sce.com",)),
        (block("delayed", "4.4.1") + block("delivered", "2.0.0", "b@sce.com"), Kind.DELAY, ("3rdparty@sce.com",)),
        ("Final-Recipient: rfc822; 3rdparty@sce.com\r\nStatus: 5.1.1\r\n\r\n", Kind.BOUNCE, ("3rdparty@sce.com",)),
        ("Final-Recipient: rfc822; 3rdparty@sce.com\r\nStatus: 4.2.0\r\n\r\n", Kind.DELAY, ("3rdparty@sce.com",)),
        ("Original-Recipient: rfc822; <3rdparty@sce.com>\r\nAction: failed\r\n\r\n", Kind.BOUNCE, ("3rdparty@sce.com",)),
    ],
)  # fmt: skip
def test_a_report_says_what_happened_to_whom(blocks: str, kind: Kind, recipients: tuple[str, ...]) -> None:
    found = delivery_of(parsed(report(blocks)))
    assert found is not None
    assert (found.kind, found.recipients, found.message_ids) == (kind, recipients, (OURS,))


def test_a_report_says_why() -> None:
    found = delivery_of(parsed(report(GONE)))
    assert found is not None
    assert (found.status, found.reason) == ("5.1.1", "smtp; 550 5.1.1 no such user")


def test_a_report_with_the_headers_alone_names_the_message() -> None:
    found = delivery_of(parsed(report(GONE, kind="text/rfc822-headers")))
    assert found is not None
    assert found.message_ids == (OURS,)


@pytest.mark.parametrize("blocks", [block("unheard-of", "x"), "X: y\r\n\r\n", ""])
def test_a_report_that_says_nothing_known_is_no_bounce(blocks: str) -> None:
    assert kind_of(parsed(report(blocks))) is Kind.AUTO_REPLY


def test_a_report_inside_a_letter_is_not_about_the_letter() -> None:
    raw = (
        b"From: pat@sce.com\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n"
        b"--o\nContent-Type: text/plain\n\nWe got this back.\n"
        b"--o\nContent-Type: message/rfc822\n\n" + report(GONE) + b"\n--o--\n"
    )
    assert kind_of(parsed(raw)) is Kind.REPLY


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # qmail
        (
            "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your "
            "message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work "
            "out.\n\n<3rdparty@sce.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is "
            f"a copy of the message.\n\nMessage-ID: {OURS}\n",
            Kind.BOUNCE,
        ),
        ("Your mail was scanned.", Kind.AUTO_REPLY),
    ],
)
def test_a_report_without_a_form_is_read_by_its_words(text: str, kind: Kind) -> None:
    raw = mail(text, "MAILER-DAEMON@mx.example.com", "failure notice", Return_Path="<>")
    assert kind_of(parsed(raw)) is kind


def test_a_read_receipt_is_a_receipt() -> None:
    raw = report("").replace(b"message/delivery-status", b"message/disposition-notification").replace(
        b"Reporting-MTA: dns; mx.example.com", f"Original-Message-ID: {OURS}\r\nDisposition: x; displayed".encode()
    )  # fmt: skip
    found = delivery_of(parsed(raw))
    assert found is not None
    assert (found.kind, found.message_ids) == (Kind.RECEIPT, (OURS,))


@pytest.mark.parametrize(
    ("kind", "text", "subject", "headers"),
    [
        (Kind.REPLY, "Attached.", "Re: Data request", {}),
        (Kind.REPLY, "Attached.", "Re: out of office hours", {"Auto_Submitted": "no"}),
        (Kind.AUTO_REPLY, "Thanks.", "Re: Data request", {"Auto_Submitted": "auto-replied"}),
        (Kind.AUTO_REPLY, "Thanks.", "Re: Data request", {"Auto_Submitted": "auto-generated; x=y"}),
        (Kind.AUTO_REPLY, "Thanks.", "Automatic reply: Data request", {}),  # of an inbox: nobody is absent
        (Kind.OUT_OF_OFFICE, "I am back on Monday.", "Out of Office: Data request", {"Precedence": "bulk"}),
        (Kind.OUT_OF_OFFICE, "x", "On vacation", {"X_Auto_Response_Suppress": "All"}),
        (Kind.AUTO_REPLY, "Thanks.", "Ticket", {"List_Id": "desk.sce.com"}),
        (Kind.AUTO_REPLY, "Thanks.", "Ticket", {"Return_Path": "<>"}),
        (Kind.REPLY, "Thanks.", "Ticket", {"Return_Path": "<3rdparty@sce.com>"}),
        (Kind.AUTO_REPLY, "This is an automated message.", "Ticket", {}),
        (Kind.AUTO_REPLY, "Please do not reply to this e-mail.", "Ticket", {}),
        (Kind.REPLY, "Sure.\n\n> Please do not reply to this e-mail.", "Ticket", {}),  # we said so
        (Kind.AUTO_REPLY, "Thanks.", "Ticket", {"sender": "no-reply@sce.com"}),
        (Kind.AUTO_REPLY, "Thanks.", "Ticket", {"sender": "CIS.NoReply@sce.com".lower()}),
        (Kind.REPLY, "Thanks.", "Ticket", {"sender": "replies@sce.com"}),
    ],
)
def test_machines_are_told_from_people(kind: Kind, text: str, subject: str, headers: dict[str, Any]) -> None:
    message = parsed(answer(text, subject=subject, **headers))
    assert kind_of(message) is kind
    assert is_automatic(message) is (kind is not Kind.REPLY)


@pytest.mark.parametrize(
    "raw", [report(GONE), report(block("delayed", "4.0.0")), report(block("delivered", "2"))]
)
def test_nothing_is_answered_to_servers(raw: bytes) -> None:
    assert is_automatic(parsed(raw))
