"""The readings of many services at once: each account's over its own days, as columns ready to be metered.

One question to the store for all of them, so that a file is opened once for all accounts in it. Hours
count only where no quarters are there (`columns.column`), and readings that are not of energy are left out.

    found = loads(home, engine, {"8000000001": (begin, end), ...})
    found["8000000001"].columns, found["8000000001"].imports(begin, end)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, cast

import numpy as np
from duckdb import DuckDBPyConnection
from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals import clock, columns
from extractor.intervals.columns import Column, Ints
from extractor.intervals.given import Channel
from extractor.intervals.held import months
from extractor.intervals.held.ask import asking_of
from extractor.intervals.held.whose import Owned, everything

SPANS = "CREATE TEMP TABLE span (series INTEGER, begin BIGINT, over BIGINT)"

WITHIN = """
SELECT counted.series, start, seconds, thousandths, quality, import_id
FROM counted JOIN span ON span.series = counted.series AND start >= begin AND start < over
ORDER BY counted.series, start, seconds
"""

Instants = tuple[int, int]
"""From one instant to another, in seconds since 1970, the end exclusive."""


class _Told(NamedTuple):
    """When readings begin, and which imports told them."""

    starts: Ints
    imports: Ints


@dataclass(frozen=True)
class Load:
    """The readings of one service."""

    columns: tuple[Column, ...]
    """One for each channel and meter."""
    told: tuple[_Told, ...]

    def imports(self, begin: int, end: int) -> set[int]:
        """Return which imports told the readings between two instants."""
        found: set[int] = set()
        for starts, imports in self.told:
            within = slice(*np.searchsorted(starts, (begin, end)).tolist())
            found.update(np.unique(imports[within]).tolist())
        return found


NO_LOAD = Load((), ())


def loads(home: Home, engine: Engine, wanted: Mapping[str, Instants]) -> dict[str, Load]:
    """Return the readings of each account between two instants, by any of its numbers, if there are any."""
    with reading(engine) as session:
        known = everything(session)
    series = [(account, one) for account in wanted for one in known.of(account) if one.unit == "Wh"]
    if not series:
        return {}
    # one series may be of several accounts that are asked for: the old number's and the new one's
    numbered = [(account, replace(one, number=at)) for at, (account, one) in enumerate(series, 1)]
    months_touched = _months([wanted[account] for account, _ in numbered])
    with asking_of(home, engine, [one for _, one in numbered], months_touched) as duck:
        duck.execute(SPANS)
        spans = [(one.number, *wanted[account]) for account, one in numbered]
        duck.executemany("INSERT INTO span VALUES (?, ?, ?)", spans)
        return _by_account(duck, numbered)


def _months(spans: Iterable[Instants]) -> set[int]:
    found: set[int] = set()
    for begin, over in set(spans):
        found.update(months.between(clock.local(begin).date(), clock.local(over - 1).date()))
    return found


def _by_account(duck: DuckDBPyConnection, numbered: Sequence[tuple[str, Owned]]) -> dict[str, Load]:
    found = duck.execute(WITHIN).fetchnumpy()
    numbers = found["series"]
    edges = np.searchsorted(numbers, np.arange(1, len(numbered) + 2))
    parts: dict[str, list[tuple[Column, _Told]]] = defaultdict(list)
    for at, (account, one) in enumerate(numbered):
        rows = slice(*edges[at : at + 2].tolist())
        if rows.start < rows.stop:
            parts[account].append(_column(one, {name: of[rows] for name, of in found.items()}))
    return {
        account: Load(_together([made for made, _ in of]), tuple(told for _, told in of))
        for account, of in parts.items()
    }


def _column(one: Owned, of: Mapping[str, Any]) -> tuple[Column, _Told]:
    starts, seconds, values, imports = (
        np.asarray(of[name], dtype=np.int64) for name in ("start", "seconds", "thousandths", "import_id")
    )
    qualities = np.asarray(of["quality"], dtype=np.int8)
    channel = cast(Channel, one.channel)
    return columns.column(channel, one.meter, starts, seconds, values, qualities), _Told(starts, imports)


def _together(parts: Sequence[Column]) -> tuple[Column, ...]:
    """Return one column for each channel and meter: several series may tell of one."""
    by_meter: dict[tuple[Channel, str | None], list[Column]] = defaultdict(list)
    for part in parts:
        by_meter[part.channel, part.meter].append(part)
    return tuple(of[0] if len(of) == 1 else _joined(of) for of in by_meter.values())


def _joined(parts: Sequence[Column]) -> Column:
    starts, seconds, values, qualities = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("starts", "seconds", "thousandths", "qualities")
    )
    return columns.column(parts[0].channel, parts[0].meter, starts, seconds, values, qualities)
