"""Rows of a table of billing history that are left out, told once for each reason with their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from extractor.intervals.given import Problem

LONGEST = 100
"""Days of the longest period: a row of more is a year's sum, or several periods in one."""

BETWEEN = 45
"""Days between reads that follow on each other: after more a read may be missing, and nothing tells whether
the row is of all these days or of the last ones. SCE reads every 27 to 33 days (Rule 9)."""

SAID = {
    "total": "{count} rows of sums are left out",
    "note": "{count} rows without an account and days are left out (notes, sums)",
    "no_date": "{count} rows have no days and are left out",
    "empty": "{count} periods have neither kWh nor kW nor dollars and are left out",
    "long": f"{{count}} rows have more than {LONGEST} days, which is no billing period, and are left out",
    "first_read": "{count} rows are left out, for nothing tells when the period of a first read began",
    "read_missing": f"{{count}} rows are left out, over {BETWEEN} days after the read before: one missing?",
    "again": "{count} rows stand there twice and are taken once",
}
"""What is said of rows that are left out, by why; but for sums, which are no rows, all are warnings."""

ONE = {
    "rows": "row",
    "periods": "period",
    " are ": " is ",
    " have ": " has ",
    "stand ": "stands ",
}
"""What is another word of a single row."""

NAMED = 10
"""Lines that are named."""


class LeftOut:
    """Lines of rows that are left out, by why."""

    def __init__(self) -> None:
        self._lines: dict[str, list[int]] = defaultdict(list)

    def add(self, why: str, line: int) -> None:
        """Leave a row out."""
        self._lines[why].append(line)

    def told(self) -> Iterator[tuple[str, str, list[int]]]:
        """Give each reason, what is said of its rows, and their lines."""
        for why, said in SAID.items():
            if lines := self._lines.get(why):
                yield why, counted(said, len(lines)), lines

    def problems(self) -> Iterator[Problem]:
        """Give what is to be said of them."""
        for why, said, lines in self.told():
            yield Problem(why, "info" if why == "total" else "warning", f"{said}: {named(lines)}", lines[0])


def named(lines: Sequence[int]) -> str:
    """Return lines as people write them.

    >>> named([4]), named([4, 9, 10])
    ('line 4', 'lines 4, 9, 10')
    """
    shown = ", ".join(map(str, lines[:NAMED]))
    if len(lines) > NAMED:
        shown += f" and {len(lines) - NAMED} more"
    return f"{'line' if len(lines) == 1 else 'lines'} {shown}"


def errors_said(cells: Sequence[str]) -> str:
    """Return what is said of cells that a spreadsheet could not compute.

    >>> errors_said(["line 4 #REF! in 'kWh'"])
    "no value in 1 cell that a spreadsheet could not compute: line 4 #REF! in 'kWh'"
    """
    shown = "; ".join(cells[:NAMED]) + (f"; and {len(cells) - NAMED} more" if len(cells) > NAMED else "")
    count = f"{len(cells):,} cell{'' if len(cells) == 1 else 's'}"
    return f"no value in {count} that a spreadsheet could not compute: {shown}"


def counted(said: str, count: int) -> str:
    """Return what is said of rows, also of one.

    >>> counted("{count} rows of sums are left out", 1)
    '1 row of sums is left out'
    """
    text = said.format(count=f"{count:,}")
    if count > 1:
        return text
    for many, one in ONE.items():
        text = text.replace(many, one)
    return text
