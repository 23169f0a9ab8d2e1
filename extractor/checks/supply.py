"""Who sells the energy: a delivery service whose supplier's charges are not on the statement."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.checks.compare import Case, Result, services
from extractor.model import Component, Finding, Service

RESPONSIBILITY = {Component.PCIA, Component.CTC, Component.OTHER_CRS, Component.MUNICIPAL_SURCHARGE}


def generation_missing(case: Case) -> Iterator[Result]:
    """Where SCE only delivers to a CCA's customer, the CCA's charges for those days are on the statement."""
    for index, service in services(case):
        aside = case.aside.services[index]
        if service.role != "delivery" or not service.charges or _sold_by_another(case, service):
            continue
        cca = aside.cca_marked or any(line.component in RESPONSIBILITY for line in service.charges)
        if not cca and not aside.direct_access:
            continue
        yield Finding(
            code="generation_missing",
            severity="info" if aside.direct_access else "warning",
            message="SCE only delivers here, and no supplier's charges for this period are on the statement",
            service=index,
            page=aside.page or None,
        )


def _sold_by_another(case: Case, service: Service) -> bool:
    """Tell whether a supplier's part overlaps the period, under its account or one of the old form."""
    return any(
        other.role == "generation"
        and other.period is not None
        and service.period is not None
        and other.period.start <= service.period.end
        and service.period.start <= other.period.end
        and (other.service_account == service.service_account or "-" in (other.service_account or "-"))
        for _, other in services(case)
    )


def unknown_labels(case: Case) -> Iterator[Result]:
    """A line whose label no rule knows is kept as printed and named, so that a rule can be added."""
    for index, service in services(case):
        for line in service.charges:
            if line.component == Component.UNKNOWN:
                yield Finding(
                    code="unknown_label",
                    severity="info",
                    message=f"line {line.line} bears a label that no rule knows: {line.label!r}",
                    service=index,
                    page=line.evidence.page,
                    bbox=line.evidence.bbox,
                )
            if line.tou and not line.season and line.component in (Component.ENERGY, Component.TIME_DEMAND):
                yield Finding(
                    code="season_unknown",
                    severity="info",
                    message=f"the season of line {line.line} ({line.label}) is not printed",
                    service=index,
                    page=line.evidence.page,
                    bbox=line.evidence.bbox,
                )
