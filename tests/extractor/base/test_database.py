"""Both databases: no update is lost, no writer waits for a reader, and what is written is what is read."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from extractor.base.columns import Exact, Utc
from extractor.base.database import glancing, opened, reading, writing
from extractor.base.errors import SettingsError

KEPT = Table(
    "kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("count", Integer),
    Column("money", Exact(2)),
    Column("rate", Exact(8)),
    Column("at", Utc()),
)

COUNT_UP = """
import sys
from extractor.base.database import opened, writing
from tests.extractor.base.test_database import KEPT
engine = opened(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with writing(engine) as session:
        count = session.execute(KEPT.select()).one().count
        session.execute(KEPT.update().values(count=count + 1))
"""


@pytest.fixture
def kept(engine: Engine) -> Engine:
    KEPT.metadata.create_all(engine)
    return engine


def test_four_processes_lose_no_update(kept: Engine, address: str) -> None:
    with writing(kept) as session:
        session.execute(KEPT.insert().values(id=1, count=0))
    processes = [subprocess.Popen([sys.executable, "-c", COUNT_UP, address, "40"]) for _ in range(4)]
    assert [process.wait(120) for process in processes] == [0, 0, 0, 0]
    with reading(kept) as session:
        assert session.execute(select(KEPT.c.count)).scalar_one() == 160


def test_a_reader_sees_one_state_and_stops_no_writer(kept: Engine) -> None:
    with writing(kept) as session:
        session.execute(KEPT.insert().values(id=1, count=1))
    with reading(kept) as session:
        with writing(kept) as other:
            other.execute(KEPT.update().values(count=2))
        assert session.execute(select(KEPT.c.count)).scalar_one() == 1
    with reading(kept) as session:
        assert session.execute(select(KEPT.c.count)).scalar_one() == 2


def test_a_reader_cannot_write(kept: Engine) -> None:
    with reading(kept) as session, pytest.raises(DBAPIError):
        session.execute(KEPT.insert().values(id=1, count=1))
    with writing(kept) as session:  # the same connection may write again
        session.execute(KEPT.insert().values(id=2, count=1))


def test_a_glance_sees_each_time_what_is_there_then_and_changes_nothing_for_others(kept: Engine) -> None:
    count = select(func.count()).select_from(KEPT)
    with glancing(kept) as connection:
        assert connection.execute(count).scalar_one() == 0
        with writing(kept) as session:
            session.execute(KEPT.insert().values(id=1, count=1))
        assert connection.execute(count).scalar_one() == 1
    with pytest.raises(ZeroDivisionError), writing(kept) as session:  # the same connection has transactions
        session.execute(KEPT.insert().values(id=2, count=1))
        _ = 1 // 0
    with reading(kept) as session:
        with writing(kept) as other:
            other.execute(KEPT.insert().values(id=3, count=1))
        assert session.execute(count).scalar_one() == 1


def test_a_transaction_is_kept_whole_or_not_at_all(kept: Engine) -> None:
    with pytest.raises(ZeroDivisionError), writing(kept) as session:
        session.execute(KEPT.insert().values(id=1, count=1))
        session.execute(KEPT.insert().values(id=2, count=1 // 0))
    with reading(kept) as session:
        assert session.execute(select(func.count()).select_from(KEPT)).scalar_one() == 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    money=st.decimals(Decimal("-9999999999999.99"), Decimal("9999999999999.99"), places=2),
    rate=st.decimals(-9999999999, 9999999999, places=8),
    at=st.datetimes(
        dt.datetime.fromisoformat("1970-01-01"),
        dt.datetime.fromisoformat("2200-01-01"),
        timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=-7))]),
    ),
)
def test_what_is_written_is_read(kept: Engine, money: Decimal, rate: Decimal, at: dt.datetime) -> None:
    with writing(kept) as session:
        session.execute(KEPT.delete())
        session.execute(KEPT.insert().values(id=1, money=money, rate=rate, at=at))
    with reading(kept) as session:
        found = session.execute(KEPT.select()).one()
    assert (found.money, found.rate, found.at) == (money, rate, at)
    assert found.at.utcoffset() == dt.timedelta(0)


def test_sums_in_the_database_are_exact(kept: Engine) -> None:
    with writing(kept) as session:
        session.execute(KEPT.insert(), [{"id": at, "money": Decimal("0.10")} for at in range(1, 1001)])
    with reading(kept) as session:
        assert session.execute(select(func.sum(KEPT.c.money))).scalar_one() == Decimal("100.00")


@pytest.mark.parametrize(
    "row",
    [
        {"money": Decimal("0.005")},
        {"money": 0.5},
        {"money": Decimal("NaN")},
        {"money": Decimal(10) ** 17},
        {"at": dt.datetime.fromisoformat("2026-11-24")},
    ],
    ids=["half a cent", "a float", "not a number", "too large", "no offset"],
)
def test_what_cannot_be_kept_exactly_is_refused(kept: Engine, row: dict[str, object]) -> None:
    with pytest.raises(StatementError), writing(kept) as session:
        session.execute(KEPT.insert().values(id=1, **row))


def test_the_sqlite_of_a_home_waits_and_is_safe_on_power_loss(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    engine = opened(f"sqlite:///{tmp_path_factory.mktemp('home')}/billclerk.db")
    with reading(engine) as session:
        told = [
            session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert told == ["wal", 2, 1]


@pytest.mark.parametrize(
    ("url", "said"),
    [("mysql://host/bills", "use sqlite or postgresql"), ("bills.db", "no database's address")],
)
def test_another_database_is_refused(url: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        opened(url)
