"""`billclerk join`: kept bills beside their meters."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import (
    AccountOption,
    CustomerOption,
    FromOption,
    ProviderOption,
    RateOption,
    ToOption,
    opened,
    told_along,
    wanted_by,
)
from extractor.cli.export import text_out, whole_file
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from extractor.home import Home
    from extractor.intervals.compared.compare import Tolerance
    from extractor.intervals.of_bills import Beside

Form = Literal["table", "csv", "json", "parquet"]
Verdicts = Literal["ties_out", "within_tolerance", "differs", "incomplete", "no_data"]


def join(
    account: AccountOption = None,
    since: FromOption = None,
    until: ToOption = None,
    status: Annotated[Verdicts | None, typer.Option("--status", help="With this verdict only.")] = None,
    provider: ProviderOption = None,
    rate: RateOption = None,
    customer: CustomerOption = None,
    output_format: Annotated[
        Form,
        typer.Option("--format", help="A table, rows as CSV or Parquet, or all there is as JSON lines."),
    ] = "table",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="The file to write.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Put each kept bill beside its meter's readings: do they add up to it, and if not, why?

    The verdict is ties_out, within_tolerance, differs, incomplete (an interval is missing) or no_data.
    The table leaves out what has no readings; `--status no_data` lists that. What a bill prints is never
    changed by any of this. The exit status is 1 where a bill differs from its meter.
    """
    from extractor.base.database import reading
    from extractor.intervals.of_bills import beside
    from extractor.store.current import current

    if output is None and output_format == "parquet":
        raise typer.BadParameter("say where to write it", param_hint="--output")
    wanted = wanted_by(account, since, until, None, provider, rate, customer)
    counts: Counter[str] = Counter()
    with opened(home) as at, reading(at.engine) as session:
        told_along(session, account)
        bills = beside(at.home, at.engine, current(session, wanted), tolerance_of(at.home))
        _written(output_format, _counted(bills, counts), status, output)
    said = ", ".join(f"{count:,} {verdict}" for verdict, count in counts.most_common())
    print(said or "nothing to join: import readings with `billclerk intervals import`", file=sys.stderr)
    raise typer.Exit(1 if counts["differs"] else 0)


def tolerance_of(home: "Home") -> "Tolerance":
    """Return how far a bill and its meter may be apart, by the settings."""
    from extractor.cli.settings import from_environment
    from extractor.intervals.compared.compare import Tolerance
    from extractor.settings import JoinSettings

    settings = from_environment(JoinSettings, home)
    return Tolerance(settings.meter_kwh, settings.meter_share, settings.meter_kw)


def _counted(bills: "Iterable[Beside]", counts: Counter[str]) -> "Iterator[Beside]":
    for one in bills:
        counts.update(
            str(joined.verdict)
            for joined, is_asked in zip(one.joined, one.kept.asked, strict=False)
            if is_asked
        )
        yield one


def _written(form: Form, bills: "Iterable[Beside]", status: Verdicts | None, output: Path | None) -> None:
    from extractor.export.files import write_csv, write_parquet
    from extractor.export.joined import JOIN_COLUMNS, join_details, join_rows
    from extractor.intervals.compared.verdict import Verdict

    verdict = Verdict(status) if status else None
    if form == "parquet":
        assert output is not None
        with whole_file(output) as part:
            write_parquet(JOIN_COLUMNS, join_rows(bills, verdict), part)
        return
    with text_out(output) as out:
        if form == "csv":
            write_csv(JOIN_COLUMNS, join_rows(bills, verdict), out)
        elif form == "json":
            for row in join_details(bills, verdict):
                out.write(json.dumps(row) + "\n")
        else:
            from extractor.cli.beside import joined_table

            rows = join_rows(bills, verdict)
            nothing = str(Verdict.NO_DATA)
            joined_table((row for row in rows if verdict or row["verdict"] != nothing), out)
