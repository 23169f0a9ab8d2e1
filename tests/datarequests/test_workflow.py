"""What may happen to a request and to an authorization: the table, and what follows from it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datarequests.authorization_flow import (
    AUTHORIZATION_MOVES,
    HOLDS,
    AuthorizationEvent,
    AuthorizationState,
    authorization_after,
)
from datarequests.validity import last_day, months_after
from datarequests.workflow import (
    ANYTIME,
    ENDED,
    MOVES,
    NEXT,
    OPEN,
    Event,
    IllegalMoveError,
    Side,
    State,
    after,
    turn,
)

E = Event


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((E.LINTED, E.QUEUED, E.SEND_ATTEMPTED, E.SENT), State.SENT),
        ((E.LINTED, E.SENT), State.SENT),
        ((E.LINTED, E.CHANGED), State.DRAFT),
        ((E.LINTED, E.QUEUED, E.SEND_FAILED, E.QUEUED, E.SENT), State.SENT),
        ((E.LINTED, E.QUEUED, E.SEND_UNKNOWN, E.SENT, E.ACKNOWLEDGED), State.ACKNOWLEDGED),
        ((E.LINTED, E.SENT, E.RESENT, E.FOLLOW_UP_SENT), State.SENT),
        ((E.LINTED, E.SENT, E.CORRECTION_ASKED, E.CORRECTION_SENT), State.SENT),
        ((E.LINTED, E.SENT, E.CORRECTION_ASKED, E.CORRECTED), State.SENT),
        ((E.LINTED, E.SENT, E.DATA_RECEIVED, E.FOLLOW_UP_SENT, E.COMPLETED), State.COMPLETED),
        ((E.LINTED, E.SENT, E.BOUNCED, E.QUEUED, E.SENT), State.SENT),
        ((E.LINTED, E.SENT, E.TIMED_OUT, E.COMPLETED), State.COMPLETED),
        ((E.LINTED, E.SENT, E.REJECTED, E.CHANGED, E.LINTED), State.READY),
        ((E.BLOCKED, E.UNBLOCKED), State.DRAFT),
        ((E.LINTED, E.CANCELLED, E.DATA_RECEIVED), State.PARTIAL),
    ],
)
def test_histories(events: tuple[Event, ...], state: State) -> None:
    found = State.DRAFT
    for event in events:
        found = after(found, event)
    assert found is state


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (State.DRAFT, E.QUEUED),
        (State.DRAFT, E.SENT),
        (State.DRAFT, E.COMPLETED),
        (State.DRAFT, E.FOLLOW_UP_SENT),
        (State.SENT, E.QUEUED),
        (State.SENT, E.CORRECTION_SENT),
        (State.COMPLETED, E.TIMED_OUT),
        (State.COMPLETED, E.CANCELLED),
        (State.QUEUED, E.CHANGED),
        (State.SEND_UNKNOWN, E.ACKNOWLEDGED),
        (State.BLOCKED, E.QUEUED),
        (State.READY, E.OVERRIDDEN),
    ],
)
def test_what_cannot_happen_is_refused(state: State, event: Event) -> None:
    with pytest.raises(IllegalMoveError):
        after(state, event)


def test_a_refusal_says_what_can_be_done() -> None:
    says = "queued is not possible while blocked_by_authorization; possible: unblocked, cancelled, assigned"
    with pytest.raises(IllegalMoveError, match=says):
        after(State.BLOCKED, E.QUEUED)


def test_every_state_can_be_reached_and_says_what_is_next() -> None:
    reached = {State.DRAFT}
    while more := {to for state in reached for to in MOVES[state].values()} - reached:
        reached |= more
    assert reached == set(State) == set(MOVES) == set(NEXT)


def test_out_of_every_state_that_has_not_ended_it_can_be_withdrawn() -> None:
    for state in set(State) - ENDED:
        assert after(state, E.CANCELLED) is State.CANCELLED, state


@given(st.lists(st.sampled_from(list(Event)), max_size=30))
def test_it_is_the_counterpartys_turn_only_after_sending(events: list[Event]) -> None:
    state, happened = State.DRAFT, set()
    for event in events:
        try:
            state = after(state, event)
        except IllegalMoveError:
            continue
        happened.add(event)
    if state in OPEN | {State.CORRECTION_NEEDED}:  # data may come for a request that was withdrawn unsent
        assert happened & {E.SENT, E.DATA_RECEIVED}
    assert all(after(state, event) is state for event in ANYTIME)


@pytest.mark.parametrize(
    ("state", "authorized", "side"),
    [
        (State.DRAFT, False, Side.CUSTOMER),
        (State.DRAFT, True, Side.US),
        (State.BLOCKED, False, Side.CUSTOMER),
        (State.SENT, True, Side.COUNTERPARTY),
        (State.PARTIAL, False, Side.COUNTERPARTY),
        (State.CORRECTION_NEEDED, True, Side.US),
        (State.BOUNCED, True, Side.US),
        (State.REJECTED, True, Side.US),
        (State.TIMED_OUT, True, Side.US),
        (State.COMPLETED, True, Side.NOBODY),
    ],
)
def test_whose_turn_it_is(state: State, authorized: bool, side: Side) -> None:
    assert turn(state, authorized) is side


def test_a_signed_form_is_never_changed_but_replaced() -> None:
    for state in HOLDS:
        assert authorization_after(state, AuthorizationEvent.ALTERED) is AuthorizationState.VOID
        with pytest.raises(IllegalMoveError, match="signed is not possible while the authorization is"):
            authorization_after(state, AuthorizationEvent.SIGNED)
    with pytest.raises(IllegalMoveError):
        authorization_after(AuthorizationState.VOID, AuthorizationEvent.APPROVED)
    assert set(AUTHORIZATION_MOVES) == set(AuthorizationState)


@pytest.mark.parametrize(
    ("duration", "executed", "until", "last"),
    [
        ("one_year", "2026-03-15", None, "2027-03-14"),
        ("one_year", "2027-01-01", None, "2027-12-31"),
        ("one_year", "2024-02-29", None, "2025-02-28"),
        ("one_time", "2026-03-15", None, "2027-03-14"),
        ("until", "2026-03-15", "2026-12-31", "2026-12-31"),
    ],
)
def test_the_last_day_of_an_authorization(duration: str, executed: str, until: str | None, last: str) -> None:
    day = dt.date.fromisoformat
    assert last_day(duration, day(executed), day(until) if until else None) == day(last)
    assert last_day(duration, None, None) is None


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1)), st.integers(0, 60), st.integers(0, 60))
def test_months_are_added_once_or_twice(day: dt.date, first: int, second: int) -> None:
    together = months_after(day, first + second)
    assert (together.year, together.month) == (
        (apart := months_after(months_after(day, first), second)).year,
        apart.month,
    )
    assert apart.day <= together.day
