"""What is planted in the made portfolio: each case on accounts of its own, and what has to be seen of it.

A case changes the usual statements of one place. Months are read months, told by their place among the
portfolio's months: 0 is the first, `LAST` the last of 24. Accounts that no case names are clean.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from corpus.tariff.cpa import CLEAN, GREEN, LEAN
from tests.extractor.portfolio.life import (
    MONTHS,
    Befall,
    Life,
    accepted,
    as_usual,
    back_billed,
    copied,
    enrolled,
    estimated,
    filled_half,
    in_review,
    missing_half,
    never_came,
    new_meter,
    only_in_history,
    opt_out,
    other_version,
    own_number_of_cpa,
    own_of_cpa,
    place_from,
    rate_of_another_vintage,
    reaches_into_next,
    reactive,
    rebill,
    renumbered,
    scanned,
    second_statement,
    settled,
    starts,
    transfer,
    unreadable,
    used,
    wrong_rate,
    wrong_vintage,
)
from tests.extractor.portfolio.places import USE, Held, Place, place
from tests.extractor.portfolio.sent import NONE, Money, usual

LAST = MONTHS - 1


@dataclass(frozen=True)
class Case:
    """A planted case: its name, what has to be seen of it, and how it comes about."""

    name: str
    seen: str
    months: tuple[int, ...]
    befall: Befall
    schedule: str = "TOU-GS-2-E"
    product: str | None = CLEAN
    place: Mapping[str, Any] = field(default_factory=dict)
    """What else is as it is for the case."""
    services: int = 1


CASES = (
    Case(
        "missing half, filled",
        "coverage: delivery of months 12 and 13 and generation of both are there; month 12's generation came on"
        " the statement of month 13 (two CPA services). services: two rows, each with its own generation, no"
        " dollar twice. Before that statement came, month 12's generation was missing.",
        (12, 13),
        filled_half,
    ),
    Case(
        "missing half, never filled",
        "coverage: generation of month 12 missing, delivery there. services: its row without generation."
        " today and requests from gaps: generation of month 12, to be asked of CPA.",
        (12,),
        missing_half,
    ),
    Case(
        "missing statement",
        "coverage: delivery and generation of month 10 missing, later ones there. history: the previous balance"
        " of month 11 is no last amount due that is known. requests from gaps: both halves.",
        (10,),
        never_came(10),
    ),
    Case(
        "history only",
        "month 9's statement never came, and a table of billing history has a row of it. coverage: history only,"
        " never verified. history: the previous balance of month 10 is no last amount due that is known.",
        (9,),
        only_in_history,
        product=None,
    ),
    Case(
        "late statement",
        "coverage: month 23 late: its cycle ended on the day that month 22 printed, and nothing came. today: late.",
        (LAST,),
        never_came(LAST),
    ),
    Case(
        "expected statement",
        "coverage: month 23 expected and not late: the cycle ended two days before today.",
        (LAST,),
        never_came(LAST),
        place={"read_day": 29},
    ),
    Case(
        "rebill, bundled",
        "month 15 billed twice: the statement of nine days later is kind corrected; the first service is replaced"
        " and does not count. coverage: verified once. services: one row, a fifth less kWh; left out: replaced.",
        (15,),
        rebill,
        product=None,
    ),
    Case(
        "rebill, delivery only",
        "as rebilled, of SCE's half alone: delivery of month 15 replaced, CPA's generation on the first statement"
        " still counts. services: one row of the corrected delivery with that generation.",
        (15,),
        lambda life: rebill(life, is_delivery=True),
    ),
    Case(
        "rebill never received",
        "month 15 was rebilled by a statement that never came: the usage history printed from month 16 on says a"
        " fifth less kWh for month 15 than is stored, and the previous balance of month 16 is another amount"
        " than month 15's amount due. coverage: month 15 as it is stored.",
        (15, 16),
        lambda life: rebill(life, arrives=False),
        product=None,
    ),
    Case(
        "duplicate file",
        "month 16's statement came as text and as a scan: the scan stands as the same; nothing is counted twice.",
        (16,),
        copied(16, scanned),
    ),
    Case(
        "own bill of CPA",
        "CPA's own bill of month 17's generation beside SCE's combined one: its service is a duplicate; the"
        " generation counts once. Control totals: left out, duplicate.",
        (17,),
        copied(17, own_of_cpa),
    ),
    Case(
        "two versions",
        "two files of month 18's statement differ in the due date, both proven: asked; neither counts until a"
        " person says which. coverage: month 18 needs a person, and is not missing.",
        (18,),
        copied(18, other_version),
    ),
    Case(
        "undecided pair",
        "month 13 is billed on two statements that do not say which of them is right: its services are"
        " undecided and do not count. coverage: month 13 needs a person, and is not missing.",
        (13,),
        second_statement,
        product=None,
    ),
    Case("meter change", "history: another meter from month 14 (which names both) on.", (14, 15), new_meter),
    Case(
        "renumbered",
        "SCE's service account is another from month 12 on, with an alias: one row of coverage without a gap,"
        " one service in rates and history. The roster has the new number.",
        (12,),
        renumbered,
    ),
    Case(
        "own number of CPA",
        "CPA prints a service account of its own up to month 11, with an alias: generation is paired all along.",
        tuple(range(12)),
        own_number_of_cpa,
    ),
    Case(
        "transfer",
        "the tenant left twelve days into month 16 (final bill), another customer has the meter since, under new"
        " numbers at the same POD-ID. coverage: the old account closed after month 16, the new one begins there;"
        " no gap and nothing late. owners: the old customer's up to the day, the new one's after it.",
        (16,),
        transfer,
        place={"read_day": 25},
    ),
    Case(
        "opt-out",
        "bundled from month 16 on. coverage: no generation of CPA is missing after it. history: provider and"
        " product changed in month 16.",
        (16,),
        opt_out,
    ),
    Case(
        "enrolment",
        "CPA's from month 12 on. coverage: no generation is missing before it. history: provider changed in month 12.",
        (12,),
        enrolled,
        product=None,
    ),
    Case(
        "back-billed generation",
        "one CPA service over months 10 and 11, on month 11's statement: generation of both is there; its dollars"
        " count once.",
        (10, 11),
        back_billed,
    ),
    Case(
        "overlap of a day",
        "CPA's period of month 9 as printed ends on the first day of the next one: tolerated, no overlap, no"
        " finding; both months there.",
        (9, 10),
        reaches_into_next,
    ),
    Case(
        "in review",
        "month 19 is in review: coverage review, not missing; its numbers are not in sums (left out: review);"
        " today: needs a person.",
        (19,),
        in_review,
    ),
    Case("accepted", "month 19 was in review and accepted by a person: it counts.", (19,), accepted),
    Case(
        "unreadable",
        "a fax of no account: today, needs a person; its account is clean.",
        (),
        unreadable,
    ),
    Case(
        "estimated twice",
        "months 17 and 18 are estimated: coverage says so; history: second estimate running, in month 18.",
        (17, 18),
        estimated(17, 18),
    ),
    Case(
        "estimated once",
        "month 8 is estimated: coverage says so; no finding.",
        (8,),
        estimated(8),
    ),
    Case(
        "kWh spike",
        "month 20 used two and a half times the usual kWh a day.",
        (20,),
        used(20, energy=Decimal("2.5")),
        schedule="TOU-GS-1-E",
    ),
    Case(
        "kW spike",
        "month 20's demand is two and a half times the usual kW (its dollars per kWh are higher by that).",
        (20,),
        used(20, demand=Decimal("2.5")),
    ),
    Case(
        "cost spike",
        "month 20 costs about twice as much per kWh, by a power factor adjustment; kWh and kW as usual.",
        (20,),
        reactive,
        schedule="TOU-GS-3D",
        product=None,
    ),
    Case(
        "wrong vintage",
        "month 16 is charged PCIA of vintage 2022, all others 2018. history: vintage changed in months 16 and 17."
        " rates: no disagreement, it is that vintage's rate.",
        (16, 17),
        wrong_vintage,
        place={"vintage": "2018"},
    ),
    Case(
        "wrong rate",
        "month 15's off-peak rate of delivery is a cent above what its peers pay. rates: disagrees.",
        (15,),
        wrong_rate,
    ),
    Case(
        "rate of another vintage",
        "month 17's PCIA says vintage 2018 and is priced as 2022's. rates: disagrees with its peers of 2018.",
        (17,),
        rate_of_another_vintage,
        place={"vintage": "2018"},
    ),
    Case(
        "changed schedule",
        "TOU-GS-2-D from month 12 on, TOU-GS-2-E before. history: schedule changed.",
        (12,),
        place_from(12, schedule="TOU-GS-2-D"),
    ),
    Case(
        "changed product",
        "100% Green Power from month 12 on, Lean Power before. history: product changed.",
        (12,),
        place_from(12, product=GREEN),
        product=LEAN,
    ),
    Case(
        "changed UUT",
        "7.5 per cent of utility users tax from month 14 on, 5 before. history: percentage changed.",
        (14,),
        place_from(14, city=("Anytown", "7.50000")),
        place={"city": ("Anytown", "5.00000")},
    ),
    Case(
        "previous balance",
        "month 18's previous balance is 37.10 more than month 17's amount due; carried forward since. history.",
        (18,),
        settled(18, Money(shift=Decimal("37.10"))),
    ),
    Case(
        "past due",
        "nothing was paid of month 22's amount: past due on month 23's statement, with a late payment charge."
        " due: one open amount, that of month 23, of which the balance forward is past due.",
        (22, LAST),
        settled(LAST, Money(paid=NONE, late=Decimal("12.34"))),
    ),
    Case(
        "autopay",
        "pays by itself: due says so.",
        (),
        as_usual,
        place={"has_autopay": True},
    ),
    Case(
        "credit balance",
        "three times month 22's amount was paid: month 23 prints a credit balance, nothing is due.",
        (22, LAST),
        settled(LAST, Money(paid=Decimal(3))),
        schedule="TOU-GS-1-E",
    ),
    Case(
        "gap of days",
        "month 11 begins three days late. coverage: a gap of three days; history: break in periods.",
        (11,),
        starts(3),
        product=None,
    ),
    Case(
        "overlap of days",
        "month 11 begins two days before month 10 ends: both bill these days, so the program asks which counts"
        " (undecided). coverage: an overlap of two days.",
        (10, 11),
        starts(-2),
        product=None,
    ),
    Case(
        "summary bill",
        "five service accounts on one customer account: clean; due has one amount for all.",
        (),
        as_usual,
        services=5,
    ),
    Case(
        "exports",
        "a NEM account: exported kWh and export credits on each bill; clean.",
        (),
        as_usual,
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
        case.befall(life)
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


def _in_months(seen: str, life: Life) -> str:
    """Return what is to be seen with its months named: `month 12` is 2025-12."""

    def named(match: re.Match[str]) -> str:
        return re.sub(r"\d+", lambda number: _name(int(number[0]), life), match[1])

    return re.sub(r"\bmonths? (\d+(?: and \d+)?)", named, seen)


def _name(month: int, life: Life) -> str:
    """Return a month of the last 24 as YYYY-MM."""
    return "{}-{:02d}".format(*life.months[life.at(month)])


def _planted(case: Case, life: Life) -> Planted:
    parts = [part for sents in (life.sents, *life.others) for sent in sents for part in sent.parts]
    numbers = {n: None for part in parts for n in (part.place.service_account, part.place.supply_account)}
    return Planted(
        accounts=tuple(numbers),
        months=tuple(_name(month, life) for month in case.months),
        seen=_in_months(case.seen, life),
        customer_accounts=tuple({part.place.customer_account: None for part in parts}),
    )
