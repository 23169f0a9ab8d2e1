"""`billclerk request lint`: what speaks against sending requests; one that is clean becomes ready."""

import sys
from typing import Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.request.named import Csv, numbers_of
from extractor.cli.request.told import Who, who_of


def lint(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="REQUEST...", help="The numbers of requests.")
    ] = None,
    file: Csv = None,
    who: Who = "",
    accept_warnings: Annotated[
        bool,
        typer.Option(
            "--accept-warnings", help="Take the warnings as they are: they are kept with the request."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what is found, and change nothing.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Print what speaks against sending requests, each with its reason; what is clean becomes ready.

    A request with a refusal stays a draft, one with warnings, too, until they are accepted. The exit
    status is 1 where one is not ready.
    """
    from datarequests.history import request_of
    from datarequests.lint import is_refused
    from datarequests.linted import make_ready
    from datarequests.workflow import State
    from extractor.base.database import writing
    from extractor.cli.billed import KnownOf
    from extractor.cli.request.checked import checked, line_on

    waiting, by = 0, who_of(who)
    with opened(home) as at, writing(at.engine) as session:
        when, known = now(), KnownOf(session)
        for number in numbers_of(session, numbers or (), file):
            one, found = checked(at, session, request_of(session, number), when, known)
            for finding in found:
                print(f"request {number}: {line_on(finding)}")
            may = (
                one.state in (State.DRAFT, State.READY)
                and not is_refused(found)
                and (accept_warnings or not found)
            )
            is_ready = may if dry_run else make_ready(session, one, found, by, when, accept_warnings)
            waiting += not is_ready
            is_draft = one.state in (State.DRAFT, State.READY)
            said = "ready" if is_ready else "not ready" if is_draft else f"{one.state}, not a draft"
            print(f"request {number} is {said}", file=sys.stderr)
    raise typer.Exit(1 if waiting else 0)
