"""A statement's previous balance beside the amount due of the one before.

SCE prints the last statement's amount due as the previous balance, and what was paid since below it: so the
two are equal, and anything else says that a statement in between is missing or was corrected. That is so of
one account number: another of the customer's begins anew, unless it carries an amount of the former.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from extractor.portfolio.billed import OfBill
from extractor.portfolio.due_open import carried, takes_over
from extractor.portfolio.history.odd import Odd
from extractor.store.numbers import known_as
from extractor.store.plain import plain

LONGEST = dt.timedelta(days=45)
"""Days from one statement to the next, at most (periods have up to 33): after more one may be missing, or two
months were billed on one."""


def balances(bills: Iterable[OfBill], same: Mapping[str, str]) -> Iterator[Odd]:
    """Give statements whose previous balance is not what the last one asked for.

    `same` has, by customer account, the one that stands for all of its customer's.
    """
    of_customers: dict[tuple[str | None, str], dict[str, list[OfBill]]] = defaultdict(dict)
    for bill in sorted(bills, key=_order):
        if bill.customer_account and bill.statement_date and bill.standing != "same":
            numbers = of_customers[bill.issuer, known_as(same, bill.customer_account)]
            numbers.setdefault(plain(bill.customer_account), []).append(bill)
    for numbers in of_customers.values():
        for number, own in numbers.items():
            yield from _of_number(own, [of for other, of in numbers.items() if other != number])


def _of_number(own: Sequence[OfBill], others: Sequence[Sequence[OfBill]]) -> Iterator[Odd]:
    """Give the same of one account number; `others` are the statements of each other of its customer's."""
    before: OfBill | None = None
    for bill, amounts in carried(own, {}):
        lasts = [last for of in others if (last := _taken_from(of, bill, amounts))]
        if not lasts and before is not None:
            lasts = [before]
        if lasts and all(_differ(one, bill) for one in lasts):
            yield Odd("balance_differs", bill, _said(lasts[-1], bill), before=lasts[-1])
        before = bill


def _taken_from(of: Sequence[OfBill], bill: OfBill, amounts: Collection[Decimal]) -> OfBill | None:
    """Return the last statement of another number, before one that carries an amount of that number."""
    earlier = [one for one in of if _order(one) < _order(bill)]
    if any(one.amount_due and takes_over(bill, amounts, one) for one in earlier):
        return earlier[-1]
    return None


def _order(bill: OfBill) -> tuple[dt.date, int]:
    return bill.statement_date or dt.date.min, bill.id


def _differ(before: OfBill, bill: OfBill) -> bool:
    """Tell whether the two do not go together; of one in doubt that is not known."""
    if not (before.counts and bill.counts) or before.amount_due is None:
        return False
    return bill.previous_balance is not None and bill.previous_balance != before.amount_due


def _said(before: OfBill, bill: OfBill) -> str:
    assert bill.statement_date is not None
    assert before.statement_date is not None
    said = (
        f"the previous balance is ${bill.previous_balance:,.2f};"
        f" the statement of {before.statement_date} asked for ${before.amount_due:,.2f}"
    )
    if bill.statement_date - before.statement_date > LONGEST:
        return f"{said}, and one in between seems to be missing"
    return f"{said}: one in between is missing, or that one was corrected"
