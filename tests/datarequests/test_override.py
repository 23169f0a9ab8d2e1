"""What a person says that a request is, its clock follows."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine

from datarequests.history import Happened, add, request_of
from datarequests.outside import Told, override
from datarequests.reminders import Rules, reminders
from datarequests.viewed import Viewed, viewed
from datarequests.workflow import Event, State
from extractor.base.database import reading, writing
from tests.datarequests import made
from tests.datarequests.made import NOW, WHO

DAY = dt.timedelta(days=1)
STOPPED, PAUSED = "stopped", "paused"

CASES: tuple[tuple[tuple[Event, ...], State, str, str], ...] = (
    ((Event.SENT, Event.COMPLETED), State.PARTIAL, "2026-03-16", "it had not ended: as if it never stopped"),
    ((Event.SENT, Event.REJECTED), State.SENT, "2026-03-16", "the same"),
    ((Event.SENT, Event.BOUNCED), State.ACKNOWLEDGED, "2026-03-16", "it had arrived all the same"),
    ((Event.SENT, Event.CORRECTION_ASKED), State.IN_PROCESS, "2026-03-17", "it goes on; a day was lost"),
    ((Event.SENT,), State.CORRECTION_NEEDED, PAUSED, "they wait for us"),
    ((Event.SENT, Event.TIMED_OUT), State.CORRECTION_NEEDED, PAUSED, "they wait for us after all"),
    ((Event.SENT, Event.CORRECTION_ASKED), State.CORRECTION_NEEDED, PAUSED, "as it was"),
    ((Event.SENT,), State.COMPLETED, STOPPED, "it ended"),
    ((Event.SENT,), State.BOUNCED, STOPPED, "it came back"),
    ((), State.SENT, "2026-03-18", "it is out since then, and was never recorded"),
    ((Event.SENT,), State.DRAFT, "none", "it never went out"),
    ((), State.COMPLETED, "none", "it never went out here"),
)


@pytest.mark.parametrize(("events", "state", "latest", "why"), CASES)
def test_the_clock_follows(
    desk: Engine, events: tuple[Event, ...], state: State, latest: str, why: str
) -> None:
    with writing(desk) as session:
        number = made.request(session).id or 0
        add(session, number, Happened(Event.LINTED, NOW, WHO), NOW)
        for at, event in enumerate(events):
            when = NOW + at * DAY
            add(session, number, Happened(event, when, WHO), when)
        then = NOW + 2 * DAY
        override(session, number, state, Told(WHO, then, then, why="asked them"))
        one = viewed(session, request_of(session, number), then)
    assert one.state is state
    assert _said(one) == latest, why


def _said(one: Viewed) -> str:
    if one.clock is None:
        return "none"
    return STOPPED if one.clock.stopped else str(one.clock.latest or PAUSED)


def test_what_is_out_by_an_override_is_reminded_of_and_keeps_its_calendar(desk: Engine) -> None:
    with writing(desk) as session:
        number = made.request(session).id or 0
        override(session, number, State.SENT, Told(WHO, NOW, NOW, why="went by courier"))
    with reading(desk) as session:
        one = viewed(session, request_of(session, number), NOW + 30 * DAY)
        assert one.events[-1].detail["counterparty"] == one.counterparty.version
        assert (one.starts, one.is_overdue) == (1, True)
        assert reminders(one, Rules())[0].once == "follow_up 1"
