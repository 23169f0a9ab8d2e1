"""Services beside their meters as rows: one per service and billing period, and as JSON with all there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from extractor.export.rows import Column, Row
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import DemandRow
from extractor.intervals.compared.metered import Measured, kwh
from extractor.intervals.compared.verdict import PLAIN, Verdict, shifted
from extractor.intervals.findings import unconfirmed
from extractor.intervals.join import Joined
from extractor.intervals.of_bills import Beside
from extractor.model import Component

PRICE_PERIODS = ("on_peak", "mid_peak", "off_peak", "super_off_peak")
DEMAND_PERIODS = ("on_peak", "mid_peak")

SERVICE = (
    Column("file", "text", "name that the file came by"),
    Column("sha256", "text", "hash of the file: the document's key"),
    Column("bill", "whole", "which bill of the file, from 1"),
    Column("service", "whole", "which service of the bill, from 1"),
    Column("state", "text", "verified, corrected, accepted, review: people's work considered"),
    Column("trust", "text", "proven, corrected-and-proven, accepted-by-person, doubtful"),
    Column("standing", "text", "counts, or why not: same, asked, duplicate, replaced, undecided, unplaced"),
    Column("customer_account", "text", "customer account, as printed"),
    Column("statement_date", "date", "date the bill was prepared"),
    Column("provider", "text", "who charges: SCE, CPA, ..."),
    Column("role", "text", "bundled, delivery or generation"),
    Column("service_account", "text", "service account"),
    Column("rate_schedule", "text", "rate schedule, as printed"),
    Column("period_start", "date", "first day of the billing period, inclusive"),
    Column("period_end", "date", "last day of the billing period, inclusive"),
)
COMPARED = (
    Column("verdict", "text", "ties_out, within_tolerance, differs, incomplete, no_data"),
    Column("reason", "text", "why, in a sentence"),
    Column("channel", "text", "what the bill's kWh are: delivered, net, total, unknown"),
    Column("billed_kwh", "number", "kWh billed"),
    Column("metered_kwh", "number", "kWh that the readings of the period add up to"),
    *(
        Column(f"{side}_{tou}_kwh", "number", f"kWh {side} in the {tou.replace('_', '-')} price period")
        for tou in PRICE_PERIODS
        for side in ("billed", "metered")
    ),
    Column("billed_exported_kwh", "number", "kWh sent back, as billed"),
    Column("metered_exported_kwh", "number", "kWh sent back, as metered"),
    Column("billed_kw", "number", "kW billed of the whole period"),
    Column("metered_kw", "number", "kW metered, rounded as billed; of hourly readings a lower bound"),
    Column("peak_at", "text", "local time at which the peak's interval began"),
    *(
        column
        for tou in DEMAND_PERIODS
        for column in (
            Column(f"billed_{tou}_kw", "number", f"kW billed of the {tou.replace('_', '-')} price period"),
            Column(f"metered_{tou}_kw", "number", f"kW metered in the {tou.replace('_', '-')} price period"),
            Column(f"{tou}_at", "text", "local time at which that peak's interval began"),
        )
    ),
    Column("is_lower_bound", "flag", "whether the kW may have been higher: readings longer than 15 minutes"),
    Column("expected_intervals", "whole", "intervals that there should be"),
    Column("present_intervals", "whole", "intervals with a reading"),
    Column("estimated_share", "number", "estimated intervals as a part of those that say how sure they are"),
    Column("load_factor", "number", "mean power as a part of the highest"),
    Column("shift", "text", "what is moved by a day so that it ties out"),
    Column("clock_off", "text", "hours by which the file's clock is off"),
    Column("ratio", "number", "billed kWh as a multiple of the metered, where it is the same everywhere"),
    Column("ratio_meaning", "text", "what such a ratio means"),
    Column("printed_energy", "number", "energy charges with a printed rate, USD"),
    Column("expected_energy", "number", "the same rates times the metered kWh, USD"),
    Column("printed_demand", "number", "demand charges with a printed rate, USD"),
    Column("expected_demand", "number", "the same rates times the metered kW, USD"),
    Column("unconfirmed", "text", "that readings are of a format that nobody confirmed"),
    Column("assumed_hours", "text", "sources of the schedule's hours that are only assumed"),
)
JOIN_COLUMNS = (*SERVICE, *COMPARED)


def join_rows(bills: Iterable[Beside], verdict: Verdict | None = None) -> Iterator[Row]:
    """Give a row for each service that is asked for, those of one verdict if one is named."""
    for beside, number, one in _services(bills, verdict):
        yield _service(beside, number, one) | _compared(one)


def join_details(bills: Iterable[Beside], verdict: Verdict | None = None) -> Iterator[dict[str, Any]]:
    """Give the same with every bucket, demand, charge, missing meter-day and channel, ready for JSON."""
    for beside, number, one in _services(bills, verdict):
        row = _service(beside, number, one) | _compared(one)
        yield {
            **{column.name: plain(row.get(column.name)) for column in JOIN_COLUMNS},
            "energy": [plain(each) | {"difference": plain(each.difference)} for each in one.energy],
            "demand": [
                {**_bucket(each), "billed": plain(each.billed), "metered": plain(each.metered)}
                for each in one.demand
            ],
            "charges": [plain(each) | {"difference": plain(each.difference)} for each in one.charges],
            "missing": plain(one.missing),
            "channels": {
                name: {
                    "kwh": plain(Decimal(of.thousandths).scaleb(-6)),
                    "present": of.present,
                    "missing": of.missing,
                }
                for name, of in (one.channels or {}).items()
            },
        }


def _services(bills: Iterable[Beside], verdict: Verdict | None) -> Iterator[tuple[Beside, int, Joined]]:
    for beside in bills:
        for number, one in enumerate(beside.joined, 1):
            if beside.kept.asked[number - 1] and verdict in (None, one.verdict):
                yield beside, number, one


def _service(beside: Beside, number: int, one: Joined) -> Row:
    kept, bill = beside.kept, beside.result.bill
    return {
        "file": kept.name,
        "sha256": kept.sha256,
        "bill": kept.position,
        "service": number,
        "state": kept.state,
        "trust": kept.trust,
        "standing": kept.services[number - 1],
        "customer_account": bill.customer_account if bill else None,
        "statement_date": bill.statement_date if bill else None,
        "provider": one.provider,
        "role": one.role,
        "service_account": one.service_account,
        "rate_schedule": one.rate_schedule,
        "period_start": one.first,
        "period_end": one.last,
    }


def _compared(one: Joined) -> Row:
    measured = one.measured
    row: Row = {"verdict": str(one.verdict), "reason": one.reason, "channel": one.basis}
    if one.total is not None:
        row |= {"billed_kwh": one.total.billed, "metered_kwh": one.total.metered}
    if one.exported is not None:
        row |= {"billed_exported_kwh": one.exported.billed, "metered_exported_kwh": one.exported.metered}
    if measured is not None:
        row |= {
            "is_lower_bound": measured.is_lower_bound,
            "expected_intervals": measured.expected,
            "present_intervals": measured.present,
            "estimated_share": measured.estimated_share,
            "load_factor": measured.load_factor,
        }
    return row | _by_price_period(one) | _kw(one) | _explained(one) | _dollars(one)


def _by_price_period(one: Joined) -> Row:
    """Return kWh by price period, both seasons together; only where each row of it could be told."""
    row: Row = {}
    for tou in PRICE_PERIODS:
        rows = [each for each in one.energy if each.bucket.tou == tou]
        if rows:
            row[f"billed_{tou}_kwh"] = sum((each.billed for each in rows), Decimal(0))
            metered = [each.metered for each in rows if each.metered is not None]
            row[f"metered_{tou}_kwh"] = sum(metered, Decimal(0)) if len(metered) == len(rows) else None
    return row


def _kw(one: Joined) -> Row:
    """Return the kW of the whole period and of price periods: of two seasons' the higher as billed."""
    row: Row = {}
    overall = [each for each in one.demand if each.bucket == OVERALL]
    for name, each in (("", _highest(overall)), *((tou, _highest(_of(one, tou))) for tou in DEMAND_PERIODS)):
        if each is not None:
            of = f"{name}_" if name else ""
            row[f"billed_{of}kw"], row[f"metered_{of}kw"] = each.billed, each.metered
            row[f"{name or 'peak'}_at"] = f"{each.peak.at:%Y-%m-%d %H:%M}" if each.peak else None
    if not overall and one.measured is not None and one.measured.peak is not None:
        peak = one.measured.peak
        row |= {"metered_kw": Decimal(peak.billed_kw), "peak_at": f"{peak.at:%Y-%m-%d %H:%M}"}
    return row


def _of(one: Joined, tou: str) -> list[DemandRow]:
    return [each for each in one.demand if each.bucket.tou == tou]


def _highest(rows: Sequence[DemandRow]) -> DemandRow | None:
    return max(rows, key=lambda each: each.billed, default=None)


def _explained(one: Joined) -> Row:
    return {
        "shift": shifted(one.shift) if one.shift != PLAIN else None,
        "clock_off": shifted(one.clock_off) if one.clock_off else None,
        "ratio": _decimal(one.ratio.value) if one.ratio else None,
        "ratio_meaning": one.ratio.meaning if one.ratio else None,
        "unconfirmed": unconfirmed(one) if one.unconfirmed else None,
        "assumed_hours": "; ".join(one.assumed) or None,
    }


def _dollars(one: Joined) -> Row:
    row: Row = {}
    for name, components in (
        ("energy", (Component.ENERGY,)),
        ("demand", (Component.FACILITIES_DEMAND, Component.TIME_DEMAND)),
    ):
        charges = [each for each in one.charges if each.component in components]
        if charges:
            row[f"printed_{name}"] = sum((each.printed for each in charges), Decimal(0))
            row[f"expected_{name}"] = sum((each.expected for each in charges), Decimal(0))
    return row


def _bucket(each: DemandRow) -> dict[str, Any]:
    return {
        "season": each.bucket.season,
        "tou": each.bucket.tou,
        "at": f"{each.peak.at:%Y-%m-%d %H:%M}" if each.peak else None,
        "is_lower_bound": each.is_lower_bound,
        "is_charged": each.is_charged,
    }


def _channel(of: Measured) -> dict[str, Any]:
    return {"kwh": f"{kwh(of.thousandths):f}", "present": of.present, "missing": of.missing}


def _decimal(value: Fraction) -> Decimal:
    """Return a ratio with six places at most."""
    return (Decimal(value.numerator) / value.denominator).quantize(Decimal("0.000001")).normalize() + 0


def plain(value: Any) -> Any:
    """Return a value as JSON has it: numbers with all their digits as text, dates as ISO.

    >>> plain((Decimal("1.50"), dt.date(2026, 11, 30), None))
    ['1.50', '2026-11-30', None]
    """
    match value:
        case Enum():
            return str(value)
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:f}"
        case dt.date():
            return value.isoformat()
        case tuple() if hasattr(value, "_fields"):
            return {name: plain(each) for name, each in zip(value._fields, value, strict=True)}
        case tuple() | list():
            return [plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no place in JSON")
