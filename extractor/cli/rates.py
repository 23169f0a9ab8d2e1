"""`billclerk rates`: rates that verified bills print, and bills that print another than their peers."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import ProviderOption, opened
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.portfolio.rates import Rate

Form = Literal["table", "csv", "json", "xlsx"]


def rates(
    provider: ProviderOption = None,
    schedule: Annotated[str | None, typer.Option("--rate", help="On this rate schedule, as printed.")] = None,
    component: Annotated[
        str | None, typer.Option("--component", help="For this: energy, pcia, facilities_demand, ...")
    ] = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="On bills of this day."),
    ] = None,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, or a row for each rate.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, else standard output.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """List the rates that verified bills print: for what, on which days' bills, and on how many.

    Bills that print another rate than their peers of the same days are named below.
    """
    from extractor.base.database import reading
    from extractor.portfolio.rates import alone, printed
    from extractor.portfolio.rates import rates as listed_rates

    if output_format == "xlsx" and output is None:
        raise typer.BadParameter("say where to write it", param_hint="--output")
    day = on.date() if on else None
    with opened(home) as at, reading(at.engine) as session:
        seen = printed(session)
    wanted = [
        one
        for one in listed_rates(seen)
        if (provider is None or one.key.provider == provider)
        and (schedule is None or one.key.schedule == schedule)
        and (component is None or one.key.component == component)
        and (day is None or one.first <= day <= one.last)
    ]
    if output_format == "table":
        _listed(wanted)
    else:
        from extractor.cli.export import write_rows
        from extractor.portfolio.rate_rows import RATE_COLUMNS, rate_row

        write_rows(output_format, "rates", RATE_COLUMNS, map(rate_row, wanted), output)
    odd = sum(not one.is_always for one in alone(seen))
    print(_told(len(wanted), odd), file=sys.stderr)


def _told(count_of: int, odd: int) -> str:
    from extractor.cli.wording import count

    said = count(count_of, "rate")
    if odd:
        said += f"; {count(odd, 'line')} with another than their peers: `history --code rate_differs`"
    return said


def _listed(found: "Sequence[Rate]") -> None:
    from rich.table import Table

    from extractor.cli.noted import console

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("provider", "schedule", "product", "for", "season", "TOU", "vintage"):
        table.add_column(title, overflow="fold")
    table.add_column("rate", justify="right", no_wrap=True)
    for title in ("per", "seen on bills of"):
        table.add_column(title, no_wrap=True)
    table.add_column("meters", justify="right")
    for one in found:
        table.add_row(*_cells(one))
    if found:
        console().print(table)


def _cells(one: "Rate") -> "Iterator[str]":
    from extractor.cli.wording import clean

    key = one.key
    for part in (
        key.provider,
        key.schedule,
        key.product,
        f"{key.component} ({key.section})",
        key.season,
        key.tou,
        key.vintage,
    ):
        yield clean(part)
    yield f"{one.rate.normalize():f}"
    yield clean(key.unit)
    yield f"{one.first} to {one.last}"
    yield str(one.meters)
