"""Kept bills as rows: what is read of them, what people made of it, and whether it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from extractor.export.rows import Row, bill_cells, charge_rows, document_cells
from extractor.intervals.short import NONE, Metered, Meters, are_confirmed, of_bill, worst
from extractor.model import Bill, Finding
from extractor.store.current import COUNTS, Kept


def kept_charges(bills: Iterable[Kept], meters: Meters = NONE) -> Iterator[Row]:
    """Give a row for each charge of kept bills, those of services that nobody asked for left out."""
    for kept in bills:
        of_kept = _kept(kept)
        for row in charge_rows(kept.result):
            number = row["service"]
            assert isinstance(number, int)
            if kept.asked[number - 1]:
                beside = meters.get((kept.bill_id, number))
                yield row | of_kept | _standing(kept, kept.services[number - 1]) | metered(beside)


def kept_bills(bills: Iterable[Kept], meters: Meters = NONE) -> Iterator[Row]:
    """Give a row for each kept bill, also for documents that could not be read."""
    for kept in bills:
        result = kept.result
        bill = result.bill or Bill()
        usage = [one.usage_kwh for one in bill.services if one.role != "generation" and one.usage_kwh]
        yield (
            document_cells(result)
            | bill_cells(bill)
            | {
                "kind": bill.kind,
                "source": result.document.source,
                "previous_balance": bill.previous_balance,
                "balance_forward": bill.balance_forward,
                "services": len(bill.services),
                "usage_kwh": sum(usage, Decimal(0)) if usage else None,
                "findings": sum(finding.severity != "info" for finding in result.findings),
            }
            | _kept(kept)
            | _standing(kept, _of_all(kept))
            | _of_meters(kept, bill, meters)
        )


def kept_findings(bills: Iterable[Kept], meters: Meters = NONE) -> Iterator[Row]:
    """Give a row for each finding of kept bills, and of their services beside their meters."""
    for kept in bills:
        result = kept.result
        cells = document_cells(result) | bill_cells(result.bill or Bill()) | _kept(kept)
        for finding in result.findings:
            yield cells | _finding(finding) | _standing(kept, kept.standing)
        for at, beside in of_bill(meters, kept.bill_id, len(kept.services)).items():
            for finding in beside.findings:
                yield cells | _finding(finding) | _standing(kept, kept.services[at])


def metered(beside: Metered | None) -> Row:
    """Return what the meters of one service say."""
    if beside is None:
        return {}
    return {
        "meter_verdict": beside.verdict,
        "meter_reason": beside.reason,
        "meter_kwh": beside.kwh,
        "meter_kw": beside.kw,
        "meter_is_confirmed": beside.is_confirmed,
    }


def _of_meters(kept: Kept, bill: Bill, meters: Meters) -> Row:
    """Return what the meters of all services say; kWh only where all of them are known."""
    found = of_bill(meters, kept.bill_id, len(kept.services))
    kwh = [one.kwh for at, one in found.items() if bill.services[at].role != "generation"]
    known = [one for one in kwh if one is not None]
    return {
        "meter_verdict": worst(found.values()),
        "meter_kwh": sum(known, Decimal(0)) if known and len(known) == len(kwh) else None,
        "meter_is_confirmed": are_confirmed(found.values()) if found else None,
    }


def _of_all(kept: Kept) -> str:
    """Return the standing of a whole bill: its first service's that does not count, if there is one."""
    if kept.standing != COUNTS:
        return kept.standing
    return next((standing for standing in kept.services if standing != COUNTS), COUNTS)


def _finding(finding: Finding) -> Row:
    return {
        "service": None if finding.service is None else finding.service + 1,
        "severity": finding.severity,
        "code": finding.code,
        "message": finding.message,
        "page": finding.page,
    }


def _kept(kept: Kept) -> Row:
    return {
        "file": kept.name,
        "bill_status": str(kept.read_status),
        "bill": kept.position,
        "state": kept.state,
        "trust": kept.trust,
        "taken_at": kept.taken_at.isoformat(timespec="seconds"),
    }


def _standing(kept: Kept, standing: str) -> Row:
    return {"standing": standing, "counts": standing == COUNTS and kept.state != "unreadable"}
