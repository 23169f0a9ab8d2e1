"""A manager's letter of a day put into the outbox, once, and what is said of it."""

import datetime as dt
import sys
from typing import TYPE_CHECKING

from extractor.cli.opened import Opened
from extractor.cli.wording import clean

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.notices import Notice
    from datarequests.tables import OutgoingMail


def letter_of_day(what: str, key: str, moment: dt.datetime, *more: str) -> str:
    """Return what a manager's letter of a day is called, of which there is one."""
    from datarequests.business_days import LOS_ANGELES

    return "\n".join((what, f"{moment.astimezone(LOS_ANGELES):%Y-%m-%d}", key, *more))


def put_letter(
    at: Opened, session: "Session", key: str, notice: "Notice", moment: dt.datetime, once: str, again: bool
) -> None:
    """Put a letter into the outbox and say so; of one that is there, what became of it.

    `once` is what the letter of the day is called; with `again` another one is put there.
    """
    from dataclasses import replace

    from datarequests.addressing import plain_address
    from datarequests.outbox import had
    from extractor.cli.mailing.outgoing import office_of
    from extractor.cli.request.posting import drafter_of

    if not notice.recipients:
        print(f"{key}: the roster has no e-mail address of this manager", file=sys.stderr)
        return
    wrong = [one for one in notice.recipients if not plain_address(one)]
    if wrong:
        print(
            f"{key}: {clean(wrong[0])!r} is no e-mail address, and nothing is sent;"
            f" `billclerk accounts manager {key} --email ADDRESS` gives another",
            file=sys.stderr,
        )
        return
    before = None if again else had(session, once, office_of(at.home))
    if before is not None:
        print(f"{key}: today's {_became(before)}; --again puts another there", file=sys.stderr)
        return
    if drafter_of(at.home)(session, replace(notice, once=None if again else once), moment) is None:
        print(f"{key}: there is no outbox to put it into; nothing is sent", file=sys.stderr)
        return
    print(f"{key}: {notice.subject}: in the outbox for {', '.join(notice.recipients)}")


def _became(row: "OutgoingMail") -> str:
    """Return what became of a letter of the outbox."""
    from datarequests.outbox import MailState

    if row.sent_at is not None:
        return f"was sent at {row.sent_at:%H:%M} UTC"
    return {
        MailState.WRITTEN: "was not sent: it lies in a file, as mail is not live",
        MailState.FAILED: f"could not be sent ({row.answer})",
        MailState.UNKNOWN: f"may have arrived, nobody knows ({row.answer})",
        MailState.CANCELLED: f"was not sent ({row.answer})",
    }.get(MailState(row.state), "waits in the outbox")
