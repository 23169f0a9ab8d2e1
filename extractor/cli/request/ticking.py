"""`billclerk request tick`: all that is due is done, from a timer or by `billclerk watch`."""

import datetime as dt
import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from datarequests.tick import Done, Trouble, Ways
    from extractor.home import Home

EVERY_SECONDS = 300.0
"""How often a watch looks at what is due."""


def tick(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due, and do nothing.")] = False,
    as_if: Annotated[
        dt.datetime | None,
        typer.Option("--now", formats=["%Y-%m-%dT%H:%M"], help="As if it were this moment, in Los Angeles."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Do what is due: draft follow-ups and escalations, propose time-outs, name what expires, hold back.

    Each happens once, in the office hours of the counterparty, and may be run as often as you like. Exit
    status 1 where something could not be done.
    """
    from datarequests.business_days import LOS_ANGELES
    from datarequests.tick import Trouble
    from datarequests.tick import tick as do_due

    moment = as_if.replace(tzinfo=LOS_ANGELES).astimezone(dt.UTC) if as_if else now()
    with opened(home) as at:
        told = list(do_due(at.engine, ways_of(at.home, at.engine), moment, dry_run))
    for one in told:
        print(line_of(one), file=sys.stderr if isinstance(one, Trouble) else sys.stdout)
    if not told:
        print("nothing is due", file=sys.stderr)
    raise typer.Exit(1 if any(isinstance(one, Trouble) for one in told) else 0)


def line_of(one: "Done | Trouble") -> str:
    """Return what a person is told of something done, or not."""
    from datarequests.tick import Done
    from extractor.cli.wording import clean

    if isinstance(one, Done):
        return clean(f"{one.what} {one.number}: {one.event}: {one.said}")
    return clean(f"{one.what} {one.number}: {one.message}")


def ways_of(home: "Home", engine: "Engine") -> "Ways":
    """Return what a tick goes by, and by what it writes letters."""
    from datarequests.settings import TickSettings
    from datarequests.tick import Ways
    from extractor.base.database import reading
    from extractor.cli.request.posting import drafter_of
    from extractor.cli.request.told import people_of, rules_of
    from extractor.cli.settings import from_environment

    with reading(engine) as session:
        people = people_of(session)
    release = from_environment(TickSettings, home).auto_send
    own = home.path / "templates"
    return Ways(rules_of(home), people, drafter_of(home), release, own if own.is_dir() else None)


class Ticker:
    """Does what is due every few minutes while a watch runs."""

    def __init__(self, home: "Home", engine: "Engine", tell: "Callable[[str], None]") -> None:
        self._home, self._engine, self._tell = home, engine, tell
        self._due = 0.0

    def beat(self) -> None:
        """Do what is due if it is time to; what cannot be done now is tried again."""
        from sqlalchemy.exc import OperationalError

        from datarequests.tick import tick as do_due
        from extractor.base.errors import BillclerkError

        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + EVERY_SECONDS
        try:
            for one in do_due(self._engine, ways_of(self._home, self._engine), now()):
                self._tell(line_of(one))
        except (BillclerkError, OperationalError) as error:
            said = error if isinstance(error, BillclerkError) else "the database cannot be used"
            self._tell(f"requests: {said}; trying again in {EVERY_SECONDS:.0f} s")
