"""What may happen to a data request, and what it is then: tables, nothing else.

A history is only added to. An event moves a request to another state, or leaves it where it is; a move that
is not in the table is refused with what could be done instead. What depends on the day (overdue, due soon,
an authorization that has expired) is no state: it is worked out when it is asked for. Source: the states of
SDG&E's letters of authorization and of the trackers MuckRock and Alaveteli.

>>> after(State.SENT, Event.ACKNOWLEDGED)
<State.ACKNOWLEDGED: 'acknowledged'>
>>> after(State.DRAFT, Event.SENT)
Traceback (most recent call last):
datarequests.workflow.IllegalMoveError: sent is not possible while draft; possible: linted, changed, \
cancelled, blocked_by_authorization, assigned, fee_estimated, note
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from datarequests.clock import Turn
from extractor.base.errors import BillclerkError


class IllegalMoveError(BillclerkError):
    """That cannot happen in the state that is; the message says what can."""

    exit_code = 2


class State(StrEnum):
    """What a data request is."""

    DRAFT = "draft"
    READY = "ready"
    """Nothing speaks against sending it."""
    QUEUED = "queued"
    """It lies in the outbox."""
    SEND_FAILED = "send_failed"
    """The mail server refused it for good, or for too long."""
    SEND_UNKNOWN = "send_unknown"
    """The connection was lost after the whole message was given: it may have been accepted."""
    SENT = "sent"
    BOUNCED = "bounced"
    ACKNOWLEDGED = "acknowledged"
    IN_PROCESS = "in_process"
    CORRECTION_NEEDED = "correction_needed"
    """The counterparty waits for us; the clock stands still."""
    PARTIAL = "data_received_partial"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    """Withdrawn by us."""
    TIMED_OUT = "timed_out"
    BLOCKED = "blocked_by_authorization"
    """Its authorization does not hold (any more)."""


class Event(StrEnum):
    """What happens to a data request."""

    DRAFTED = "drafted"
    CHANGED = "changed"
    LINTED = "linted"
    """Nothing speaks against sending it."""
    QUEUED = "queued"
    SEND_ATTEMPTED = "send_attempted"
    SENT = "sent"
    RESENT = "resent"
    """The same once more: the clock goes on as it was."""
    SEND_FAILED = "send_failed"
    SEND_UNKNOWN = "send_unknown"
    DELIVERY_DELAYED = "delivery_delayed"
    BOUNCED = "bounced"
    AUTO_REPLY = "auto_reply"
    ACKNOWLEDGED = "acknowledged"
    IN_PROCESS = "in_process"
    CORRECTION_ASKED = "correction_asked"
    CORRECTION_SENT = "correction_sent"
    """What was asked for: the clock goes on."""
    CORRECTED = "corrected"
    """A corrected complete request: the clock starts anew."""
    PROMISED = "promised_date_set"
    DATA_RECEIVED = "data_received"
    """Some of the items."""
    COMPLETED = "completed"
    """The last of the items."""
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    BLOCKED = "blocked_by_authorization"
    UNBLOCKED = "unblocked"
    FOLLOW_UP_DRAFTED = "follow_up_drafted"
    FOLLOW_UP_SENT = "follow_up_sent"
    ESCALATED = "escalated"
    TIME_OUT_PROPOSED = "time_out_proposed"
    EXPIRY_NOTICED = "authorization_expiring"
    REBASED = "rebased"
    """The clock counts by another version of the calendar from now on."""
    FEE_ESTIMATED = "fee_estimated"
    FEE_INVOICED = "fee_invoiced"
    ASSIGNED = "assigned"
    NOTE = "note"
    OVERRIDDEN = "manual_override"
    """A person says what it is, and why."""
    CLOSED = "closed"
    """Nothing more is to be done of what has ended: it leaves the lists."""


S, E = State, Event

OPEN = frozenset((S.SENT, S.ACKNOWLEDGED, S.IN_PROCESS, S.PARTIAL))
"""The counterparty's turn."""

OUT = OPEN | {S.CORRECTION_NEEDED}
"""It went out, and something is still to come."""

ENDED = frozenset((S.COMPLETED, S.REJECTED, S.CANCELLED, S.TIMED_OUT))

NOT_SENT = frozenset((S.DRAFT, S.READY, S.QUEUED, S.SEND_FAILED, S.BLOCKED))

ANYTIME: frozenset[Event] = frozenset((E.NOTE, E.ASSIGNED, E.FEE_ESTIMATED))
"""What leaves a request as it is, whatever it is."""

AFTER_SENDING: frozenset[Event] = ANYTIME | {
    E.SEND_ATTEMPTED,
    E.RESENT,
    E.DELIVERY_DELAYED,
    E.AUTO_REPLY,
    E.PROMISED,
    E.FOLLOW_UP_DRAFTED,
    E.FOLLOW_UP_SENT,
    E.ESCALATED,
    E.TIME_OUT_PROPOSED,
    E.EXPIRY_NOTICED,
    E.REBASED,
    E.FEE_INVOICED,
}
"""What leaves a request as it is that has gone out."""

_ANSWERED: dict[Event, State] = {
    E.ACKNOWLEDGED: S.ACKNOWLEDGED,
    E.IN_PROCESS: S.IN_PROCESS,
    E.CORRECTION_ASKED: S.CORRECTION_NEEDED,
    E.CORRECTED: S.SENT,
    E.DATA_RECEIVED: S.PARTIAL,
    E.COMPLETED: S.COMPLETED,
    E.REJECTED: S.REJECTED,
    E.CANCELLED: S.CANCELLED,
    E.TIMED_OUT: S.TIMED_OUT,
    E.BOUNCED: S.BOUNCED,
}
_AGAIN: dict[Event, State] = {E.QUEUED: S.QUEUED, E.SENT: S.SENT, E.CANCELLED: S.CANCELLED}
_LATE: dict[Event, State] = {E.DATA_RECEIVED: S.PARTIAL, E.COMPLETED: S.COMPLETED}

MOVES: Mapping[State, Mapping[Event, State]] = {
    S.DRAFT: {E.LINTED: S.READY, E.CHANGED: S.DRAFT, E.CANCELLED: S.CANCELLED, E.BLOCKED: S.BLOCKED},
    S.READY: {
        E.CHANGED: S.DRAFT,
        E.QUEUED: S.QUEUED,
        E.SENT: S.SENT,
        E.CANCELLED: S.CANCELLED,
        E.BLOCKED: S.BLOCKED,
    },
    S.QUEUED: {
        E.SENT: S.SENT,
        E.SEND_FAILED: S.SEND_FAILED,
        E.SEND_UNKNOWN: S.SEND_UNKNOWN,
        E.CANCELLED: S.CANCELLED,
        E.BLOCKED: S.BLOCKED,
    },
    S.SEND_FAILED: {**_AGAIN, E.CHANGED: S.DRAFT, E.BLOCKED: S.BLOCKED},
    S.SEND_UNKNOWN: {**_AGAIN, E.SEND_FAILED: S.SEND_FAILED, E.BOUNCED: S.BOUNCED},
    S.SENT: _ANSWERED,
    S.ACKNOWLEDGED: _ANSWERED,
    S.IN_PROCESS: _ANSWERED,
    S.PARTIAL: _ANSWERED,
    S.CORRECTION_NEEDED: {**_ANSWERED, E.CORRECTION_SENT: S.SENT},
    S.BOUNCED: {**_AGAIN, **_LATE, E.CHANGED: S.DRAFT, E.TIMED_OUT: S.TIMED_OUT},
    S.REJECTED: {**_AGAIN, **_LATE, E.CHANGED: S.DRAFT},
    S.TIMED_OUT: {**_AGAIN, **_LATE, E.CHANGED: S.DRAFT, E.REJECTED: S.REJECTED},
    S.BLOCKED: {E.UNBLOCKED: S.DRAFT, E.CANCELLED: S.CANCELLED},
    S.COMPLETED: {},
    S.CANCELLED: _LATE,
}  # fmt: skip


def after(state: State, event: Event) -> State:
    """Return what a request is after an event.

    Raises:
        IllegalMoveError: if that cannot happen then.
    """
    moves = MOVES[state]
    if event in moves:
        return moves[event]
    if event is E.OVERRIDDEN:
        raise IllegalMoveError("an override has to say to which state")
    if event in _standing(state):
        return state
    possible = ", ".join([*moves, *sorted(_standing(state))])
    raise IllegalMoveError(f"{event} is not possible while {state}; possible: {possible}")


def _standing(state: State) -> frozenset[Event]:
    if state is S.QUEUED:
        return ANYTIME | {E.SEND_ATTEMPTED}
    if state in ENDED:
        return AFTER_SENDING | {E.CLOSED}
    return ANYTIME if state in NOT_SENT else AFTER_SENDING


TURNS: Mapping[Event, Turn] = {
    E.SENT: Turn.START,
    E.CORRECTED: Turn.START,
    E.CORRECTION_ASKED: Turn.PAUSE,
    E.CORRECTION_SENT: Turn.GO_ON,
    E.BOUNCED: Turn.STOP,
    E.COMPLETED: Turn.STOP,
    E.REJECTED: Turn.STOP,
    E.CANCELLED: Turn.STOP,
    E.TIMED_OUT: Turn.STOP,
}
"""What events do to the clock; a duplicate that is sent again does nothing to it."""


def turns_of(event: Event, to: State | None = None) -> tuple[Turn, ...]:
    """Return what an event does to the clock; an override what the state does that it says.

    What is out runs on, as though it had never stopped; what is said to have ended stands; what is said never
    to have gone out has no clock.

    >>> [str(turn) for turn in turns_of(Event.OVERRIDDEN, State.CORRECTION_NEEDED)]
    ['resume', 'pause']
    """
    if event is not E.OVERRIDDEN:
        return (TURNS[event],) if event in TURNS else ()
    if to in OPEN:
        return (Turn.RESUME, Turn.GO_ON)
    if to is S.CORRECTION_NEEDED:
        return (Turn.RESUME, Turn.PAUSE)
    return (Turn.STOP,) if to in ENDED or to is S.BOUNCED else (Turn.RESET,)


class Side(StrEnum):
    """Whose turn it is."""

    COUNTERPARTY = "counterparty"
    CUSTOMER = "customer"
    US = "us"
    NOBODY = "nobody"


def turn(state: State, is_authorized: bool) -> Side:
    """Return whose turn it is; without a valid authorization it is the customer's to sign."""
    if state in ENDED:
        return Side.NOBODY if state in (S.COMPLETED, S.CANCELLED) else Side.US
    if state in OPEN:
        return Side.COUNTERPARTY
    return Side.US if is_authorized else Side.CUSTOMER


NEXT: Mapping[State, str] = {
    S.DRAFT: "check it and release it",
    S.READY: "release it",
    S.QUEUED: "nothing: it goes out by itself",
    S.SEND_FAILED: "mend the address or the server, then release it again",
    S.SEND_UNKNOWN: "ask whether it arrived, or release it again under the same Message-ID",
    S.SENT: "wait",
    S.BOUNCED: "correct the address, or send it by another channel",
    S.ACKNOWLEDGED: "wait",
    S.IN_PROCESS: "wait",
    S.CORRECTION_NEEDED: "send the correction",
    S.PARTIAL: "wait for the rest",
    S.COMPLETED: "close",
    S.REJECTED: "correct it, or get a new authorization",
    S.CANCELLED: "nothing",
    S.TIMED_OUT: "send it again, correct it, or get a new authorization",
    S.BLOCKED: "get a new authorization signed, and move it there",
}
"""What makes it go on."""

UNAUTHORIZED = "get an authorization signed"
"""The same of what is not out while its authorization does not hold (yet)."""

IN_A_FILE = "nothing was sent, it lies in a file: make mail live, and release it again"
"""The same of what is in the outbox while mail is not live."""


def state_of(events: Iterable[tuple[Event, State | None]]) -> State:
    """Return what a request is, by its events in their order; an override brings its state along.

    Raises:
        IllegalMoveError: if one of them could not happen.
    """
    state = State.DRAFT
    for event, to in events:
        if event is E.DRAFTED:
            continue
        state = to if event is E.OVERRIDDEN and to is not None else after(state, event)
    return state
