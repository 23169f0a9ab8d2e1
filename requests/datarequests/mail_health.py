"""How the mail is: a grant that is no longer taken, messages that failed, that nobody knows of, that wait."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import sqlalchemy
from sqlalchemy import Engine
from sqlmodel import col

from datarequests.history import events_of, state_of
from datarequests.oauth import Tokens, grant_of
from datarequests.outbox import Kind, MailState
from datarequests.settings import MailSettings
from datarequests.tables import OutgoingMail
from datarequests.wanted import KEEPS_HOURS
from datarequests.workflow import State
from extractor.base.database import reading

LATE = dt.timedelta(hours=1)
"""From which a message that waits is told of."""

Concern = tuple[Literal["warning", "critical"], str]


UNDER_WAY = (MailState.QUEUED, MailState.SENDING)

STANDS = {
    MailState.FAILED: State.SEND_FAILED,
    MailState.UNKNOWN: State.SEND_UNKNOWN,
    MailState.WRITTEN: State.QUEUED,
}
"""What a request is while its message matters; one that went on by another way needs nobody."""


class Waiting(NamedTuple):
    """A message that did not go out yet."""

    state: str
    since: dt.datetime
    answer: str | None


def _open(engine: Engine) -> Iterator[Waiting]:
    of = OutgoingMail
    columns = (
        col(of.state),
        col(of.created_at),
        col(of.next_at),
        col(of.attempts),
        col(of.answer),
        col(of.kind),
        col(of.request_id),
    )
    asked = sqlalchemy.select(*columns).where(col(of.state).in_((*UNDER_WAY, *STANDS)))
    with reading(engine) as session:
        for state, made, following, attempts, answer, kind, request in session.execute(asked):
            since = max(made, following) if following and not attempts and kind in KEEPS_HOURS else made
            needed = STANDS.get(MailState(state)) if kind == Kind.REQUEST and request is not None else None
            if needed is None or state_of(events_of(session, request)) is needed:
                yield Waiting(state, since, answer)


def mail_health(engine: Engine, settings: MailSettings, home: Path, now: dt.datetime) -> Iterator[Concern]:
    """Give what somebody should look at."""
    grant = grant_of(settings)
    failure = Tokens(grant, home, lambda: now).failure() if grant else None
    if failure:
        yield "critical", f"mail: {failure}"
    if settings.mail_redirect and settings.is_live:
        yield "warning", "mail: all of it is redirected to one address (BILLCLERK_MAIL_REDIRECT)"
    rows = list(_open(engine))
    counts = Counter(one.state for one in rows)
    late = [one for one in rows if one.state in UNDER_WAY and now - one.since > LATE]
    if counts[MailState.UNKNOWN]:
        yield "warning", f"mail: of {counts[MailState.UNKNOWN]} messages nobody knows whether they arrived"
    if counts[MailState.FAILED]:
        yield "warning", f"mail: {counts[MailState.FAILED]} messages could not be sent"
    if late:
        said = next((one.answer for one in late if one.answer), "no worker took them")
        yield "warning", f"mail: {len(late)} messages wait for more than an hour: {said}"
    if counts[MailState.WRITTEN]:
        yield "warning", f"mail: {counts[MailState.WRITTEN]} messages were written as files and not sent"
