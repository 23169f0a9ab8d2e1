"""What is wrong with a file in the same way many times is said once: how often, and where first.

>>> tally = Tally({"missing": ("info", "intervals without a value: {count}")})
>>> tally.add("missing", 7, count=2)
>>> tally.add("missing", 9)
>>> list(tally.problems())
[Problem(code='missing', severity='info', message='intervals without a value: 3', line=7)]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from extractor.intervals.given import Problem

Said = Mapping[str, tuple[Literal["info", "warning"], str]]
"""For each code its severity and its sentence, with {count} and, where it has one, {detail}."""


class Tally:
    """Counts what is to be told, by code and detail."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self._found: dict[tuple[str, str], tuple[int, int]] = {}

    def add(self, code: str, line: int, detail: str = "", count: int = 1) -> None:
        """Count something; only its first line is kept."""
        first, before = self._found.get((code, detail), (line, 0))
        self._found[code, detail] = (first, before + count)

    def problems(self) -> Iterator[Problem]:
        """Give one problem for each thing counted, in the order in which they were first met."""
        for (code, detail), (line, count) in self._found.items():
            severity, sentence = self._said[code]
            yield Problem(code, severity, sentence.format(count=count, detail=detail), line)
