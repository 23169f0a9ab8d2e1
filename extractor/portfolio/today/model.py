"""What a work list is told in: sections of lines, each with the command that acts on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from shlex import quote
from typing import Literal, NamedTuple

from extractor.portfolio.acting import Acting

Key = Literal["arrived", "person", "missing", "due", "odd", "requests", "changed", "health"]

TITLES: dict[Key, str] = {
    "arrived": "Arrived",
    "person": "Needs a person",
    "missing": "Late or missing",
    "due": "Due within 10 days, or past due",
    "odd": "Arrived and odd",
    "requests": "Requests to act on",
    "changed": "Changed by reprocessing",
    "health": "Service health",
}
"""In the order in which they are shown."""

MOST = 25
"""Lines of a section that are shown; the rest is counted, with the command that lists it."""


class Line(NamedTuple):
    """One thing to do or to know."""

    words: str
    command: str
    """What acts on it, as it is typed."""
    customer: str | None = None
    """Key of the roster."""
    manager: str | None = None


def line_of(acting: Acting, words: str, command: str) -> Line:
    """Return a line about what somebody acts on, with whose it is; what is no one's alone names nobody."""
    owner = acting.owner
    whose = f"{owner.customer_name}, " if owner else ""
    return Line(f"{whose}{words}", command, owner.customer if owner else None, acting.manager)


@dataclass(frozen=True)
class Section:
    """Lines of one kind."""

    key: Key
    lines: Sequence[Line]
    command: str
    """What lists all of it."""

    @property
    def title(self) -> str:
        """What it is called."""
        return TITLES[self.key]

    @property
    def shown(self) -> Sequence[Line]:
        """The first lines."""
        return self.lines[:MOST]

    @property
    def left(self) -> int:
        """How many are not shown."""
        return max(0, len(self.lines) - MOST)


@dataclass(frozen=True)
class Asked:
    """Whose work list, and since when."""

    now: dt.datetime
    since: dt.datetime
    day: dt.date
    """Today in Los Angeles."""
    customer: str | None = None
    manager: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether it is everybody's."""
        return self.customer is None and self.manager is None

    def takes(self, acting: Acting) -> bool:
        """Tell whether what somebody acts on belongs on it: on a manager's if any part of it is."""
        return self.manager is None or self.manager in acting.managers

    @property
    def whose(self) -> str:
        """Return the options of commands that ask for the same."""
        parts = [("--customer", self.customer), ("--manager", self.manager)]
        return "".join(f" {name} {quote(value)}" for name, value in parts if value is not None)


@dataclass(frozen=True)
class Today:
    """A work list."""

    asked: Asked
    sections: Sequence[Section] = field(default=())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do or to know."""
        return not any(section.lines for section in self.sections)

    @property
    def counts(self) -> dict[str, int]:
        """How many lines there are of each kind, for a heading."""
        return {section.title.lower(): len(section.lines) for section in self.sections if section.lines}
