"""Bills beside their meters, as a person reads them: the list of services, and one bill's part."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from extractor.cli.kept import SHORT, console
from extractor.cli.wording import NOTHING, clean, money, quantity
from extractor.export.rows import Row, Value
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.repriced import totals
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.findings import unconfirmed
from extractor.intervals.join import Joined
from extractor.intervals.tou import Bucket

COLOURS = {
    Verdict.TIES_OUT: "green",
    Verdict.WITHIN_TOLERANCE: "green",
    Verdict.DIFFERS: "red",
    Verdict.INCOMPLETE: "yellow",
    Verdict.NO_DATA: "dim",
}


def joined_table(rows: Iterable[Row], out: TextIO) -> None:
    """Write services beside their meters as a table, the reason under those that do not tie out."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("document", "account", "provider", "period", "kWh billed", "metered", "kW", "metered"):
        numbers = title[:2] == "kW" or title == "metered"
        table.add_column(title, justify="right" if numbers else "left", no_wrap=True)
    table.add_column("verdict", min_width=40, overflow="fold")
    count = 0
    for row in rows:
        count += 1
        table.add_row(*_cells(row))
    if count:
        (console() if out.isatty() else Console(file=out, width=180)).print(table)


def _cells(row: Row) -> Iterator[str | Text]:
    yield f"{str(row['sha256'])[:SHORT]}:{row['bill']}" if row["bill"] != 1 else str(row["sha256"])[:SHORT]
    yield clean(_said(row["service_account"]))
    yield clean(f"{_said(row['provider'])} {_said(row['role'])}")
    yield f"{_said(row['period_start'])} to {_said(row['period_end'])}"
    for name in ("billed_kwh", "metered_kwh", "billed_kw", "metered_kw"):
        yield _number(row.get(name))
    verdict = Verdict(str(row["verdict"]))
    said = Text(str(verdict), COLOURS[verdict])
    if verdict not in (Verdict.TIES_OUT, Verdict.NO_DATA) or row.get("shift"):
        said.append(f": {clean(_said(row['reason']))}", "")
    if row.get("unconfirmed"):
        said.append("; format unconfirmed", "yellow")
    yield said


def _said(value: Value) -> str:
    return NOTHING if value is None else str(value)


def _number(value: Value) -> str:
    """Return a quantity to three decimals at most."""
    if not isinstance(value, Decimal):
        return NOTHING
    return quantity(value.quantize(Decimal("0.001")).normalize() + 0)


def beside_meter(joined: Sequence[Joined]) -> RenderableType:
    """Return a bill's part on its meters: of each service the verdict, and billed beside metered."""
    parts: list[RenderableType] = []
    for number, one in enumerate(joined, 1):
        head = Text.assemble(f"  meter of service {number}: ", (str(one.verdict), COLOURS[one.verdict]))
        head.append(f", {clean(one.reason)}")
        parts.append(head)
        if one.total is not None:
            parts.append(_quantities(one))
        if one.unconfirmed:
            parts.append(Text(f"    {unconfirmed(one)}", "yellow"))
        if one.assumed:
            parts.append(
                Text(f"    hours of {clean(one.rate_schedule)} are assumed: {'; '.join(one.assumed)}")
            )
    return Group(*parts)


def _quantities(one: Joined) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 4))
    for title in ("", "billed", "metered", "difference"):
        table.add_column(title, justify="left" if not title else "right", no_wrap=True)
    rows = [row for row in one.energy if row.bucket != OVERALL]
    for row in (*rows, *([one.total] if one.total else [])):
        table.add_row(f"{_bucket(row.bucket)} kWh", *map(_number, (row.billed, row.metered, row.difference)))
    if one.exported is not None:
        row = one.exported
        table.add_row("sent back kWh", *map(_number, (row.billed, row.metered, row.difference)))
    for each in one.demand:
        at = f" at {each.peak.at:%Y-%m-%d %H:%M}" if each.peak else ""
        bound = "at least " if each.is_lower_bound and each.metered is not None else ""
        metered = f"{bound}{_number(each.metered)}"
        table.add_row(
            f"{_bucket(each.bucket)} kW{at}", _number(each.billed), metered, _number(each.difference)
        )
    if one.charges:
        printed, expected = totals(one.charges)
        table.add_row("charges by the kWh and kW", money(printed), money(expected), money(expected - printed))
    return table


def _bucket(bucket: Bucket) -> str:
    parts = [str(part).replace("_", "-") for part in bucket if part is not None]
    return " ".join(parts) or "total"
