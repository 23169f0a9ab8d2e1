"""What a bill says, in our words: the record every other part reads, writes or checks.

The shape is one JSON object per bill (`ReadResult`). Money, energy, demand and rates are
exact decimals and appear as JSON strings; dates are ISO. What the document does not print
is None; what it prints but could not be read is None too, with a finding that points at
the place. This module imports nothing of ours.

>>> Charge.model_fields["amount"].annotation is Decimal
True
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PlainSerializer

Dec = Annotated[Decimal, PlainSerializer(lambda value: format(value, "f"), return_type=str, when_used="json")]
"""An exact decimal; in JSON a string in plain notation, with the printed digits."""

BBox = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points from the top left corner of the page as shown."""

Season = Literal["summer", "winter"]
Tou = Literal["on_peak", "mid_peak", "off_peak", "super_off_peak"]
Section = Literal["delivery", "generation", "other", "tax"]
Role = Literal["bundled", "delivery", "generation"]
Severity = Literal["error", "warning", "info"]
Kind = Literal["regular", "opening", "final", "corrected", "catch_up", "nem_settlement", "summary"]


class Status(StrEnum):
    """How far a reading may be trusted; the worst of its parts wins."""

    VERIFIED = "verified"
    REVIEW = "review"
    UNREADABLE = "unreadable"


class Component(StrEnum):
    """What a charge line is for: a closed list to pivot on, since printed labels drift."""

    ENERGY = "energy"
    FACILITIES_DEMAND = "facilities_demand"
    TIME_DEMAND = "time_demand"
    CUSTOMER = "customer"
    WILDFIRE_FUND = "wildfire_fund"
    FIXED_RECOVERY = "fixed_recovery"
    PCIA = "pcia"
    CTC = "ctc"
    OTHER_CRS = "other_crs"
    MUNICIPAL_SURCHARGE = "municipal_surcharge"
    POWER_FACTOR = "power_factor"
    CPP = "cpp"
    EXPORT_CREDIT = "export_credit"
    BASELINE_CREDIT = "baseline_credit"
    CLIMATE_CREDIT = "climate_credit"
    DISCOUNT = "discount"
    STATE_TAX = "state_tax"
    ENERGY_SURCHARGE = "energy_surcharge"
    UUT = "uut"
    ADJUSTMENT = "adjustment"
    NON_ENERGY = "non_energy"
    UNKNOWN = "unknown"


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(Record):
    """Where on the document a value is printed: page from 1, box in points, text exactly as read.

    EDI has no pages: there `page` is the number of the segment in the file, `bbox` None, `text` the segment.
    """

    page: int
    bbox: BBox | None
    text: str
    confidence: float | None = None


class Charge(Record):
    """One printed charge line. `rate` is USD per `unit`; of a percentage tax the percentage as printed."""

    line: int
    section: Section
    component: Component
    group: str | None = None
    label: str
    tou: Tou | None = None
    season: Season | None = None
    vintage: str | None = None
    quantity: Dec | None = None
    unit: str | None = None
    rate: Dec | None = None
    days: tuple[int, int] | None = None
    amount: Dec
    evidence: Evidence


class Period(Record):
    """A billing period; both dates inclusive, as printed. `days` is the printed count."""

    start: dt.date
    end: dt.date
    days: int | None = None


class Meter(Record):
    """One meter of a service, with the dates it measured."""

    number: str
    start: dt.date | None = None
    end: dt.date | None = None
    usage_kwh: Dec | None = None
    estimated: bool = False


class Demand(Record):
    """A row of the demand box: the highest kW of a price period, and when it was reached."""

    season: Season | None = None
    tou: Tou | None = None
    kw: Dec
    at: str | None = None


class UsageMonth(Record):
    """A column of the printed usage comparison; month as YYYY-MM."""

    month: str
    kwh: Dec | None = None
    days: int | None = None


class Balance(Record):
    """A tracked or carried amount that is no charge of this bill (NEM and the like)."""

    label: str
    amount: Dec | None = None
    kwh: Dec | None = None


class AccountLine(Record):
    """A row of the account summary that has no field of its own: payments, late payment charge, ..."""

    label: str
    date: dt.date | None = None
    amount: Dec


class Service(Record):
    """What one provider bills for one service account over one billing period."""

    status: Literal["verified", "review"]
    provider: str | None = None
    role: Role | None = None
    service_account: str | None = None
    pod_id: str | None = None
    service_address: str | None = None
    rotating_outage_group: str | None = None
    rate_schedule: str | None = None
    product: str | None = None
    period: Period | None = None
    meter: str | None = None
    meters: tuple[Meter, ...] = ()
    usage_kwh: Dec | None = None
    exported_kwh: Dec | None = None
    estimated: bool | None = None
    max_demand_kw: Dec | None = None
    demands: tuple[Demand, ...] = ()
    usage_history: tuple[UsageMonth, ...] = ()
    balances: tuple[Balance, ...] = ()
    charges: tuple[Charge, ...] = ()
    subtotal: Dec | None = None
    total: Dec | None = None


class Bill(Record):
    """One bill: the account's summary and its services."""

    issuer: str | None = None
    kind: Kind | None = None
    customer_name: str | None = None
    mailing_address: str | None = None
    customer_account: str | None = None
    statement_date: dt.date | None = None
    due_date: dt.date | None = None
    next_cycle_end: dt.date | None = None
    autopay: bool | None = None
    previous_balance: Dec | None = None
    balance_forward: Dec | None = None
    account_lines: tuple[AccountLine, ...] = ()
    new_charges: Dec | None = None
    amount_due: Dec | None = None
    services: tuple[Service, ...] = ()


class Proof(Record):
    """One arithmetic identity that was tried, and the values (JSON pointers) it protects."""

    identity: str
    service: int | None = None
    subjects: tuple[str, ...]
    printed: Dec
    computed: Dec
    tolerance: Dec
    gate: bool
    holds: bool
    page: int | None = None


class Finding(Record):
    """Something a person should know about a reading; errors keep it from being verified."""

    code: str
    severity: Severity
    message: str
    service: int | None = None
    page: int | None = None
    bbox: BBox | None = None


class Document(Record):
    """The file, which of its pages (of EDI: segments) this bill took, and who read it."""

    path: str
    sha256: str | None = None
    pages: int | None = None
    page_range: tuple[int, int] | None = None
    source: Literal["text", "ocr", "mixed", "edi"] | None = None
    layout: str | None = None
    reader: str

    @property
    def counted_in(self) -> str:
        """What places in the file are counted in: pages, or of EDI segments."""
        return "segment" if self.source == "edi" else "page"


class ReadResult(Record):
    """One bill as read: the record of the read contract, one JSON line of `billclerk read`."""

    document: Document
    status: Status
    bill: Bill | None = None
    evidence: dict[str, Evidence] = {}
    proof: tuple[Proof, ...] = ()
    findings: tuple[Finding, ...] = ()
