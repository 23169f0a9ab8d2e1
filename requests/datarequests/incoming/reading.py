"""The files of messages that are matched, read by whoever is handed in, and checked off.

A message whose files were not read yet is found by its row, so that what broke off is done again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from datarequests.history import request_of
from datarequests.incoming.arrived import Found, Receipt, arrived
from datarequests.incoming.classified import Says
from datarequests.incoming.moves import DONE, MATCHED, files_to_read
from datarequests.tables import IncomingMail
from datarequests.workflow import IllegalMoveError

SETTLED_BY_FILES = (Says.DATA, Says.ACKNOWLEDGED, Says.UNKNOWN)
"""What a message may say beside files that say all there is to say."""


@dataclass(frozen=True)
class Read:
    """What came of the files of a message."""

    mail: IncomingMail
    receipt: Receipt


def unread(session: Session) -> Sequence[IncomingMail]:
    """Return the messages that are matched, and have files that were not read.

    What came under the Message-ID of another message waits for a person.
    """
    asked = select(IncomingMail).where(
        col(IncomingMail.request_id).is_not(None), col(IncomingMail.state) == MATCHED
    )
    rows = session.exec(asked.order_by(col(IncomingMail.id))).all()
    return [row for row in rows if _is_unread(row) and "twin" not in row.suggested]


def _is_unread(mail: IncomingMail) -> bool:
    return any("kind" not in one for one in files_to_read(mail))


def read_in(session: Session, number: int, files: Sequence[Found], now: dt.datetime) -> Read:
    """Keep what the files of a message hold, and check off what they bring.

    Files inside a file (an archive) are told of as files of their own.
    """
    mail = session.get(IncomingMail, number)
    assert mail is not None and mail.request_id is not None
    if not _is_unread(mail):  # another program was faster
        return Read(mail, Receipt(None))
    request_of(session, mail.request_id)
    by_hash = {one.sha256: one for one in files}
    told = [one.get("sha256") for one in files_to_read(mail)]
    try:
        receipt = arrived(session, mail, files, now)
    except IllegalMoveError as error:
        receipt = Receipt(None, unused=(str(error),))
    rows = [
        one | _told(by_hash.get(one["sha256"]), one.get("said")) if one.get("may_be_data") else one
        for one in mail.attachments
    ]
    rows += [
        {"sha256": one.sha256, "name": one.name, "may_be_data": True, "inside": True} | _told(one)
        for one in files
        if one.sha256 not in told
    ]
    mail.attachments = rows
    notes = {"unused": list(receipt.unused)} if receipt.unused else {}
    mail.suggested = {name: value for name, value in mail.suggested.items() if name != "unused"} | notes
    says = mail.suggested.get("says", Says.UNKNOWN)
    is_all = not receipt.unused and not mail.suggested.get("doubt")
    if receipt.event is not None and is_all and says in SETTLED_BY_FILES:
        mail.state = DONE
    session.add(mail)
    session.flush()
    return Read(mail, receipt)


def _told(one: Found | None, said: str | None = None) -> dict[str, object]:
    if one is None:
        return {"kind": "other", "is_sound": False, "spans": [], "said": said or "see the files in it"}
    return {
        "kind": one.kind,
        "is_sound": one.is_sound,
        "spans": [span.to_json() for span in one.spans],
        "said": said or one.said,
    }
