"""What is asked without views is what is asked with them, of series that no other tells of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.given import Series
from extractor.intervals.held.ask import alone, asking_of, is_alone
from extractor.intervals.held.whose import Owned, of_account
from tests.extractor.intervals.held.stored import ALWAYS, MARCH, QUARTER, VALIDATED, run
from tests.extractor.intervals.held.stored import kept as keep

ACCOUNTS = [f"80000000{at:02d}" for at in range(6)]
DAY = 86_400
COUNTED = "SELECT series, start, seconds, thousandths, quality, import_id FROM counted WHERE start >= {} AND start < {}"


def series(engine: Engine, *accounts: str) -> list[Owned]:
    with reading(engine) as session:
        return [one for account in accounts for one in of_account(session, account)]


def rows(found: dict[str, Any]) -> list[tuple[int, ...]]:
    return sorted(zip(*(values.tolist() for values in found.values()), strict=True))


def with_views(
    home: Home, engine: Engine, of: Sequence[Owned], within: list[int], begin: int, end: int
) -> list[tuple[int, ...]]:
    with asking_of(home, engine, of, within) as duck:
        return rows(duck.execute(COUNTED.format(begin, end)).fetchnumpy())


@pytest.mark.parametrize(
    ("within", "span", "count"),
    [
        ([202502, 202503, 202504], ALWAYS, 4 * 13),
        ([202503], ALWAYS, 4 * 10),  # what is of April is in another file
        ([202503, 202504], (MARCH + 2 * QUARTER, MARCH + 5 * QUARTER), 4 * 3),
        ([202506], ALWAYS, 0),  # no file at all
    ],
)
def test_the_short_question_tells_what_the_long_one_does(
    home: Home, kept: Engine, within: list[int], span: tuple[int, int], count: int
) -> None:
    for at, account in enumerate(ACCOUNTS):
        mine = Series("delivered", service_account=account)
        keep(home, kept, account, [run(MARCH, 10, 100 * at, mine), run(MARCH + 35 * DAY, 3, at, mine)])
        keep(home, kept, f"{account} again", [run(MARCH + QUARTER, 2, 7, mine, quality=VALIDATED)])
    wanted = series(kept, *ACCOUNTS[:4])
    assert all(map(is_alone, wanted))
    found = rows(alone(home, kept, wanted, within, *span))
    assert found == with_views(home, kept, wanted, within, *span)
    assert len(found) == count


def test_series_that_tell_of_one_meter_are_not_alone(home: Home, kept: Engine) -> None:
    for meter in (None, "m1"):
        named = Series("delivered", service_account=ACCOUNTS[0], meter=meter)
        keep(home, kept, str(meter), [run(MARCH, 2, 1, named)])
    assert [is_alone(one) for one in series(kept, ACCOUNTS[0])] == [False, False]
