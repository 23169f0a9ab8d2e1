"""Requests named by their numbers, or by the file that they were drafted from."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

Csv = Annotated[
    Path | None, typer.Option("--csv", help="Those drafted from this CSV file, but what has gone out.")
]


def numbers_of(session: "Session", numbers: "Sequence[int]", file: Path | None) -> list[int]:
    """Return the requests that are named, or those drafted from a file that have not gone out yet.

    Raises:
        BadParameter: if neither is said, or both.
        BulkError: if a row of the file was never drafted.
    """
    from datarequests.bulk import drafted, read
    from datarequests.history import events_of, state_of
    from datarequests.workflow import NOT_SENT

    if (file is None) == (not numbers):
        raise typer.BadParameter("name requests by their numbers, or a file of them by --csv")
    if file is None:
        return list(dict.fromkeys(numbers))
    every = [one.id or 0 for one in drafted(session, read(text_of(file), file.name), file.name)]
    waiting = [number for number in every if state_of(events_of(session, number)) in NOT_SENT]
    if gone := len(every) - len(waiting):
        print(f"{gone} of the {len(every)} requests of {file.name} went out or ended before", file=sys.stderr)
    return waiting


def text_of(file: Path) -> str:
    """Return what a file of requests says."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8; save it as CSV UTF-8", param_hint="--csv") from None
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--csv") from None
