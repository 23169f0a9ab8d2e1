"""An EDI invoice adds up and counts what is there; what its codes mean is for a person to confirm.

TDS01 is the sum of all lines, whatever services they are of; SE01 and CTT01 count segments and IT1 loops. The
account goes on from what was owed before (BAL M J9) to what is due (BAL M YB); payments are not in an 810, so
that the previous balance does not lead there. SAC05 and TDS01 are in cents without a decimal point: a sender
who leaves the cents out would add up just so, and be a hundred times too low; so one number that is written
with its point has to agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractor.checks.compare import ZERO, Case, Result, charge_at, compare, doubt, services
from extractor.checks.lines import product
from extractor.draft import EdiAside, evidence_of
from extractor.model import Charge

UNCONFIRMED = "edi_unconfirmed"
"""The code of the finding that what the file's codes mean is not known first-hand."""


def form_confirmed(case: Case) -> Iterator[Result]:
    """What the codes of an EDI invoice mean was confirmed by a person, or the bill stays in review."""
    if case.aside.edi is None:
        return
    message = (
        "what the codes of an EDI invoice mean is known second-hand only:"
        " compare it with the paper bill, then `billclerk accept` it"
    )
    for index, _ in services(case):
        yield doubt(UNCONFIRMED, message, index)
    if not case.bill.services:
        yield doubt(UNCONFIRMED, message)


def invoice_total(case: Case) -> Iterator[Result]:
    """The total of an invoice (TDS01) is the sum of its lines, whatever services they are of."""
    edi = case.aside.edi
    if edi is None:
        return
    if case.bill.new_charges is None or edi.whole is None:
        yield doubt("invoice_total", "the total TDS01 was not read, so that nothing proves the lines")
        return
    lines = [
        (index, at, line) for index, service in services(case) for at, line in enumerate(service.charges)
    ]
    yield from compare(
        "invoice_total",
        case.bill.new_charges,
        sum((line.amount for _, _, line in lines), ZERO),
        ["/bill/new_charges", *(charge_at(index, at, "amount") for index, at, _ in lines)],
        what="the total TDS01 and the lines SAC and TXI",
        place=case.evidence.get("/bill/new_charges"),
    )


def current_bill(case: Case) -> Iterator[Result]:
    """The balance of the current bill (BAL M PB) is the total."""
    edi = case.aside.edi
    if edi is None or edi.current_bill is None or case.bill.new_charges is None:
        return
    yield from compare(
        "current_bill",
        edi.current_bill.value,
        case.bill.new_charges,
        ["/bill/new_charges"],
        what="the current bill BAL M PB and the total TDS01",
        place=evidence_of(edi.current_bill),
    )


def balances(case: Case) -> Iterator[Result]:
    """What was owed before and the total are what is due."""
    edi, bill = case.aside.edi, case.bill
    if edi is None:
        return
    rows = [f"/bill/account_lines/{at}/amount" for at in range(len(bill.account_lines))]
    adjusted = sum((line.amount for line in bill.account_lines), ZERO) + (bill.previous_balance or ZERO)
    before = adjusted if bill.balance_forward is None else bill.balance_forward
    if bill.balance_forward is not None and bill.previous_balance is not None:
        yield from compare(
            "previous_balance",
            bill.balance_forward,
            adjusted,
            ["/bill/balance_forward", "/bill/previous_balance", *rows],
            what="the balance before this bill, without the payments, which an 810 does not have",
            gate=False,
            place=case.evidence.get("/bill/balance_forward"),
        )
    if bill.amount_due is not None and bill.new_charges is not None and not edi.is_due_alone:
        yield from compare(
            "invoice_due",
            bill.amount_due,
            before + bill.new_charges,
            ["/bill/amount_due", "/bill/new_charges", "/bill/balance_forward"],
            what="the amount due, from what was owed before and the total",
            place=case.evidence.get("/bill/amount_due"),
        )


def counts(case: Case) -> Iterator[Result]:
    """SE counts the segments of the transaction, CTT its IT1 loops."""
    edi = case.aside.edi
    if edi is None:
        return
    if edi.counted_segments is not None:
        yield from compare(
            "segment_count",
            Decimal(edi.counted_segments.value),
            Decimal(edi.segments),
            [],
            what="the number of segments SE01",
            place=evidence_of(edi.counted_segments),
        )
    if edi.counted_items is not None:
        yield from compare(
            "item_count",
            Decimal(edi.counted_items.value),
            Decimal(edi.items),
            [],
            what="the number of IT1 loops CTT01",
            place=evidence_of(edi.counted_items),
        )


def cents_shown(case: Case) -> Iterator[Result]:
    """A number that is written with its decimal point shows that the others are in cents."""
    edi = case.aside.edi
    if edi is None or not any(service.charges for service in case.bill.services):
        return
    lines = (line for service in case.bill.services for line in service.charges)
    if not _balance_shows(case, edi) and not any(map(_line_shows, lines)):
        message = "no tax, no rate and no balance shows that the amounts SAC05 and TDS01 are in cents"
        yield doubt("edi_cents", message)


def _line_shows(line: Charge) -> bool:
    """Tell whether a line's own numbers with a decimal point make its amount, or are it."""
    if line.evidence.text.startswith("TXI"):
        return line.amount != ZERO
    computed = product(line)
    return bool(computed) and abs((computed or ZERO) - line.amount) < abs(line.amount) / 2


def _balance_shows(case: Case, edi: EdiAside) -> bool:
    if edi.current_bill is not None and edi.current_bill.value == case.bill.new_charges != ZERO:
        return True
    bill = case.bill
    known = bill.balance_forward is not None or bill.previous_balance is not None
    return not edi.is_due_alone and known and bill.amount_due is not None and bill.new_charges != ZERO
