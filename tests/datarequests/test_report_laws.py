"""Whatever happens to a request, in whatever order: it stands in one group of a report, and old reports hold."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.attention import Attention
from datarequests.history import Happened, add, items_of
from datarequests.outside import RecordError, Told, promise
from datarequests.received import receive
from datarequests.reminders import Rules
from datarequests.report import Asked, Report, report
from datarequests.report_page import page
from datarequests.tick import Trouble, Ways, tick
from datarequests.workflow import Event, IllegalMoveError, Side
from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from tests.datarequests.made import NOW, request
from tests.datarequests.portfolio import PEOPLE

PLAIN = [
    one for one in Event if one not in (Event.DRAFTED, Event.OVERRIDDEN, Event.PROMISED, Event.FEE_INVOICED)
]
HAPPENINGS = st.lists(
    st.tuples(st.sampled_from([*PLAIN, "promise", "receive", "tick"]), st.integers(0, 24 * 6)),
    min_size=1,
    max_size=14,
)


def happen(engine: Engine, what: Event | str, at: dt.datetime) -> None:
    """Let something happen to request 1, if it can."""
    if what == "tick":
        assert not [one for one in tick(engine, Ways(Rules(), PEOPLE), at) if isinstance(one, Trouble)]
        return
    with writing(engine) as session, contextlib.suppress(IllegalMoveError, RecordError):
        _record(session, what, Told("pat", at, at))


def _record(session: Session, what: Event | str, told: Told) -> None:
    if what == "promise":
        promise(session, 1, told.at.date() + dt.timedelta(days=9), told)
    elif what == "receive":
        left = [number for number, item in enumerate(items_of(session, 1), 1) if item.received_at is None]
        receive(session, 1, left[:1], ["a" * 64], told)
    else:
        add(session, 1, Happened(Event(what), told.at, told.who), told.now)


def made(engine: Engine, now: dt.datetime, as_of: dt.datetime | None = None) -> Report:
    with reading(engine) as session:
        return report(session, Asked(as_of=as_of, every=True), PEOPLE, Rules(), now)


@given(HAPPENINGS)
@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_report_is_made_whatever_happened_and_is_the_same_later(
    tmp_path_factory: pytest.TempPathFactory, happenings: list[tuple[Event | str, int]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("laws")
    engine = opened(f"sqlite:///{folder}/a.db")
    upgrade(engine)
    with writing(engine) as session:
        request(session)
    at, then = NOW, []
    for what, hours in happenings:
        at += dt.timedelta(hours=hours, seconds=1)
        happen(engine, what, at)
        then.append((at, made(engine, at)))
    for moment, before in then:
        [line] = before.lines
        assert (line.turn == Side.NOBODY) == (line.attention is Attention.DONE)
        assert line.request == 1 and line.next_action
        again = made(engine, at, as_of=moment)
        assert (again.lines, again.counts, again.turnarounds) == (
            before.lines,
            before.counts,
            before.turnarounds,
        )
        assert "overdue" not in page(again)
    engine.dispose()
