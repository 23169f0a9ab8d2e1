"""Bills beside their meters as rows: one for each service and period, and all of it as JSON.

Columns of a season's price period say what is billed and metered in it; where a bill does not tell the
season, or has other price periods, its rows are in JSON alone. Of several kW of one price period (two
seasons of one bill) the greatest billed one is in the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from extractor.export.rows import Column, Row, Value
from extractor.intervals.compared.billed import OVERALL
from extractor.intervals.compared.compare import DemandRow
from extractor.intervals.compared.compare import Row as Energy
from extractor.intervals.compared.metered import Measured, Peak, kwh
from extractor.intervals.compared.repriced import Expected, totals
from extractor.intervals.compared.verdict import PLAIN, shifted, times
from extractor.intervals.held.summarised import NOTHING_SAID, Summarised
from extractor.intervals.join import Joined
from extractor.intervals.of_bills import OfService
from extractor.intervals.summary import highest
from extractor.intervals.tou import Bucket
from extractor.model import Component
from extractor.store.current import COUNTS
from extractor.store.summaries import Summed

KEYS = (
    Column("sha256", "text", "hash of the file: the document's key"),
    Column("bill", "whole", "which bill of the file, from 1"),
    Column("service", "whole", "which service of the bill, from 1"),
    Column("issuer", "text", "who issued the bill: SCE, CPA"),
    Column("customer_account", "text", "customer account, as printed"),
    Column("statement_date", "date", "date the bill was prepared"),
    Column("provider", "text", "who charges: SCE, CPA, ..."),
    Column("role", "text", "bundled, delivery or generation"),
    Column("service_account", "text", "service account"),
    Column("rate_schedule", "text", "rate schedule, as printed"),
    Column("period_start", "date", "first day of the billing period, inclusive"),
    Column("period_end", "date", "last day of the billing period, inclusive"),
    Column("state", "text", "verified, corrected, accepted, review, unreadable: people's work considered"),
    Column("trust", "text", "proven, corrected-and-proven, accepted-by-person, doubtful"),
    Column("standing", "text", "counts, or why not: same, asked, duplicate, replaced, undecided, unplaced"),
    Column("counts", "flag", "whether the row belongs in a total: false where another file or bill has it"),
)
SAID = (
    Column("verdict", "text", "ties_out, within_tolerance, differs, incomplete or no_data"),
    Column("reason", "text", "why, in a sentence; also what has to be known of the readings"),
    Column("is_confirmed", "flag", "false where nobody has confirmed what the columns of the readings mean"),
    Column("is_provisional", "flag", "true where readings were imported before SCE had made the bill"),
    Column("channel", "text", "which channel the bill's kWh are: delivered, net, total, unknown"),
)
TOTALS = (
    Column("billed_kwh", "number", "kWh, as printed"),
    Column("metered_kwh", "number", "kWh of the same channel, all meters"),
    Column("difference_kwh", "number", "metered less billed kWh"),
    Column("billed_exported_kwh", "number", "kWh sent back, as printed"),
    Column("metered_exported_kwh", "number", "kWh sent back, as metered"),
)
PRICE_PERIODS = (
    Bucket("summer", "on_peak"),
    Bucket("summer", "mid_peak"),
    Bucket("summer", "off_peak"),
    Bucket("winter", "mid_peak"),
    Bucket("winter", "off_peak"),
    Bucket("winter", "super_off_peak"),
)
"""Those that SCE's schedules of today have."""


def _named(bucket: Bucket) -> tuple[str, str]:
    """Return how a price period is called in a column's name, and for a person."""
    name = "_".join(part for part in bucket if part)
    return name, f"{bucket.season} {(bucket.tou or '').replace('_', '-')}"


ENERGY = tuple(
    Column(f"{side}_{_named(bucket)[0]}_kwh", "number", f"{side} kWh, {_named(bucket)[1]}")
    for bucket in PRICE_PERIODS
    for side in ("billed", "metered")
)
DEMAND = (
    Column("billed_kw", "number", "kW of the whole period, as printed"),
    Column("metered_kw", "number", "highest kW of all meters together, to the nearest one"),
    Column("peak_at", "text", "local time at which the 15 minutes of the highest kW began"),
    Column("billed_on_peak_kw", "number", "on-peak kW, as printed"),
    Column("metered_on_peak_kw", "number", "highest on-peak kW"),
    Column("on_peak_at", "text", "local time of the highest on-peak kW"),
    Column("billed_mid_peak_kw", "number", "mid-peak kW, as printed"),
    Column("metered_mid_peak_kw", "number", "highest mid-peak kW"),
    Column("mid_peak_at", "text", "local time of the highest mid-peak kW"),
    Column(
        "is_lower_bound", "flag", "true where kW may have been higher: readings are longer than 15 minutes"
    ),
)
READINGS = (
    Column("expected_intervals", "whole", "intervals there should be, of each meter: 92 or 100 on some days"),
    Column("present_intervals", "whole", "intervals there are"),
    Column("missing_intervals", "whole", "intervals that are missing"),
    Column("estimated_share", "number", "estimated intervals as a part of those that say how sure they are"),
    Column("load_factor", "number", "mean power as a part of the highest; empty where intervals are missing"),
    Column("shift", "text", "what was moved by a day so that it ties out; the figures are those after it"),
    Column("ratio", "text", "by what metered kWh would have to be multiplied, and what that is like"),
    Column(
        "clock_off", "text", "by how much readings would have to be moved to tie out; the figures are not"
    ),
    Column("assumed_hours", "text", "sources of what is only assumed of the schedule's hours"),
)
DOLLARS = (
    Column("printed_energy", "number", "charges for energy that can be repriced, as printed, USD"),
    Column("expected_energy", "number", "the same for the metered kWh by the printed rates, USD"),
    Column("printed_demand", "number", "charges for demand that can be repriced, as printed, USD"),
    Column("expected_demand", "number", "the same for the metered kW by the printed rates, USD"),
)

SUMMARIES = (
    Column("summary_kwh", "number", "kWh that a feed's summary of these days says, of one usage point"),
    Column("summary_difference_kwh", "number", "the summary's kWh less the billed ones"),
    Column("summary_amount", "number", "what a feed's summary of these days says was billed, USD"),
)

JOIN_COLUMNS = (*KEYS, *SAID, *TOTALS, *ENERGY, *DEMAND, *READINGS, *DOLLARS, *SUMMARIES)


def join_rows(found: Iterable[OfService], said: Summarised = NOTHING_SAID) -> Iterator[Row]:
    """Give a row for each service, beside it what feeds said was billed."""
    for one in found:
        yield join_row(one, _summaries_of(one, said))


def join_row(one: OfService, summaries: Sequence[Summed] = ()) -> Row:
    """Return a service beside its meters as one row."""
    joined = one.joined
    return (
        _keys(one)
        | _said(joined)
        | _energy(joined)
        | _demand(joined)
        | _readings(joined)
        | _dollars(joined)
        | _summed(joined, summaries)
    )


def _summaries_of(one: OfService, said: Summarised) -> tuple[Summed, ...]:
    first, last = one.joined.first, one.joined.last
    return said.of(one.account, first, last) if first and last else ()


def _summed(joined: Joined, summaries: Sequence[Summed]) -> Row:
    """Return what the only summary says; several are of several usage points, and in JSON."""
    if len(summaries) != 1:
        return {}
    [one] = summaries
    billed = joined.total.billed if joined.total else None
    return {
        "summary_kwh": one.kwh,
        "summary_difference_kwh": None if one.kwh is None or billed is None else one.kwh - billed,
        "summary_amount": one.amount,
    }


def join_json(one: OfService, said: Summarised = NOTHING_SAID) -> dict[str, Any]:
    """Return all there is of a service beside its meters; numbers are strings with all their digits."""
    joined, summaries = one.joined, _summaries_of(one, said)
    row = join_row(one, summaries)
    return {
        **{column.name: _json(row.get(column.name)) for column in JOIN_COLUMNS},
        "energy": [_energy_json(row) for row in joined.energy],
        "demand": [_demand_json(row) for row in joined.demand],
        "charges": [_charge_json(row) for row in joined.charges],
        "channels": {name: _measured_json(of) for name, of in (joined.channels or {}).items()},
        "missing_meter_days": [
            {"date": str(day.date), "meter": day.meter, "intervals": day.intervals, "is_whole": day.is_whole}
            for day in joined.missing
        ],
        "unconfirmed_imports": list(joined.unconfirmed),
        "summaries": [_summary_json(summary) for summary in summaries],
    }


def _keys(one: OfService) -> Row:
    kept, joined = one.kept, one.joined
    return {
        "sha256": kept.sha256,
        "bill": kept.position,
        "service": one.number,
        "issuer": one.issuer,
        "customer_account": one.customer_account,
        "statement_date": one.statement_date,
        "provider": joined.provider,
        "role": joined.role,
        "service_account": joined.service_account,
        "rate_schedule": joined.rate_schedule,
        "period_start": joined.first,
        "period_end": joined.last,
        "state": kept.state,
        "trust": kept.trust,
        "standing": one.standing,
        "counts": one.standing == COUNTS and kept.state != "unreadable",
    }


def _said(joined: Joined) -> Row:
    has_data = joined.channels is not None
    return {
        "verdict": joined.verdict.value,
        "reason": joined.reason,
        "is_confirmed": not joined.unconfirmed if has_data else None,
        "is_provisional": joined.is_provisional if has_data else None,
        "channel": joined.basis,
    }


def _energy(joined: Joined) -> Row:
    total, exported = joined.total, joined.exported
    row: Row = {
        "billed_kwh": total.billed if total else None,
        "metered_kwh": total.metered if total else None,
        "difference_kwh": total.difference if total else None,
        "billed_exported_kwh": exported.billed if exported else None,
        "metered_exported_kwh": exported.metered if exported else _received(joined),
    }
    for one in joined.energy:
        if one.bucket in PRICE_PERIODS:
            name = _named(one.bucket)[0]
            row |= {f"billed_{name}_kwh": one.billed, f"metered_{name}_kwh": one.metered}
    return row


def _received(joined: Joined) -> Decimal | None:
    """Return the kWh sent back where the bill says nothing of them."""
    received = (joined.channels or {}).get("received")
    return None if received is None else kwh(received.thousandths)


def _demand(joined: Joined) -> Row:
    overall = next((one for one in joined.demand if one.bucket == OVERALL), None)
    measured = _measured(joined)
    peak = measured.peak if measured else None
    row: Row = {
        "billed_kw": overall.billed if overall else None,
        "metered_kw": highest(joined),
        "peak_at": _at(peak),
        "is_lower_bound": measured.is_lower_bound if measured else None,
    }
    for tou in ("on_peak", "mid_peak"):
        billed = [one for one in joined.demand if one.bucket.tou == tou]
        greatest = max(billed, key=lambda one: one.billed, default=None)
        peaks = [one for bucket, one in measured.peaks.items() if bucket.tou == tou] if measured else []
        peak = greatest.peak if greatest else max(peaks, key=lambda one: one.thousandths, default=None)
        row[f"billed_{tou}_kw"] = greatest.billed if greatest else None
        row[f"metered_{tou}_kw"] = greatest.metered if greatest else _kw(peak)
        row[f"{tou}_at"] = _at(peak)
    return row


def _measured(joined: Joined) -> Measured | None:
    """Return the channel that kW are told from."""
    return (joined.channels or {}).get("delivered", joined.measured)


def _kw(peak: Peak | None) -> Decimal | None:
    return None if peak is None else Decimal(peak.billed_kw)


def _at(peak: Peak | None) -> str | None:
    return None if peak is None else peak.at.isoformat(timespec="minutes")


def _readings(joined: Joined) -> Row:
    measured = joined.measured
    if measured is None:
        return {}
    ratio = joined.ratio
    return {
        "expected_intervals": measured.expected,
        "present_intervals": measured.present,
        "missing_intervals": measured.missing,
        "estimated_share": joined.estimated_share,
        "load_factor": measured.load_factor,
        "shift": shifted(joined.shift) if joined.shift != PLAIN else None,
        "ratio": f"{times(ratio)}: {ratio.meaning}" if ratio else None,
        "clock_off": shifted(joined.clock_off) if joined.clock_off else None,
        "assumed_hours": "; ".join(joined.assumed) or None,
    }


def _dollars(joined: Joined) -> Row:
    energy = [one for one in joined.charges if one.component == Component.ENERGY]
    demand = [one for one in joined.charges if one.component != Component.ENERGY]
    return {**_sums("energy", energy), **_sums("demand", demand)}


def _sums(name: str, charges: Sequence[Expected]) -> Row:
    if not charges:
        return {}
    printed, expected = totals(charges)
    return {f"printed_{name}": printed, f"expected_{name}": expected}


def _json(value: Value) -> str | int | bool | None:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def _energy_json(row: Energy) -> dict[str, Any]:
    numbers = {"billed": row.billed, "metered": row.metered, "difference": row.difference}
    return {**_bucket_json(row.bucket), **{name: _json(value) for name, value in numbers.items()}}


def _demand_json(row: DemandRow) -> dict[str, Any]:
    return {
        **_bucket_json(row.bucket),
        "billed": _json(row.billed),
        "metered": _json(row.metered),
        "exact": _json(row.peak.kw) if row.peak else None,
        "at": _at(row.peak),
        "is_lower_bound": row.is_lower_bound,
        "is_charged": row.is_charged,
        "scale": str(row.scale),
    }


def _charge_json(row: Expected) -> dict[str, Any]:
    return {
        "section": row.section,
        "component": row.component.value,
        **_bucket_json(row.bucket),
        "printed": _json(row.printed),
        "expected": _json(row.expected),
    }


def _measured_json(of: Measured) -> dict[str, Any]:
    return {
        "kwh": _json(kwh(of.thousandths)),
        "buckets": [
            {**_bucket_json(bucket), "kwh": _json(kwh(value))} for bucket, value in of.by_bucket.items()
        ],
        "unsplit_kwh": _json(kwh(of.unsplit)),
        "kw": _json(of.peak.kw) if of.peak else None,
        "at": _at(of.peak),
        "expected": of.expected,
        "present": of.present,
        "missing": of.missing,
        "estimated": of.estimated,
        "left_out": of.repeated,
    }


def _summary_json(one: Summed) -> dict[str, Any]:
    names = ("kwh", "amount", "additional", "kwh_since", "amount_since", "currency", "rate_schedule")
    return {
        "usage_point": one.usage_point,
        "first": _json(one.first),
        "last": _json(one.last),
        **{name: _json(getattr(one, name)) for name in names},
        "costs": [
            {
                "label": cost.label,
                "kind": cost.kind,
                "amount": _json(cost.amount),
                "measured": _json(cost.measured),
                "unit": cost.unit,
            }
            for cost in one.costs
        ],
        "import": one.import_id,
    }


def _bucket_json(bucket: Bucket) -> dict[str, Any]:
    return {"season": bucket.season, "tou": bucket.tou}
