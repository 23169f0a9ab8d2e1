"""One invoice -> the draft of a bill, and what proves it.

BIG01 date of the bill, BIG02 its number, BIG05 the number of the usage report (867 BPT02) it is made
from, BIG07 what it is, BIG08 original or corrected; ITD06 due date; BAL balances; TDS01 the sum of all
lines, new charges; CTT01 the number of IT1 segments; SE01 the number of segments
"""

from __future__ import annotations

from decimal import Decimal

from extractor.draft import AccountLineDraft, Aside, Draft, EdiAside, ServiceAside
from extractor.edi import values
from extractor.edi.interchange import Transaction
from extractor.edi.loops import Party, Read, read_loops
from extractor.edi.parties import Parties
from extractor.edi.rules import meaning
from extractor.edi.services import accounts_of, only, services_of, tell_accounts
from extractor.model import Finding
from extractor.paper import Printed
from extractor.x12 import Segment


def read_invoice(transaction: Transaction) -> tuple[Draft, Aside]:
    """Return what an invoice says, and what proves it."""
    read = read_loops(transaction)
    parties = Parties(read)
    draft = Draft(issuer=parties.issuer)
    is_sce = any(name is not None and name.value == "SCE" for name in _named(read, parties))
    _head(read, draft)
    _names(read, draft, is_sce)
    edi = EdiAside(items=len(read.items), segments=len(transaction.segments))
    _balances(read, draft, edi)
    draft.services = services_of(read, parties, is_sce)
    if len(draft.services) == 1:
        draft.services[0].total = edi.whole
    aside = Aside(services=[ServiceAside(page=transaction.first) for _ in draft.services], edi=edi)
    _envelope(read, edi)
    aside.findings.extend(read.told.findings())
    aside.findings.extend(_kind(draft))
    return draft, aside


def _named(read: Read, parties: Parties) -> list[Printed[str] | None]:
    """Return who issued an invoice, and who charges in it."""
    return [parties.issuer, *(parties.charger_of(loop).provider for loop in read.items)]


def _head(read: Read, draft: Draft) -> None:
    """Add what BIG and ITD say: dates, and what kind of invoice it is."""
    draft.due_date = only(read, read.due, "the due date")
    if len(read.big) != 1:
        read.told.add(
            "edi_unread", "error", f"there are {len(read.big)} segments BIG", read.transaction.first
        )
        return
    big = read.big[0]
    draft.statement_date = read.value(big, 1, values.date)
    if number := big.element(5).strip():
        read.told.add("edi_usage", "info", f"it is made from the usage report {number[:40]}", big.number)
    _purpose(read, draft, big)


def _purpose(read: Read, draft: Draft, big: Segment) -> None:
    code, purpose = big.element(7).strip(), big.element(8).strip()
    match meaning("BIG07", code):
        case None:
            read.told.add("edi_kind", "error", f"the type BIG07 {code[:4]} is not known", big.number)
        case "credit memo":
            message = f"it is a credit memo (BIG07 {code}): amounts may be meant with the other sign"
            read.told.add("edi_kind", "error", message, big.number)
    match meaning("BIG08", purpose):
        case "original":
            pass
        case "corrected" | "replaces":
            draft.kind = read.transaction.printed("corrected", big)
        case "duplicate":
            read.told.add("edi_kind", "info", "it is sent again (BIG08 07)", big.number)
        case "cancelled":
            message = "it cancels an earlier invoice (BIG08 01), and is no bill of its own"
            read.told.add("edi_kind", "error", message, big.number)
        case _:
            read.told.add("edi_kind", "error", f"the purpose BIG08 {purpose[:4]} is not known", big.number)


def _kind(draft: Draft) -> list[Finding]:
    if draft.kind is None:
        return []
    message = f"it calls itself {draft.kind.value}: {draft.kind.text}"
    return [Finding(code="bill_kind", severity="info", message=message, page=draft.kind.page)]


def _names(read: Read, draft: Draft, is_sce: bool) -> None:
    """Add the customer and his account; where he gets his mail is the address of who is billed (BT)."""
    customer, billed = read.header.parties.get("customer"), read.header.parties.get("bill to")
    named = next((party.name for party in (customer, billed) if party and party.name), None)
    draft.customer_name = named
    if billed is not None and billed.lines:
        draft.mailing_address = _address(read, billed)
    loops = [read.header, *read.items] if is_sce else [read.header]
    if is_sce:
        tell_accounts(read)
    accounts = [value for loop in loops for value in accounts_of(loop, is_sce)[0]]
    draft.customer_account = only(read, accounts, "the customer's account")


def _address(read: Read, party: Party) -> Printed[str] | None:
    text = ", ".join(party.lines)
    return None if party.name is None else party.name._replace(value=text, text=text)


def _balances(read: Read, draft: Draft, edi: EdiAside) -> None:
    """Add the balances and the total; where there are no balances what is due is the total."""
    told: dict[str, list[Printed[Decimal]]] = {}
    for what, amount in read.balances:
        if what == "adjustment":
            label = Printed("Adjustment (BAL A BM)", amount.text, amount.page, None)
            draft.account_lines.append(AccountLineDraft(label, None, amount))
        else:
            told.setdefault(what, []).append(amount)
    draft.previous_balance = only(read, told.get("previous balance", []), "the previous balance")
    draft.balance_forward = only(read, told.get("balance before this bill", []), "the balance forward")
    edi.current_bill = only(read, told.get("current bill", []), "the current bill")
    edi.whole = draft.new_charges = only(read, read.totals, "the total TDS01")
    draft.amount_due = only(read, told.get("amount due", []), "the amount due")
    edi.is_due_alone = not read.balances
    if edi.is_due_alone and edi.whole is not None:
        draft.amount_due = edi.whole
        message = "there are no balances (BAL): what is due is taken to be the total TDS01"
        read.told.add("edi_assumed", "info", message, edi.whole.page)


def _envelope(read: Read, edi: EdiAside) -> None:
    """Add what the trailers count, and tell what they have wrong."""
    transaction = read.transaction
    edi.counted_items = only(read, read.counted, "the number of items CTT01")
    trailer = transaction.segments[-1]
    edi.counted_segments = read.value(trailer, 1, values.whole)
    for message, segment in transaction.wrong:
        if segment != trailer.number or not message.startswith("counts"):  # that is an identity
            read.told.add("edi_envelope", "error", f"its envelope {message}", segment)
    for segment in transaction.garbled:
        read.told.add("edi_garbled", "error", "characters that are no print", segment)
    if transaction.envelope.is_test:
        read.told.add("edi_test", "error", "it is marked as a test (ISA15 T)", transaction.first)
