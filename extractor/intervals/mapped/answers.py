"""What a person says of a table's columns, beside what the table itself proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from extractor.base.errors import BillclerkError
from extractor.intervals.given import Channel
from extractor.intervals.mapped.mapping import Label, UnitName, Zone
from extractor.intervals.mapped.moments import Order
from extractor.intervals.mapped.roles import folded

COLUMNS = (
    *("account", "point", "meter", "channel", "unit", "quality"),
    *("date", "time", "other_date", "other_time", "value"),
)
"""What a person can say that a column is."""


class AnswerError(BillclerkError):
    """What was said of a table cannot be: there is no such column, or several; the message says which."""

    exit_code = 2


@dataclass(frozen=True)
class Answers:
    """What a person says; None: nothing."""

    sheet: str | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    """By role the headings of its columns; an empty list: no column is."""
    unit: UnitName | None = None
    label: Label | None = None
    zone: Zone | None = None
    minutes: int | None = None
    channels: dict[str, Channel] = field(default_factory=dict)
    """By a column's heading; by an empty text that of all whose channel is not told."""
    order: Order | None = None
    decimal: Literal["point", "comma"] | None = None
    extra: Literal["second", "elapsed"] | None = None
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """By role what its words mean."""


def place(heading: Sequence[str], said: str) -> int:
    """Return the column that a person names: by its heading, or as #3.

    >>> place(["Date", "kWh"], "kwh"), place(["Date", "kWh"], "#1")
    (1, 0)

    Raises:
        AnswerError: if there is no such column, or several.
    """
    if said.startswith("#") and said[1:].isdigit():
        if 1 <= int(said[1:]) <= len(heading):
            return int(said[1:]) - 1
        raise AnswerError(f"there is no column {said}; the table has {len(heading)}")
    found = [at for at, one in enumerate(heading) if one == said]
    found = found or [at for at, one in enumerate(heading) if folded(one) == folded(said)]
    if len(found) == 1:
        return found[0]
    if found:
        raise AnswerError(f"several columns are headed {said!r}; name one by its number: #{found[0] + 1}")
    raise AnswerError(f"no column is headed {said!r}; name it as the file does, or by its number: #1")
