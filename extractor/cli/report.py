"""`billclerk report`: how the data requests stand, for account managers and for customers."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.letters_of_day import letter_of_day, put_letter
from extractor.cli.opened import Opened, opened

if TYPE_CHECKING:
    from sqlmodel import Session

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
    again: Annotated[
        bool, typer.Option("--again", help="With --send: also where today's was put into the outbox before.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Report how the data requests stand, what needs attention first, and how long counterparties take."""
    from datarequests.report import Asked, ReportError, refuse_unknown
    from extractor.base.database import reading
    from extractor.cli.billed import own_templates
    from extractor.cli.reported import written
    from extractor.cli.request.told import people_of, rules_of

    asked = Asked(manager, customer, edition, moment_of(as_of, dt.time(23, 59, 59)), every)
    if send and (edition == "customer" or as_of is not None):
        raise ReportError(
            "only a manager's report of now is sent; write others by --out and send them yourself"
        )
    if again and not send:
        raise typer.BadParameter("it goes with --send", param_hint="--again")
    with opened(home) as at:
        rules = rules_of(at.home)
        with reading(at.engine) as session:
            people = people_of(session)
            refuse_unknown(session, manager, customer, people)
        if is_daily:
            start = moment_of(since, dt.time())
            _daily(at, manager, people, rules, start, send, again)
        elif send:
            _sent(at, asked, people, rules, again)
        else:
            with reading(at.engine) as session:
                written(_made(session, asked, people, rules), output, out, own_templates(at.home))


def moment_of(day: dt.datetime | None, time: dt.time) -> dt.datetime | None:
    """Return a moment in Los Angeles; of a day alone at a time."""
    from datarequests.business_days import LOS_ANGELES

    if day is None:
        return None
    if day.time() == dt.time():
        day = dt.datetime.combine(day.date(), time)
    return day.replace(tzinfo=LOS_ANGELES).astimezone(dt.UTC)


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
    at: Opened,
    manager: str | None,
    people: "People",
    rules: "Rules",
    start: dt.datetime | None,
    send: bool,
    again: bool,
) -> None:
    """Print, or put into the outbox, each manager's daily letter."""
    from datarequests.daily import daily
    from extractor.base.database import reading, writing
    from extractor.cli.billed import own_templates
    from extractor.cli.request.told import working_day_before
    from extractor.cli.wording import clean

    moment = now()
    with reading(at.engine) as session:
        keys = _managers(session, manager)
        start = start or working_day_before(session, moment)
    for key in keys:
        with (writing if send else reading)(at.engine) as session:
            own = own_templates(at.home)
            notice = daily(session, key, people, rules, start, moment, own)
            if notice is None:
                print(f"{key}: nothing changed, nothing to act on", file=sys.stderr)
            elif not send:
                print(f"To: {', '.join(notice.recipients) or key}\nSubject: {notice.subject}\n")
                print("\n".join(clean(line) for line in notice.text.split("\n")))
            else:
                put_letter(at, session, key, notice, moment, letter_of_day("daily", key, moment), again)


def _sent(at: Opened, asked: "Asked", people: "People", rules: "Rules", again: bool) -> None:
    """Put each manager's report into the outbox."""
    from dataclasses import replace

    from datarequests.notices import Notice
    from datarequests.report_page import page
    from extractor.base.database import reading, writing
    from extractor.cli.billed import own_templates

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
            html = page(found, own_templates(at.home))
            letter = Notice("report", to, subject, f"{words}\n", html, release=True)
            of = (asked.customer or "", "all" if asked.every else "")
            put_letter(at, session, key, letter, moment, letter_of_day("report", key, moment, *of), again)
