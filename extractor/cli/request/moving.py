"""`billclerk request move`: a request under another authorization, a renewed one say."""

from typing import Annotated

import typer

from extractor.cli.home import HomeOption
from extractor.cli.request.told import DryRun, Number, Who, recording


def move(
    number: Number,
    authorization: Annotated[
        int | None, typer.Option("--authorization", help="To which one; by default the only one that holds.")
    ] = None,
    who: Who = "",
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Move a request that is not out, or came back, to another authorization; check it again then.

    What it asks stays as it was; what the other authorization does not cover is said by `request lint`.
    """
    from datarequests.changing import move as moved

    with recording(number, who, None, None, "", None, dry_run, home) as (_, session, told):
        to, is_new = moved(session, number, authorization, told.who, told.now)
        said = "is" if is_new else "was already"
        typer.echo(f"request {number} {said} under authorization {to.number}, {to.validity.word}", err=True)
