"""The same kWh stand in several places of a bill: delivery, generation, surcharges, usage block.

SCE prints whole kWh for each price period; a CCA prints its own figures with up to four
decimals, which differ by less than one kWh a line (436 against 436.488). They are compared
only where the periods match: one provider may split where the other does not.

A service that sends energy back (NEM, SBP) may count what it takes, what it gives, one less
the other, or both together; a printed kWh that is none of these is not what the lines say.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from extractor.checks.compare import (
    CENT,
    ZERO,
    Case,
    Result,
    charge_at,
    compare,
    doubt,
    energy_lines,
    kwh,
    services,
)
from extractor.checks.detail import begin_alike
from extractor.model import Charge, Component, Finding, Proof, Service
from extractor.units import by

STATE_SURCHARGE = Decimal("0.0005")
"""Dollars per kWh that the state's surcharge stays below."""

CCA_TOLERANCE = Decimal(1)
"""kWh by which a CCA's line may differ from SCE's."""

SURCHARGES = {
    Component.WILDFIRE_FUND,
    Component.FIXED_RECOVERY,
    Component.PCIA,
    Component.CTC,
    Component.OTHER_CRS,
    Component.STATE_TAX,
}
NONBYPASSABLE = re.compile(r"\bnbcs?\b|\bnonbypassable", re.I)
"""The heading of NEM's nonbypassable charges."""

Lines = Sequence[tuple[int, Charge]]
Partner = tuple[int, Service]


def own_generation(case: Case) -> Iterator[Result]:
    """On a bundled bill the kWh of each price period are the same in delivery and in generation."""
    for index, service in services(case):
        if service.role != "bundled":
            continue
        delivery, generation = energy_lines(service, "delivery"), energy_lines(service, "generation")
        for key, (one, other) in _paired(delivery, generation).items():
            yield from compare(
                "kwh_delivery_generation",
                kwh(one),
                kwh(other),
                [*_quantities(index, one), *_quantities(index, other)],
                what=f"the kWh of {key} in delivery and in generation",
                service=index,
                place=(one or other)[0][1].evidence,
            )


def _paired(one: Lines, other: Lines) -> dict[str, tuple[Lines, Lines]]:
    """Return the lines of both sides by season and price period (or tier)."""
    left, right = _keyed(one), _keyed(other)
    return {
        key: (left.get(key, []), right.get(key, []))
        for key in [*left, *(key for key in right if key not in left)]
    }


def _keyed(lines: Lines) -> dict[str, list[tuple[int, Charge]]]:
    keyed: dict[str, list[tuple[int, Charge]]] = defaultdict(list)
    for at, line in lines:
        keyed[f"{line.season or 'no season'}, {line.tou or line.label}"].append((at, line))
    return keyed


def _quantities(index: int, lines: Lines) -> list[str]:
    return [charge_at(index, at, "quantity") for at, _ in lines]


def cca_generation(case: Case) -> Iterator[Result]:
    """The kWh that a CCA sells are those that SCE delivers in the same period, within a kWh a line."""
    for index, service in services(case):
        if service.role != "generation" or not energy_lines(service, "generation"):
            continue
        partners = deliveries_of(case, index, service)
        if len(partners) > 1:
            place = case.evidence.get(f"/bill/services/{index}/period/start")
            message = f"which of {len(partners)} services SCE delivers for this part cannot be told"
            yield doubt("delivery_partner", message, index, place)
        elif partners:
            yield from _against_delivery(index, service, *partners[0])


def deliveries_of(case: Case, index: int, service: Service) -> Sequence[Partner]:
    """Return SCE's delivery that a CCA's part belongs to: none, one, or all that it cannot be told from.

    It is of the same period and account; where these have several, of the same rate schedule,
    else the one whose kWh are all the same.
    """
    matches = _of_period(case, service)
    same = [match for match in matches if match[1].service_account == service.service_account]
    chosen = same or (matches if _accounts_differ_by_design(case, matches, service) else [])
    for narrower in (_of_rate, partial(_of_kwh, index)):
        if len(chosen) > 1:
            chosen = narrower(service, chosen) or chosen
    return chosen


def _of_period(case: Case, service: Service) -> list[Partner]:
    """Return the deliveries of a part's period; else those of a period that it overlaps by a day."""
    period = service.period
    near: list[Partner] = []
    exact: list[Partner] = []
    for index, other in services(case):
        if other.role != "delivery" or other.period is None or period is None:
            continue
        early, late = other.period.start - period.start, period.end - other.period.end
        if early.days in (0, 1) and late.days in (0, 1):
            (near if early or late else exact).append((index, other))
    return exact or near


def _of_rate(service: Service, partners: Sequence[Partner]) -> list[Partner]:
    rate = service.rate_schedule
    return [
        one for one in partners if rate and one[1].rate_schedule and begin_alike(rate, one[1].rate_schedule)
    ]


def _of_kwh(index: int, service: Service, partners: Sequence[Partner]) -> list[Partner]:
    alike = []
    for at, delivery in partners:
        rows = [row for row in _against_delivery(index, service, at, delivery) if isinstance(row, Proof)]
        if rows and all(row.holds for row in rows):
            alike.append((at, delivery))
    return alike


def _accounts_differ_by_design(case: Case, matches: Sequence[tuple[int, Service]], service: Service) -> bool:
    """Before mid-2021 a CCA's part had a service account of its own (3-0xx-xxxx-xx), and may still.

    It belongs to the delivery of its period; where the form of the account does not tell that it
    is of the CCA's own, there must be but one of either.
    """
    parts = [one for _, one in services(case) if one.role == "generation"]
    of_period = [one for one in parts if one.period == service.period]
    own = "-" in (service.service_account or "")
    return own or (len(matches) == 1 and len(of_period) == 1)


def _against_delivery(index: int, service: Service, other: int, delivery: Service) -> Iterator[Result]:
    sold, delivered = energy_lines(service, "generation"), energy_lines(delivery, "delivery")
    if not sold or not delivered:
        return
    by_period = all(line.tou for _, line in (*sold, *delivered))
    seasons = by_period and all(line.season for _, line in (*sold, *delivered))
    keys = [("season", "tou")] if seasons else [("tou",)] if by_period else [()]
    for names in keys:
        for key in dict.fromkeys(_values(line, names) for _, line in (*sold, *delivered)):
            one = [(at, line) for at, line in sold if _values(line, names) == key]
            two = [(at, line) for at, line in delivered if _values(line, names) == key]
            yield from compare(
                "kwh_cca_delivery",
                kwh(one),
                kwh(two),
                [*_quantities(index, one), *_quantities(other, two)],
                what=f"the kWh of {', '.join(key) or 'all periods'} sold and delivered",
                tolerance=CCA_TOLERANCE * max(len(one), len(two)),
                service=index,
                place=(one or two)[0][1].evidence,
            )


def _values(line: Charge, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(getattr(line, name)) for name in names)


def surcharges(case: Case) -> Iterator[Result]:
    """A surcharge or tax by the kWh is on all kWh delivered, its pieces together after a rate change.

    With exported energy it may be on any of what the lines can be counted as (`_counted`). NEM's
    nonbypassable charges are on what is taken in each single interval, which no bill prints.
    """
    for index, service in services(case):
        delivered = energy_lines(service, "delivery")
        if service.role == "generation" or not delivered:
            continue
        labelled: dict[tuple[str, str | None], list[tuple[int, Charge]]] = defaultdict(list)
        for at, line in enumerate(service.charges):
            if line.component in SURCHARGES and by(line.unit, "kWh"):
                labelled[line.label, line.group].append((at, line))
        for (label, group), lines in labelled.items():
            yield from compare(
                "kwh_surcharge",
                kwh(lines),
                _nearest(kwh(lines), _counted(service, [line for _, line in delivered])),
                [*_quantities(index, lines), *_quantities(index, delivered)],
                what=f"the kWh of {label} and of all delivery",
                gate=not NONBYPASSABLE.search(group or ""),
                service=index,
                place=lines[0][1].evidence,
            )


def state_surcharge(case: Case) -> Iterator[Result]:
    """The state's energy surcharge is hundredths of a cent per kWh (0.0003 dollars on all bills seen)."""
    for index, service in services(case):
        sold = sum((abs(line.quantity or ZERO) for line in service.charges if by(line.unit, "kWh")), ZERO)
        for line in service.charges:
            state = line.component in (Component.ENERGY_SURCHARGE, Component.STATE_TAX)
            if state and sold and abs(line.amount) > sold * STATE_SURCHARGE + CENT:
                message = f"line {line.line} ({line.label}): {line.amount} is too much for {sold} kWh"
                yield doubt("state_surcharge", message, index, line.evidence)


def _counted(service: Service, lines: Sequence[Charge]) -> list[Decimal]:
    """Return what the kWh of some energy lines may be counted as; one number where nothing is sent back."""
    quantities = [line.quantity for line in lines if line.quantity is not None]
    delivered, taken = sum(quantities, ZERO), sum((one for one in quantities if one > 0), ZERO)
    given, exported = taken - delivered, service.exported_kwh or ZERO
    sent = [one for one in (given, exported) if one]
    return [delivered, delivered + exported, taken, taken + given, *sent]


def _nearest(printed: Decimal, counted: Sequence[Decimal]) -> Decimal:
    return min(counted, key=lambda one: abs(one - printed))


def usage_block(case: Case) -> Iterator[Result]:
    """The kWh delivered are those of the usage block, of all services that its meter's dates cover."""
    for index, service in services(case):
        if service.role == "generation":
            continue
        if service.usage_kwh is None:
            if service.meters and energy_lines(service, "delivery"):
                yield _usage_unread(index, service)
            continue
        covered = [
            (at, other) for at, other in services(case) if at == index or _shares_block(case, index, other)
        ]
        lines = [
            (at, position, line)
            for at, other in covered
            for position, line in energy_lines(other, "delivery")
        ]
        if not lines:
            continue
        counted = _counted(service, [line for _, _, line in lines])
        pointer = f"/bill/services/{index}/usage_kwh"
        yield from compare(
            "kwh_usage",
            service.usage_kwh,
            _nearest(service.usage_kwh, counted),
            [pointer, *(charge_at(at, position, "quantity") for at, position, _ in lines)],
            what="the kWh of the usage block and of all delivery",
            service=index,
            place=case.evidence.get(pointer),
        )


def _usage_unread(index: int, service: Service) -> Finding:
    return Finding(
        code="usage_unread",
        severity="warning",
        message=f"the kWh of meter {service.meters[0].number} were not read, or are not printed",
        service=index,
    )


def _shares_block(case: Case, index: int, other: Service) -> bool:
    """Tell whether another SCE service of the account, with no usage block, lies inside these meter dates."""
    service = case.bill.services[index]
    starts = [meter.start for meter in service.meters if meter.start]
    ends = [meter.end for meter in service.meters if meter.end]
    if (
        other.role == "generation"
        or other.usage_kwh is not None
        or other.period is None
        or not starts
        or not ends
    ):
        return False
    same = other.service_account == service.service_account
    return same and min(starts) <= other.period.start and other.period.end <= max(ends)
