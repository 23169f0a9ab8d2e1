"""`Summary of your billing detail`: a row for each rate, provider and service account.

    Service account | Service address | Billing period | Your rate | New charges
    8000000001        ...               07/23/26 to 08/20/26  TOU-D-PRIME (SCE)   $495.60
    8000000001        ...               07/23/26 to 08/20/26  TOU-D-PRIME         $253.77
                                                                                  $749.37

It is printed only where a bill has more than one of them. Its rows are a second statement of
each service's total. Sources: a published Direct Access sample (2019), descriptions by CPA
and SCE of their combined bill; the exact header of current bills is not known.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from extractor.draft import Aside, Row
from extractor.layouts.sections.block_head import MARK
from extractor.layouts.sections.charge_lines import amount_of, text_before
from extractor.layouts.sections.details import HEADING as DETAILS
from extractor.layouts.sections.details import PAGE_OF
from extractor.model import Finding
from extractor.paper import Printed
from extractor.sheet import Page
from extractor.values import DATE, UnreadableValueError, day

HEADING = re.compile(r"\bsummary of your billing detail", re.I)
MARKER = "summaryofyourbillingdetail"
END = re.compile(
    r"^(?:your past and current|things you should know|your (?:daily )?average|usage comparison)", re.I
)
ACCOUNT = re.compile(r"^(\d[\d-]{6,}\d)\b")
PERIOD = re.compile(rf"(?P<start>{DATE})\s*(?:to|-|\u2013)\s*(?P<end>{DATE})(?!\d)")
RATE = re.compile(rf"(?:{DATE})\s*(?:to|-|\u2013)\s*(?:{DATE})\s+(?P<rate>\S.*)$")
SCHEDULE = re.compile(r"\b((?:SBP )?(?:TOU|GS|DOMESTIC|D|PA|LS|OL|AL|TC|DWL|ESP|NEM|S)\b[\w ()&/.-]*)$")


def read_detail(pages: Iterable[Page], aside: Aside) -> None:
    """Read the rows of the billing detail, over as many pages as it takes, and its total."""
    inside = False
    for page in pages:
        if MARKER not in page.squeezed and not inside:
            continue
        inside = _read_page(page, aside, inside)


def _read_page(page: Page, aside: Aside, inside: bool) -> bool:
    """Read a page's rows; return whether the table goes on."""
    account = aside.detail[-1].service_account if aside.detail else None
    for line in page.lines:
        if HEADING.search(line.text):
            inside = True
        elif inside and (END.match(line.text) or DETAILS.match(line.text)):
            return False
        elif inside and not PAGE_OF.search(line.text) and (amount := amount_of(line)) is not None:
            row, account = _row(text_before(line, amount), amount, account)
            if row.period is None and PERIOD.search(row.label):
                aside.findings.append(_no_dates(row))
            if row.rate_schedule is None and row.service_account is None and not _labelled(row):
                aside.detail_total = row.amount
                return False
            aside.detail.append(row)
    return inside and aside.detail_total is None


def _row(before: str, amount: Printed[Decimal], account: str | None) -> tuple[Row, str | None]:
    number = ACCOUNT.match(before)
    rate = RATE.search(before) or SCHEDULE.search(before)
    schedule = (
        MARK.sub("", rate["rate"] if "rate" in rate.re.groupindex else rate[1]).strip() if rate else None
    )
    account = number[1] if number else account
    named = account if schedule is not None or number else None
    row = Row(before, amount, service_account=named, rate_schedule=schedule, period=_period(before))
    return row, account


def _period(text: str) -> tuple[dt.date, dt.date] | None:
    """Return the billing period that a row prints; None if it prints none of the calendar."""
    match = PERIOD.search(text)
    try:
        return (day(match["start"]), day(match["end"])) if match else None
    except UnreadableValueError:
        return None


def _no_dates(row: Row) -> Finding:
    return Finding(
        code="billing_detail_row",
        severity="error",
        message="the billing period of a row in the summary of billing detail is no dates of the calendar",
        page=row.amount.page,
        bbox=row.amount.bbox,
    )


def _labelled(row: Row) -> bool:
    """Tell whether a row without rate or account still has words: it is a row, not the total."""
    return bool(row.label) and not re.match(r"^(?:total|your new charges|new charges)\b", row.label, re.I)
