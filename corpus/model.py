"""A sample bill as data: what is printed, and how.

Drawing and golden record are both made from these records, so neither can know more than
the other. Amounts and rates are Decimals with the digits that are printed.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Charge:
    """One charge line; the last fields say how it is printed."""

    section: str
    component: str
    label: str
    amount: Decimal
    group: str | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    rate: Decimal | None = None
    days: tuple[int, int] | None = None
    tou: str | None = None
    season: str | None = None
    vintage: str | None = None
    negative: str = "-$"  # how an amount below zero is printed, see drawing.wording.usd
    wrap: tuple[str, ...] = ()  # the label's printed lines, when it is wrapped
    heading: bool = False  # `group` is printed like a section heading


@dataclass(frozen=True)
class Meter:
    """One meter of the usage block."""

    number: str
    start: date
    end: date
    usage_kwh: Decimal | None = None
    estimated: bool = False


@dataclass(frozen=True)
class Month:
    """One column of the usage comparison; `kwh` is None where an asterisk stands."""

    year: int
    month: int
    kwh: int | None
    days: int | None


@dataclass(frozen=True)
class Usage:
    """The usage block of page 3."""

    total_kwh: Decimal
    meters: tuple[Meter, ...]
    estimated: bool = False
    exported_kwh: Decimal | None = None
    reactive_kvarh: int | None = None
    history: tuple[Month, ...] = ()


@dataclass(frozen=True)
class DemandRow:
    """A row of `Maximum ... demand reached by price period`."""

    season: str
    tou: str
    kw: int
    at: str


@dataclass(frozen=True)
class DemandBox:
    """The demand block of page 3."""

    max_kw: int
    threshold_kw: int
    rows: tuple[DemandRow, ...]
    reactive_kvar: int | None = None


@dataclass(frozen=True)
class Balance:
    """A printed figure that is carried on and is no charge (NEM and the like)."""

    label: str
    amount: Decimal | None = None
    kwh: Decimal | None = None


@dataclass(frozen=True)
class Place:
    """Where the electricity goes: the header that belongs to a service."""

    service_account: str
    address: tuple[str, ...]
    pod_id: str | None = None
    outage_group: str | None = None


@dataclass(frozen=True)
class Service:
    """One details block: provider x service account x period."""

    provider: str
    role: str
    place: Place
    rate_schedule: str
    start: date
    end: date
    charges: tuple[Charge, ...]
    total: Decimal
    subtotal: Decimal | None = None
    product: str | None = None
    usage: Usage | None = None
    demand: DemandBox | None = None
    balances: tuple[Balance, ...] = ()
    rate_mark: str = ""  # printed after the schedule, " (SCE)"
    season_note: str = ""
    sidebar: tuple[tuple[str, tuple[str, ...]], ...] = ()
    residential: bool = False
    notes: tuple[str, ...] = ()  # sentences printed under the charges

    @property
    def days(self) -> int:
        """The number of days, both ends included."""
        return (self.end - self.start).days + 1


@dataclass(frozen=True)
class SummaryRow:
    """A row of the account summary; `kind` is previous, line, balance, new or owed."""

    kind: str
    printed: str
    amount: Decimal
    label: str = ""  # as it goes into account_lines
    day: date | None = None
    negative: str = "-$"


@dataclass(frozen=True)
class Sheet:
    """One page: what kind, and which services (by index) it shows."""

    kind: str
    services: tuple[int, ...] = ()


@dataclass(frozen=True)
class Style:
    """How the PDF itself is made."""

    seed: str = ""
    era: str = "base14"  # or "embedded", the bills from September 2025
    type3_headings: bool = False
    split_words: bool = True  # some strings over several show operators
    word_offsets: bool = False  # words placed one by one, without space glyphs
    rotate: int = 0  # the page's /Rotate; what a reader sees stays upright
    crop: bool = False  # a crop box inside a larger media box


@dataclass(frozen=True)
class Bill:
    """One bill as issued."""

    customer_account: str | None
    name: str
    mailing: tuple[str, ...]
    statement_date: date
    due_date: date | None
    rows: tuple[SummaryRow, ...]
    new_charges: Decimal
    amount_due: Decimal | None
    services: tuple[Service, ...]
    sheets: tuple[Sheet, ...]
    style: Style = field(default_factory=Style)
    issuer: str = "SCE"
    layout: str = "sce_current"
    kind: str | None = None
    kind_text: str = ""  # the words that say the kind
    autopay: bool | None = None
    next_cycle_end: date | None = None
    residential: bool = False
    header_blocks: bool = False  # each service's pages repeat its service account
    past_due: Decimal = Decimal(0)
    messages: tuple[str, ...] = ()
    do_not_pay: bool = False
    stub: bool = True


@dataclass(frozen=True)
class Sample:
    """One file of the corpus."""

    name: str
    bills: tuple[Bill, ...]
    findings: tuple[str, ...] = ()
    status: str = "verified"
    covers: tuple[str, ...] = ()  # the special cases of bills.md 3 to 11 it shows
