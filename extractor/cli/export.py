"""`billclerk export`: what is kept, for other programs."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, TextIO

import typer

from extractor.cli.home import HomeOption
from extractor.cli.metered import meters_beside
from extractor.cli.opened import opened
from extractor.cli.portfolio import told_partly
from extractor.cli.wanted import (
    AccountOption,
    CustomerOption,
    FromOption,
    ProviderOption,
    RateOption,
    StatusOption,
    ToOption,
    told_along,
    wanted_by,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.cli.opened import Opened
    from extractor.export.rows import Column, Row
    from extractor.export.totals import Totals
    from extractor.store.current import Wanted

What = Literal["services", "charges", "bills", "findings", "originals"]
Form = Literal["csv", "json", "parquet", "xlsx"]

LAYOUT = "{customer}/{service_account}/{statement_date}.pdf"


def export(
    what: Annotated[
        What,
        typer.Argument(
            help="One row per service and period, charge, bill or finding; or the files themselves."
        ),
    ],
    output_format: Annotated[
        Form, typer.Option("--format", help="CSV and JSON lines can go to standard output.")
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="The file to write; of originals the folder."),
    ] = None,
    totals: Annotated[
        Path | None,
        typer.Option("--totals", metavar="FILE", help="Write the control totals to a CSV file, too."),
    ] = None,
    layout: Annotated[str, typer.Option("--layout", help="Names of originals below the folder.")] = LAYOUT,
    account: AccountOption = None,
    since: FromOption = None,
    until: ToOption = None,
    status: StatusOption = None,
    provider: ProviderOption = None,
    rate: RateOption = None,
    customer: CustomerOption = None,
    home: HomeOption = None,
) -> None:
    """Write what is kept as rows for other programs, or hand out the originals under readable names.

    Every row says how far it may be trusted and whether it counts: add up rows where `counts` is true. Of
    services only what counts has a row. Control totals go to standard error, and into a workbook and a
    Parquet file: services and what was left out come to the new charges of the statements, or the exit
    status is 70.
    """
    from extractor.base.database import reading
    from extractor.store.current import current

    if output is None and (what == "originals" or output_format in ("parquet", "xlsx")):
        raise typer.BadParameter("say where to write it", param_hint="--output")
    if totals is not None and what == "originals":
        raise typer.BadParameter("originals have no control totals", param_hint="--totals")
    wanted = wanted_by(account, since, until, status, provider, rate, customer)
    with opened(home) as at, reading(at.engine) as session:
        told_along(session, account)
        told_partly(session, customer)
        if what == "originals":
            from extractor.cli.originals import handed_out
            from extractor.cli.settings import from_environment
            from extractor.settings import ReaderSettings

            assert output is not None
            settings = from_environment(ReaderSettings, at.home)
            bills = current(session, wanted)
            raise typer.Exit(handed_out(session, at.home, bills, layout, output, settings))
        exported = _services(at, session, wanted) if what == "services" else _kept(what, at, session, wanted)
        count = write_rows(output_format, what, exported.columns, exported.rows, output, exported.totals)
        found = exported.totals()
    if output is not None:
        print(f"{count:,} {what} in {output}", file=sys.stderr)
    told_totals(found, totals)


class Exported(NamedTuple):
    """Rows, and their control totals once all of them are written."""

    columns: "Sequence[Column]"
    rows: "Iterable[Row]"
    totals: "Callable[[], Totals]"


def _services(at: "Opened", session: "Session", wanted: "Wanted") -> Exported:
    """Return services; their meters are asked by the days alone: a row's delivery may be on any statement."""
    from extractor.portfolio.services import services
    from extractor.store.current import Wanted

    of_days = Wanted(since=wanted.since, until=wanted.until, customer=wanted.customer)
    found = services(session, wanted, meters_beside(at, session, of_days))
    return Exported(found.columns, found.rows(), found.totals)


def _kept(what: What, at: "Opened", session: "Session", wanted: "Wanted") -> Exported:
    from extractor.export import rows
    from extractor.export.kept import kept_bills, kept_charges, kept_findings
    from extractor.export.totals import Tally, usage_of_bills, usage_of_charges
    from extractor.store.current import current

    columns, made, tally = {
        "charges": (rows.CHARGE_COLUMNS, kept_charges, Tally("amount", usage_of_charges)),
        "bills": (rows.BILL_COLUMNS, kept_bills, Tally("new_charges", usage_of_bills)),
        "findings": (rows.FINDING_COLUMNS, kept_findings, Tally()),
    }[what]
    kept = made(current(session, wanted), meters_beside(at, session, wanted))
    return Exported(columns, tally.over(kept), tally.totals)


def told_totals(found: "Totals", output: Path | None) -> None:
    """Print control totals, and write them to a file if one is named.

    Raises:
        NotClosedError: if they do not close.
    """
    from extractor.export.files import write_csv
    from extractor.export.totals import TOTAL_COLUMNS

    if output is not None:
        with text_of(output) as out:
            write_csv(TOTAL_COLUMNS, found.rows(), out)
    for line in found.lines:
        kwh = "" if line.kwh is None else f"  {line.kwh:,f} kWh"
        usd = "" if line.dollars is None else f"  {line.dollars:,.2f} USD"
        of = line.of.removesuffix("s") if line.count == 1 else line.of
        print(f"{line.name}: {line.count:,} {of}{kwh}{usd}", file=sys.stderr)
    found.checked()
    if found.equation is not None:
        print(found.equation.in_words(), file=sys.stderr)


def write_rows(
    form: Form,
    name: str,
    columns: "Sequence[Column]",
    rows: "Iterable[Row]",
    output: Path | None,
    totals: "Callable[[], Totals] | None" = None,
) -> int:
    """Write rows to a file or, of CSV and JSON lines, to standard output; return how many.

    Control totals go into the file where its form has a place for them: a workbook and Parquet have.
    """
    from extractor.export.files import Beside, write_csv, write_json, write_parquet

    if form in ("csv", "json"):
        write = write_csv if form == "csv" else write_json
        with text_of(output) as out:
            return write(columns, rows, out)
    from extractor.export.totals import TOTAL_COLUMNS

    assert output is not None
    beside = None if totals is None else Beside(TOTAL_COLUMNS, lambda: totals().rows())
    with whole_file(output) as part:
        if form == "parquet":
            return write_parquet(columns, rows, part, beside)
        from extractor.export.workbook import write_xlsx

        return write_xlsx(columns, rows, part, name, beside)


@contextlib.contextmanager
def text_of(output: Path | None) -> Iterator[TextIO]:
    """Give a file that is there when all of it is written, else standard output."""
    if output is None:
        yield sys.stdout
        return
    with whole_file(output) as part, part.open("w", encoding="utf-8", newline="") as out:
        yield out


@contextlib.contextmanager
def whole_file(output: Path) -> Iterator[Path]:
    """Give a place to write to that becomes the file when all of it is there, for nobody else to read."""
    part = output.with_name(f".{output.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield part
        part.chmod(0o600)
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
