"""`billclerk export`: what is kept, for other programs."""

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO

import typer

from extractor.cli.desk import (
    AccountOption,
    CustomerOption,
    FromOption,
    ProviderOption,
    RateOption,
    StatusOption,
    ToOption,
    meters_beside,
    opened,
    told_along,
    wanted_by,
)
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from extractor.export.rows import Column, Row

What = Literal["charges", "bills", "findings", "originals"]
Form = Literal["csv", "json", "parquet", "xlsx"]

LAYOUT = "{customer}/{service_account}/{statement_date}.pdf"


def export(
    what: Annotated[
        What, typer.Argument(help="One row per charge, bill or finding; or the files themselves.")
    ],
    output_format: Annotated[
        Form, typer.Option("--format", help="CSV and JSON lines can go to standard output.")
    ] = "csv",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="The file to write; of originals the folder."),
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

    Every row says how far it may be trusted and whether it counts: add up rows where `counts` is true.
    """
    from extractor.base.database import reading
    from extractor.store.current import current

    if output is None and (what == "originals" or output_format in ("parquet", "xlsx")):
        raise typer.BadParameter("say where to write it", param_hint="--output")
    wanted = wanted_by(account, since, until, status, provider, rate, customer)
    with opened(home) as at, reading(at.engine) as session:
        told_along(session, account)
        bills = current(session, wanted)
        meters = {} if what == "originals" else meters_beside(at, session, wanted)
        if what == "originals":
            from extractor.cli.originals import handed_out
            from extractor.cli.settings import from_environment
            from extractor.settings import ReaderSettings

            assert output is not None
            settings = from_environment(ReaderSettings, at.home)
            raise typer.Exit(handed_out(session, at.home, bills, layout, output, settings))
        from extractor.export import rows
        from extractor.export.kept import kept_bills, kept_charges, kept_findings

        columns, made = {
            "charges": (rows.CHARGE_COLUMNS, kept_charges),
            "bills": (rows.BILL_COLUMNS, kept_bills),
            "findings": (rows.FINDING_COLUMNS, kept_findings),
        }[what]
        count = write_rows(output_format, what, columns, made(bills, meters), output)
    if output is not None:
        print(f"{count:,} {what} in {output}", file=sys.stderr)


def write_rows(
    form: Form, name: str, columns: "Sequence[Column]", rows: "Iterable[Row]", output: Path | None
) -> int:
    """Write rows to a file or, of CSV and JSON lines, to standard output; return how many."""
    from extractor.export.files import write_csv, write_json, write_parquet, write_xlsx

    if form in ("csv", "json"):
        write = write_csv if form == "csv" else write_json
        with text_of(output) as out:
            return write(columns, rows, out)
    assert output is not None
    with whole_file(output) as part:
        if form == "parquet":
            return write_parquet(columns, rows, part)
        return write_xlsx(columns, rows, part, name)


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
