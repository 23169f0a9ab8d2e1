"""Which days are asked for where nobody says them: of the last months those that are the customer's own.

What a person says stays as it is: the linter tells what is wrong with it.

>>> day = dt.date
>>> year, held = (day(2026, 1, 1), day(2026, 12, 31)), Held(own=((day(2026, 4, 6), day.max),))
>>> [[str(day) for day in run] for run in own_days(held, year)]
[['2026-04-06', '2026-12-31']]
>>> own_days(held, year, is_first_said=True) == [year]
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from datarequests.on_roster import Held
from extractor.base.days import Days, outside


class LeftOut(NamedTuple):
    """Days that are not asked of a service account, as by the roster they are not the customer's."""

    service_account: str
    first: dt.date
    last: dt.date
    """Days, both inclusive."""
    is_anothers: bool
    """Whether the roster has it as another customer's."""


def own_days(
    held: Held, days: Days, *, is_first_said: bool = False, is_last_said: bool = False
) -> list[Days]:
    """Return which days of some to ask for; the first and the last stay where a person said them."""
    runs = held.of_customer(days)
    if (is_first_said and is_last_said) or ((is_first_said or is_last_said) and not runs):
        return [days]
    if is_first_said:
        return [(days[0], runs[-1][1])]
    return [(runs[0][0], days[1])] if is_last_said else runs


def left_out(account: str, held: Held, days: Days, asked: Sequence[Days]) -> Iterator[LeftOut]:
    """Give the days that are not asked of an account, and whose they are."""
    for run in outside(days, asked):
        parts = [(part, True) for part in held.of_others(run)]
        parts += [(part, False) for part in held.of_nobody(run)]
        for (first, last), is_anothers in sorted(parts):
            yield LeftOut(account, first, last, is_anothers)
