"""The readings of an account as the store has them: each time once per meter, quarters before hours."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals.given import Account, Quality, Readings, Series
from extractor.intervals.loads import Load, load_of
from tests.extractor.intervals.held.stored import ACCOUNT, MARCH, QUARTER, block, run
from tests.extractor.intervals.held.stored import kept as keep

FIRST, LAST = dt.date(2025, 3, 1), dt.date(2025, 3, 1)
ONE, TWO = (Series("delivered", service_account=ACCOUNT, meter=name) for name in ("m1", "m2"))


def load(home: Home, engine: Engine, account: str = ACCOUNT) -> Load:
    return load_of(home, engine, account, FIRST, LAST)


def told(found: Load) -> dict[str | None, dict[int, tuple[int, int]]]:
    """Return seconds and values by meter and start."""
    return {
        one.meter: {
            start - MARCH: (seconds, value)
            for start, seconds, value in zip(
                one.starts.tolist(), one.seconds.tolist(), one.thousandths.tolist(), strict=True
            )
        }
        for one in found.columns
    }


def hours(values: dict[int, int], series: Series | None = None) -> Readings:
    return block({MARCH + at: value for at, value in values.items()}, series or ONE, seconds=3600)


def test_quarters_count_and_hours_only_where_no_quarter_is(home: Home, kept: Engine) -> None:
    keep(home, kept, "quarters", [run(MARCH, 4, 10, ONE)])
    keep(home, kept, "hours", [hours({0: 46, 3600: 50})])
    quarters = {at * QUARTER: (900, 10 + at) for at in range(4)}
    assert told(load(home, kept)) == {"m1": {**quarters, 3600: (3600, 50)}}


def test_hours_of_all_meters_together_lie_under_the_quarters_of_each(home: Home, kept: Engine) -> None:
    keep(home, kept, "meters", [run(MARCH, 4, 10, ONE), run(MARCH, 4, 20, TWO)])
    keep(home, kept, "all", [hours({0: 132, 3600: 50}, Series("delivered", service_account=ACCOUNT))])
    assert {meter: sorted(of) for meter, of in told(load(home, kept)).items()} == {
        "m1": [0, 900, 1800, 2700],
        "m2": [0, 900, 1800, 2700],
        None: [3600],
    }


def test_hours_of_each_meter_lie_under_the_quarters_of_all_together(home: Home, kept: Engine) -> None:
    keep(home, kept, "each", [hours({0: 40, 3600: 50}), hours({0: 60, 3600: 70}, TWO)])
    keep(home, kept, "all", [run(MARCH, 4, 25, Series("delivered", service_account=ACCOUNT))])
    assert {meter: sorted(of) for meter, of in told(load(home, kept)).items()} == {
        "m1": [3600],
        "m2": [3600],
        None: [0, 900, 1800, 2700],
    }


def test_other_accounts_days_and_units_are_left_out(home: Home, kept: Engine) -> None:
    other = Series("delivered", service_account="8000000002")
    reactive = Series("delivered", "VArh", service_account=ACCOUNT)
    far = MARCH + 30 * 86_400
    keep(
        home,
        kept,
        "a",
        [run(MARCH, 2, 1), run(far, 2, 2), run(MARCH, 2, 3, other), run(MARCH, 2, 4, reactive)],
    )
    assert told(load(home, kept)) == {None: {0: (900, 1), 900: (900, 2)}}
    assert load(home, kept, "8000000009") == Load()


def test_a_usage_point_counts_for_its_account(home: Home, kept: Engine) -> None:
    point = Series("delivered", usage_point="up-1")
    keep(home, kept, "a", [run(MARCH, 2, 1, point), Account("up-1", "8-000-000-001")])
    assert [one.thousandths.tolist() for one in load(home, kept).columns] == [[1, 2]]


def test_a_load_knows_its_imports_and_which_may_still_be_edited(home: Home, kept: Engine) -> None:
    keep(home, kept, "early", [run(MARCH, 2, 1)])
    keep(home, kept, "final", [run(MARCH + 2 * QUARTER, 2, 1, quality=int(Quality.VALIDATED))])
    found = load(home, kept)
    assert (found.imports(FIRST, LAST), found.not_final(FIRST, LAST)) == (frozenset({1, 2}), frozenset({1}))
    assert found.imports(FIRST + dt.timedelta(days=1), LAST + dt.timedelta(days=1)) == frozenset()
