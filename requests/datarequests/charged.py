"""Fees of requests that are kept: estimated, invoiced, the difference, and to whom they are rebilled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from sqlmodel import Session, col, select

from datarequests.fees import NOTHING, Estimate, Used, estimate, used_of
from datarequests.history import Happened, add, events_of, request_of
from datarequests.tables import DataRequest, RequestItem
from datarequests.uses import other_uses
from datarequests.viewed import Viewed, all_viewed, viewed
from datarequests.workflow import Event
from extractor.base.errors import BillclerkError


class ChargeError(BillclerkError):
    """That is no amount of an invoice; the message says what one is."""

    exit_code = 2


@dataclass(frozen=True)
class Charge:
    """What a request costs, in dollars."""

    request: int
    customer: str
    counterparty: str
    month: str
    """In which it was sent, or drafted while it has not been: `2026-03`."""
    low: Decimal | None
    """None: it was never estimated."""
    high: Decimal | None
    """None: nothing limits it."""
    invoiced: Decimal | None
    payers: Mapping[str, Decimal]
    """Who pays how much of the invoices in the end."""

    @property
    def rebill_to(self) -> str:
        """Who pays in the end; the customer where nothing was invoiced."""
        return shares(self.payers) or self.customer

    @property
    def difference(self) -> Decimal | None:
        """By how much the invoice is off the estimate; 0 within its range, None where one is missing."""
        if self.invoiced is None or self.low is None:
            return None
        if self.invoiced < self.low:
            return self.invoiced - self.low
        return NOTHING if self.high is None or self.invoiced <= self.high else self.invoiced - self.high


def estimated(session: Session, one: Viewed, schedule: str | None = None) -> Estimate:
    """Return what a request will cost if it is sent today.

    Raises:
        FeeError: if there is no such schedule of fees.
    """
    asked = [(item.option, item.service_account) for item in one.items]
    used = {account: _used(session, one, account) for account in {account for _, account in asked}}
    return estimate(
        one.counterparty, asked, one.today, schedule, used, not other_uses(session, one.request).sent
    )


def _used(session: Session, one: Viewed, account: str) -> Used:
    """Return the free fulfilments of an account by our own other requests."""
    free = {fees.free for fees in one.counterparty.known.fees if fees.free is not None}
    asked = (
        select(RequestItem.received_at)
        .join(DataRequest, col(DataRequest.id) == col(RequestItem.request_id))
        .where(
            col(DataRequest.counterparty) == one.counterparty.key,
            col(DataRequest.id) != one.request.id,
            col(RequestItem.service_account) == account,
            col(RequestItem.option).in_([each.option for each in free]),
            col(RequestItem.received_at).is_not(None),
        )
    )
    zone = one.counterparty.zone
    days = [at.astimezone(zone).date() for at in session.exec(asked) if at is not None]
    return used_of(days, one.today, max((each.months for each in free), default=12))


def keep_estimate(session: Session, request: int, found: Estimate, who: str, now: dt.datetime) -> None:
    """Keep an estimate with its request; its amount is the low end."""
    detail = {
        "low": str(found.low),
        "high": None if found.high is None else str(found.high),
        "schedule": found.schedule,
        "assumptions": list(found.assumptions),
    }
    add(session, request, Happened(Event.FEE_ESTIMATED, now, who, detail, amount=found.low), now)


def keep_invoice(
    session: Session,
    request: int,
    amount: Decimal,
    who: str,
    at: dt.datetime,
    now: dt.datetime,
    invoice: str | None = None,
    rebill_to: str | None = None,
) -> None:
    """Keep what was invoiced for a request; several invoices add up. It is rebilled to the customer.

    Raises:
        ChargeError: if it is no amount in cents.
        IllegalMoveError: if the request has not been sent.
    """
    if not amount.is_finite() or amount != round(amount, 2):
        raise ChargeError(f"{amount} is no amount of dollars and cents; a credit is written -5.00")
    detail = {"rebill_to": rebill_to or request_of(session, request).customer}
    if invoice:
        detail["invoice"] = invoice
    add(session, request, Happened(Event.FEE_INVOICED, at, who, detail, amount=amount), now)


def charges(
    session: Session, now: dt.datetime, customer: str | None = None, month: str | None = None
) -> Iterator[Charge]:
    """Give what requests cost, by customer, month and number; of one customer or month, or all."""
    found = [_charge(session, one) for one in all_viewed(session, now, [customer] if customer else [])]
    for one in sorted(found, key=lambda each: (each.customer, each.month, each.request)):
        if month is None or one.month == month:
            yield one


def charge_of(session: Session, request: int, now: dt.datetime) -> Charge:
    """Return what one request costs.

    Raises:
        UnknownRequestError: if there is none of that number.
    """
    return _charge(session, viewed(session, request_of(session, request), now))


def _charge(session: Session, one: Viewed) -> Charge:
    events = events_of(session, one.number)
    estimates = [event.detail for event in events if event.event == Event.FEE_ESTIMATED]
    invoices = [event for event in events if event.event == Event.FEE_INVOICED]
    sent = [event.occurred_at for event in events if event.event == Event.SENT]
    at = (sent[0] if sent else one.request.created_at).astimezone(one.counterparty.zone)
    last = estimates[-1] if estimates else {}
    payers: dict[str, Decimal] = {}
    for event in invoices:
        payer = event.detail.get("rebill_to", one.request.customer)
        payers[payer] = payers.get(payer, NOTHING) + (event.amount or NOTHING)
    return Charge(
        request=one.number,
        customer=one.request.customer,
        counterparty=one.request.counterparty,
        month=f"{at:%Y-%m}",
        low=Decimal(last["low"]) if last else None,
        high=Decimal(last["high"]) if last.get("high") is not None else None,
        invoiced=sum((event.amount or NOTHING for event in invoices), NOTHING) if invoices else None,
        payers=payers,
    )


@dataclass(frozen=True)
class Total:
    """What the requests of a customer cost in a month, in dollars."""

    customer: str
    month: str
    requests: int
    low: Decimal
    high: Decimal | None
    invoiced: Decimal
    not_invoiced: int
    """Requests without an invoice."""
    difference: Decimal
    """Of those with an invoice."""
    payers: Mapping[str, Decimal]

    @property
    def rebill_to(self) -> str:
        """Who pays in the end; the customer where nothing was invoiced."""
        return shares(self.payers) or self.customer


def shares(payers: Mapping[str, Decimal]) -> str:
    """Return who pays; of several each with his dollars.

    >>> shares({"acme": Decimal("5.00")}), shares({"nobody": Decimal("5.10"), "acme": Decimal("15.00")})
    ('acme', 'acme 15.00, nobody 5.10')
    """
    if len(payers) == 1:
        return next(iter(payers))
    return ", ".join(f"{payer} {dollars}" for payer, dollars in sorted(payers.items()))


def totals(found: Iterable[Charge]) -> Iterator[Total]:
    """Give the totals of charges, by customer and month."""
    for (customer, month), group in groupby(found, key=lambda one: (one.customer, one.month)):
        each = list(group)
        payers: dict[str, Decimal] = {}
        for payer, dollars in (pair for one in each for pair in one.payers.items()):
            payers[payer] = payers.get(payer, NOTHING) + dollars
        limits = [one.high for one in each if one.low is not None]
        yield Total(
            customer,
            month,
            len(each),
            sum((one.low or NOTHING for one in each), NOTHING),
            None if None in limits else sum((one or NOTHING for one in limits), NOTHING),
            sum((one.invoiced or NOTHING for one in each), NOTHING),
            sum(one.invoiced is None for one in each),
            sum((one.difference or NOTHING for one in each), NOTHING),
            payers,
        )
