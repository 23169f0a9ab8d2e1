"""The same kWh stand in several places of a bill: delivery, generation, surcharges, usage block.

SCE prints whole kWh for each price period; a CCA prints its own figures with up to four
decimals, which differ by less than one kWh a line (436 against 436.488). They are compared
only where the periods match: one provider may split where the other does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

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
from extractor.model import Charge, Component, Finding, Service

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
Lines = Sequence[tuple[int, Charge]]


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
        if service.role != "generation":
            continue
        partner = delivery_of(case, service)
        if partner is None:
            continue
        other, delivery = partner
        yield from _against_delivery(
            index, energy_lines(service, "generation"), other, energy_lines(delivery, "delivery")
        )


def delivery_of(case: Case, service: Service) -> tuple[int, Service] | None:
    """Return SCE's delivery of the same period, of the same account if both print it."""
    matches = [
        (index, other)
        for index, other in services(case)
        if other.role == "delivery"
        and other.period is not None
        and service.period is not None
        and (other.period.start, other.period.end) == (service.period.start, service.period.end)
    ]
    same = [match for match in matches if match[1].service_account == service.service_account]
    chosen = same or (matches if _accounts_differ_by_design(case, matches, service) else [])
    return chosen[0] if len(chosen) == 1 else None


def _accounts_differ_by_design(case: Case, matches: Sequence[tuple[int, Service]], service: Service) -> bool:
    """Before mid-2021 a CCA's part had a service account of its own (3-0xx-xxxx-xx), and may still.

    It belongs to the one delivery service of its period where no other account's part can.
    """
    parts = [one for _, one in services(case) if one.role == "generation"]
    of_period = [one for one in parts if one.period == service.period]
    return len(matches) == 1 and ("-" in (service.service_account or "") or len(of_period) == 1)


def _against_delivery(index: int, sold: Lines, other: int, delivered: Lines) -> Iterator[Result]:
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

    With exported energy the base differs from line to line (NEM), so nothing is gated then.
    """
    for index, service in services(case):
        delivered = energy_lines(service, "delivery")
        if service.role == "generation" or not delivered:
            continue
        labelled: dict[tuple[str, str | None], list[tuple[int, Charge]]] = defaultdict(list)
        for at, line in enumerate(service.charges):
            if line.component in SURCHARGES and line.unit == "kWh":
                labelled[line.label, line.group].append((at, line))
        for (label, _), lines in labelled.items():
            yield from compare(
                "kwh_surcharge",
                kwh(lines),
                kwh(delivered),
                [*_quantities(index, lines), *_quantities(index, delivered)],
                what=f"the kWh of {label} and of all delivery",
                gate=not has_exports(service),
                service=index,
                place=lines[0][1].evidence,
            )


def state_surcharge(case: Case) -> Iterator[Result]:
    """The state's energy surcharge is hundredths of a cent per kWh (0.0003 dollars on all bills seen)."""
    for index, service in services(case):
        sold = sum((abs(line.quantity or ZERO) for line in service.charges if line.unit == "kWh"), ZERO)
        for line in service.charges:
            state = line.component in (Component.ENERGY_SURCHARGE, Component.STATE_TAX)
            if state and sold and abs(line.amount) > sold * STATE_SURCHARGE + CENT:
                message = f"line {line.line} ({line.label}): {line.amount} is too much for {sold} kWh"
                yield doubt("state_surcharge", message, index, line.evidence)


def has_exports(service: Service) -> bool:
    """Tell whether a service sends energy back, so that its lines count different kWh."""
    return (
        service.exported_kwh is not None
        or bool(service.balances)
        or any(
            line.component == Component.EXPORT_CREDIT or (line.quantity or ZERO) < 0
            for line in service.charges
        )
        or any("NBC" in (line.group or "") or "onbypass" in (line.group or "") for line in service.charges)
    )


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
        delivered = kwh([(position, line) for _, position, line in lines])
        exported = service.exported_kwh or ZERO
        computed = min(
            (delivered, delivered + exported), key=lambda value: abs(value - (service.usage_kwh or ZERO))
        )
        pointer = f"/bill/services/{index}/usage_kwh"
        yield from compare(
            "kwh_usage",
            service.usage_kwh,
            computed,
            [pointer, *(charge_at(at, position, "quantity") for at, position, _ in lines)],
            what="the kWh of the usage block and of all delivery",
            gate=not has_exports(service),
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
