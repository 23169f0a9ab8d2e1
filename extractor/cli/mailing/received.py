"""`billclerk mail fetch`, `list`, `orphans`, `show`, `assign`, `confirm`, `ignore`: mail that comes in."""

import datetime as dt
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened
from extractor.cli.said import Who

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from datarequests.incoming.parsed import Incoming
    from datarequests.tables import IncomingMail
    from extractor.cli.mailing.fetching import Taking, Told
    from extractor.home import Home

Mail = Annotated[int, typer.Argument(metavar="MAIL", help="The number of a message.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]
Says = Literal[
    "acknowledged",
    "in_process",
    "correction",
    "rejected",
    "promised",
    "bounced",
    "delayed",
    "auto_reply",
    "data",
    "portal",
    "note",
]


def fetch(dry_run: DryRun = False, home: HomeOption = None) -> None:
    """Take in what is new in the mailbox, the maildir and the inbox; `billclerk watch` does so by itself.

    A line on each message: the request it is for and what it did to it, or why nobody knows. A message is
    marked as seen in the mailbox when it is kept. The exit status is 75 where the mailbox cannot be read.
    """
    count = 0
    with opened(home) as at:
        for told in taking(at.home, at.engine, dry_run).all():
            count += 1
            print(line_on(told), flush=True)
    if not count:
        print("no mail that is new", file=sys.stderr)


def listed(
    every: Annotated[bool, typer.Option("--all", help="Those that are done or ignored, too.")] = False,
    home: HomeOption = None,
) -> None:
    """List the messages that a person has to look at, each with what it seems to say."""
    from datarequests.incoming.confirmed import waiting
    from datarequests.incoming.taken import IGNORED, ORPHAN
    from extractor.base.database import reading

    states = (ORPHAN, "matched", *(("done", IGNORED) if every else ()))
    with opened(home) as at, reading(at.engine) as session:
        _print(waiting(session, states), "no mail has to be looked at")


def orphans(home: HomeOption = None) -> None:
    """List the messages of which nobody knows the request, each with why, and which it may be for."""
    from datarequests.incoming.confirmed import waiting
    from datarequests.incoming.taken import ORPHAN
    from extractor.base.database import reading

    with opened(home) as at, reading(at.engine) as session:
        _print(waiting(session, [ORPHAN]), "no mail is without its request")


def show(number: Mail, home: HomeOption = None) -> None:
    """Show a message: whom it says it is from, its text, its files, what it did, and what it seems to say."""
    from datarequests.incoming.confirmed import mail_of
    from extractor.base.database import reading
    from extractor.cli.wording import clean

    with opened(home) as at, reading(at.engine) as session:
        mail = mail_of(session, number)
        for line in _lines(mail, _message(at, mail)):
            print(clean(line))


def assign(
    number: Mail,
    request: Annotated[int, typer.Argument(metavar="REQUEST", help="The request that it is for.")],
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Say which request a message is for; what is certain by it then happens, and its files are read."""
    from datarequests.incoming.confirmed import assign as assigned
    from datarequests.incoming.confirmed import mail_of
    from datarequests.incoming.taken import Came
    from extractor.base.database import writing

    with opened(home) as at:
        with writing(at.engine) as session:
            mail = mail_of(session, number)
            events = assigned(session, mail, request, _message(at, mail), now())
            print(line_on(Came(mail, events)))
            if dry_run:
                session.rollback()
        if not dry_run:
            for told in taking(at.home, at.engine).files():
                print(line_on(told))


def confirm(
    number: Mail,
    who: Who,
    says: Annotated[
        Says | None, typer.Option("--as", help="What it says; by default what was suggested.")
    ] = None,
    case: Annotated[str | None, typer.Option("--case", help="The number that they gave it.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="What they ask for, or why.")] = None,
    date: Annotated[
        dt.datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="The day that was promised.")
    ] = None,
    item: Annotated[
        list[int] | None, typer.Option("--item", help="An item that it brings, as `request show` has them.")
    ] = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Say what a message says, as it was suggested or otherwise: that happens to its request."""
    from datarequests.incoming.confirmed import Word, mail_of
    from datarequests.incoming.confirmed import confirm as confirmed
    from extractor.base.database import writing

    word = Word(who, says, case, reason, date.date() if date else None, item or ())
    with opened(home) as at, writing(at.engine) as session:
        mail = mail_of(session, number)
        row = confirmed(session, mail, word, now())
        print(f"request {mail.request_id}: {row.event if row else 'nothing new'}")
        if dry_run:
            session.rollback()


def ignore(number: Mail, who: Who, dry_run: DryRun = False, home: HomeOption = None) -> None:
    """Say that a message is nothing: it is kept, and not listed any more."""
    from datarequests.incoming.confirmed import ignore as ignored
    from datarequests.incoming.confirmed import mail_of
    from extractor.base.database import writing

    with opened(home) as at, writing(at.engine) as session:
        ignored(session, mail_of(session, number), who)
        print(f"mail {number} is ignored")
        if dry_run:
            session.rollback()


def dropped(home: "Home", engine: "Engine") -> Iterator[str]:
    """Take in messages that came by the inbox, where any answers a request; give a line on each."""
    into = taking(home, engine)
    yield from map(line_on, into.dropped())
    yield from map(line_on, into.files())


def taking(home: "Home", engine: "Engine", is_dry: bool = False) -> "Taking":
    """Return what takes mail into a home."""
    from functools import partial

    from datarequests.addressing import reply_key, signed_for
    from datarequests.oauth import Tokens, grant_of
    from datarequests.settings import MailboxSettings
    from extractor.cli.mailing.fetching import Taking
    from extractor.cli.mailing.outgoing import mail_settings
    from extractor.cli.settings import from_environment
    from extractor.settings import ReaderSettings

    reader, mailbox = from_environment(ReaderSettings, home), from_environment(MailboxSettings, home)
    grant = grant_of(mail_settings(home)) if mailbox.imap_password is None else None
    token = Tokens(grant, home.path, now).access if grant else None
    signed = partial(signed_for, key=reply_key(home.path))
    return Taking(home, engine, reader, mailbox, is_dry=is_dry, reply_address=signed, token=token)


def line_on(told: "Told") -> str:
    """Return what a person is told of a message."""
    from datarequests.incoming.reading import Read
    from datarequests.incoming.sources import TooLarge
    from extractor.cli.wording import clean

    if isinstance(told, TooLarge):
        size = f"{told.size / 1e6:.0f} MB"
        return clean(f"a message of {size} is left in the mailbox: it is larger than BILLCLERK_MAX_FILE_MB")
    mail = told.mail
    to = f"request {mail.request_id}" if mail.request_id is not None else "orphan"
    if isinstance(told, Read):
        receipt = told.receipt
        said = [f"received {one}" for one in receipt.received]
        said += [f"missing {one}" for one in receipt.missing]
        said += [f"look at {one}" for one in receipt.unused]
        return clean(f"mail {mail.id}: {to}: {receipt.event or 'no data of it'}; {'; '.join(said)}")
    did = ", ".join(told.events) or _why(mail)
    return clean(f"mail {mail.id}: {to}: {mail.kind}: {did}")


def _why(mail: "IncomingMail") -> str:
    """Return what a message seems to say, and why that did not happen by itself."""
    told = mail.suggested
    says = told.get("says")
    said = [
        "no words that are known: read it" if says == "unknown" else f"seems to say {says}" if says else ""
    ]
    said += [f'"{told["words"]}"' if told.get("words") else ""]
    said += [f"case {told['case']}" if told.get("case") else ""]
    said += [f'read "{told["doubt"]}"' if told.get("doubt") and says != "unknown" else ""]
    said += [f"by {told['promised']}" if told.get("promised") else ""]
    said += [told.get("why") or "", told.get("waits") or "", *told.get("unused", ())]
    if told.get("requests"):
        said += [f"it may be for {', '.join(map(str, told['requests']))}"]
    return "; ".join(filter(None, said)) or mail.state


def _print(rows: Any, nothing: str) -> None:
    from rich.table import Table

    from extractor.cli.noted import console
    from extractor.cli.wording import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("mail", "came (UTC)", "request", "from", "subject", "kind", "state"):
        table.add_column(title)
    table.add_column("what it says", overflow="fold")
    for row in rows:
        cells = (row.id, f"{row.received_at:%Y-%m-%d %H:%M}", row.request_id or "-", row.sender or "-")
        table.add_row(*(clean(str(one)) for one in (*cells, row.subject, row.kind, row.state, _why(row))))
    if table.row_count:
        console().print(table)
    else:
        print(nothing, file=sys.stderr)


def _message(at: Opened, mail: "IncomingMail") -> "Incoming":
    """Return a message as it came.

    Raises:
        MailError: if its bytes are gone.
    """
    from datarequests.incoming.confirmed import MailError
    from datarequests.incoming.parsed import parsed
    from extractor.originals import place_by_hash

    original = place_by_hash(at.home.originals, mail.sha256)
    if original is None:
        raise MailError(f"the original of mail {mail.id} is gone; restore it from a backup")
    return parsed(original.read_bytes())


def _lines(mail: "IncomingMail", message: "Incoming") -> Iterator[str]:
    from datarequests.incoming.quoted import own_words

    yield f"mail {mail.id}, {mail.kind}: {mail.state}"
    by = "as a person says" if mail.matched_by == "person" else f"by its {mail.matched_by}"
    matched = f"request {mail.request_id}, {by}" if mail.request_id else "no request"
    yield f"for {matched}"
    yield f"from {', '.join(message.senders) or 'nobody that can be made out'}"
    yield f"came {mail.received_at:%Y-%m-%d %H:%M} UTC; says it was sent {mail.sent_at or '-'}"
    yield f"subject: {mail.subject}"
    yield f"Message-ID: {mail.message_id or '-'}; original {mail.sha256[:12]}"
    if not message.is_whole:
        yield "only its head was looked at: it is made to keep a parser busy"
    for one in mail.attachments:
        what = one.get("kind") or ("not read yet" if one.get("may_be_data") else "not looked at")
        spans = [f"{span['holds']} {span['first']} to {span['last']}" for span in one.get("spans", ())]
        yield f"file {one['name']}: {'; '.join([what, *spans, one.get('said') or ''])}".rstrip("; ")
    yield f"what it says: {_why(mail)}"
    yield ""
    yield from own_words(message.text).splitlines()[:60]
