"""How the mail is: a grant that is no longer taken, messages that failed, that nobody knows of, that wait."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine
from sqlmodel import col, select

from datarequests.oauth import Tokens, grant_of
from datarequests.outbox import MailState
from datarequests.settings import MailSettings
from datarequests.tables import OutgoingMail
from extractor.base.database import reading

LATE = dt.timedelta(hours=1)
"""From which a message that waits is told of."""

Concern = tuple[Literal["warning", "critical"], str]


def mail_health(engine: Engine, settings: MailSettings, home: Path, now: dt.datetime) -> Iterator[Concern]:
    """Give what somebody should look at."""
    grant = grant_of(settings)
    failure = Tokens(grant, home, lambda: now).failure() if grant else None
    if failure:
        yield "critical", f"mail: {failure}"
    if settings.mail_redirect and settings.is_live:
        yield "warning", "mail: all of it is redirected to one address (BILLCLERK_MAIL_REDIRECT)"
    with reading(engine) as session:
        asked = select(OutgoingMail.state, OutgoingMail.created_at, OutgoingMail.answer)
        waits = col(OutgoingMail.state).in_(("queued", "sending", "failed", "unknown", "written"))
        rows = session.exec(asked.where(waits)).all()
    counts = Counter(state for state, _, _ in rows)
    late = [one for one in rows if one[0] in (MailState.QUEUED, MailState.SENDING) and now - one[1] > LATE]
    if counts[MailState.UNKNOWN]:
        yield "warning", f"mail: of {counts[MailState.UNKNOWN]} messages nobody knows whether they arrived"
    if counts[MailState.FAILED]:
        yield "warning", f"mail: {counts[MailState.FAILED]} messages could not be sent"
    if late:
        said = next((answer for _, _, answer in late if answer), "no worker took them")
        yield "warning", f"mail: {len(late)} messages wait for more than an hour: {said}"
    if counts[MailState.WRITTEN]:
        yield "warning", f"mail: {counts[MailState.WRITTEN]} messages were written as files and not sent"
