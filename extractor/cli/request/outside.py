"""`billclerk request sent`, `ack`, `process`, ...: what happened by fax, post, portal or telephone.

Each records who, when and by what it is known, and says what the request is then and what can be done next.
"""

import datetime as dt
from typing import Annotated, Literal

import typer

from extractor.cli.home import HomeOption
from extractor.cli.request.told import At, DryRun, Evidence, Number, On, Who, Why, people_of, recording

Channel = Literal["fax", "mail", "portal", "email"]


def sent(
    number: Number,
    by: Annotated[Channel, typer.Option("--by", help="How it went out.")],
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that a request went out by fax, post or portal: its clock starts.

    Of one that is out already it is recorded that it was sent once more; the clock goes on as it was.
    """
    from datarequests.outside import sent as record_sent
    from datarequests.workflow import Event

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        if record_sent(session, number, by, told) is Event.RESENT:
            typer.echo("it was out already: sent once more, its clock goes on as it was", err=True)


def ack(
    number: Number,
    case: Annotated[str, typer.Option("--case", help="The number that they gave it.")] = "",
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that the counterparty confirmed it has the request."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record(session, number, Event.ACKNOWLEDGED, told, {"case": case.strip()})


def process(
    number: Number,
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that the counterparty works on it."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record(session, number, Event.IN_PROCESS, told)


def note(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be remembered.")],
    on: On = None,
    at: At = None,
    who: Who = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Note something about a request; it changes nothing, and no report shows it to a customer."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    with recording(number, who, on, at, "", evidence, dry_run, home) as (_, session, told):
        record(session, number, Event.NOTE, told, {"note": text})


def promise(
    number: Number,
    date: Annotated[dt.datetime, typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="By when.")],
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record the day by which an answer was promised; until it has passed, nobody is reminded."""
    from datarequests.outside import promise as record_promise

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record_promise(session, number, date.date(), told)


def assign(
    number: Number,
    manager: Annotated[str, typer.Argument(metavar="MANAGER", help="The manager's key in the roster.")],
    who: Who = "",
    why: Why = "",
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Give a request to a manager of the roster."""
    from datarequests.outside import assign as record_assigned

    with recording(number, who, None, None, why, None, dry_run, home) as (_, session, told):
        record_assigned(session, number, manager, people_of(session).managers, told)


def correct(
    number: Number,
    asked: Annotated[str, typer.Option("--asked", help="They ask for this: the clock stands still.")] = "",
    is_sent: Annotated[bool, typer.Option("--sent", help="It was sent: the clock goes on.")] = False,
    restarts: Annotated[
        bool, typer.Option("--restarts", help="The whole request was sent anew, corrected: it starts anew.")
    ] = False,
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that a correction was asked for, or was sent."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    if bool(asked.strip()) == (is_sent or restarts):
        raise typer.BadParameter("say one: --asked REASON, or --sent or --restarts")
    went = Event.CORRECTED if restarts else Event.CORRECTION_SENT
    event = Event.CORRECTION_ASKED if asked.strip() else went
    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record(session, number, event, told, {"reason": asked.strip()})


def reject(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="The reason they gave.")],
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Record that the counterparty refused it, and why."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record(session, number, Event.REJECTED, told, {"reason": reason})
