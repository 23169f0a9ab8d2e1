"""The account's own arithmetic: summary rows, amount due, scan line, and what is printed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import ZERO, Case, Result, as_number, compare, doubt, value_at
from extractor.draft import Row

_NEW = re.compile(r"\bnew charges\b", re.I)
_OWED = re.compile(r"^(?:total amount|amount due|total credit)\b", re.I)
_RUNNING = re.compile(
    r"\bbalance (?:carried )?forward\b|\bcredit balance\b|\bpast due\b|\bsub-?total\b", re.I
)
_PREVIOUS = re.compile(
    r"^previous balance\b|^amount of your last bill\b|^balance from (?:your )?last bill\b", re.I
)
_NEW_CHARGES = re.compile(r"^(?:your )?(?:total )?new charges\b(?! - pay)", re.I)
_FORWARD = re.compile(r"^balance (?:carried )?forward\b", re.I)
_AFTER_PREVIOUS = re.compile(
    r"^(?:balance (?:carried )?)?forward\b|^credit balance\b|^(?:direct )?payment\b", re.I
)
_ONCE = {
    "previous balance": _PREVIOUS,
    "new charges": _NEW_CHARGES,
    "balance forward": _FORWARD,
    "past due amount": re.compile(r"^past due amount\b", re.I),
    "credit balance": re.compile(r"^credit balance\b", re.I),
}
"""Rows that no account summary has twice."""

_PAYMENT = re.compile(
    r"^(?:direct )?payment (?:we )?(?:received|credited)\b(?!.*\b(?:return|revers|adjust))", re.I
)
SCAN_DIGITS = 9
"""The scan line ends with the amount due in cents, nine digits wide (all 21 real bills)."""


def account_summary(case: Case) -> Iterator[Result]:
    """The rows of the account summary add up to the amount owed.

    A row that names a balance (`Balance forward`, `Credit balance`, `Past due amount`) repeats
    what the rows above it add up to; all other rows count.
    """
    running, counted = ZERO, False
    for row in case.aside.summary:
        amount = row.amount.value
        if _OWED.match(row.label):
            yield from _owed(case, amount, running)
        elif _RUNNING.search(row.label) and not _NEW.search(row.label) and counted:
            yield from _balance(row, running)
        else:
            running += amount
            counted = True


def _owed(case: Case, amount: Decimal, running: Decimal) -> Iterator[Result]:
    lines = [f"/bill/account_lines/{at}/amount" for at in range(len(case.bill.account_lines))]
    yield from compare(
        "account_summary",
        amount,
        running,
        ["/bill/amount_due", "/bill/new_charges", "/bill/previous_balance", *lines],
        what="the total of the account summary",
        place=case.evidence.get("/bill/amount_due"),
    )


def _balance(row: Row, running: Decimal) -> Iterator[Result]:
    yield from compare(
        "balance",
        row.amount.value,
        running,
        ["/bill/balance_forward", "/bill/previous_balance"],
        what=f"the row {row.label!r} of the account summary",
    )


def summary_rows(case: Case) -> Iterator[Result]:
    """The account summary begins with the previous balance and ends with what is owed; payments lower it."""
    labels = [row.label for row in case.aside.summary]
    if not labels or case.bill.issuer != "SCE":
        return
    for what, words in _ONCE.items():
        named = [at for at, label in enumerate(labels) if words.match(label)]
        if len(named) > 1:
            yield doubt("account_summary", f"the account summary has the {what} {len(named)} times")
        if words is _PREVIOUS and named not in ([0], []):
            yield doubt("account_summary", "the previous balance is not the first row of the account summary")
        if words is _PREVIOUS and not named and any(_AFTER_PREVIOUS.match(label) for label in labels):
            yield doubt(
                "account_summary", "the account summary has no previous balance, and rows that follow from it"
            )
    for row in case.aside.summary:
        if _PAYMENT.match(row.label) and row.amount.value > 0:
            yield doubt("account_summary", f"the row {row.label!r} of the account summary is no payment")
    if not _OWED.match(labels[-1]):
        yield doubt("account_summary", "the account summary has no row that says what is owed")


def amount_due_alone(case: Case) -> Iterator[Result]:
    """On a bill without an account summary, what is due is what its services charge."""
    totals = [service.total for service in case.bill.services if service.total is not None]
    if case.aside.summary or case.bill.amount_due is None or case.bill.issuer == "SCE" or not totals:
        return
    yield from compare(
        "amount_due",
        case.bill.amount_due,
        sum(totals, ZERO),
        ["/bill/amount_due", *(f"/bill/services/{at}/total" for at in range(len(totals)))],
        what="the amount due and the charges",
        place=case.evidence.get("/bill/amount_due"),
    )


def scan_line(case: Case) -> Iterator[Result]:
    """The scan line at the foot of the stub ends with the amount due in cents.

    A credit, or an amount that will be debited, has zeros there and proves nothing.
    """
    scan, due = case.aside.scan_line, case.bill.amount_due
    if scan is None or due is None:
        return
    cents = Decimal(scan.value.split()[-1][-SCAN_DIGITS:])
    if cents == 0 and (due <= 0 or case.bill.autopay):
        return
    yield from compare(
        "scan_line",
        due,
        cents / 100,
        ["/bill/amount_due"],
        what="the amount in the scan line",
        place=case.evidence.get("/bill/amount_due"),
    )


def printed_alike(case: Case) -> Iterator[Result]:
    """What the document prints in several places is the same in all of them."""
    for witness in case.aside.witnesses:
        value = value_at(case, witness.pointer)
        if value is None:
            continue
        service = re.match(r"/bill/services/(\d+)/", witness.pointer)
        name = witness.pointer.rsplit("/", 1)[1].replace("_", " ")
        yield from compare(
            "printed_alike",
            as_number(value),
            as_number(witness.printed.value),
            [witness.pointer],
            what=f"the {name}, printed again on page {witness.printed.page}",
            service=int(service[1]) if service else None,
            place=case.evidence.get(witness.pointer),
            show="account" not in name,
        )
