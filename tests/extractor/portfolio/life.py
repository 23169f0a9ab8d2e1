"""How planted cases come about: what befalls the usual statements of a place.

Months are told by their place among the last 24: 0 is the first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from corpus.model import Charge as Line
from corpus.pricing.lines import computed
from corpus.pricing.rounding import cents
from corpus.tariff.cpa import CLEAN
from extractor.model import Bill, Document, Finding, ReadResult, Status
from extractor.store.aliases import AliasKind
from tests.extractor.portfolio.places import CUSTOMERS, Held, Place, customer_account, service_account
from tests.extractor.portfolio.priced import Part, pcia_of
from tests.extractor.portfolio.sent import NONE, READER, Money, Sent, usual, working_day

MONTHS = 24
DAY = dt.timedelta(days=1)

OLD_NUMBERS = 500_000
"""Added to a place's number: the number of its service account or customer account before or after."""

Befall = Callable[["Life"], None]
"""Something that befalls a place."""


@dataclass
class Life:
    """All that happens to a planted case's accounts."""

    place: Place
    sents: list[Sent]
    months: list[tuple[int, int]]
    others: list[list[Sent]] = field(default_factory=list)
    """Statements of further customer accounts, new ones at the same meter."""
    held: list[Held] = field(default_factory=list)
    """Rows of the roster; none: the place's own."""
    aliases: list[tuple[AliasKind, str, str]] = field(default_factory=list)
    strays: list[ReadResult] = field(default_factory=list)
    """Documents of no account."""
    told_elsewhere: list[Part] = field(default_factory=list)
    """What a table of billing history says was billed."""
    is_accepted: bool = False
    """Whether a person accepted what is in review."""

    def at(self, month: int) -> int:
        """Return where a month of the last 24 stands among the statements."""
        return month + len(self.months) - MONTHS

    def change(self, month: int, **fields: Any) -> None:
        """Change the only part of a month's statement."""
        at = self.at(month)
        self.sents[at] = replace(self.sents[at], parts=(replace(self.sents[at].parts[0], **fields),))

    def change_from(self, month: int, **fields: Any) -> None:
        """Change the place from a month's statement on."""
        for after in range(month, MONTHS):
            self.change(after, place=replace(self.part(after).place, **fields))

    def put(self, month: int, **fields: Any) -> None:
        """Change what is said of a month's statement as a whole."""
        self.sents[self.at(month)] = replace(self.sents[self.at(month)], **fields)

    def part(self, month: int) -> Part:
        """Return the only part of a month's statement."""
        return self.sents[self.at(month)].parts[0]


def missing_half(life: Life) -> None:
    """Have month 12's statement come without CPA's charges."""
    life.change(12, supplied=())


def filled_half(life: Life) -> None:
    """Have them come on month 13's statement, beside its own."""
    missing_half(life)
    life.change(13, supplied=((life.part(12),), (life.part(13),)))


def back_billed(life: Life) -> None:
    """Have one CPA service over two months come on the second one's statement."""
    life.change(10, supplied=())
    life.change(11, supplied=((life.part(10), life.part(11)),))


def reaches_into_next(life: Life) -> None:
    """Have CPA's period of month 9 end on the first day of the next one, as in 2019."""
    life.change(9, into_next=1)


def never_came(at: int) -> Befall:
    """Have a month's statement not come to us."""
    return lambda life: life.put(at, arrives=False)


def only_in_history(life: Life) -> None:
    """Have month 9's statement not come to us, and a table of billing history tell of it."""
    life.put(9, arrives=False)
    life.told_elsewhere.append(life.part(9))


def rebill(life: Life, arrives: bool = True, is_delivery: bool = False) -> None:
    """Have the statement of month 15 corrected nine days later: a fifth less kWh."""
    sent = life.sents[life.at(15)]
    part = replace(sent.parts[0], energy=Decimal("0.8"))
    if is_delivery:
        part = replace(part, supplied=())
    money = Money(paid=NONE, is_credited=True)
    day = working_day(sent.day + 9 * DAY)
    again = replace(sent, day=day, parts=(part,), kind="corrected", money=money, arrives=arrives)
    life.sents.insert(life.at(16), again)


def second_statement(life: Life) -> None:
    """Have month 13 billed a second time, otherwise, by a statement that does not say it is corrected."""
    sent = life.sents[life.at(13)]
    part = replace(sent.parts[0], energy=Decimal("1.05"))
    money = Money(paid=NONE)
    again = replace(sent, day=working_day(sent.day + 9 * DAY), parts=(part,), money=money)
    life.sents.insert(life.at(14), again)


def scanned(result: ReadResult) -> ReadResult:
    """Return a statement as a scan of it is read."""
    document = result.document.model_copy(update={"source": "ocr", "path": f"scan-{result.document.path}"})
    return result.model_copy(update={"document": document})


def own_of_cpa(result: ReadResult) -> ReadResult:
    """Return CPA's own bill of the generation on a statement, of the same day."""
    bill = _of(result)
    services = tuple(one for one in bill.services if one.provider == "CPA")
    own = Bill(
        issuer="CPA",
        customer_name=bill.customer_name,
        customer_account=bill.customer_account,
        statement_date=bill.statement_date,
        due_date=bill.due_date,
        amount_due=sum((one.total or NONE for one in services), NONE),
        services=services,
    )
    document = Document(
        path=f"cpa-{bill.customer_account}-{bill.statement_date}.pdf",
        pages=1,
        page_range=(1, 1),
        source="text",
        layout="cca_only",
        reader=READER,
    )
    return ReadResult(document=document, status=Status.VERIFIED, bill=own)


def other_version(result: ReadResult) -> ReadResult:
    """Return another file of a statement, of another due date."""
    bill = _of(result)
    other = bill.model_copy(update={"due_date": (bill.due_date or dt.date.min) + DAY})
    document = result.document.model_copy(update={"path": f"again-{result.document.path}"})
    return result.model_copy(update={"document": document, "bill": other})


def _of(result: ReadResult) -> Bill:
    if result.bill is None:
        raise ValueError("a copy is made of a bill")
    return result.bill


def copied(at: int, *copies: Callable[[ReadResult], ReadResult]) -> Befall:
    """Have further files come of a month's statement."""
    return lambda life: life.put(at, copies=copies)


def new_meter(life: Life) -> None:
    """Have the meter changed in the middle of month 14."""
    old, new = life.place.meter, f"359150-{life.place.number:06d}"
    life.change(14, meters=(old, new))
    life.change_from(15, meter=new)


def renumbered(life: Life) -> None:
    """Have SCE's service account be another one from month 12 on."""
    new = service_account(life.place.number + OLD_NUMBERS)
    life.change_from(12, service_account=new, supply_account=new)
    life.aliases.append(("renumbered", life.place.service_account, new))
    life.held.append(Held(replace(life.place, service_account=new)))


def own_number_of_cpa(life: Life) -> None:
    """Have CPA print a service account of its own, up to month 11."""
    own = service_account(life.place.number + OLD_NUMBERS)
    for month in range(12):
        life.change(month, place=replace(life.part(month).place, supply_account=own))
    life.aliases.append(("provider", life.place.service_account, own))


def transfer(life: Life) -> None:
    """Have the tenant leave twelve days into month 16, and another come the day after."""
    at, end = life.at(16), life.part(16).end
    left = life.part(16).start + 11 * DAY
    final = replace(life.sents[at], day=working_day(left + DAY), kind="final", next_end=None)
    number = life.place.number + OLD_NUMBERS
    new = replace(
        life.place,
        customer=(life.place.customer + 1) % len(CUSTOMERS),
        customer_account=customer_account(number),
        service_account=service_account(number),
        supply_account=service_account(number),
    )
    others = usual([new], life.months)[at:]
    opening = replace(others[0].parts[0], start=left + DAY, end=end)
    others[0] = replace(others[0], parts=(opening,), kind="opening")
    life.sents[at:] = [replace(final, parts=(replace(final.parts[0], end=left),))]
    life.others.append(others)
    life.held += [Held(life.place, until=left), Held(new, since=left + DAY)]


def opt_out(life: Life) -> None:
    """Have the customer leave CPA with month 16."""
    life.change_from(16, product=None)


def enrolled(life: Life) -> None:
    """Have the customer become CPA's with month 12."""
    life.change_from(12, product=CLEAN)


def in_review(life: Life) -> None:
    """Have month 19 be in review."""
    said = "the total of the account summary is printed as another amount than its rows add up to"
    life.put(19, finding=Finding(code="account_summary", severity="error", message=said, page=1))


def accepted(life: Life) -> None:
    """Have a person accept it."""
    in_review(life)
    life.is_accepted = True


def unreadable(life: Life) -> None:
    """Have a document come that cannot be read."""
    document = Document(path="fax.pdf", pages=2, page_range=(1, 2), source="ocr", reader=READER)
    said = Finding(code="unknown_layout", severity="error", message="no known layout has these words")
    life.strays.append(ReadResult(document=document, status=Status.UNREADABLE, findings=(said,)))


def estimated(*at: int) -> Befall:
    """Have the reads of some months estimated."""

    def make(life: Life) -> None:
        for one in at:
            life.change(one, is_estimated=True)

    return make


def used(at: int, **times: Decimal) -> Befall:
    """Have a month use other energy or demand, as times of the usual."""
    return lambda life: life.change(at, **times)


def reactive(life: Life) -> None:
    """Have so many kVar adjusted in month 20 that the month costs about twice as much."""
    kvar = life.place.daily_kwh * 20
    label = "Power factor adj"

    def changed(line: Line) -> Line:
        if line.component != "power_factor" or line.rate is None:
            return line
        return computed("delivery", "power_factor", label, kvar, "kVar", line.rate)

    life.change(20, changed=changed)


def wrong_vintage(life: Life) -> None:
    """Have month 16 be charged as another vintage."""
    life.change(16, place=replace(life.part(16).place, vintage="2022"))


def rate_of_another_vintage(life: Life) -> None:
    """Have month 17's PCIA be printed as the place's vintage and priced as 2022's."""

    def changed(line: Line) -> Line:
        if line.component != "pcia" or line.quantity is None:
            return line
        return replace_rate(line, pcia_of("2022", 2026))

    life.change(17, changed=changed)


def replace_rate(line: Line, rate: Decimal) -> Line:
    """Return a line at another rate, its amount with it."""
    return replace(line, rate=rate, amount=cents((line.quantity or NONE) * rate))


def wrong_rate(life: Life) -> None:
    """Have month 15's off-peak rate of delivery be a cent higher."""

    def changed(line: Line) -> Line:
        if line.component != "energy" or line.tou != "off_peak" or line.rate is None:
            return line
        return replace_rate(line, line.rate + Decimal("0.01000"))

    life.change(15, changed=changed)


def place_from(at: int, **fields: Any) -> Befall:
    """Have something else be so of the place from a month on."""
    return lambda life: life.change_from(at, **fields)


def settled(at: int, money: Money) -> Befall:
    """Have a month's account summary say something else."""
    return lambda life: life.put(at, money=money)


def starts(days: int) -> Befall:
    """Have month 11 begin so many days after the day after the last."""
    return lambda life: life.change(11, start=life.part(11).start + days * DAY)


def as_usual(_life: Life) -> None:
    """Change nothing: what is to be seen is in the place itself."""
