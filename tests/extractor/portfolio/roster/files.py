"""Rosters as files, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.portfolio.roster.take import Taking, taking
from extractor.store.roster import Entry, entries_of
from extractor.store.roster_plan import applied

ONE, TWO, THREE = "8000000001", "8000000002", "8000000003"
POD = "101760940000000118"
HEAD = "customer,site,customer account,service account,pod-id,provider,manager,cost centre,managed from,managed to"


def looked_at(engine: Engine, path: Path) -> Taking:
    with reading(engine) as session:
        return taking(session, path)


def taken(engine: Engine, path: Path) -> dict[str, int]:
    """Take a file in; return how many rows became what."""
    with writing(engine) as session:
        plan = taking(session, path).plan
        assert not plan.problems, plan.problems
        return {what: count for what, count in applied(session, plan).items() if count}


def there(engine: Engine) -> list[Entry]:
    with reading(engine) as session:
        return list(entries_of(session))


def said(problems: Sequence[tuple[tuple[int, ...], str]]) -> list[tuple[tuple[int, ...], str]]:
    return [(lines, text) for lines, text in problems]
