"""A manager's daily letter: only what changed since the last working day, and what needs somebody to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from datarequests.attention import Attention
from datarequests.business_days import LOS_ANGELES
from datarequests.letter import parted
from datarequests.notices import Notice
from datarequests.people import People
from datarequests.reminders import Rules
from datarequests.report import is_shown, waiting_mail
from datarequests.report_lines import MESSAGES, Line, line_of
from datarequests.report_page import past_words
from datarequests.viewed import Viewed, all_viewed
from datarequests.workflow import Event
from extractor.base.templating import rendered

WORDS: dict[Event, str] = {
    **MESSAGES,
    Event.FOLLOW_UP_DRAFTED: "follow-up drafted",
    Event.ESCALATED: "escalated to the manager",
    Event.TIME_OUT_PROPOSED: "time-out proposed",
    Event.TIMED_OUT: "timed out",
    Event.CANCELLED: "withdrawn",
    Event.BLOCKED: "held: its authorization does not hold",
    Event.SEND_FAILED: "could not be sent",
    Event.SEND_UNKNOWN: "perhaps not sent",
    Event.ASSIGNED: "given to another manager",
    Event.OVERRIDDEN: "set by a person",
    Event.CLOSED: "closed",
}
"""What is news; all else is not."""

URGENT = frozenset((Attention.OURS, Attention.CUSTOMERS))
"""What needs somebody to act."""


@dataclass(frozen=True)
class News:
    """A request in a daily letter."""

    line: Line
    changes: Sequence[str]
    past: str

    @property
    def needs(self) -> bool:
        """Whether somebody has to act."""
        return self.line.attention in URGENT


def daily(
    session: Session,
    manager: str,
    people: People,
    rules: Rules,
    start: dt.datetime,
    now: dt.datetime,
    own: Path | None = None,
) -> Notice | None:
    """Return a manager's letter on what was recorded after a moment; None where there is nothing to say.

    Raises:
        TemplateFaultError: if a value that the template names is missing.
    """
    pending = waiting_mail(session)
    found = []
    for one in all_viewed(session, now, managers=[manager]):
        changes = [*_changes(one, start), *_expiring(one, rules, start)]
        if changes or is_shown(one):
            line = line_of(one, rules, people, pending)
            if changes or line.attention in URGENT:
                found.append(News(line, changes, past_words(line)))
    if not found:
        return None
    found.sort(key=lambda news: (news.line.attention, news.line.latest or dt.date.max, news.line.request))
    values = {
        "manager": people.manager(manager),
        "date": f"{now.astimezone(LOS_ANGELES):%Y-%m-%d}",
        "needs": [news for news in found if news.needs],
        "changed": [news for news in found if not news.needs],
    }
    name = "reports/daily.txt.j2"
    subject, text = parted(rendered(name, values, own), name)
    known = people.managers.get(manager)
    recipients = (known.email,) if known is not None and known.email else ()
    html = rendered("reports/daily.html.j2", {**values, "subject": subject}, own)
    return Notice("report", recipients, subject, text, html, release=True)


def _expiring(one: Viewed, rules: Rules, start: dt.datetime) -> list[str]:
    """Say that an authorization expires, on the day from which that is said."""
    left = one.validity.days_left if one.validity is not None and one.validity.holds else None
    if left is None or not one.is_open:
        return []
    before = left + (one.today - start.astimezone(one.counterparty.zone).date()).days
    return [f"authorization expires in {left} days"] if left <= rules.expiry_notice_days < before else []


def _changes(one: Viewed, start: dt.datetime) -> list[str]:
    """Return what was recorded of a request after a moment, in words."""
    zone = one.counterparty.zone
    return [
        f"{event.occurred_at.astimezone(zone):%Y-%m-%d %H:%M} {WORDS[Event(event.event)]} ({event.who})"
        for event in one.events
        if start < event.recorded_at <= one.now and Event(event.event) in WORDS
    ]
