"""Letters about a request: the follow-up to the counterparty, the escalation to the manager; and the outbox.

The words are templates of `templates/mail/`, whose first line is the subject; this module only says what they
may name. Who puts a letter into the outbox is handed in, and does it in the transaction of the event.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlmodel import Session

from datarequests.addressing import reference
from datarequests.letter import one_line, parted
from datarequests.people import People
from datarequests.received import item_words
from datarequests.reminders import Level
from datarequests.viewed import Viewed
from datarequests.workflow import Event
from extractor.base.templating import rendered

TEMPLATES = {Level.FOLLOW_UP: "mail/follow_up.txt.j2", Level.ESCALATION: "mail/escalation.txt.j2"}


@dataclass(frozen=True)
class Notice:
    """A letter for the outbox."""

    kind: str
    """As in `OutgoingMail.kind`: `follow_up`, `escalation` or `report`."""
    recipients: tuple[str, ...]
    subject: str
    """One line."""
    text: str
    html: str | None = None
    request: int | None = None
    """The number of the request that it is about."""
    release: bool = False
    """Whether it goes out without a person releasing it."""
    once: str | None = None
    """What it is, where it is sent once only; None where it may be sent again."""


class Drafter(Protocol):
    """Puts letters into the outbox."""

    def __call__(self, session: Session, notice: Notice, now: dt.datetime) -> str | None:
        """Put a letter there in this transaction; return its Message-ID."""


def kept_nowhere(session: Session, notice: Notice, now: dt.datetime) -> str | None:
    """Put a letter nowhere: what happened is recorded all the same."""
    return None


def notice_of(
    one: Viewed, level: Level, people: People, release: bool, own: Path | None = None
) -> Notice | None:
    """Return the letter of a level; None where it has none, or nobody's address is known.

    Raises:
        TemplateFaultError: if a value that the template names is missing.
    """
    recipients = _recipients(one, level, people)
    if level not in TEMPLATES or not recipients:
        return None
    name = TEMPLATES[level]
    subject, text = parted(rendered(name, _values(one, people), own), name)
    return Notice(str(level), recipients, subject, text, request=one.number, release=release)


def reference_of(one: Viewed) -> str:
    """Return what a request goes by in letters, as in the subject of the request itself."""
    known = one.counterparty.known
    return reference(known.form, known.key, one.number, one.request.token)


def _recipients(one: Viewed, level: Level, people: People) -> tuple[str, ...]:
    if level is Level.FOLLOW_UP:
        return one.counterparty.mail_addresses
    manager = people.managers.get(one.manager or "")
    return (manager.email,) if manager is not None and manager.email else ()


def _values(one: Viewed, people: People) -> dict[str, Any]:
    """Return what the templates may name; text on one line, so that none adds a line of its own."""
    clock, of = one.clock, one.authorization
    assert clock is not None
    return {
        "reference": reference_of(one),
        "number": one.number,
        "counterparty": one.counterparty.name,
        "customer": one_line(of.customer_of_record if of else people.customer(one.request.customer)),
        "manager": one_line(people.manager(one.manager)),
        "state": str(one.state).replace("_", " "),
        "sent_on": f"{clock.started.astimezone(clock.window.zone).date()}",
        "case": one_line(one.case or ""),
        "promised": str(one.promised or ""),
        "elapsed": clock.elapsed(one.today),
        "past": clock.days_past(one.today),
        "earliest": clock.window.earliest,
        "latest": clock.window.latest,
        "due": str(clock.latest),
        "is_target": clock.window.is_target,
        "missing": [item_words(item) for item in one.missing],
        "received": one.received,
        "asked": len(one.items),
        "followed_up": any(event.event == Event.FOLLOW_UP_SENT for event in one.this_start),
        "agent": {name: one_line(str(value)) for name, value in (of.agent if of else {}).items()},
    }
