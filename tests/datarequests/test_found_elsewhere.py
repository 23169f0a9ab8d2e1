"""Items whose data came another way: what a request is then, in each state, and what its letter asks."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.history import Happened, add, events_of, items_of, request_of, state_of
from datarequests.letters import letter_of
from datarequests.outside import Told
from datarequests.received import found_elsewhere
from datarequests.viewed import viewed
from datarequests.workflow import Event, State
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW

LATER = NOW + dt.timedelta(days=1)
TOLD = Told("pat", LATER, LATER, "it came")

BEFORE: dict[str, tuple[Event, ...]] = {
    "draft": (),
    "ready": (Event.LINTED,),
    "blocked": (Event.BLOCKED,),
    "queued": (Event.LINTED, Event.QUEUED),
    "unknown": (Event.LINTED, Event.QUEUED, Event.SEND_UNKNOWN),
    "sent": (Event.LINTED, Event.SENT),
    "correction": (Event.LINTED, Event.SENT, Event.CORRECTION_ASKED),
    "bounced": (Event.LINTED, Event.SENT, Event.BOUNCED),
}


def kept(session: Session, before: str) -> tuple[int, list[int]]:
    number = made.request(session).id or 0
    for event in BEFORE[before]:
        add(session, number, Happened(event, NOW, "pat"), NOW)
    return number, [item.id or 0 for item in items_of(session, number)]


@pytest.mark.parametrize(
    ("before", "whole", "part"),
    [
        ("draft", State.CANCELLED, State.DRAFT),
        ("ready", State.CANCELLED, State.DRAFT),  # what is left has to be checked again
        ("blocked", State.CANCELLED, State.BLOCKED),
        ("queued", State.CANCELLED, State.QUEUED),
        ("unknown", State.CANCELLED, State.SEND_UNKNOWN),
        ("sent", State.COMPLETED, State.PARTIAL),
        ("correction", State.COMPLETED, State.PARTIAL),
        ("bounced", State.COMPLETED, State.PARTIAL),
    ],
)
def test_a_request_ends_with_its_last_item_and_goes_on_without_one(
    desk: Engine, before: str, whole: State, part: State
) -> None:
    with writing(desk) as session:
        number, (first, second) = kept(session, before)
        receipt = found_elsewhere(session, number, {first: "a" * 64}, TOLD)
        assert state_of(events_of(session, number)) is part
        is_on_its_way = before in ("queued", "unknown")
        came = [item.received_at for item in items_of(session, number)]
        assert came == [None if is_on_its_way else LATER, None]
        assert (len(receipt.received), len(receipt.missing)) == ((0, 2) if is_on_its_way else (1, 1))
        both: dict[int, str | None] = {first: "a" * 64, second: None}
        found_elsewhere(session, number, both, TOLD)
        assert state_of(events_of(session, number)) is whole
        last = events_of(session, number)[-1]
        assert last.detail["elsewhere"] is True
        assert found_elsewhere(session, number, both, TOLD).event is Event.NOTE  # told twice, kept once
        assert events_of(session, number)[-1] == last


def test_the_letter_of_a_draft_asks_for_what_is_left(desk: Engine) -> None:
    with writing(desk) as session:
        number, (first, _) = kept(session, "draft")
        asked = letter_of(viewed(session, request_of(session, number), NOW)).text
        found_elsewhere(session, number, {first: None}, TOLD)
        left = letter_of(viewed(session, request_of(session, number), LATER)).text
    assert ("Option 1:" in asked, "Option 5:" in asked) == (True, True)
    assert ("Option 1:" in left, "Option 5:" in left) == (False, True)


def test_what_was_sent_asked_for_all_whatever_came_since(desk: Engine) -> None:
    with writing(desk) as session:
        number, (first, _) = kept(session, "sent")
        found_elsewhere(session, number, {first: None}, TOLD)
        text = letter_of(viewed(session, request_of(session, number), LATER)).text
    assert "Option 1:" in text


def test_as_it_was_before_nothing_had_come(desk: Engine) -> None:
    with writing(desk) as session:
        number, (first, _) = kept(session, "draft")
        found_elsewhere(session, number, {first: None}, TOLD)
        then = viewed(session, request_of(session, number), NOW, recorded_by=NOW)
        now = viewed(session, request_of(session, number), LATER)
    assert (then.received, now.received) == (0, 1)
