"""Whether a message of the outbox may go out at a moment: looked at again just before it is sent.

A request may have been answered, withdrawn or mailed by hand since, a form revoked, an address changed. What
the program sends by itself keeps to the hours of the counterparty's office.
"""

from __future__ import annotations

import datetime as dt
import re

from sqlmodel import Session

from datarequests.calendars import CalendarEndsError
from datarequests.desks import desk
from datarequests.history import authorization_events_of, authorization_of, events_of, request_of, state_of
from datarequests.outbox import SENT_EVENTS, Kind
from datarequests.reminders import Rules, next_opening
from datarequests.tables import OutgoingMail
from datarequests.uses import other_uses
from datarequests.validity import validity
from datarequests.workflow import OPEN, State

PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480))
"""How long to wait after the first failure, the second, ... and then always."""

NEEDS_AUTHORIZATION = frozenset((Kind.REQUEST, Kind.RESEND, Kind.CORRECTED))

ONLY_WHILE_OPEN = frozenset((Kind.RESEND, Kind.FOLLOW_UP, Kind.ESCALATION))
"""What is of no use, and a nuisance, once it was answered."""

WITHOUT_AUTHORIZATION = "its authorization does not hold"
USED_UP = "its authorization is good for one request, and another was sent under it, or may have been"
NOT_ITS_ADDRESS = "a recipient is no address of the counterparty any more"


def unwanted(session: Session, row: OutgoingMail, now: dt.datetime) -> str | None:
    """Return why a message may not go out now, None if it may."""
    if row.request_id is None or row.sent_at is not None:
        return None
    if Kind(row.kind) not in {*SENT_EVENTS, *ONLY_WHILE_OPEN}:
        return None
    request = request_of(session, row.request_id)
    state = state_of(events_of(session, row.request_id))
    if row.kind == Kind.REQUEST and state is not State.QUEUED:
        return f"the request is {state}"
    if row.kind in ONLY_WHILE_OPEN and state not in OPEN:
        return f"the request is {state}"
    if Kind(row.kind) not in SENT_EVENTS:
        return None  # it goes to the house's own people
    counterparty = desk(session, request.counterparty)
    if not set(row.recipients) <= set(counterparty.mail_addresses):
        return NOT_ITS_ADDRESS
    if row.kind in NEEDS_AUTHORIZATION and request.authorization_id is not None:
        events = authorization_events_of(session, request.authorization_id)
        today = now.astimezone(counterparty.zone).date()
        paper = authorization_of(session, request.authorization_id)
        if not validity(paper, events, today).holds:
            return WITHOUT_AUTHORIZATION
        if paper.duration == "one_time" and other_uses(session, request).any:
            return USED_UP
    return None


KEEPS_HOURS = frozenset((Kind.FOLLOW_UP,))
"""What goes out by itself, and is tried again, only while the counterparty's office works.

What a person releases goes at once, whatever the hour; a request, and what goes to the house's own people,
is tried again at any hour, too.
"""


def waits_for_office(session: Session, row: OutgoingMail, rules: Rules, now: dt.datetime) -> bool:
    """Have a reminder wait until the counterparty's office works; tell whether it has to."""
    if row.kind not in KEEPS_HOURS or row.request_id is None or row.sent_at is not None:
        return False
    if row.attempts == 0 and not is_automatic(row.message):
        return False
    counterparty = desk(session, request_of(session, row.request_id).counterparty)
    try:
        opens = next_opening(counterparty, rules, now)
    except CalendarEndsError as error:
        opens, said = now + PAUSES[-1], str(error)
    else:
        said = f"it waits for the office hours of {counterparty.name}"
    if opens is None:
        return False
    row.next_at, row.answer = opens, said
    session.add(row)
    return True


def is_automatic(message: bytes) -> bool:
    """Tell whether a message says that the program sends it by itself."""
    return re.search(rb"(?im)^auto-submitted:", message.partition(b"\r\n\r\n")[0]) is not None
