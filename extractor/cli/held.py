"""What `intervals coverage` prints: months that are held, and days to download again."""

import datetime as dt
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from extractor.cli.noted import print_noted
from extractor.cli.wording import NOTHING, clean, count
from extractor.export.files import write_csv, write_json
from extractor.export.rows import Column, Row
from extractor.intervals import clock
from extractor.intervals.held import months
from extractor.intervals.held.marked import Marked
from extractor.intervals.local_spans import said
from extractor.intervals.pictures.heat_map import length
from extractor.intervals.provisional import Again, Days

SHOWN = 3
"""How many gaps a table names; CSV and JSON name all."""

BETWEEN = "; "
"""Between the gaps, and between the spans of days, of one cell."""

COVERAGE = (
    Column("service_account", "text", "service account; empty where nobody knows whose the readings are"),
    Column("owner", "text", "service account, else the usage point or the meter that the file names"),
    Column("meter", "text", "meter or usage point; empty: all meters of the account together"),
    Column("channel", "text", "delivered, received, net, total, unknown"),
    Column("unit", "text", "what is counted: Wh, VArh, VAh"),
    Column("interval_seconds", "whole", "length of the intervals"),
    Column("month", "text", "local month, 2025-03"),
    Column("held", "whole", "intervals that are held"),
    Column("expected", "whole", "intervals that the month has"),
    Column("estimated", "whole", "intervals that are said to be estimated"),
    Column(
        "estimated_share",
        "number",
        "estimated intervals as a part of those held; empty where none says how sure it is",
    ),
    Column("gap_count", "whole", "gaps"),
    Column("gaps", "text", "each gap, in local time"),
    Column("provisional", "text", "spans of days that are held and may still change"),
)
REFETCH = (
    Column("service_account", "text", "service account, as the bill prints it"),
    Column("first", "date", "first local day to download"),
    Column("last", "date", "last local day to download, inclusive"),
    Column("reason", "text", "why"),
    Column("readings", "whole", "intervals that are held of the billing period"),
    Column("early_readings", "whole", "those of them that were imported before the bill posted"),
    Column("gap_count", "whole", "gaps of the billing period"),
    Column("gaps", "text", "each gap, in local time"),
    Column("imported_first", "text", "when the first of the early ones were imported, local"),
    Column("imported_last", "text", "when the last of the early ones were imported, local"),
    Column("statement_date", "date", "statement date of the bill: when it posted"),
    Column("period_start", "date", "first day that is billed"),
    Column("period_end", "date", "last day that is billed"),
    Column("document", "text", "hash of the bill's document"),
)

HEADS: dict[tuple[Column, ...], dict[str, str]] = {
    COVERAGE: {
        **{"owner": "account", "meter": "meter", "channel": "channel", "interval": "every", "month": "month"},
        **{"share": "held", "of": "intervals", "estimated": "estimated"},
    },
    REFETCH: {
        **{"service_account": "account", "first": "from", "last": "to", "statement_date": "bill posted"},
        "imported": "imported",
    },
}
"""What a row of a table has, and its headings; gaps, reasons and the like stand below the row."""

RIGHT = ("share", "of", "estimated")


def printed(form: Literal["table", "csv", "json"], columns: tuple[Column, ...], rows: Iterable[Row]) -> None:
    """Print rows in one of the three forms."""
    match form:
        case "csv":
            write_csv(columns, rows, sys.stdout)
        case "json":
            write_json(columns, rows, sys.stdout)
        case "table":
            _table(HEADS[columns], [{**row, **_shown(row)} for row in rows])


def _table(heads: dict[str, str], rows: Sequence[Row]) -> None:
    cells = (
        [NOTHING if row[name] in (None, "") else clean(str(row[name])) for name in heads] for row in rows
    )
    noted = zip(cells, (clean(str(row["note"])) for row in rows), strict=True)
    print_noted(list(heads.values()), noted, right=[at for at, name in enumerate(heads) if name in RIGHT])


def _shown(row: Row) -> Row:
    """Return a row's cells as a table has them: shorter, and for the eye."""
    if "reason" in row:
        imported = _span_of_times(row["imported_first"], row["imported_last"])
        return {"imported": imported, "note": row["reason"]}
    held, expected, estimated = (int(str(row[name])) for name in ("held", "expected", "estimated"))
    return {
        "owner": row["owner"] if row["service_account"] else f"{row['owner']} (nobody knows whose)",
        "meter": None if row["meter"] == row["owner"] else row["meter"],
        "channel": row["channel"] if row["unit"] == "Wh" else f"{row['channel']} {row['unit']}",
        "interval": length(int(str(row["interval_seconds"]))),
        "share": _share(held, expected),
        "of": f"{held:,} of {expected:,}",
        "estimated": _share(estimated, held) if estimated else None,
        "note": "; ".join(_notes(row)),
    }


def _notes(row: Row) -> Iterator[str]:
    """Say what is missing in a month, and what of it may still change."""
    if row["gaps"]:
        yield _first_few(str(row["gaps"]))
    if row["provisional"]:
        yield f"provisional {str(row['provisional']).replace(BETWEEN, ', ')}"


def _share(part: int, whole: int) -> str:
    """Say a share in percent; only what is all is 100 %, and only nothing is 0 %.

    >>> _share(2975, 2976), _share(2976, 2976), _share(1, 2976), _share(0, 2976)
    ('99.9 %', '100 %', '0.1 %', '0 %')
    """
    if part in (0, whole) or not whole:
        return "0 %" if not part else "100 %"
    return f"{min(max(part / whole * 100, 0.1), 99.9):.1f} %"


def _first_few(gaps: str) -> str:
    named = gaps.split(BETWEEN)
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return f"{count(len(named), 'gap')}: {', '.join(named[:SHOWN])}{more}"


def _span_of_times(first: object, last: object) -> str:
    begin, end = (str(one)[:16].replace("T", " ") if one else "" for one in (first, last))
    return begin if begin == end else f"{begin} to {end}"


def coverage_row(marked: Marked) -> Row:
    """Return what is held of a month."""
    held = marked.held
    share = held.estimated_share
    return {
        "service_account": held.kind.service_account,
        "owner": held.kind.owner,
        "meter": held.kind.meter,
        "channel": held.kind.channel,
        "unit": held.kind.unit,
        "interval_seconds": held.kind.seconds,
        "month": f"{months.first_day(held.month):%Y-%m}",
        "held": held.held,
        "expected": held.expected,
        "estimated": held.estimated,
        "estimated_share": None if share is None else round(share, 4),
        "gap_count": len(held.gaps),
        "gaps": BETWEEN.join(said(*gap) for gap in held.gaps),
        "provisional": BETWEEN.join(map(_days, marked.provisional)),
    }


def refetch_row(again: Again) -> Row:
    """Return which days of a billing period to download again."""
    first, last = again.imported or (None, None)
    return {
        "service_account": again.bill.service_account,
        "first": again.first,
        "last": again.last,
        "reason": again.reason,
        "readings": again.readings,
        "early_readings": again.early_count,
        "gap_count": len(again.gaps),
        "gaps": BETWEEN.join(said(*gap) for gap in again.gaps),
        "imported_first": _local(first),
        "imported_last": _local(last),
        "statement_date": again.bill.posted,
        "period_start": again.bill.first,
        "period_end": again.bill.last,
        "document": again.bill.document,
    }


def _days(days: Days) -> str:
    first, last = days
    return f"{first}" if first == last else f"{first} to {last}"


def _local(at: dt.datetime | None) -> str | None:
    return None if at is None else clock.local(int(at.timestamp())).isoformat()


def is_within(again: Again, first: dt.date | None, last: dt.date | None) -> bool:
    """Tell whether days to download are among those that are asked for."""
    return (first is None or again.last >= first) and (last is None or again.first <= last)


def coverage_total(found: Sequence[Marked], account: str | None, is_within: bool) -> str:
    """Say how many months are held, and of how many something is missing or may change."""
    if not found:
        whose = f" of service account {clean(account)}" if account else ""
        when = " on these days" if is_within else ""
        way = "; `billclerk intervals imports` lists what was imported" if whose or when else ""
        return f"no readings{whose} are held{when}{way or '; `billclerk intervals import` takes them in'}"
    gaps = sum(not one.held.is_complete for one in found)
    waiting = sum(bool(one.provisional) for one in found)
    return f"{count(len(found), 'month')} of meters: {gaps} with gaps, {waiting} provisional"


def refetch_total(again: Sequence[Again]) -> str:
    """Say of how many billing periods days are to be downloaded again."""
    return f"{count(len(again), 'billing period')} to download again"
