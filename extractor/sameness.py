"""Whether two files are one bill, and what a later bill makes of an earlier one.

A bill is its issuer, customer account and statement date. Two files of those are one bill only if
every service, amount and date on them agrees; if not, a person is asked which of them is right.

What a rebill replaces is a service of an earlier bill, never the whole statement: the same provider,
side and service account, over days that both bill. Bundled service and delivery are one side: who is enrolled
with a CCA afterwards, or leaves it, gets his days billed anew the other way. Which of the two counts follows
from print alone:

    duplicate   the charge block of a CCA's own bill, word for word on SCE's bill, or in another file of
                that bill, which prints no account number: counted once
    adds        nothing but adjustments, or what takes all of the earlier charges back: a line, or all of it
    replaces    a bill that calls itself corrected, over all days of the earlier one, with its own kWh
    undecided   all else; neither counts until a person says which

A CCA's period that ends on the day on which its next one begins has no day in common with it.
Account numbers are given here as they are compared, without hyphens.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from extractor.model import Bill, Component, Period, Service, Status

Relation = Literal["duplicate", "adds", "replaces", "undecided"]
"""What a later charge block is to an earlier one."""

Side = Literal["delivery", "generation"]

ADJUSTING = (Component.ADJUSTMENT, Component.NON_ENERGY)
"""Lines that bill no energy of their own."""


@dataclass(frozen=True)
class Block:
    """A service's charges, and the bill that they are printed on."""

    issuer: str | None
    kind: str | None
    customer_account: str | None
    statement_date: dt.date | None
    service: Service


def is_same_bill(one: Bill, other: Bill) -> bool:
    """Tell whether two files of one key are one bill: every service, amount and date agrees."""
    return _said(one) == _said(other)


def rank(status: str, source: str | None, taken_at: dt.datetime) -> tuple[int, dt.datetime]:
    """Return how good a reading is, among files of one bill: proven before doubtful, text before scans.

    The greatest is the best; between equals the newest.
    """
    if status != Status.VERIFIED:
        return 0, taken_at
    return 2 if source == "text" else 1, taken_at


def overlap(one: Period | None, other: Period | None) -> bool:
    """Tell whether two billing periods, days inclusive, have a day in common."""
    return one is not None and other is not None and one.start <= other.end and other.start <= one.end


def relation(earlier: Block, later: Block) -> Relation | None:
    """Return what the later of two charge blocks is to the earlier, None if they have no day in common.

    Which is later is told by the statement dates; a CCA's own bill comes before SCE's of that day.
    """
    if _charged_side(earlier.service) != _charged_side(later.service):
        return None
    if not overlap(earlier.service.period, later.service.period) or _meet(earlier.service, later.service):
        return None
    alike = _charged(earlier.service) == _charged(later.service)
    if earlier.issuer != later.issuer:
        return "duplicate" if alike else "undecided"
    nameless = earlier.customer_account is None or later.customer_account is None
    if alike and nameless and earlier.statement_date == later.statement_date:
        return "duplicate"
    if _only_adjusts(later.service) or takes_back(earlier.service, later.service):
        return "adds"
    if later.kind == "corrected" and _covers(later.service, earlier.service) and later.service.usage_kwh:
        return "replaces"
    return "undecided"


def meet(role: str | None, one: tuple[dt.date, dt.date], other: tuple[dt.date, dt.date]) -> bool:
    """Tell whether of two generation periods one ends on the day on which the other begins.

    CPA prints them so where its reads are of a moment (bills of 2019): no day of them is billed twice.
    """
    first, second = sorted((one, other))
    return role == "generation" and first[0] < second[0] == first[1] < second[1]


def _meet(one: Service, other: Service) -> bool:
    if one.period is None or other.period is None:
        return False
    return meet(one.role, (one.period.start, one.period.end), (other.period.start, other.period.end))


def side_of(role: str | None) -> Side | None:
    """Return which side of a bill a service is; bundled service is billed in place of delivery."""
    if role is None:
        return None
    return "generation" if role == "generation" else "delivery"


def takes_back(earlier: Service, later: Service) -> bool:
    """Tell whether the later charges, or one line of them, are the earlier total with the other sign."""
    if not earlier.total:
        return False
    amounts = (later.total, *(line.amount for line in later.charges))
    return any(amount is not None and amount + earlier.total == 0 for amount in amounts)


def _charged_side(service: Service) -> tuple[str | None, Side | None, str | None]:
    return service.provider, side_of(service.role), service.service_account


def _meter_side(service: Service) -> tuple[str | None, str | None, str | None]:
    return service.provider, service.role, service.service_account


def _said(bill: Bill) -> tuple[object, ...]:
    """Return every amount and date of a bill, its services in an order of their own."""
    rows = tuple((line.date, line.amount) for line in bill.account_lines)
    of_bill = (bill.due_date, bill.previous_balance, bill.balance_forward, bill.new_charges, bill.amount_due)
    services = sorted(bill.services, key=_place)
    return *of_bill, rows, tuple((_meter_side(service), _charged(service)) for service in services)


def _place(service: Service) -> tuple[str, ...]:
    """Return what services of a bill are put in order by, whatever order they are printed in."""
    return (*map(str, _meter_side(service)), str(service.period and service.period.start))


def _charged(service: Service) -> tuple[object, ...]:
    """Return what a service charges, and for when: dates, kWh, and each line's numbers in printed order."""
    period = (service.period.start, service.period.end) if service.period else None
    lines = tuple((line.quantity, line.rate, line.amount) for line in service.charges)
    return period, service.usage_kwh, service.total, lines


def _only_adjusts(service: Service) -> bool:
    return bool(service.charges) and all(line.component in ADJUSTING for line in service.charges)


def _covers(later: Service, earlier: Service) -> bool:
    return (
        later.period is not None
        and earlier.period is not None
        and later.period.start <= earlier.period.start
        and earlier.period.end <= later.period.end
    )
