"""Authorizations: drafted, signed, submitted, renewed; the signed file is frozen by its hash.

A form that was signed is never altered here: what has to be different is drafted anew, and the form that it
stands for is superseded when the new one is signed, not before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from datarequests.authorization_flow import HOLDS, AuthorizationEvent, AuthorizationState
from datarequests.counterparties import Counterparty
from datarequests.desks import desk
from datarequests.history import (
    add_to_authorization,
    authorization_events_of,
    authorization_of,
    authorization_state_of,
)
from datarequests.letter import one_line
from datarequests.tables import Authorization
from datarequests.validity import Validity, validity
from extractor.base.errors import BillclerkError

SignatureKind = Literal["wet", "scan", "electronic"]

RELEASES = ("email", "fax", "mail")
"""How a counterparty can send what is released."""

ENDED = frozenset((AuthorizationState.REJECTED, AuthorizationState.VOID, AuthorizationState.REVOKED))
"""States of a form that stands for no other any more."""


class ConsentError(BillclerkError):
    """An authorization cannot say that, or cannot be signed so; the message says what is wrong."""

    exit_code = 2


@dataclass(frozen=True)
class Consent:
    """What an authorization is to say."""

    counterparty: str
    customer: str
    customer_of_record: str
    mailing_address: str
    accounts: tuple[tuple[str, str], ...]
    """Service accounts, each with its service address."""
    agent: Mapping[str, str]
    options: tuple[str, ...]
    duration: str
    until: dt.date | None = None
    release_method: str = "email"
    release_to: str = ""
    signatory: str | None = None
    signatory_title: str | None = None


@dataclass(frozen=True)
class Signature:
    """A form that was signed."""

    sha256: str
    name: str
    """What the file was called."""
    kind: SignatureKind
    executed_on: dt.date


@dataclass(frozen=True)
class Seen:
    """An authorization as it stands on a day."""

    row: Authorization
    validity: Validity

    @property
    def number(self) -> int:
        """Its number."""
        return self.row.id or 0


def draft(
    session: Session, consent: Consent, who: str, now: dt.datetime, renews: int | None = None
) -> Authorization:
    """Keep the draft of an authorization.

    Raises:
        ConsentError: if it says what the counterparty's form cannot.
        CounterpartyError: if there is no such counterparty.
    """
    to = desk(session, consent.counterparty)
    today = now.astimezone(to.zone).date()
    check_consent(consent, to, today)
    row = Authorization(
        counterparty=to.key,
        customer=consent.customer,
        customer_of_record=one_line(consent.customer_of_record),
        mailing_address=one_line(consent.mailing_address),
        signatory=one_line(consent.signatory or "") or None,
        signatory_title=one_line(consent.signatory_title or "") or None,
        agent={name: one_line(value) for name, value in consent.agent.items()},
        options=list(consent.options),
        duration=consent.duration,
        until=consent.until,
        release_method=consent.release_method,
        release_to=one_line(consent.release_to),
        form_revision=to.form_on(today).revision.value,
        accounts=[
            {"service_account": account, "service_address": one_line(address)}
            for account, address in consent.accounts
        ],
        supersedes_id=renews,
        created_at=now,
        who=who,
    )
    session.add(row)
    session.flush()
    detail = {} if renews is None else {"renews": renews}
    add_to_authorization(session, row.id or 0, AuthorizationEvent.DRAFTED, who, now, now, detail)
    return row


def check_consent(consent: Consent, to: Counterparty, today: dt.date) -> None:
    """Refuse what the counterparty's form has no place for.

    Raises:
        ConsentError: names the value.
    """
    form = to.form_on(today)
    options = ", ".join(one.option for one in form.options)
    durations = ", ".join(one.duration for one in form.durations)
    for option in consent.options:
        if form.option(option) is None:
            raise ConsentError(f"{to.key} has no option {option!r}; known: {options}")
    if not consent.options:
        raise ConsentError(f"an authorization names at least one option; known of {to.key}: {options}")
    if consent.duration not in {one.duration for one in form.durations}:
        raise ConsentError(f"{to.key} knows no duration {consent.duration!r}; known: {durations}")
    if (consent.duration == "until") != (consent.until is not None):
        raise ConsentError("a last day belongs to the duration `until`, and to no other")
    if consent.until is not None and consent.until < today:
        raise ConsentError(f"the last day {consent.until} has passed")
    if consent.release_method not in RELEASES:
        raise ConsentError(f"data is released by {', '.join(RELEASES)}, not by {consent.release_method!r}")
    if not consent.accounts:
        raise ConsentError("an authorization names at least one service account")
    numbers = [account for account, _ in consent.accounts]
    if len(set(numbers)) < len(numbers):
        raise ConsentError("a service account is named twice")
    if not one_line(consent.customer_of_record):
        raise ConsentError("an authorization names the customer of record, as on the bill")


def sign(session: Session, number: int, signature: Signature, who: str, now: dt.datetime) -> Authorization:
    """Freeze an authorization by the file that was signed; the form it renews is superseded now.

    Raises:
        ConsentError: if it would have been executed in the future, or the file signs another one.
        IllegalMoveError: if it was signed already.
    """
    row = authorization_of(session, number)
    if signature.executed_on > now.astimezone(desk(session, row.counterparty).zone).date():
        raise ConsentError(f"it cannot have been executed on {signature.executed_on}, which is to come")
    asked = select(Authorization.id).where(Authorization.signed_sha256 == signature.sha256)
    if (other := session.exec(asked).first()) is not None:
        raise ConsentError(f"that file is the signed form of authorization {other}")
    detail = {"sha256": signature.sha256, "kind": signature.kind, "executed_on": str(signature.executed_on)}
    add_to_authorization(session, number, AuthorizationEvent.SIGNED, who, now, now, detail)
    row.signature_kind = signature.kind
    row.executed_on = signature.executed_on
    row.signed_sha256 = signature.sha256
    row.signed_name = one_line(signature.name)
    session.add(row)
    session.flush()
    _supersede(session, row, who, now)
    return row


def _supersede(session: Session, row: Authorization, who: str, now: dt.datetime) -> None:
    """End the form that a signed one renews, if it has not ended."""
    if row.supersedes_id is None:
        return
    old = authorization_state_of(authorization_events_of(session, row.supersedes_id))
    if old is not AuthorizationState.SUPERSEDED:
        detail = {"by": row.id}
        event = AuthorizationEvent.SUPERSEDED
        add_to_authorization(session, row.supersedes_id, event, who, now, now, detail)


def seen(session: Session, row: Authorization, now: dt.datetime) -> Seen:
    """Return an authorization as it stands at a moment."""
    today = now.astimezone(desk(session, row.counterparty).zone).date()
    return Seen(row, validity(row, authorization_events_of(session, row.id or 0), today))


def all_seen(
    session: Session, now: dt.datetime, customer: str | None = None, counterparty: str | None = None
) -> Iterator[Seen]:
    """Give authorizations as they stand at a moment, by number."""
    asked = select(Authorization).order_by(col(Authorization.id))
    if customer is not None:
        asked = asked.where(Authorization.customer == customer)
    if counterparty is not None:
        asked = asked.where(Authorization.counterparty == counterparty)
    for row in session.exec(asked).all():
        yield seen(session, row, now)


def altered(session: Session, find: Callable[[str], bytes | None], now: dt.datetime) -> Iterator[Seen]:
    """Give the authorizations that hold, but whose signed file is gone or no longer what was signed."""
    for one in all_seen(session, now):
        if one.validity.state in HOLDS:
            data = find(one.row.signed_sha256 or "")
            if data is None or hashlib.sha256(data).hexdigest() != one.row.signed_sha256:
                yield one


def expiring(session: Session, now: dt.datetime, within: int) -> Iterator[Seen]:
    """Give the signed authorizations that expire within days, or did so that many days ago at most.

    One that is good for a single request is not renewed, nor is one that a newer one has superseded.
    """
    for one in all_seen(session, now):
        left = one.validity.days_left
        is_renewed = one.validity.state in HOLDS and one.row.duration != "one_time"
        if is_renewed and left is not None and abs(left) <= within:
            yield one


def renewal_of(session: Session, number: int) -> Authorization | None:
    """Return the draft or form that is to renew an authorization, None if there is none."""
    asked = select(Authorization).where(Authorization.supersedes_id == number)
    rows: Sequence[Authorization] = session.exec(asked.order_by(col(Authorization.id))).all()
    living = [
        row
        for row in rows
        if authorization_state_of(authorization_events_of(session, row.id or 0)) not in ENDED
    ]
    return living[-1] if living else None


def renew(session: Session, old: Authorization, who: str, now: dt.datetime) -> tuple[Authorization, bool]:
    """Return the draft that renews an authorization, and whether it is new; one that is there is kept."""
    there = renewal_of(session, old.id or 0)
    if there is not None:
        return there, False
    return draft(session, _renewed(old), who, now, renews=old.id), True


def _renewed(old: Authorization) -> Consent:
    """Return what a form says once more; one that held until a date holds as many days again."""
    until = old.until
    if until is not None and old.executed_on is not None:
        until += until - old.executed_on
    return Consent(
        counterparty=old.counterparty,
        customer=old.customer,
        customer_of_record=old.customer_of_record,
        mailing_address=old.mailing_address,
        accounts=tuple((one["service_account"], one.get("service_address", "")) for one in old.accounts),
        agent=old.agent,
        options=tuple(old.options),
        duration=old.duration,
        until=until,
        release_method=old.release_method,
        release_to=old.release_to,
        signatory=old.signatory,
        signatory_title=old.signatory_title,
    )


def moment(session: Session, row: Authorization, on: dt.date | None, now: dt.datetime) -> dt.datetime:
    """Return when something happened: noon of a day at the counterparty's, or now.

    Raises:
        ConsentError: if that day is to come.
    """
    if on is None:
        return now
    zone = desk(session, row.counterparty).zone
    if on > now.astimezone(zone).date():
        raise ConsentError(f"{on} is to come; nothing has happened then")
    return min(now, dt.datetime.combine(on, dt.time(12), zone).astimezone(dt.UTC))
