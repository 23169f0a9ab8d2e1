"""Optional values that were recognised and confirmed by nothing are left open, with a warning.

A meter's number, a POD-ID, an address, a month of the usage history: nobody needs them for a bill
to be verified, and nothing proves them. Read once, they may be wrong; so they become null. So does an
address that two readings may get wrong alike: whose flat is a letter or digit that looks like the other,
that has words stuck together or a full stop, or that another service of its account prints otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from extractor.draft import (
    AccountLineDraft,
    Aside,
    Draft,
    ServiceDraft,
    UsageMonthDraft,
)
from extractor.model import Finding
from extractor.paper import Printed
from extractor.sheet import AGREED

OF_BILL = ("kind", "customer_name", "mailing_address", "due_date", "next_cycle_end", "autopay")
OF_SERVICE = (
    "pod_id",
    "service_address",
    "rotating_outage_group",
    "product",
    "meter",
    "usage_kwh",
    "exported_kwh",
    "estimated",
    "max_demand_kw",
)

ADDRESSES = ("service_address", "mailing_address")
_UNIT = re.compile(
    r"(?:#|\b(?:STE|APT|UNIT|SPC|BLDG|RM|FL|NO)\.?) ?"
    r"(?:[0125680OISZGB]|[0-9][OISZGB]|[OISZGB][0-9]|[A-Z][0125680]|[0125680][A-Z])(?![0-9A-Z])"
)
"""A flat or suite of which one letter looks like a digit, and nothing beside it tells: `# B` and `#8`."""

_GLUED = re.compile(r"\d(?!(?:st|nd|rd|th)\b)[a-z]{2}|[a-z]{2}\d|(?<!\bP)(?<!\bP\.O)\.", re.I)
"""A number and a word without a space between them, or a full stop, which bills print in `P.O.` alone."""

_METER = re.compile(r"[A-Z]?\d{3}[A-Z0-9]{1,3}-\d{4,6}")
"""A meter's number as bills print it: `222011-000102`, `V345N-012345`."""

_POD_ID = re.compile(r"\d{18}")
"""A POD-ID as bills print it: 18 digits."""

_FORMS = {"meter": _METER, "pod_id": _POD_ID}
"""What a whole value looks like; of one that does not a part is gone, or something else was taken for it."""

LISTS = ("meters", "demands", "balances")
"""Rows of which one that was not read would not be missed."""


def leave_open(draft: Draft, aside: Aside) -> None:
    """Take out of a draft the optional values that stand on one recognition, and say so."""
    told = {witness.pointer for witness in aside.witnesses}
    for name in OF_BILL:
        if _is_open(draft, name) and f"/bill/{name}" not in told:
            aside.findings.append(_left_open(name, getattr(draft, name), None))
            setattr(draft, name, None)
    draft.account_lines = [_dateless(line, aside) for line in draft.account_lines]
    _open_unlike_addresses(draft, aside)
    for index, service in enumerate(draft.services):
        _of_service(service, index, aside)


def _open_unlike_addresses(draft: Draft, aside: Aside) -> None:
    """Leave the recognised addresses of a service account open where its services print different ones."""
    printed: dict[str, set[str]] = {}
    for service in draft.services:
        if service.service_account and service.service_address:
            printed.setdefault(service.service_account.value, set()).add(service.service_address.value)
    for index, service in enumerate(draft.services):
        address = service.service_address
        if address is None or address.confidence is None or service.service_account is None:
            continue
        if len(printed[service.service_account.value]) > 1:
            aside.findings.append(_left_open("service_address", address, index))
            service.service_address = None


def _of_service(service: ServiceDraft, index: int, aside: Aside) -> None:
    for name in OF_SERVICE:
        if _is_open(service, name):
            aside.findings.append(_left_open(name, getattr(service, name), index))
            setattr(service, name, None)
    for name in LISTS:
        _keep(service, name, index, aside)
    named = not any(_is_doubtful(month.month) for month in service.usage_history)
    service.usage_history = [_emptied(month) for month in service.usage_history] if named else []


def _keep(service: ServiceDraft, name: str, index: int, aside: Aside) -> None:
    """Keep a list of recognised rows only where something proves it complete: for meters, their own kWh."""
    rows = getattr(service, name)
    recognised = [value for row in rows for value in _printed(row) if value.confidence is not None]
    whole = name == "meters" and all(_METER.fullmatch(row.number.value) for row in rows)
    if recognised and (not whole or any(_is_doubtful(value) for value in recognised)):
        aside.findings.append(_left_open(name, recognised[0], index))
        setattr(service, name, [])


def _dateless(line: AccountLineDraft, aside: Aside) -> AccountLineDraft:
    if line.date is None or not _is_doubtful(line.date):
        return line
    aside.findings.append(_left_open("date of a row of the account summary", line.date, None))
    return AccountLineDraft(line.label, None, line.amount)


def _emptied(month: UsageMonthDraft) -> UsageMonthDraft:
    kwh = None if _is_doubtful(month.kwh) else month.kwh
    return UsageMonthDraft(month.month, kwh, None if _is_doubtful(month.days) else month.days)


def _printed(row: Any) -> Iterator[Printed[Any]]:
    for slot in fields(row):
        value = getattr(row, slot.name)
        if isinstance(value, Printed):
            yield value


def _is_doubtful(value: Any) -> bool:
    return isinstance(value, Printed) and value.confidence is not None and value.confidence < AGREED


def _is_open(of: Draft | ServiceDraft, name: str) -> bool:
    value = getattr(of, name)
    if not isinstance(value, Printed) or value.confidence is None:
        return False
    form = _FORMS.get(name)
    if form is not None and form.fullmatch(value.value) is None:
        return True
    doubtful_address = name in ADDRESSES and (_UNIT.search(value.value) or _GLUED.search(value.value))
    return _is_doubtful(value) or bool(doubtful_address)


def _left_open(name: str, value: Printed[Any], service: int | None) -> Finding:
    return Finding(
        code="unread_field",
        severity="warning",
        message=f"the {name.replace('_', ' ')} was recognised and is confirmed by nothing: left open",
        service=service,
        page=value.page,
        bbox=value.bbox,
    )
