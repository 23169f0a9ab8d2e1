"""What commands of requests share: who says so, when it happened, and what a request is then."""

import datetime as dt
import getpass
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.outside import Told
    from datarequests.people import People
    from datarequests.reminders import Rules
    from extractor.home import Home

Number = Annotated[int, typer.Argument(metavar="REQUEST", help="The number of a request.")]
Who = Annotated[str, typer.Option("--who", help="Who says so; by default the login name.")]
On = Annotated[
    dt.datetime | None,
    typer.Option(
        "--on", formats=["%Y-%m-%d"], help="The day it happened, at the counterparty's; else today."
    ),
]
At = Annotated[
    dt.datetime | None,
    typer.Option("--at", formats=["%H:%M"], help="The time there; else now, on an earlier day noon."),
]
Why = Annotated[str, typer.Option("--why", help="By what it is known, or why.")]
Evidence = Annotated[
    Path | None,
    typer.Option(
        "--evidence", exists=True, dir_okay=False, help="A file that shows it, kept among the originals."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be recorded, no more.")]


@contextmanager
def recording(
    number: int,
    who: str,
    on: dt.datetime | None,
    at: dt.datetime | None,
    why: str,
    evidence: Path | None,
    dry_run: bool,
    home: HomeOption,
) -> "Iterator[tuple[Opened, Session, Told]]":
    """Give a session in which something is recorded, and what a person says of it; say then what is.

    Raises:
        NoHomeError: if there is no home.
        UnknownRequestError: if there is no such request.
    """
    from extractor.base.database import writing

    moment = now()
    with opened(home) as opening:
        kept = kept_file(opening, evidence, dry_run) if evidence else None
        with writing(opening.engine) as session:
            told = told_of(session, number, who, on, at, moment, why, kept)
            yield opening, session, told
            lines = standing(session, number, moment)
            if dry_run:
                session.rollback()
    if dry_run:
        typer.echo("nothing was recorded; it would be:", err=True)
    for line in lines:
        typer.echo(line)


def told_of(
    session: "Session",
    number: int,
    who: str,
    on: dt.datetime | None,
    at: dt.datetime | None,
    moment: dt.datetime,
    why: str = "",
    evidence: str | None = None,
) -> "Told":
    """Return what a person says of a request: who, and when it happened at the counterparty's.

    Raises:
        RecordError: if that is still to come.
        UnknownRequestError: if there is no such request.
    """
    from datarequests.desks import desk
    from datarequests.history import request_of
    from datarequests.outside import Told

    zone = desk(session, request_of(session, number).counterparty).zone
    return Told(who_of(who), happened(on, at, moment, zone), moment, why.strip() or None, evidence)


def who_of(who: str) -> str:
    """Return who says something: by default the login name."""
    return who.strip() or getpass.getuser()


def happened(
    on: dt.datetime | None, at: dt.datetime | None, moment: dt.datetime, zone: dt.tzinfo
) -> dt.datetime:
    """Return when something happened: now, or on a day at a time there; where none is said, at noon."""
    local = moment.astimezone(zone)
    day = on.date() if on else local.date()
    if at is None:
        if day == local.date():
            return moment
        at = dt.datetime.combine(day, dt.time(12))
    return dt.datetime.combine(day, at.time(), tzinfo=zone).astimezone(dt.UTC)


def kept_file(opening: Opened, path: Path, dry_run: bool) -> str:
    """Keep a file among the originals; return its hash."""
    from extractor.originals import kept

    data = path.read_bytes()
    if not dry_run:
        kept(opening.home.originals, data)
    return hashlib.sha256(data).hexdigest()


def standing(session: "Session", number: int, moment: dt.datetime) -> list[str]:
    """Return what a request is now, and what can be done next, in lines."""
    from datarequests.history import request_of
    from datarequests.outside import possible
    from datarequests.viewed import viewed
    from extractor.cli.wording import clean

    one = viewed(session, request_of(session, number), moment)
    latest = one.clock.latest if one.clock is not None and one.clock.stopped is None else None
    until = f", the window until {latest}" if latest else ""
    said = f"request {number}: {'closed, ' if one.is_closed else ''}{one.state}{until}"
    lines = [f"{said}; turn: {one.side}; next: {one.next_step}"]
    if not one.is_closed:
        lines += [f"  possible: {each}" for each in possible(one.state, number)]
    return [clean(line) for line in lines]


def people_of(session: "Session") -> "People":
    """Return the roster's managers and customers."""
    from sqlmodel import select

    from datarequests.people import People, Person
    from extractor.store.people import Customer, Manager

    managers = {one.key: Person(one.key, one.name, one.email) for one in session.exec(select(Manager))}
    return People(managers, {one.key: one.name for one in session.exec(select(Customer))})


def working_day_before(session: "Session", moment: dt.datetime) -> dt.datetime:
    """Return when the working day before began, by SCE's calendar: that which offices here keep."""
    from datarequests.business_days import working_day_before as began
    from datarequests.desks import desk

    return began(moment, desk(session, "sce").calendar)


def rules_of(home: "Home") -> "Rules":
    """Return when what is due, by the settings."""
    from datarequests.reminders import Rules
    from datarequests.settings import RequestSettings, TickSettings
    from extractor.cli.settings import from_environment

    days, hours = from_environment(RequestSettings, home), from_environment(TickSettings, home)
    return Rules(
        days.follow_up_days,
        days.escalate_days,
        days.time_out_days,
        days.expiry_notice_days,
        hours.office_opens,
        hours.office_closes,
    )
