"""The account summary: every row of bills.md 3.2, credits, debits, final bills.

Amounts of `account-credit-balance-...` are those of the business bill of February 2023 [B];
forms marked "form invented" in a comment have no source.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from corpus.cases.kit import SUMMER_2025, WINTER, combined, home, money, office, plain
from corpus.dates import slashed
from corpus.model import Bill, Sample, SummaryRow
from corpus.pricing.lines import flat
from corpus.services import bundled, place
from corpus.statement import Payment, statement


def credit_balance_2023() -> Bill:
    """25,677.53 - 25,383.24 - 22,970.21 = -22,675.92; + 27,256.52 + 1.67 + 0.09 = 4,582.36."""
    metered = office(201, (date(2025, 1, 21), date(2025, 2, 18)))
    service = bundled(metered, place(201))
    difference = money("27256.52") - service.total
    adjusted = bundled(
        metered, place(201), extra=[flat("other", "adjustment", "Billing adjustment", difference)]
    )
    payments = [Payment(date(2025, 2, 3), money("-25383.24")), Payment(date(2025, 2, 17), money("-22970.21"))]
    late = SummaryRow("line", "Late payment charge", money("1.67"), "Late payment charge")
    uut = SummaryRow("line", "UUT Consolidated Charges", money("0.09"), "UUT Consolidated Charges")
    return statement(201, [adjusted], previous="25677.53", payments=payments, extra_rows=(late, uut))


def three_payments() -> Bill:
    """Three payments, no balance row, as in bills of August 2026."""
    payments = [
        Payment(date(2026, 6, day), money(amount))
        for day, amount in ((12, "-1000.00"), (19, "-500.50"), (26, "-700.24"))
    ]
    return plain(202, office(202), previous="2200.74", payments=payments, forward=False)


def wire_adjustment() -> Bill:
    """`Wire credit adjustment` takes a payment back."""
    payments = [
        Payment(date(2026, 6, 20), money("-1900.00")),
        Payment(date(2026, 6, 23), money("1900.00"), "Wire credit adjustment"),
    ]
    return plain(203, office(203), previous="1900.00", payments=payments)


def past_due() -> Bill:
    """Nothing was paid: the balance goes forward and a late payment charge is added."""
    late = SummaryRow("line", "Late payment charge", money("2.34"), "Late payment charge")
    bill = plain(204, office(204, SUMMER_2025), previous="390.50", payments=[], extra_rows=(late,))
    messages = ("PAST DUE", "Your account is past due. Please pay $390.50 now to avoid disconnection.")
    return replace(bill, messages=messages, past_due=money("390.50"))


def autopay() -> Bill:
    """Will be debited: the only way `autopay` becomes true."""
    bill = combined(205, home(205))
    assert bill.due_date is not None
    day = slashed(bill.due_date)
    message = f"We will automatically debit the total amount due from your bank account on {day}."
    return replace(bill, autopay=True, messages=(message,))


def credit_due(number: int, negative: str) -> Bill:
    """A credit larger than the charges: nothing to pay, no due date in the total row (form invented)."""
    metered = home(number, WINTER)
    previous = money("-612.40")
    bill = plain(number, metered, previous=previous, payments=[], due=None)
    rows = tuple(_negated(row, negative) for row in bill.rows)
    owed = rows[-1]
    rows = (*rows[:-1], replace(owed, printed="Total amount you owe"))
    return replace(bill, rows=rows, do_not_pay=True, due_date=None)


def _negated(row: SummaryRow, negative: str) -> SummaryRow:
    return replace(row, negative=negative)


def final_with_deposit() -> Bill:
    """A final bill of 12 days whose deposit is given back (Rule 9: charges on 30 days)."""
    metered = office(208, (date(2026, 6, 3), date(2026, 6, 14)))
    service = replace(bundled(metered, place(208)), usage=bundled(metered, place(208)).usage)
    rows = (
        SummaryRow("line", "Deposit refund", money("-300.00"), "Deposit refund"),
        SummaryRow("line", "Interest on deposit", money("-4.17"), "Interest on deposit"),
    )
    bill = statement(208, [service], extra_rows=rows, next_cycle_end=None)
    return replace(bill, kind="final", kind_text="This is your final bill.")


def deposit_charged() -> Bill:
    """An opening bill with a deposit and a connection charge among the new charges."""
    extra = (
        flat("other", "non_energy", "Service connection charge", "25.00"),
        flat("other", "non_energy", "Deposit", "150.00"),
    )
    bill = plain(209, home(209), extra=extra, previous="0.00", payments=[])
    return replace(bill, kind="opening", kind_text="This is your opening bill.")


def returned_check() -> Bill:
    """A returned check and its fee in the summary."""
    payments = [
        Payment(date(2026, 6, 18), money("-84.24"), "Payment Received"),
        Payment(date(2026, 6, 24), money("84.24"), "Returned check"),
    ]
    fee = SummaryRow("line", "Returned check charge", money("9.00"), "Returned check charge")
    return plain(210, home(210), previous="84.24", payments=payments, extra_rows=(fee,))


def no_stub() -> Bill:
    """A statement without payment stub and scan line, paid automatically."""
    bill = plain(211, office(211))
    assert bill.due_date is not None
    message = f"We will automatically debit the total amount due on {slashed(bill.due_date)}."
    return replace(bill, stub=False, mailing=(), autopay=True, messages=(message,))


def zero_due() -> Bill:
    """A credit that covers the new charges exactly: amount due 0.00."""
    service = bundled(home(212), place(212))
    return statement(
        212, [service], previous=-service.total, payments=[Payment(date(2026, 6, 30), Decimal("0.00"))]
    )


SAMPLES = (
    Sample(
        "account-credit-balance-late-charge-uut-consolidated-2025",
        (credit_balance_2023(),),
        covers=(
            "several payments",
            "credit balance",
            "late payment charge",
            "UUT consolidated",
            "adjustment",
        ),
    ),
    Sample(
        "account-three-payments-no-balance-row-2026",
        (three_payments(),),
        covers=("several payments", "no balance forward"),
    ),
    Sample("account-wire-credit-adjustment-2026", (wire_adjustment(),), covers=("wire adjustment",)),
    Sample("account-past-due-2025", (past_due(),), covers=("past due", "late payment charge")),
    Sample("account-autopay-cpa-2026", (autopay(),), covers=("autopay",)),
    Sample("account-credit-due-do-not-pay-2026", (credit_due(206, "-$"),), covers=("do not pay",)),
    Sample("account-credit-due-cr-2026", (credit_due(207, "CR"),), covers=("do not pay", "negative CR")),
    Sample(
        "account-final-bill-deposit-12-days-2026",
        (final_with_deposit(),),
        ("bill_kind",),
        covers=("final bill with deposit", "Rule 9 short period"),
    ),
    Sample(
        "account-opening-bill-deposit-2026",
        (deposit_charged(),),
        ("bill_kind",),
        covers=("opening bill", "deposit"),
    ),
    Sample("account-returned-check-2026", (returned_check(),), covers=("returned check",)),
    Sample("account-no-stub-2026", (no_stub(),), covers=("statement without stub", "autopay")),
    Sample("account-nothing-due-2026", (zero_due(),), covers=("zero due",)),
)
