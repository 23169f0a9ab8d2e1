"""`billclerk mail`: the outbox, what lies in it and the sending of it."""

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.letter import Attachment
    from datarequests.outbox import Office
    from datarequests.postman import Post, Worked
    from datarequests.settings import MailSettings
    from datarequests.tables import OutgoingMail
    from extractor.home import Home


def outbox(
    every: Annotated[bool, typer.Option("--all", help="Those that were sent or cancelled, too.")] = False,
    home: HomeOption = None,
) -> None:
    """List the messages of the outbox, each with its state and what the server said last."""
    from rich.table import Table
    from sqlalchemy import inspect
    from sqlalchemy.orm import defer
    from sqlmodel import col, select

    from datarequests.outbox import MailState
    from datarequests.tables import OutgoingMail
    from extractor.base.database import reading
    from extractor.cli.noted import console
    from extractor.cli.wording import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("mail", "request", "kind", "state", "tries", "next", "to", "refused", "answer"):
        table.add_column(title)
    ended = (MailState.SENT, MailState.CANCELLED)
    with opened(home) as at, reading(at.engine) as session:
        asked = select(OutgoingMail).options(defer(inspect(OutgoingMail).attrs.message.class_attribute))
        for row in session.exec(asked.order_by(col(OutgoingMail.id))):
            if every or row.state not in ended or row.refused:
                table.add_row(*(clean(one) for one in _columns(row)))
    if table.row_count:
        console().print(table)
    else:
        print("the outbox is empty", file=sys.stderr)


def _columns(row: "OutgoingMail") -> "list[str]":
    following = f"{row.next_at:%Y-%m-%d %H:%M} UTC" if row.next_at else "-"
    to = ", ".join([*row.recipients, *row.copies]) or "-"
    refused = ", ".join(row.refused) or "-"
    request = str(row.request_id or "-")
    return [
        str(row.id),
        request,
        row.kind,
        row.state,
        str(row.attempts),
        following,
        to,
        refused,
        row.answer or "-",
    ]


def send(home: HomeOption = None) -> None:
    """Send what is due; `billclerk watch` does so by itself.

    Until mail is live, messages are written into the home's `outbox/` instead, and nothing counts as sent.
    The exit status is 1 where something was not sent.
    """
    from datarequests.postman import work_outbox
    from datarequests.tables import OutgoingMail
    from extractor.base.database import reading

    status, count = 0, 0
    with opened(home) as at:
        for one in work_outbox(at.engine, post_of(at.home)):
            count += 1
            with reading(at.engine) as session:
                row = session.get(OutgoingMail, one.mail)
            if row is not None:
                line, is_sent = told(row, one)
                print(line, file=sys.stdout if is_sent else sys.stderr)
                status = status if is_sent else 1
    if not count:
        print("nothing is due; `billclerk mail outbox` shows what waits, and for what", file=sys.stderr)
    raise typer.Exit(status)


def drop(
    number: Annotated[
        int, typer.Argument(metavar="MAIL", help="The number of a message, as `outbox` has it.")
    ],
    who: Annotated[
        str | None, typer.Option("--who", help="Who does it; by default the name you log in by.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Drop a message that is not to go out: a follow-up, a notice; a request itself is withdrawn."""
    import getpass

    from datarequests.waiting import drop as dropped
    from extractor.base.database import writing

    with opened(home) as at, writing(at.engine) as session:
        row = dropped(session, number, who or getpass.getuser(), now())
        kind, request = row.kind, row.request_id
    print(f"message {number} ({kind}{f' of request {request}' if request else ''}) will not go out")


def told(row: "OutgoingMail", worked: "Worked | None") -> "tuple[str, bool]":
    """Return what a person is told of a message, and whether it was sent."""
    from datarequests.outbox import MailState
    from extractor.cli.wording import clean

    name = f"{row.kind} of request {row.request_id}" if row.request_id else row.kind
    answer = f": {row.answer}" if row.answer else ""
    refused = f"; refused: {', '.join(row.refused)}" if row.refused else ""
    if row.sent_at is not None:
        return clean(f"{name}: sent{answer}{refused}"), True
    match row.state:
        case MailState.WRITTEN:
            where = f" to {worked.path}" if worked and worked.path else ""
            said = f"NOT SENT, written{where}{answer}; it does not count as sent"
        case MailState.UNKNOWN:
            said = f"UNKNOWN whether it arrived{answer}; ask, then `billclerk request settle`"
        case MailState.SENDING:
            return f"{name}: another program is sending it; `billclerk mail outbox` says how that went", True
        case MailState.QUEUED:
            at = f", next try {row.next_at:%Y-%m-%d %H:%M} UTC" if row.next_at else ", it waits for its turn"
            said = f"not sent yet{answer}{at}"
        case _:
            said = f"NOT SENT, {row.state}{answer}{refused}"
    return clean(f"{name}: {said}"), False


def mail_settings(home: "Home") -> "MailSettings":
    """Return how mail goes out."""
    from datarequests.settings import MailSettings
    from extractor.cli.settings import from_environment

    return from_environment(MailSettings, home)


def post_of(home: "Home") -> "Post":
    """Return how messages leave a home."""
    from datarequests.postman import Post
    from extractor.cli.request.told import rules_of

    return Post(mail_settings(home), home.path, now, rules_of(home))


def office_of(home: "Home") -> "Office":
    """Return how this firm writes."""
    from datarequests.addressing import reply_key
    from datarequests.outbox import Office
    from extractor.cli.settings import from_environment
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings

    limits = limits_of(from_environment(ReaderSettings, home))
    return Office(mail_settings(home), reply_key(home.path), partial(_text_of, limits=limits))


def _text_of(one: "Attachment", limits: object) -> str | None:
    """Return the text of an attachment: of a PDF, and of what is text itself."""
    from extractor.intake.attachment_text import text_of_pdf
    from extractor.pages.limits import Limits

    assert isinstance(limits, Limits)
    if one.content.startswith(b"%PDF-"):
        return text_of_pdf(one.content, limits)
    return one.content.decode("utf-8", "replace") if one.mime.startswith("text/") else None


def address_of_manager(session: "Session", key: str | None) -> str | None:
    """Return the address of a manager of the roster."""
    from extractor.store.people import Manager

    found = session.get(Manager, key) if key else None
    return found.email if found else None
