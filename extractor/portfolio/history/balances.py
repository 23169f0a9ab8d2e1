"""A statement's previous balance beside the amount due of the one before.

SCE prints the last statement's amount due as the previous balance, and what was paid since below it: so the
two are equal, and anything else says that a statement in between is missing or was corrected.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from extractor.portfolio.billed import OfBill
from extractor.portfolio.history.odd import Odd

LONGEST = dt.timedelta(days=45)
"""Days from one statement to the next, at most (periods have up to 33); more says that one is missing."""


def balances(bills: Iterable[OfBill], same: Mapping[str, str]) -> Iterator[Odd]:
    """Give statements whose previous balance is not what the last one asked for.

    `same` has, by customer account, the one that stands for all of its customer's.
    """
    by_account: dict[tuple[str | None, str], list[OfBill]] = defaultdict(list)
    for bill in bills:
        if bill.customer_account and bill.statement_date and bill.standing != "same":
            by_account[bill.issuer, same.get(bill.customer_account, bill.customer_account)].append(bill)
    for of in by_account.values():
        of.sort(key=lambda bill: (bill.statement_date or dt.date.min, bill.id))
        for before, bill in pairwise(of):
            if _differ(before, bill):
                yield Odd("balance_differs", bill, _said(before, bill), before=before)


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
        return f"{said}, and one in between is missing"
    return f"{said}: one in between is missing, or that one was corrected"
