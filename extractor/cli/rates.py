"""`billclerk rates`: rates that verified bills print, and bills that print another than their peers."""

import datetime as dt
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.wanted import ProviderOption

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
    from extractor.portfolio.rate_peers import alone
    from extractor.portfolio.rates import printed
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
    """Print rates as a table; what else is known of one behind it, or below where the terminal is narrow."""
    from extractor.cli.noted import print_noted

    titles = ("provider", "schedule", "for", "season", "TOU", "rate", "per")
    alike = Counter(key._replace(wording=None) for key in {one.key for one in found})
    rows = [(list(_cells(one)), _note(one, alike[one.key._replace(wording=None)] > 1)) for one in found]
    print_noted(titles, rows, right=(5,))


def _cells(one: "Rate") -> "Iterator[str]":
    from extractor.cli.wording import clean

    key = one.key
    for part in (key.provider, key.schedule, key.component, key.season, key.tou):
        yield clean(part)
    yield f"{one.rate.normalize():f}"
    yield clean(key.unit)


def _note(one: "Rate", is_told_by_label: bool) -> str:
    """Say where on the bill it stands, of which product and vintage, and on which bills it was seen.

    What else its label says is told where another rate differs from it by that alone.
    """
    from extractor.cli.wording import clean, count

    key = one.key
    wording = key.wording if is_told_by_label else None
    said = [clean(part) for part in (key.section, key.product, wording) if part]
    said += [f"vintage {clean(key.vintage)}"] if key.vintage else []
    return f"{', '.join(said)}: {one.first} to {one.last}, {count(one.meters, 'meter')}"
