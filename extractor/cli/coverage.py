"""`billclerk intervals coverage`: what is held of the meters, what is missing, what to download again."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from extractor.intervals.held.marked import Marked

Form = Literal["table", "csv", "json"]


def coverage(
    account: Annotated[
        str | None, typer.Option("--account", help="Of this service account, and its other numbers.")
    ] = None,
    since: Annotated[
        dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="From this day on, local.")
    ] = None,
    until: Annotated[
        dt.datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Up to this day, inclusive.")
    ] = None,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, CSV, or one JSON object per line.")
    ] = "table",
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Draw it as a map, too: an .svg or .png file."),
    ] = None,
    refetch: Annotated[
        bool,
        typer.Option("--refetch", help="Rather what to download again: imported before its bill, or gaps."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Show which months of readings are held: gaps, what is estimated, and what is provisional.

    Provisional is what no bill is kept of yet, or what was imported before its bill: the utility checks
    and changes readings when it bills them. `--refetch` lists the days to download again, and why.
    """
    from extractor.cli import held
    from extractor.intervals.held.marked import marked
    from extractor.intervals.held.refetch import to_fetch

    first, last = (None if day is None else day.date() for day in (since, until))
    if first and last and last < first:
        raise typer.BadParameter("it lies before --from", param_hint="--to")
    _refuse(picture, refetch)
    with opened(home) as at:
        if refetch:
            again = [one for one in to_fetch(at.home, at.engine, account) if held.is_within(one, first, last)]
            held.printed(output_format, held.REFETCH, map(held.refetch_row, again))
            print(held.refetch_total(again), file=sys.stderr)
            return
        found = marked(at.home, at.engine, account, first, last)
    held.printed(output_format, held.COVERAGE, map(held.coverage_row, found))
    print(held.coverage_total(found, account, bool(first or last)), file=sys.stderr)
    if picture is not None:
        for path in _drawn(picture, found):
            print(f"drawn: {path}", file=sys.stderr)


def _refuse(picture: Path | None, refetch: bool) -> None:
    """Refuse a picture that cannot be drawn, before anything is asked."""
    from extractor.intervals.pictures.saving import form_of

    if picture is None:
        return
    if refetch:
        raise typer.BadParameter("what to download again is a list, and no picture", param_hint="--picture")
    if form_of(picture) is None:
        raise typer.BadParameter("name an .svg or a .png file", param_hint="--picture")
    if not picture.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {picture.parent}", param_hint="--picture")


def _drawn(picture: Path, found: "list[Marked]") -> "Iterable[Path]":
    """Write the map, for nobody else to read; where it needs several pictures, `-2` and so on behind."""
    from extractor.home import written_privately
    from extractor.intervals.pictures.heat_map import described, heat_maps
    from extractor.intervals.pictures.saving import drawn, form_of

    form = form_of(picture)
    assert form is not None
    for number, figure in enumerate(heat_maps(found), 1):
        path = picture if number == 1 else picture.with_stem(f"{picture.stem}-{number}")
        written_privately(path, drawn(figure, form, "Interval readings held", described(found)))
        yield path
