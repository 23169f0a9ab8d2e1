"""What is planted in the made portfolio: each case on accounts of its own, and what has to be seen of it.

A case changes the usual statements of one place. Months are read months, told by their place among the
portfolio's months: 0 is the first, `LAST` the last of 24. Accounts that no case names are clean.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from corpus.model import Charge as Line
from corpus.pricing.lines import computed
from corpus.pricing.rounding import cents
from corpus.tariff.cpa import CLEAN, GREEN, LEAN
from extractor.model import Bill, Document, Finding, ReadResult, Status
from extractor.store.aliases import AliasKind
from tests.extractor.portfolio.places import (
    CUSTOMERS,
    USE,
    Held,
    Place,
    customer_account,
    place,
    service_account,
)
from tests.extractor.portfolio.priced import Part
from tests.extractor.portfolio.sent import NONE, READER, Money, Sent, usual, working_day

MONTHS = 24
LAST = MONTHS - 1
DAY = dt.timedelta(days=1)

OLD_NUMBERS = 500_000
"""Added to a place's number: the number of its service account or customer account before or after."""


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


@dataclass(frozen=True)
class Case:
    """A planted case: its name, what has to be seen of it, and how it comes about."""

    name: str
    seen: str
    months: tuple[int, ...]
    make: Callable[[Life], None]
    schedule: str = "TOU-GS-2-E"
    product: str | None = CLEAN
    place: Mapping[str, Any] = field(default_factory=dict)
    """What else is as it is for the case."""
    services: int = 1


# --- how each comes about ------------------------------------------------------------------------------


def _missing_half(life: Life) -> None:
    life.change(12, supplied=())


def _filled_half(life: Life) -> None:
    _missing_half(life)
    life.change(13, supplied=((life.part(12),), (life.part(13),)))


def _back_billed(life: Life) -> None:
    life.change(10, supplied=())
    life.change(11, supplied=((life.part(10), life.part(11)),))


def _reaches_into_next(life: Life) -> None:
    life.change(9, into_next=1)


def _never_came(at: int) -> Callable[[Life], None]:
    return lambda life: life.put(at, arrives=False)


def _rebill(life: Life, arrives: bool = True, is_delivery: bool = False) -> None:
    """Have the statement of month 15 corrected nine days later: a fifth less kWh."""
    sent = life.sents[life.at(15)]
    part = replace(sent.parts[0], energy=Decimal("0.8"))
    if is_delivery:
        part = replace(part, supplied=())
    money = Money(paid=NONE, is_credited=True)
    day = working_day(sent.day + 9 * DAY)
    again = replace(sent, day=day, parts=(part,), kind="corrected", money=money, arrives=arrives)
    life.sents.insert(life.at(16), again)


def _second_statement(life: Life) -> None:
    """Have month 13 billed a second time, otherwise, by a statement that does not say it is corrected."""
    sent = life.sents[life.at(13)]
    part = replace(sent.parts[0], energy=Decimal("1.05"))
    money = Money(paid=NONE)
    again = replace(sent, day=working_day(sent.day + 9 * DAY), parts=(part,), money=money)
    life.sents.insert(life.at(14), again)


def _scanned(result: ReadResult) -> ReadResult:
    document = result.document.model_copy(update={"source": "ocr", "path": f"scan-{result.document.path}"})
    return result.model_copy(update={"document": document})


def _own_of_cpa(result: ReadResult) -> ReadResult:
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


def _other_version(result: ReadResult) -> ReadResult:
    """Return another file of a statement, of another due date."""
    bill = _of(result)
    other = bill.model_copy(update={"due_date": (bill.due_date or dt.date.min) + DAY})
    document = result.document.model_copy(update={"path": f"again-{result.document.path}"})
    return result.model_copy(update={"document": document, "bill": other})


def _of(result: ReadResult) -> Bill:
    if result.bill is None:
        raise ValueError("a copy is made of a bill")
    return result.bill


def _copied(at: int, *copies: Callable[[ReadResult], ReadResult]) -> Callable[[Life], None]:
    return lambda life: life.put(at, copies=copies)


def _new_meter(life: Life) -> None:
    old, new = life.place.meter, f"359150-{life.place.number:06d}"
    life.change(14, meters=(old, new))
    life.change_from(15, meter=new)


def _renumbered(life: Life) -> None:
    new = service_account(life.place.number + OLD_NUMBERS)
    life.change_from(12, service_account=new, supply_account=new)
    life.aliases.append(("renumbered", life.place.service_account, new))
    life.held.append(Held(replace(life.place, service_account=new)))


def _own_number_of_cpa(life: Life) -> None:
    own = service_account(life.place.number + OLD_NUMBERS)
    for month in range(12):
        life.change(month, place=replace(life.part(month).place, supply_account=own))
    life.aliases.append(("provider", life.place.service_account, own))


def _transfer(life: Life) -> None:
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


def _opt_out(life: Life) -> None:
    life.change_from(16, product=None)


def _enrolled(life: Life) -> None:
    life.change_from(12, product=CLEAN)


def _in_review(life: Life) -> None:
    said = "the total of the account summary is printed as another amount than its rows add up to"
    life.put(19, finding=Finding(code="account_summary", severity="error", message=said, page=1))


def _accepted(life: Life) -> None:
    _in_review(life)
    life.is_accepted = True


def _unreadable(life: Life) -> None:
    document = Document(path="fax.pdf", pages=2, page_range=(1, 2), source="ocr", reader=READER)
    said = Finding(code="unknown_layout", severity="error", message="no known layout has these words")
    life.strays.append(ReadResult(document=document, status=Status.UNREADABLE, findings=(said,)))


def _estimated(*at: int) -> Callable[[Life], None]:
    def make(life: Life) -> None:
        for one in at:
            life.change(one, is_estimated=True)

    return make


def _used(at: int, **times: Decimal) -> Callable[[Life], None]:
    return lambda life: life.change(at, **times)


def _reactive(life: Life) -> None:
    """Have so many kVar adjusted in month 20 that the month costs more than half as much again."""
    kvar = life.place.daily_kwh * 10
    label = "Power factor adj"

    def changed(line: Line) -> Line:
        if line.component != "power_factor" or line.rate is None:
            return line
        return computed("delivery", "power_factor", label, kvar, "kVar", line.rate)

    life.change(20, changed=changed)


def _wrong_vintage(life: Life) -> None:
    life.change(16, place=replace(life.part(16).place, vintage="2022"))


def _wrong_rate(life: Life) -> None:
    def changed(line: Line) -> Line:
        if line.component != "energy" or line.tou != "off_peak" or line.rate is None:
            return line
        rate = line.rate + Decimal("0.01000")
        return replace(line, rate=rate, amount=cents((line.quantity or NONE) * rate))

    life.change(15, changed=changed)


def _from(at: int, **fields: Any) -> Callable[[Life], None]:
    return lambda life: life.change_from(at, **fields)


def _money(at: int, money: Money) -> Callable[[Life], None]:
    return lambda life: life.put(at, money=money)


def _starts(days: int) -> Callable[[Life], None]:
    """Have month 11 begin so many days after the day after the last."""
    return lambda life: life.change(11, start=life.part(11).start + days * DAY)


def _as_usual(_life: Life) -> None:
    """Change nothing: what is to be seen is in the place itself."""


# --- what they are --------------------------------------------------------------------------------------

CASES = (
    Case(
        "missing half, filled",
        "coverage: delivery of months 12 and 13 and generation of both are there; month 12's generation came on"
        " the statement of month 13 (two CPA services). services: two rows, each with its own generation, no"
        " dollar twice. Before that statement came, month 12's generation was missing.",
        (12, 13),
        _filled_half,
    ),
    Case(
        "missing half, never filled",
        "coverage: generation of month 12 missing, delivery there. services: its row without generation."
        " today and requests from gaps: generation of month 12, to be asked of CPA.",
        (12,),
        _missing_half,
    ),
    Case(
        "missing statement",
        "coverage: delivery and generation of month 10 missing, later ones there. history: the previous balance"
        " of month 11 is no last amount due that is known. requests from gaps: both halves.",
        (10,),
        _never_came(10),
    ),
    Case(
        "late statement",
        "coverage: month 23 late: its cycle ended on the day that month 22 printed, and nothing came. today: late.",
        (LAST,),
        _never_came(LAST),
    ),
    Case(
        "expected statement",
        "coverage: month 23 expected and not late: the cycle ended two days before today.",
        (LAST,),
        _never_came(LAST),
        place={"read_day": 29},
    ),
    Case(
        "rebill, bundled",
        "month 15 billed twice: the statement of nine days later is kind corrected; the first service is replaced"
        " and does not count. coverage: verified once. services: one row, a fifth less kWh; left out: replaced.",
        (15,),
        _rebill,
        product=None,
    ),
    Case(
        "rebill, delivery only",
        "as rebilled, of SCE's half alone: delivery of month 15 replaced, CPA's generation on the first statement"
        " still counts. services: one row of the corrected delivery with that generation.",
        (15,),
        lambda life: _rebill(life, is_delivery=True),
    ),
    Case(
        "rebill never received",
        "month 15 was rebilled by a statement that never came: the usage history printed from month 16 on says a"
        " fifth less kWh for month 15 than is stored, and the previous balance of month 16 is another amount"
        " than month 15's amount due. coverage: month 15 as it is stored.",
        (15, 16),
        lambda life: _rebill(life, arrives=False),
        product=None,
    ),
    Case(
        "duplicate file",
        "month 16's statement came as text and as a scan: the scan stands as the same; nothing is counted twice.",
        (16,),
        _copied(16, _scanned),
    ),
    Case(
        "own bill of CPA",
        "CPA's own bill of month 17's generation beside SCE's combined one: its service is a duplicate; the"
        " generation counts once. Control totals: left out, duplicate.",
        (17,),
        _copied(17, _own_of_cpa),
    ),
    Case(
        "two versions",
        "two files of month 18's statement differ in the due date, both proven: asked; neither counts until a"
        " person says which. coverage: month 18 needs a person, and is not missing.",
        (18,),
        _copied(18, _other_version),
    ),
    Case(
        "undecided pair",
        "month 13 is billed on two statements that do not say which of them is right: its services are"
        " undecided and do not count. coverage: month 13 needs a person, and is not missing.",
        (13,),
        _second_statement,
        product=None,
    ),
    Case("meter change", "history: another meter from month 14 (which names both) on.", (14, 15), _new_meter),
    Case(
        "renumbered",
        "SCE's service account is another from month 12 on, with an alias: one row of coverage without a gap,"
        " one service in rates and history. The roster has the new number.",
        (12,),
        _renumbered,
    ),
    Case(
        "own number of CPA",
        "CPA prints a service account of its own up to month 11, with an alias: generation is paired all along.",
        tuple(range(12)),
        _own_number_of_cpa,
    ),
    Case(
        "transfer",
        "the tenant left twelve days into month 16 (final bill), another customer has the meter since, under new"
        " numbers at the same POD-ID. coverage: the old account closed after month 16, the new one begins there;"
        " no gap and nothing late. owners: the old customer's up to the day, the new one's after it.",
        (16,),
        _transfer,
        place={"read_day": 25},
    ),
    Case(
        "opt-out",
        "bundled from month 16 on. coverage: no generation of CPA is missing after it. history: provider and"
        " product changed in month 16.",
        (16,),
        _opt_out,
    ),
    Case(
        "enrolment",
        "CPA's from month 12 on. coverage: no generation is missing before it. history: provider changed in month 12.",
        (12,),
        _enrolled,
        product=None,
    ),
    Case(
        "back-billed generation",
        "one CPA service over months 10 and 11, on month 11's statement: generation of both is there; its dollars"
        " count once.",
        (10, 11),
        _back_billed,
    ),
    Case(
        "overlap of a day",
        "CPA's period of month 9 as printed ends on the first day of the next one: tolerated, no overlap, no"
        " finding; both months there.",
        (9, 10),
        _reaches_into_next,
    ),
    Case(
        "in review",
        "month 19 is in review: coverage review, not missing; its numbers are not in sums (left out: review);"
        " today: needs a person.",
        (19,),
        _in_review,
    ),
    Case("accepted", "month 19 was in review and accepted by a person: it counts.", (19,), _accepted),
    Case(
        "unreadable",
        "a fax of no account: today, needs a person; its account is clean.",
        (),
        _unreadable,
    ),
    Case(
        "estimated twice",
        "months 17 and 18 are estimated: coverage says so; history: second estimate running, in month 18.",
        (17, 18),
        _estimated(17, 18),
    ),
    Case(
        "estimated once",
        "month 8 is estimated: coverage says so; no finding.",
        (8,),
        _estimated(8),
    ),
    Case(
        "kWh spike",
        "month 20 used two and a half times the usual kWh a day.",
        (20,),
        _used(20, energy=Decimal("2.5")),
        schedule="TOU-GS-1-E",
    ),
    Case(
        "kW spike",
        "month 20's demand is two and a half times the usual kW (its dollars per kWh are higher by that).",
        (20,),
        _used(20, demand=Decimal("2.5")),
    ),
    Case(
        "cost spike",
        "month 20 costs more than half as much again per kWh, by a power factor adjustment; kWh and kW as usual.",
        (20,),
        _reactive,
        schedule="TOU-GS-3D",
        product=None,
    ),
    Case(
        "wrong vintage",
        "month 16 is charged PCIA of vintage 2022, all others 2018. history: vintage changed in months 16 and 17."
        " rates: no disagreement, it is that vintage's rate.",
        (16, 17),
        _wrong_vintage,
        place={"vintage": "2018"},
    ),
    Case(
        "wrong rate",
        "month 15's off-peak rate of delivery is a cent above what its peers pay. rates: disagrees.",
        (15,),
        _wrong_rate,
    ),
    Case(
        "changed schedule",
        "TOU-GS-2-D from month 12 on, TOU-GS-2-E before. history: schedule changed.",
        (12,),
        _from(12, schedule="TOU-GS-2-D"),
    ),
    Case(
        "changed product",
        "100% Green Power from month 12 on, Lean Power before. history: product changed.",
        (12,),
        _from(12, product=GREEN),
        product=LEAN,
    ),
    Case(
        "changed UUT",
        "7.5 per cent of utility users tax from month 14 on, 5 before. history: percentage changed.",
        (14,),
        _from(14, city=("Anytown", "7.50000")),
        place={"city": ("Anytown", "5.00000")},
    ),
    Case(
        "previous balance",
        "month 18's previous balance is 37.10 more than month 17's amount due; carried forward since. history.",
        (18,),
        _money(18, Money(shift=Decimal("37.10"))),
    ),
    Case(
        "past due",
        "nothing was paid of month 22's amount: past due on month 23's statement, with a late payment charge."
        " due: one open amount, that of month 23, of which the balance forward is past due.",
        (22, LAST),
        _money(LAST, Money(paid=NONE, late=Decimal("12.34"))),
    ),
    Case(
        "autopay",
        "pays by itself: due says so.",
        (),
        _as_usual,
        place={"has_autopay": True},
    ),
    Case(
        "credit balance",
        "three times month 22's amount was paid: month 23 prints a credit balance, nothing is due.",
        (22, LAST),
        _money(LAST, Money(paid=Decimal(3))),
        schedule="TOU-GS-1-E",
    ),
    Case(
        "gap of days",
        "month 11 begins three days late. coverage: a gap of three days; history: break in periods.",
        (11,),
        _starts(3),
        product=None,
    ),
    Case(
        "overlap of days",
        "month 11 begins two days before month 10 ends: both bill these days, so the program asks which counts"
        " (undecided). coverage: an overlap of two days.",
        (10, 11),
        _starts(-2),
        product=None,
    ),
    Case(
        "summary bill",
        "five service accounts on one customer account: clean; due has one amount for all.",
        (),
        _as_usual,
        services=5,
    ),
    Case(
        "exports",
        "a NEM account: exported kWh and export credits on each bill; clean.",
        (),
        _as_usual,
        schedule="TOU-D-4",
        place={"exports": True},
    ),
)


@dataclass(frozen=True)
class Planted:
    """What is planted: on which service accounts, in which months, and what has to be seen where."""

    accounts: tuple[str, ...]
    """All service accounts of it; other numbers of the same meter too."""
    months: tuple[str, ...]
    """Read months as YYYY-MM."""
    seen: str
    customer_accounts: tuple[str, ...]


def lives(months: list[tuple[int, int]]) -> dict[str, Life]:
    """Return what happens to each case's accounts, by the case's name."""
    found, number = {}, 1
    for case in CASES:
        places = [_place(case, at) for at in range(number, number + case.services)]
        if case.services > 1:
            places = [_together(one, places[0]) for one in places]
        life = Life(places[0], usual(places, months), months)
        case.make(life)
        life.held = life.held or [Held(one) for one in places]
        found[case.name] = life
        number += case.services
    return found


def _together(one: Place, first: Place) -> Place:
    """Return a place billed together with another one."""
    return replace(
        one, customer=first.customer, customer_account=first.customer_account, read_day=first.read_day
    )


def _place(case: Case, number: int) -> Place:
    daily, kw = USE[case.schedule]
    given: dict[str, Any] = {
        "schedule": case.schedule,
        "product": case.product,
        "daily_kwh": daily,
        "kw": kw,
        "exports": False,
        "has_autopay": False,
    }
    return replace(place(number), **(given | dict(case.place)))


COUNT = sum(case.services for case in CASES)
"""Service accounts of the planted cases."""


def planted(months: list[tuple[int, int]]) -> dict[str, Planted]:
    """Return the table of what is planted."""
    return {case.name: _planted(case, life) for case, life in zip(CASES, lives(months).values(), strict=True)}


def _planted(case: Case, life: Life) -> Planted:
    parts = [part for sents in (life.sents, *life.others) for sent in sents for part in sent.parts]
    numbers = {n: None for part in parts for n in (part.place.service_account, part.place.supply_account)}
    return Planted(
        accounts=tuple(numbers),
        months=tuple("{}-{:02d}".format(*life.months[life.at(at)]) for at in case.months),
        seen=case.seen,
        customer_accounts=tuple({part.place.customer_account: None for part in parts}),
    )
