"""A request is ready when nothing speaks against sending it, or a person has accepted the warnings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from hashlib import sha256

from sqlmodel import Session

from datarequests.history import Happened, add
from datarequests.lint import is_refused
from datarequests.looked import FileIs, Finding, Look
from datarequests.on_bills import OnBills
from datarequests.on_roster import Held
from datarequests.uses import other_uses
from datarequests.viewed import Viewed
from datarequests.workflow import Event, State


def look_at(
    session: Session,
    one: Viewed,
    bills: OnBills,
    roster: Mapping[str, Held],
    find: Callable[[str], bytes | None],
) -> Look:
    """Return what the linter looks at; `find` gives a signed file by its hash, None if it is gone."""
    uses = other_uses(session, one.request)
    return Look(one, bills, file_is(one, find), len(uses.sent), len(uses.in_doubt), roster)


def file_is(one: Viewed, find: Callable[[str], bytes | None]) -> FileIs:
    """Return what became of the signed file of a request's authorization."""
    signed = one.authorization.signed_sha256 if one.authorization else None
    if signed is None:
        return FileIs.NONE
    data = find(signed)
    if data is None:
        return FileIs.GONE
    return FileIs.SAME if sha256(data).hexdigest() == signed else FileIs.CHANGED


def make_ready(
    session: Session,
    one: Viewed,
    findings: tuple[Finding, ...],
    who: str,
    now: dt.datetime,
    accept_warnings: bool = False,
) -> bool:
    """Make a draft ready if nothing is refused and warnings are accepted; tell whether it is ready now.

    What was ready and is refused by now is a draft again.
    """
    if one.state is State.READY and is_refused(findings):
        detail = {"refused": [each.code for each in findings if each.severity == "refuse"]}
        add(session, one.number, Happened(Event.CHANGED, now, who, detail), now)
        return False
    if one.state is not State.DRAFT:
        return one.state is State.READY
    if is_refused(findings) or (findings and not accept_warnings):
        return False
    detail = {"accepted": [f"{each.code}: {each.said}" for each in findings]} if findings else {}
    add(session, one.number, Happened(Event.LINTED, now, who, detail), now)
    return True
