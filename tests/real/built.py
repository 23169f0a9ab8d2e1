"""Bills of which only lines are known, as data, and the golden record each must read as.

A row whose `real` is true is printed as the source in dumps/ has it (label, arithmetic, amount);
all others are invented so that the document is a bill and its sums close (README.md lists them).
Fields that no source and no convention decides are left out of the golden record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["section", "group", "charge", "note", "subtotal", "total"]

TOU_WORDS = (("super", "super_off_peak"), ("on", "on_peak"), ("mid", "mid_peak"), ("off", "off_peak"))


@dataclass(frozen=True)
class Row:
    """A printed row of a details page. `section` of a charge: only where it is not its heading's."""

    kind: Kind
    label: str
    arithmetic: str = ""
    amount: str = ""
    component: str = ""
    section: str = ""
    season: str = ""  # only where no heading and no word says it
    tail: str = ""  # the label's last word, wrapped onto the line below
    indent: bool = False
    real: bool = False


@dataclass(frozen=True)
class Usage:
    """The usage block of page 3."""

    meter: str
    kwh: str


@dataclass(frozen=True)
class Service:
    """A details block and the fields of its golden record."""

    provider: str
    role: str
    account: str
    rate: str  # as printed after "Your rate:"
    start: str
    end: str
    days: int
    rows: tuple[Row, ...]
    product: str | None = None
    supplier: str = ""  # a generation page's provider, in capitals as printed
    usage: Usage | None = None
    sidebar: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    left_shift: float = 0.0

    @property
    def total(self) -> str:
        """Return the printed total."""
        return next(row.amount for row in self.rows if row.kind == "total")


@dataclass(frozen=True)
class BuiltBill:
    """A bill: page 1 as printed, its services, and which page numbers it prints."""

    name: str
    customer: str
    account: str
    service_account: str
    address: tuple[str, str]
    outage: str
    pod: str
    prepared: str
    due: str
    rows: tuple[tuple[str, str], ...]  # the account summary without its last row
    amount_due: str
    mailing: tuple[str, ...]
    services: tuple[Service, ...]
    next_cycle: str = ""
    scan: str = ""
    messages: tuple[str, ...] = ()
    past_due: str = ""
    summary: bool = False  # print "Summary of your billing detail"
    furniture: bool = True  # false: a document without SCE's pages
    fields: dict[str, Any] = field(
        default_factory=dict
    )  # golden fields of page 1 that differ from the plain case


def iso(printed: str) -> str:
    """Return a printed date of either era in ISO form.

    >>> iso("05/02/08"), iso("May 2 '08")
    ('2008-05-02', '2008-05-02')
    """
    form = "%m/%d/%y" if "/" in printed else "%b %d '%y"
    return datetime.strptime(printed, form).date().isoformat()  # noqa: DTZ007 - a printed date has no zone


def plain(amount: str) -> str:
    """Return the digits of a printed amount.

    >>> plain("-$1,234.50")
    '-1234.50'
    """
    return re.sub(r"[$,]", "", amount)


def golden(bill: BuiltBill) -> dict[str, Any]:
    """Return what a correct reading of the bill has."""
    services = [_service(bill, service) for service in bill.services]
    if not bill.furniture:
        return {"status": "verified", "bill": bill.fields | {"services": services}}
    new_charges = dict(bill.rows)["Your new charges"]
    account = {
        "issuer": "SCE",
        "kind": None,
        "customer_name": bill.customer,
        "mailing_address": ", ".join(bill.mailing),
        "customer_account": bill.account,
        "statement_date": iso(bill.prepared),
        "due_date": iso(bill.due),
        "next_cycle_end": iso(bill.next_cycle) if bill.next_cycle else None,
        "autopay": None,
        "new_charges": plain(new_charges),
        "amount_due": plain(bill.amount_due),
    }
    return {"status": "verified", "bill": account | bill.fields | {"services": services}}


def _service(bill: BuiltBill, service: Service) -> dict[str, Any]:
    subtotal = next((plain(row.amount) for row in service.rows if row.kind == "subtotal"), None)
    record: dict[str, Any] = {
        "status": "verified",
        "provider": service.provider,
        "role": service.role,
        "service_account": service.account,
        "rate_schedule": service.rate.removesuffix(" (SCE)"),
        "product": service.product,
        "period": {"start": iso(service.start), "end": iso(service.end), "days": service.days},
        "charges": list(_charges(service)),
        "subtotal": subtotal,
        "total": plain(service.total),
    }
    if service.role != "generation":
        record |= _usage(service) | {
            "service_address": ", ".join(bill.address),
            "rotating_outage_group": bill.outage,
        }
        record |= {"pod_id": bill.pod or None}
    return record


def _usage(service: Service) -> dict[str, Any]:
    if service.usage is None:
        return {"meter": None, "meters": [], "usage_kwh": None, "estimated": None}
    kwh = plain(service.usage.kwh)
    dates = {"start": iso(service.start), "end": iso(service.end)}
    meters = [{"number": service.usage.meter, **dates, "usage_kwh": kwh, "estimated": False}]
    return {"meter": service.usage.meter, "meters": meters, "usage_kwh": kwh, "estimated": False}


def _charges(service: Service) -> Iterator[dict[str, Any]]:
    """Yield the golden charges, with the section and group of the headings above each."""
    section, group, number = "generation", None, 0
    for row in service.rows:
        if row.kind == "section":
            section, group = row.section, None
        elif row.kind == "group":
            group = row.label
        elif row.kind == "charge":
            number += 1
            group = group if row.indent else None
            yield {"line": number, **_charge(row, row.section or section, group)}


def _charge(row: Row, section: str, group: str | None) -> dict[str, Any]:
    label = " ".join([row.label, row.tail]).strip(" -")
    words = f"{group or ''} {label}".lower()
    season = row.season or next((season for season in ("summer", "winter") if season in words), None)
    vintage = re.search(r"(20\d\d) Vintage", label)
    return {
        "section": section,
        "component": row.component,
        "group": group,
        "label": label,
        "tou": _tou(label),
        "season": season,
        "vintage": vintage[1] if vintage else None,
        **_arithmetic(row.arithmetic),
        "amount": plain(row.amount),
    }


def _tou(label: str) -> str | None:
    """Return the price period that the label names."""
    peak = re.search(r"\b(super|on|mid|off)[ -](?:off )?(?:peak|OfPk)", label, re.IGNORECASE)
    return dict(TOU_WORDS)[peak[1].lower()] if peak else None


def _arithmetic(printed: str) -> dict[str, Any]:
    """Return quantity, unit and rate of the three printed forms: SCE's, CPA's and a percentage."""
    empty = {"quantity": None, "unit": None, "rate": None, "days": None}
    if not printed:
        return empty
    quantity, rate = re.split(r" [x@] ", printed)
    if rate.endswith("%"):
        return empty | {"quantity": plain(quantity), "unit": "USD", "rate": rate.removesuffix("%")}
    amount, unit = quantity.split(" ")
    return empty | {"quantity": plain(amount), "unit": unit, "rate": plain(rate)}
