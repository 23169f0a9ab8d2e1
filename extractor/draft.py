"""What a layout hands on: every value with its place, and what the pages say that is no field of a bill.

A draft mirrors the record of `extractor.model` field by field, each leaf a `Printed` value.
`assemble` turns it into the record's plain values and the evidence that goes with them.
What only serves the proof (the outline of headings, the cost box, the scan line, the places
that print a value a second time) stays in the draft, for `extractor.checks`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, is_dataclass
from decimal import Decimal
from typing import Any, Literal

from extractor.model import Bill, Charge, Evidence, Finding, Role, Season, Section, Tou
from extractor.paper import Printed

HeadingKind = Literal["section", "group", "provider"]


@dataclass(frozen=True)
class Heading:
    """A heading inside the charges area, and how many charge lines stand above it."""

    kind: HeadingKind
    text: str
    page: int
    after: int
    section: Section | None = None
    season: Season | None = None
    unit: str | None = None


@dataclass(frozen=True)
class PeriodDraft:
    """Billing period as printed."""

    start: Printed[dt.date]
    end: Printed[dt.date]
    days: Printed[int] | None = None


@dataclass
class MeterDraft:
    """One meter and the dates it measured."""

    number: Printed[str]
    start: Printed[dt.date] | None = None
    end: Printed[dt.date] | None = None
    usage_kwh: Printed[Decimal] | None = None
    estimated: bool = False


@dataclass(frozen=True)
class DemandDraft:
    """A row of the demand box."""

    season: Season | None
    tou: Tou | None
    kw: Printed[Decimal]
    at: Printed[str] | None


@dataclass(frozen=True)
class UsageMonthDraft:
    """A column of the usage comparison."""

    month: Printed[str]
    kwh: Printed[Decimal] | None
    days: Printed[int] | None


@dataclass(frozen=True)
class BalanceDraft:
    """A tracked or carried amount."""

    label: Printed[str]
    amount: Printed[Decimal] | None = None
    kwh: Printed[Decimal] | None = None


@dataclass(frozen=True)
class AccountLineDraft:
    """A row of the account summary."""

    label: Printed[str]
    date: Printed[dt.date] | None
    amount: Printed[Decimal]


@dataclass(frozen=True)
class Row:
    """A printed row that only serves the proof: of the summary, the cost box or the billing detail."""

    label: str
    amount: Printed[Decimal]
    kwh: Printed[Decimal] | None = None
    tou: Tou | None = None
    service_account: str | None = None
    rate_schedule: str | None = None
    period: tuple[dt.date, dt.date] | None = None
    """First and last day, both inclusive."""


@dataclass
class CostBox:
    """Page 3's box: kWh and cost per price period, and the dollars of energy, demand, other and all."""

    page: int
    periods: list[Row] = field(default_factory=list)
    kwh: Printed[Decimal] | None = None
    energy: Printed[Decimal] | None = None
    demand: Printed[Decimal] | None = None
    other: Printed[Decimal] | None = None
    total: Printed[Decimal] | None = None


@dataclass
class ServiceDraft:
    """One service as a layout read it."""

    provider: Printed[str] | None = None
    role: Role | None = None
    service_account: Printed[str] | None = None
    pod_id: Printed[str] | None = None
    service_address: Printed[str] | None = None
    rotating_outage_group: Printed[str] | None = None
    rate_schedule: Printed[str] | None = None
    product: Printed[str] | None = None
    period: PeriodDraft | None = None
    meter: Printed[str] | None = None
    meters: list[MeterDraft] = field(default_factory=list)
    usage_kwh: Printed[Decimal] | None = None
    exported_kwh: Printed[Decimal] | None = None
    estimated: Printed[bool] | None = None
    max_demand_kw: Printed[Decimal] | None = None
    demands: list[DemandDraft] = field(default_factory=list)
    usage_history: list[UsageMonthDraft] = field(default_factory=list)
    balances: list[BalanceDraft] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    subtotal: Printed[Decimal] | None = None
    total: Printed[Decimal] | None = None


@dataclass
class ServiceAside:
    """What proves a service and is no field of it."""

    page: int = 0
    headings: list[Heading] = field(default_factory=list)
    subtotal_after: int | None = None
    subtotals: list[tuple[int, Printed[Decimal]]] = field(default_factory=list)
    """Every subtotal and how many charge lines stand above it; the record keeps the last one."""
    cost_box: CostBox | None = None
    tracked: bool = False
    cca_marked: bool = False
    direct_access: bool = False
    period_note: str = ""


@dataclass
class Draft:
    """One bill as a layout read it."""

    issuer: Printed[str] | str | None = None
    kind: Printed[str] | None = None
    customer_name: Printed[str] | None = None
    mailing_address: Printed[str] | None = None
    customer_account: Printed[str] | None = None
    statement_date: Printed[dt.date] | None = None
    due_date: Printed[dt.date] | None = None
    next_cycle_end: Printed[dt.date] | None = None
    autopay: Printed[bool] | None = None
    previous_balance: Printed[Decimal] | None = None
    balance_forward: Printed[Decimal] | None = None
    account_lines: list[AccountLineDraft] = field(default_factory=list)
    new_charges: Printed[Decimal] | None = None
    amount_due: Printed[Decimal] | None = None
    services: list[ServiceDraft] = field(default_factory=list)


@dataclass
class Witness:
    """Another place on the document that prints a value of the record again."""

    pointer: str
    printed: Printed[Any]


@dataclass
class EdiAside:
    """What an EDI invoice counts and adds up, and how much of it is there."""

    segments: int
    items: int
    counted_segments: Printed[int] | None = None
    counted_items: Printed[int] | None = None
    whole: Printed[Decimal] | None = None
    """The sum of all lines of all services: TDS01."""
    current_bill: Printed[Decimal] | None = None
    is_due_alone: bool = False
    """Whether there are no balances, so that the sum is what is due."""


@dataclass
class Aside:
    """What proves a bill and is no field of it; `services` goes in step with the draft's."""

    services: list[ServiceAside] = field(default_factory=list)
    summary: list[Row] = field(default_factory=list)
    detail: list[Row] = field(default_factory=list)
    detail_total: Printed[Decimal] | None = None
    scan_line: Printed[str] | None = None
    witnesses: list[Witness] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    edi: EdiAside | None = None
    """Where the bill is an EDI invoice, and nothing of it is print."""


def assemble(draft: Draft) -> tuple[Bill, dict[str, Evidence]]:
    """Return the record a draft says, and where each of its values stands, by JSON pointer."""
    evidence: dict[str, Evidence] = {}
    values = _plain(draft, "/bill", evidence)
    return Bill.model_validate(values), evidence


def _plain(draft: Any, pointer: str, evidence: dict[str, Evidence]) -> dict[str, Any]:
    names = draft.__dataclass_fields__
    values = {name: _value(getattr(draft, name), f"{pointer}/{name}", evidence) for name in names}
    if isinstance(draft, ServiceDraft):
        values["status"] = "review"
    return values


def _value(value: Any, pointer: str, evidence: dict[str, Evidence]) -> Any:
    if value is None:
        return None
    kind = type(value)
    if kind is Printed:
        evidence[pointer] = evidence_of(value)
        return value.value
    if kind is list:
        return [_value(item, f"{pointer}/{index}", evidence) for index, item in enumerate(value)]
    return _plain(value, pointer, evidence) if is_dataclass(value) else value


def evidence_of(value: Printed[Any]) -> Evidence:
    """Return the place of a printed value as the record shows it."""
    return Evidence(page=value.page, bbox=value.bbox, text=value.text, confidence=value.confidence)
