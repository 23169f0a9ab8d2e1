"""Rows of a table as far as they are looked at before a person is asked, column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.moments import Kind, kind_of
from extractor.intervals.mapped.roles import folded
from extractor.intervals.mapped.tables import Table
from extractor.intervals.mapped.text import Row

CELLS = 600_000
"""Cells that are looked at: more than a year of quarters of an hour with all that stands beside them."""


@dataclass(frozen=True)
class Sample:
    """The first rows of the tables of one layout."""

    heading: tuple[str, ...]
    rows: Sequence[Row]
    is_whole: bool
    """Whether these are all rows."""

    def column(self, at: int) -> list[str]:
        """Return the cells of a column that have something."""
        return [row[at] for _, row in self.rows if at < len(row) and row[at]]

    @cached_property
    def kinds(self) -> list[Counter[Kind]]:
        """Return what the cells of each column are."""
        return [Counter(map(kind_of, self.column(at))) for at in range(len(self.heading))]

    def mostly(self, at: int) -> Kind:
        """Return what most cells of a column are; a date beside moments is the midnight of one."""
        kinds = self.kinds[at]
        if kinds["moment"]:
            return "moment" if kinds["moment"] + kinds["date"] >= kinds["text"] else "text"
        return kinds.most_common(1)[0][0] if kinds else "empty"


def heads_of_time(sample: Sample, mapping: Mapping) -> tuple[list[str], set[str]]:
    """Return the headings of the columns of time and date, and all their words."""
    heads = [
        folded(sample.heading[at])
        for name in ("time", "date")
        if (at := mapping.columns.get(name)) is not None
    ]
    return heads, set(" ".join(heads).split())


def sampled(tables: Sequence[Table]) -> Sample:
    """Return the first rows of tables of one layout."""
    rows: list[Row] = []
    cells, is_whole = 0, True
    for table in tables:
        for row in table.rows():
            cells += len(row[1])
            if cells > CELLS:
                is_whole = False
                break
            rows.append(row)
    return Sample(tables[0].heading, rows, is_whole)
