"""Messages as desks, mail servers and strangers write them; all names and numbers are made up."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from sqlmodel import Session

from datarequests.tables import DataRequest, OutgoingMail
from tests.datarequests.made import NOW

OURS = "<r1.0.aaaaaaaaaa@example.com>"
"""The Message-ID of a request that we sent."""

DESK = "Third Party Desk <3rdparty@sce.com>"

ACKNOWLEDGED = "We have received your request. Your case number is 0012345."


def mail(
    text: str = ACKNOWLEDGED,
    sender: str = DESK,
    subject: str = "Re: Data request",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """Return a message; `In_Reply_To="..."` is its header In-Reply-To."""
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = sender
    message["To"] = "desk@example.com"
    message["Subject"] = subject
    message["Date"] = "Tue, 03 Mar 2026 09:00:00 -0800"
    given = {"Message_ID": f"<{abs(hash((text, sender, subject)))}@sce.com>"} | headers
    for name, value in given.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def answer(text: str = ACKNOWLEDGED, files: dict[str, bytes] | None = None, **more: str) -> bytes:
    """Return a message in answer to our request."""
    return mail(text, files=files, **({"In_Reply_To": OURS} | more))


def report(
    blocks: str,
    embedded: str = f"Message-ID: {OURS}\r\nSubject: Data request\r\n",
    kind: str = "message/rfc822",
    sender: str = "MAILER-DAEMON@mx.example.com",
) -> bytes:
    """Return what a mail server reports of a delivery (RFC 3464)."""
    return (
        f"From: {sender}\r\nTo: desk@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <bounce@mx.example.com>\r\nReturn-Path: <>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.example.com\r\n\r\n{blocks}\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{embedded}\r\n--b--\r\n"
    ).encode()


def block(action: str, status: str, to: str = "3rdparty@sce.com", said: str = "") -> str:
    """Return what a report says of one recipient."""
    diagnostic = f"Diagnostic-Code: smtp; {said}\r\n" if said else ""
    return f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n{diagnostic}\r\n"


def outgoing(
    session: Session,
    request: DataRequest,
    message_id: str = OURS,
    to: str = "3rdparty@sce.com",
    kind: str = "request",
    state: str = "sent",
    files: dict[str, bytes] | None = None,
) -> OutgoingMail:
    """Keep a message that was sent for a request."""
    raw = mail("Please send it.", "desk@example.com", "Data request", files, Message_ID=message_id)
    row = OutgoingMail(
        request_id=request.id,
        kind=kind,
        message_id=message_id,
        message=raw.replace(b"To: desk@example.com", f"To: {to}".encode()),
        recipients=[],
        state=state,
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    return row
