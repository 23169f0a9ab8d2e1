"""What is to be said of a file once it is read, each thing once however often it was found.

>>> notes = Notes()
>>> notes.add("no_value", "received", line=14)
>>> notes.add("no_value", "received", line=15)
>>> [(one.message, one.line) for one in notes.problems()]
[('received: 2 rows have no value and give no reading', 14)]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from extractor.intervals.given import Problem

SAID: dict[str, tuple[Literal["info", "warning"], str]] = {
    "gap": ("warning", "{of}: readings are missing in {count} places, before this line first"),
    "overlap": ("info", "{of}: {count} readings begin before an earlier one has ended, this line's first"),
    "no_value": ("warning", "{of}: {count} rows have no value and give no reading"),
    "autumn_hour_once": (
        "warning",
        "{of}: the hour from 1:00 came twice and is here once, taken as the first; the second is missing",
    ),
    "autumn_hour_unclear": (
        "warning",
        "{of}: the hour from 1:00 came twice, and the order of its {count} rows does not tell "
        "which is which; they are left out",
    ),
    "spring_hour": (
        "warning",
        "{of}: the hour from 2:00 did not exist; its {count} rows of nothing are left out",
    ),
    "quality_word": (
        "warning",
        "{of}: {count} rows have a quality of a name not known; it counts as unknown",
    ),
    "mixed_headings": (
        "warning",
        "{of}: from this line on it comes under another heading; their times do not overlap",
    ),
}
"""How bad each thing noted is, and what is said of it."""


class Notes:
    """What is to be said of a file once it is read, each thing with its first line and how often."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, code: str, of: str, line: int, count: int = 1) -> None:
        """Note that something was found at a line."""
        first, before = self._found.get((code, of), (line, 0))
        self._found[code, of] = first, before + count

    def problems(self) -> Iterator[Problem]:
        """Give what was noted, in the order in which it was found first."""
        for (code, of), (line, count) in self._found.items():
            severity, said = SAID[code]
            yield Problem(code, severity, said.format(of=of, count=count), line)
