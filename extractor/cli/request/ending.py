"""`billclerk request withdraw`, `time-out`, `override`, `rebase`, `close`: what a person decides."""

from typing import Annotated

import typer

from extractor.cli.home import HomeOption
from extractor.cli.request.told import At, DryRun, Evidence, Number, On, Who, Why, recording


def withdraw(
    number: Number,
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Withdraw a request; what of it waits in the outbox is taken back. `cancel` does the same."""
    from datarequests.outside import withdraw as record_withdrawn

    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record_withdrawn(session, number, told)


def time_out(
    number: Number, who: Who = "", why: Why = "", dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Confirm that a request has timed out, as was proposed; where it was not, say --why."""
    from datarequests.outside import time_out as record_timed_out

    with recording(number, who, None, None, why, None, dry_run, home) as (_, session, told):
        record_timed_out(session, number, told)


def override(
    number: Number,
    state: Annotated[str, typer.Argument(metavar="STATE", help="What it is, as `request list` names it.")],
    on: On = None,
    at: At = None,
    who: Who = "",
    why: Why = "",
    evidence: Evidence = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Say what a request is, whatever happened, and --why; its history keeps that you said so."""
    from datarequests.outside import override as record_overridden
    from datarequests.workflow import State

    if state not in list(State):
        raise typer.BadParameter(f"one of {', '.join(State)}", param_hint="STATE")
    with recording(number, who, on, at, why, evidence, dry_run, home) as (_, session, told):
        record_overridden(session, number, State(state), told)


def rebase(
    number: Number, who: Who = "", why: Why = "", dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Let a request's clock count by the window and calendar that are known now."""
    from datarequests.outside import rebase as record_rebased

    with recording(number, who, None, None, why, None, dry_run, home) as (_, session, told):
        if not record_rebased(session, number, told):
            typer.echo("its clock counts by what is known now; nothing was recorded", err=True)


def close(
    number: Number, who: Who = "", why: Why = "", dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Close a request that has ended: it leaves the lists and reports, its history stays."""
    from datarequests.outside import record
    from datarequests.workflow import Event

    with recording(number, who, None, None, why, None, dry_run, home) as (_, session, told):
        record(session, number, Event.CLOSED, told)
