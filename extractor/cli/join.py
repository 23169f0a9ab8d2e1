"""`billclerk join`: bills beside what their meters say."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.home import HomeOption
from extractor.cli.metered import tolerance_of
from extractor.cli.opened import opened
from extractor.cli.wanted import (
    AccountOption,
    CustomerOption,
    FromOption,
    States,
    ToOption,
    told_along,
    wanted_by,
)

if TYPE_CHECKING:
    from extractor.intervals.held.summarised import Summarised
    from extractor.intervals.of_bills import OfService

Form = Literal["table", "csv", "json", "parquet"]
Status = Literal[
    "ties_out",
    "within_tolerance",
    "differs",
    "incomplete",
    "no_data",
    "verified",
    "corrected",
    "accepted",
    "review",
]
STATES: tuple[States, ...] = ("verified", "corrected", "accepted", "review")


def join(
    account: AccountOption = None,
    since: FromOption = None,
    until: ToOption = None,
    status: Annotated[
        Status | None,
        typer.Option(
            "--status",
            help="With this verdict (ties_out, within_tolerance, differs, incomplete, no_data), or of bills "
            "in this state (verified, corrected, accepted, review).",
        ),
    ] = None,
    customer: CustomerOption = None,
    all_of_them: Annotated[
        bool, typer.Option("--all", help="Also what does not count, as another file or bill has it.")
    ] = False,
    output_format: Annotated[
        Form, typer.Option("--format", help="A table, CSV, JSON lines with all there is, or Parquet.")
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write, but for tables.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Put bills beside their meters: do the readings add up to the billed kWh and kW, and if not, why?

    One row for each service and billing period, with a verdict and its reason. Nothing that was printed
    is changed by it, and nothing of it is kept. The table leaves out what has no readings; `--status no_data`
    lists that.
    """
    from extractor.base.database import reading
    from extractor.intervals.held.summarised import summarised
    from extractor.intervals.of_bills import in_order, of_bills
    from extractor.store.current import current

    if output is None and output_format == "parquet":
        raise typer.BadParameter("say where to write it", param_hint="--output")
    if output is not None and output_format == "table":
        raise typer.BadParameter(
            "a table is for reading; give --format csv, json or parquet", param_hint="--output"
        )
    state = next((one for one in STATES if one == status), None)
    wanted = wanted_by(account, since, until, state, None, None, customer)
    with opened(home) as at, reading(at.engine) as session:
        told_along(session, account)
        bills = current(session, wanted)
        found = of_bills(at.home, at.engine, session, bills, tolerance_of(at.home), all_of_them)
        chosen = found if state or status is None else (one for one in found if one.joined.verdict == status)
        if output_format == "table":
            from extractor.cli.beside import listed

            listed(in_order(chosen), with_nothing=status is not None)
        else:
            _write(output_format, in_order(chosen), summarised(session), output)


def _write(
    form: Literal["csv", "json", "parquet"],
    found: Iterable["OfService"],
    said: "Summarised",
    output: Path | None,
) -> None:
    from extractor.cli.wording import count

    if form == "json":
        written = _as_json(found, said, output)
    else:
        from extractor.cli.export import write_rows
        from extractor.export.joined import JOIN_COLUMNS, join_rows

        written = write_rows(form, "join", JOIN_COLUMNS, join_rows(found, said), output)
    if output is not None:
        print(f"{count(written, 'service')} in {output}", file=sys.stderr)


def _as_json(found: Iterable["OfService"], said: "Summarised", output: Path | None) -> int:
    import json

    from extractor.cli.export import text_of
    from extractor.export.joined import join_json

    count = 0
    with text_of(output) as out:
        for one in found:
            out.write(json.dumps(join_json(one, said)) + "\n")
            count += 1
    return count
