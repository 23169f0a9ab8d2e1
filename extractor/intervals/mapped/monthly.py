"""Tables whose rows are billing periods: told from tables of intervals, so that each is read by one reader.

A row of billing history is a service account's period of about a month, with what was used and charged. What
tells it is in the rows: days from 20 to 40 by a column of days, by two dates, or from one read to the next of
an account; and no time of day. A heading alone tells nothing: `Read Date, kWh` heads days as well.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, pairwise
from typing import BinaryIO

from extractor.intervals.mapped import moments
from extractor.intervals.mapped.roles import INTERVALS, Role, RoleSet, fits, role_of
from extractor.intervals.mapped.sample import Sample
from extractor.intervals.mapped.slots import slots
from extractor.intervals.mapped.tables import Table, tables

MAP = "billclerk billing-history map FILE"
"""The command that a person looks at such a table with."""

SAID = f"its rows are billing periods, not intervals; look at it with `{MAP}`"
"""What the reader of intervals says of such a table."""

MONTH = range(20, 41)
"""Days of most periods: reads are 27 to 33 days apart, with moves in and out, and reads that came late."""

ROWS = 5000
"""Rows that are looked at."""

_OF = r"(?:(?:billing|bill|service|svc|usage|meter|period|cycle|read|reading|charge) )*"
_DAY = r"(?: (?:date|day|dt|read|reading|period|service|billing))*"


def _is(*patterns: str) -> Callable[[str], object]:
    """Tell by a folded heading; behind it there may be the number of one of several periods in a row."""
    return fits(*(rf"(?:{pattern})(?: \d{{1,2}})?" for pattern in patterns))


BILLING = RoleSet(
    "history",
    (
        next(role for role in INTERVALS.roles if role.name == "account"),
        Role(
            "days",
            _is(rf"(?:number (?:of )?|no of |of )?{_OF}days(?: (?:in|of|billed|used|service|period|cycle))*"),
            "days of the period",
        ),
        Role(
            "start",
            _is(
                rf"{_OF}(?:start|begin|beginning|from){_DAY}",
                rf"(?:prior|previous|prev|last) (?:meter )?read(?:ing)?{_DAY}",
            ),
            "first day of the period",
        ),
        Role(
            "end",
            _is(
                rf"{_OF}(?:end|ending|to|thru|through){_DAY}",
                r"(?:current|present|curr) (?:meter )?read(?:ing)?(?: (?:date|day|dt))",
            ),
            "last day of the period",
        ),
        Role(
            "read",
            _is(r"(?:meter )?read(?:ing)? (?:date|day|dt)|date (?:read|of read(?:ing)?)"),
            "read date",
        ),
        Role("kwh", _is(r".*\bkwh\b.*"), "energy, kWh"),
        Role("kw", _is(r".*\bkw\b.*"), "demand, kW"),
        Role(
            "amount",
            _is(
                r"(?:(?:total|current|new|bill|billed|billing|service|electric|net) )*"
                r"(?:amount|amt|charges?|costs?|dollars|usd|revenue|bill)"
                r"(?: (?:amount|amt|usd|billed|total))*",
            ),
            "dollars",
        ),
    ),
    (frozenset({"start", "end", "read"}), frozenset({"kwh", "kw", "amount"})),
    re.compile(
        r".*\b(?:peak|mid|off|on|part|tier|baseline|super|avg|average|per|daily|rate|schedule|tariff"
        r"|multiplier|multiplicator|constant|prior year|last year|customer|cust|address|city|zip|due|balance"
        r"|payments?|paid|tax|taxes|kvarh?|kvah?|therms?|gas|water|exported|received|net generation"
        r"|hour|time|interval|temp|temperature|estimated?|status|type|facilities|ratchet|adjustments?)\b.*"
        r"|kwh day|kw day"
    ).fullmatch,
)
"""Tables of billing history: a row for each period of a service account, or several periods in a row."""

PERIOD = ("start", "end", "read", "days")
VALUES = ("kwh", "kw", "amount")


def is_monthly(file: BinaryIO) -> bool:
    """Tell whether the rows of a file's table are billing periods; the file must be seekable.

    Raises:
        UnreadableIntervalsError: if it is damaged or too large.
    """
    return any(is_of_periods(table) for table in tables(file, BILLING))


def is_of_periods(table: Table) -> bool:
    """Tell whether the rows of a table are billing periods, as most of them prove."""
    if slots(table.heading) is not None:
        return False
    sample = Sample(table.heading, list(islice(table.rows(), ROWS)), is_whole=False)
    columns = first_columns(table.heading)
    if not set(columns) & set(VALUES) or _has_times(sample, columns):
        return False
    found = list(_days(sample, columns))
    return bool(found) and 2 * sum(one in MONTH for one in found) > len(found)


def first_columns(heading: Sequence[str]) -> dict[str, int]:
    """Return by role the first column that a heading tells it of."""
    found: dict[str, int] = {}
    for at, cell in enumerate(heading):
        role = role_of(BILLING, cell)
        if role is not None:
            found.setdefault(role, at)
    return found


def _has_times(sample: Sample, columns: dict[str, int]) -> bool:
    every = [text for role in PERIOD[:3] if role in columns for text in sample.column(columns[role])]
    timed = 0
    for text in every:
        for order in moments.orders(text):
            timed += bool(moments.moment(text, order).seconds)
            break
    return 2 * timed > len(every)


def _days(sample: Sample, columns: dict[str, int]) -> Iterator[int]:
    """Give how many days rows have, by what tells it best."""
    if "days" in columns:
        cells = [text for text in sample.column(columns["days"]) if text.isascii() and text.isdigit()]
        if cells:
            yield from (int(text) for text in cells if len(text) < 5)
            return
    order = _order(sample, columns)
    if "start" in columns and "end" in columns:
        for _, row in sample.rows:
            first, last = (_date(row, columns[role], order) for role in ("start", "end"))
            if first is not None and last is not None:
                yield last - first + 1
        return
    place = next((columns[role] for role in PERIOD[:3] if role in columns), None)
    if place is None:
        return
    of: dict[str, set[int]] = defaultdict(set)
    for _, row in sample.rows:
        day = _date(row, place, order)
        if day is not None:
            account = columns.get("account")
            of[row[account] if account is not None and account < len(row) else ""].add(day)
    for days in of.values():
        ordered = sorted(days)
        yield from (later - day for day, later in pairwise(ordered))


def _order(sample: Sample, columns: dict[str, int]) -> moments.Order:
    """Return an order of day and month that reads all dates: where several do, that of the United States."""
    dated = {text for role in PERIOD[:3] if role in columns for text in sample.column(columns[role])}
    known = [found for text in dated if (found := moments.orders(text))]
    return next((order for order in moments.ORDERS if all(order in one for one in known)), "mdy")


def _date(row: Sequence[str], at: int, order: moments.Order) -> int | None:
    if at >= len(row):
        return None
    try:
        return moments.moment(row[at], order).date.toordinal()
    except ValueError:
        return None
