"""`billclerk report`: how the data requests stand, for account managers and for customers."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import Opened, opened
from extractor.cli.filed import now
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.notices import Notice
    from datarequests.people import People
    from datarequests.reminders import Rules
    from datarequests.report import Asked, Report

Format = Literal["table", "html", "csv", "xlsx", "json"]
Edition = Literal["internal", "customer"]

Manager = Annotated[str | None, typer.Option("--manager", help="Looked after by this manager of the roster.")]
Customer = Annotated[str | None, typer.Option("--customer", help="Of this customer of the roster.")]
Since = Annotated[
    dt.datetime | None,
    typer.Option("--since", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="With --daily: changed after this."),
]


def report(
    manager: Manager = None,
    customer: Customer = None,
    output: Annotated[Format, typer.Option("--format", help="As what.")] = "table",
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; else standard output.")
    ] = None,
    send: Annotated[
        bool,
        typer.Option("--send", help="Put it into the outbox, for the managers whose requests are in it."),
    ] = False,
    edition: Annotated[
        Edition, typer.Option("--edition", help="`customer`: one customer's, without what is ours.")
    ] = "internal",
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="As it was then, at the end of a day, in Los Angeles.",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="With what is done.")] = False,
    is_daily: Annotated[
        bool, typer.Option("--daily", help="Per manager, only what changed or needs somebody to act.")
    ] = False,
    since: Since = None,
    home: HomeOption = None,
) -> None:
    """Report how the data requests stand, what needs attention first, and how long counterparties take."""
    from datarequests.report import Asked, ReportError
    from extractor.base.database import reading
    from extractor.cli.reported import written
    from extractor.cli.request.ticking import rules_of
    from extractor.cli.request.told import people_of

    asked = Asked(manager, customer, edition, _moment(as_of, dt.time(23, 59, 59)), every)
    if send and (edition == "customer" or as_of is not None):
        raise ReportError(
            "only a manager's report of now is sent; write others by --out and send them yourself"
        )
    with opened(home) as at:
        rules = rules_of(at.home)
        with reading(at.engine) as session:
            people = people_of(session)
        if is_daily:
            start = _moment(since, dt.time())
            _daily(at, manager, people, rules, start, send)
        elif send:
            _sent(at, asked, people, rules)
        else:
            with reading(at.engine) as session:
                written(_made(session, asked, people, rules), output, out, own_templates(at))


def _moment(day: dt.datetime | None, time: dt.time) -> dt.datetime | None:
    """Return a moment in Los Angeles; of a day alone at a time."""
    from datarequests.business_days import LOS_ANGELES

    if day is None:
        return None
    if day.time() == dt.time():
        day = dt.datetime.combine(day.date(), time)
    return day.replace(tzinfo=LOS_ANGELES).astimezone(dt.UTC)


def own_templates(at: Opened) -> Path | None:
    """Return the folder of a firm's own templates, None if it has none."""
    folder = at.home.path / "templates"
    return folder if folder.is_dir() else None


def _made(session: "Session", asked: "Asked", people: "People", rules: "Rules") -> "Report":
    from datarequests.report import report as made

    return made(session, asked, people, rules, now())


def _managers(session: "Session", manager: str | None) -> list[str]:
    """Return the manager that is asked for, else all who look after requests."""
    from sqlmodel import select

    from datarequests.tables import DataRequest

    if manager is not None:
        return [manager]
    return sorted({key for key in session.exec(select(DataRequest.manager)) if key})


def _daily(
    at: Opened, manager: str | None, people: "People", rules: "Rules", start: dt.datetime | None, send: bool
) -> None:
    """Print, or put into the outbox, each manager's daily letter."""
    from datarequests.daily import daily, since
    from extractor.base.database import reading, writing
    from extractor.cli.wording import clean

    moment = now()
    with reading(at.engine) as session:
        keys = _managers(session, manager)
    for key in keys:
        with (writing if send else reading)(at.engine) as session:
            notice = daily(session, key, people, rules, start or since(moment), moment, own_templates(at))
            if notice is None:
                print(f"{key}: nothing changed, nothing to act on", file=sys.stderr)
            elif not send:
                print(f"To: {', '.join(notice.recipients) or key}\nSubject: {notice.subject}\n")
                print("\n".join(clean(line) for line in notice.text.split("\n")))
            else:
                _put(at, session, key, notice, moment)


def _sent(at: Opened, asked: "Asked", people: "People", rules: "Rules") -> None:
    """Put each manager's report into the outbox."""
    from dataclasses import replace

    from datarequests.notices import Notice
    from datarequests.report_page import page
    from extractor.base.database import reading, writing

    moment = now()
    with reading(at.engine) as session:
        keys = _managers(session, asked.manager)
    for key in keys:
        with writing(at.engine) as session:
            found = _made(session, replace(asked, manager=key), people, rules)
            if not found.lines:
                print(f"{key}: no requests", file=sys.stderr)
                continue
            known = people.managers.get(key)
            to = (known.email,) if known is not None and known.email else ()
            words = ", ".join(f"{count} {name}" for name, count in found.counts.items() if count)
            subject = f"{found.title}: {words}"
            _put(
                at,
                session,
                key,
                Notice("report", to, subject, f"{words}\n", page(found, own_templates(at)), None, True),
                moment,
            )


def _put(at: Opened, session: "Session", key: str, notice: "Notice", moment: dt.datetime) -> None:
    """Put a letter into the outbox and say so."""
    from extractor.cli.request.posting import drafter_of

    if not notice.recipients:
        print(f"{key}: the roster has no e-mail address of this manager", file=sys.stderr)
        return
    if drafter_of(at.home)(session, notice, moment) is None:
        print(f"{key}: there is no outbox to put it into; nothing is sent", file=sys.stderr)
        return
    print(f"{key}: {notice.subject}: in the outbox for {', '.join(notice.recipients)}")
