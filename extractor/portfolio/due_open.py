"""Which statements are open: of each account number the latest, with what was open before in it.

Of a customer's other number a later statement has it only where it says so: as its previous balance, say.

One in doubt may be dated wrongly, or be another account's: it hides none that is proven, and both are given.
Dated days ahead it is not believed, and has no place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from extractor.portfolio.billed import OfBill, OfService
from extractor.store.plain import plain

Number = tuple[str | None, str]
"""An issuer, and the number of a customer account as numbers are compared."""

Line = tuple[str, Decimal]
"""A row of the account summary: its label and amount."""

AHEAD = dt.timedelta(days=7)
"""Days from today on which a statement in doubt may be dated: it is made before it comes."""


@dataclass(frozen=True)
class Open:
    """A statement that is open."""

    bill: OfBill
    followed_by: OfBill | None = None
    """A later one of the account that is in doubt."""


def opened(
    bills: Iterable[OfBill],
    services: Mapping[int, Sequence[OfService]],
    same: Mapping[str, str],
    today: dt.date,
    lines_of: Callable[[Collection[int]], Mapping[int, Sequence[Line]]],
) -> list[Open]:
    """Return the statements that are open.

    `same` has, by customer account, the one that stands for all of its customer's, both as plain numbers;
    `lines_of` gives the rows of bills' account summaries. A bill of which another one has all services
    (CPA's own beside the combined one) is no statement to pay.
    """
    by_number: dict[Number, list[OfBill]] = defaultdict(list)
    for bill in bills:
        if not _asks(bill) or is_unread(bill) or is_ahead(bill, today):
            continue
        of = services.get(bill.id, ())
        if of and all(one.standing == "duplicate" for one in of):
            continue
        by_number[bill.issuer, plain(bill.customer_account or "")].append(bill)
    found = {number: list(_open(of)) for number, of in by_number.items()}
    for numbers in _joined(by_number, same):
        taken_over = _taken_over(numbers, by_number, found, lines_of)
        for number in numbers:
            found[number] = [one for one in found[number] if one.bill.id not in taken_over]
    return [one for of in found.values() for one in of]


def _joined(numbers: Iterable[Number], same: Mapping[str, str]) -> list[list[Number]]:
    """Return the numbers that one customer has of an issuer, where they are several."""
    found: dict[Number, list[Number]] = defaultdict(list)
    for issuer, number in numbers:
        if number in same:
            found[issuer, same[number]].append((issuer, number))
    return [of for of in found.values() if len(of) > 1]


def _taken_over(
    numbers: Sequence[Number],
    by_number: Mapping[Number, Sequence[OfBill]],
    found: Mapping[Number, Sequence[Open]],
    lines_of: Callable[[Collection[int]], Mapping[int, Sequence[Line]]],
) -> set[int]:
    """Return the open statements whose amount a later one of another of the customer's numbers has in it.

    Only its own words say that: a new account may begin at zero while the old one's final bill is open.
    """
    lines = lines_of([bill.id for number in numbers for bill in by_number[number]])
    carry = {number: list(carried(by_number[number], lines)) for number in numbers}
    return {
        one.bill.id
        for number in numbers
        for one in found[number]
        for other in numbers
        if other != number
        if any(takes_over(later, amounts, one.bill) for later, amounts in carry[other])
    }


def carried(
    bills: Iterable[OfBill], lines: Mapping[int, Sequence[Line]]
) -> Iterator[tuple[OfBill, set[Decimal]]]:
    """Give a number's statements with what they carry over that no earlier one of the number asked for."""
    own: set[Decimal | None] = set()
    for bill in sorted(bills, key=_order):
        amounts = {amount for label, amount in lines.get(bill.id, ()) if _CARRIED.search(label)}
        if bill.previous_balance is not None:
            amounts.add(bill.previous_balance)
        yield bill, amounts - own
        own.add(bill.amount_due)


_CARRIED = re.compile(r"balance|transfer|past\s*due", re.IGNORECASE)
"""What a row of an account summary is called that has an earlier amount in it."""


def takes_over(later: OfBill, amounts: Collection[Decimal], bill: OfBill) -> bool:
    """Tell whether an amount is in a later statement; one in doubt takes over none that is proven."""
    if bill.is_trusted and not later.is_trusted:
        return False
    is_later = (later.statement_date or dt.date.min) > (bill.statement_date or dt.date.min)
    return is_later and (bill.amount_due == 0 or bill.amount_due in amounts)


def is_unread(bill: OfBill) -> bool:
    """Tell whether it is a statement of which the account, the date or the amount was not read."""
    if bill.state == "unreadable" or bill.standing == "same":
        return False
    is_paid_elsewhere = bill.issuer != "SCE" and bill.amount_due is None
    misses = bill.customer_account is None or bill.statement_date is None or bill.amount_due is None
    return misses and not is_paid_elsewhere


def is_ahead(bill: OfBill, today: dt.date) -> bool:
    """Tell whether it is a statement in doubt that is dated on a day to come: mostly a misread year."""
    if bill.is_trusted or bill.statement_date is None or not _asks(bill):
        return False
    return bill.statement_date - today > AHEAD


def _asks(bill: OfBill) -> bool:
    """Tell whether it asks for an amount; a supplier's own may ask for none: it is paid with SCE's."""
    return bill.state != "unreadable" and bill.standing != "same" and bill.amount_due is not None


def _open(bills: Sequence[OfBill]) -> Iterator[Open]:
    """Give the latest statement of an account that may be trusted, and a later one in doubt."""
    latest = max(bills, key=_order)
    trusted = max((bill for bill in bills if bill.is_trusted), key=_order, default=latest)
    yield Open(trusted, None if trusted is latest else latest)
    if trusted is not latest:
        yield Open(latest)


def _order(bill: OfBill) -> tuple[dt.date, bool, bool, int]:
    """Return what a later statement is later by; of those of a day the one that counts, or is trusted, is."""
    return bill.statement_date or dt.date.min, bill.counts, bill.is_trusted, bill.id
