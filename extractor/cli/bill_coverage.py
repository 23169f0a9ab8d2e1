"""`billclerk coverage`: which months of which services are billed, and which are not."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.portfolio import ManagerOption, local_day, refuse_unknown, told_partly
from extractor.cli.wanted import AccountOption, CustomerOption

if TYPE_CHECKING:
    from rich.text import Text

    from extractor.portfolio.coverage.model import Coverage, Half, OfMeter

Form = Literal["table", "csv", "json", "xlsx", "html"]

NAMED = 10
"""Documents without a place that are named; the page of `--format html` names all."""


def bill_coverage(
    customer: CustomerOption = None,
    manager: ManagerOption = None,
    account: AccountOption = None,
    months: Annotated[
        int, typer.Option("--months", min=1, max=240, help="How many, this one with them.")
    ] = 24,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, a row for each month and half, or a page.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, else standard output.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="Draw it as a map, too: an .svg file.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Show each service's months: billed and proven, in review, expected, late, missing; both halves apart.

    A month is that of the last day of a delivery period. What has no place is counted below the table.
    """
    from extractor.base.database import reading
    from extractor.cli.billed import own_templates
    from extractor.cli.settings import from_environment
    from extractor.portfolio.coverage.asked import coverage
    from extractor.settings import CoverageSettings

    if output_format == "xlsx" and output is None:
        raise typer.BadParameter("say where to write it", param_hint="--output")
    _refuse(picture)
    with opened(home) as at, reading(at.engine) as session:
        refuse_unknown(session, customer, manager)
        told_partly(session, customer)
        grace = from_environment(CoverageSettings, at.home).coverage_grace_days
        found = coverage(session, local_day(now()), months, customer, manager, account, grace)
        _write(found, output_format, output, own_templates(at.home))
    if picture is not None:
        from extractor.home import written_privately
        from extractor.portfolio.coverage.drawn import svg

        written_privately(picture, svg(found).encode())
        print(f"drawn: {picture}", file=sys.stderr)
    _told(found)


def _refuse(picture: Path | None) -> None:
    """Refuse a picture that cannot be written, before anything is asked."""
    if picture is None:
        return
    if picture.suffix.lower() != ".svg":
        raise typer.BadParameter("name an .svg file", param_hint="--picture")
    if not picture.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {picture.parent}", param_hint="--picture")


def _write(found: "Coverage", form: Form, output: Path | None, templates: Path) -> None:
    from extractor.cli.export import text_of, write_rows

    match form:
        case "table":
            listed(found)
        case "html":
            from extractor.portfolio.coverage.drawn import page

            with text_of(output) as out:
                out.write(page(found, "Bills kept", templates))
        case _:
            from extractor.portfolio.coverage.rows import COVERAGE_COLUMNS, coverage_rows

            write_rows(form, "coverage", COVERAGE_COLUMNS, coverage_rows(found), output)


def listed(found: "Coverage") -> None:
    """Print coverage as a table: a strip of letters for each half, and below what is open."""
    from extractor.cli.noted import print_noted

    titles = ("service", "customer", _heads("delivery", found), _heads("generation", found))
    print_noted(titles, [(list(_cells(one)), _note(one)) for one in found.meters])
    _list_gaps(found)


def _heads(half: str, found: "Coverage") -> str:
    """Return the title above a strip: where it begins, or at least which half it is."""
    from extractor.portfolio.coverage.words import month

    title = f"{half} {month(found.months[0])}.."
    return title if len(title) <= len(found.months) else half


def _cells(meter: "OfMeter") -> "Iterator[str | Text]":
    from extractor.cli.wording import clean

    yield clean(meter.number)
    yield clean(meter.owner.customer) if meter.owner else "-"
    yield _strip(meter, "delivery")
    yield _strip(meter, "generation")


def _strip(meter: "OfMeter", half: "Half") -> "Text":
    from itertools import groupby

    from rich.text import Text

    from extractor.portfolio.coverage.signs import SIGNS, letter

    runs = groupby(meter.of_half(half), key=lambda cell: (letter(cell), SIGNS[cell.status].terminal))
    return Text.assemble(*((sign * sum(1 for _ in run), style) for (sign, style), run in runs))


def _note(meter: "OfMeter") -> str:
    from extractor.cli.wording import clean
    from extractor.portfolio.coverage.words import open_months

    said = [] if meter.is_billed else ["no bill is kept"]
    said += [words for _, words in open_months(meter)]
    return clean("; ".join(said))


def _list_gaps(found: "Coverage") -> None:
    from extractor.cli.noted import console
    from extractor.cli.wording import clean
    from extractor.portfolio.coverage.words import gap

    rows = [f"{meter.number}  {gap(one)}" for meter in found.meters for one in meter.gaps]
    if rows:
        out = console()
        out.print("\ngaps and overlaps", style="dim")
        for row in rows:
            out.print(clean(row), soft_wrap=True, markup=False)


def _told(found: "Coverage") -> None:
    """Say what the letters mean, what it comes to, and what has no place."""
    from extractor.cli.wording import clean, count
    from extractor.portfolio.coverage.model import HALVES
    from extractor.portfolio.coverage.signs import legend
    from extractor.portfolio.coverage.words import counted, month, unplaced

    print("  ".join(f"{letter} {words}" for letter, words in legend()), file=sys.stderr)
    span = f"{month(found.months[0])} to {month(found.months[-1])}"
    print(f"{count(len(found.meters), 'service')}, {span}, as of {found.today}", file=sys.stderr)
    for half in HALVES:
        print(f"{half}: {counted(found, half) or 'nothing'}", file=sys.stderr)
    if found.past:
        said = f"{count(found.past, 'service')} left out: nothing of these months is billed or waited for"
        print(said, file=sys.stderr)
    rest = list(unplaced(found))
    for name, why in rest[:NAMED]:
        print(clean(f"without a place: {name}: {why}; `billclerk show {name}`"), file=sys.stderr)
    if len(rest) > NAMED:
        print(
            f"{len(rest) - NAMED} more without a place; `billclerk coverage --format html` names all",
            file=sys.stderr,
        )
