"""Whether a row stands there twice: only where all its cells say the same, also those that are not read.

Two meters of one account may have used and cost the same in the same days; what tells them apart is then in
a column that nobody reads (`Meter`), or they stand on two sheets. Such are two rows of one period. A running
number of rows tells nothing: a column that is headed so and has nothing but whole numbers that grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from extractor.intervals.mapped.roles import folded
from extractor.intervals.mapped.tables import Table

_NUMBERED = re.compile(
    r"(?:row|line|record|rec|seq|sequence)(?: (?:no|nbr|nr|num|number))?|no|nr|number|index"
)

SHEET, DAYS = "the sheet", "how many days are told"


class Beside(NamedTuple):
    """What stands in a row beside what is read of one of its periods."""

    sheet: str
    days: str
    """How many it is told to have."""
    cells: tuple[str, ...]


class Kept:
    """The cells that are not read, of the rows of a file; texts that come again are held once."""

    def __init__(self, groups: Sequence[Mapping[str, int]], account: int | None) -> None:
        places = {at for group in groups for at in group.values()}
        self.read = sorted(places if account is None else places | {account})
        """Places of the columns that are read."""
        self._texts: dict[str, str] = {}
        self._heading: tuple[str, ...] = ()
        self._last: dict[int, int] = {}
        """Of columns that may be running numbers, the last one."""
        self._others: set[int] = set()
        """Columns that are none, of those that had a cell."""
        self._sheet = ""

    def begin(self, table: Table) -> None:
        """Take the next table of the same layout."""
        self._heading, self._sheet, self._last = table.heading, table.sheet.name, {}

    def row(self, cells: Sequence[str]) -> None:
        """Take the next row of a table."""
        for at, text in enumerate(cells):
            if at not in self._others and not self._is_next(at, text):
                self._others.add(at)

    def _is_next(self, at: int, text: str) -> bool:
        """Tell whether a cell may be a running number: of rows that begin with 0 or 1, and grow."""
        heading = folded(self._heading[at]) if at < len(self._heading) else ""
        if _NUMBERED.fullmatch(heading) is None and (heading or at > 0):
            return False
        if re.fullmatch(r"[0-9]{1,7}", text) is None:
            return False
        before, self._last[at] = self._last.get(at), int(text)
        return int(text) < 2 if before is None else int(text) > before

    def beside(self, cells: Sequence[str], group: Mapping[str, int]) -> Beside:
        """Return what stands beside one period of a row."""
        at = group.get("days")
        days = "" if at is None else "".join(cells[at : at + 1])
        return Beside(self._sheet, days, tuple(self._held(cells)))

    def _held(self, cells: Sequence[str]) -> Iterator[str]:
        for at, text in enumerate(cells):
            yield "" if at in self.read else self._texts.setdefault(text, text)

    def differing(self, one: Beside, other: Beside) -> list[str]:
        """Return where two rows differ: headings of columns that are not read, or the sheet.

        All rows have to have been taken, for a column may be a running number up to its last row.
        """
        found = [] if one.sheet == other.sheet else [f"{SHEET} ({one.sheet!r}, {other.sheet!r})"]
        if one.days != other.days:
            found.append(DAYS)
        width = max(len(one.cells), len(other.cells))
        for at in range(width):
            texts = ["".join(row.cells[at : at + 1]) for row in (one, other)]
            if texts[0] != texts[1] and at in self._others:
                found.append(self.column(at))
        return found

    def column(self, at: int) -> str:
        """Return what a person knows a column by.

        >>> kept = Kept((), None)
        >>> kept.column(2)
        '#3'
        """
        heading = self._heading[at] if at < len(self._heading) else ""
        return repr(heading) if heading else f"#{at + 1}"
