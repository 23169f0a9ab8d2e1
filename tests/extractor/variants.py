"""One bill, read in another form: the harness of the variants.

`as_printed` tells whether a reading says what the golden says, `honest` whether one that is
`verified` does. What a variation leaves away (usage page, meter) is not compared.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from extractor.bills import cut
from extractor.layouts import UnknownLayoutError
from extractor.model import Document
from extractor.reading import read_pages
from extractor.sheet import Page
from tests.extractor.bound import FOLDER, Pages, bound, pages_of
from tests.extractor.golden import as_json, differences, golden_of
from tests.extractor.typeset import Look, Row, Summary, Wording, first_page, rows_of, set_in

Json = dict[str, Any]
Change = Callable[[Json], None]
DOCUMENT = Document(path="variant.pdf", reader="test")

SPLIT = "gs2e-cpa-lean-season-split-2025"
"""A business bill with CPA, two seasons, prorations, cost responsibility lines under their own heading."""
BUNDLED = "gs3d-cpp-events-power-factor-2026"
SOLAR = "prime-sbp-export-credits-cpa-green-2026"
HOME = "domestic-cpa-clean-summer-2026"
TAXED = "gs2e-cpa-uut-both-sides-2026"
TWICE = "gs2e-bundled-wildfire-twice-2024"
NET = "d4-nem2-nonbypassable-charges-2026"
OLD = "old-gs2d-cpa-lean-season-split-2019"
BILLS = (SPLIT, BUNDLED, SOLAR, HOME, TAXED, TWICE)

OF_BILL = (
    "customer_account",
    "statement_date",
    "new_charges",
    "amount_due",
    "previous_balance",
    "account_lines",
)
OF_SERVICE = (
    "provider",
    "role",
    "service_account",
    "rate_schedule",
    "period",
    "charges",
    "subtotal",
    "total",
)


def read_all(pages: Sequence[Page]) -> list[Json]:
    """Return the record of every bill of some pages; where no layout claims them it is unreadable."""
    records: list[Json] = []
    for group in cut(pages)[0]:
        try:
            records.append(as_json(read_pages(group, DOCUMENT)))
        except UnknownLayoutError as error:
            finding = {"code": error.code, "message": str(error)}
            records.append({"status": "unreadable", "bill": None, "findings": [finding]})
    return records


def golden_copy(name: str) -> Json:
    """Return a copy of the golden bill of a file with one bill."""
    (record,) = golden_of(FOLDER / f"{name}.pdf")
    bill: Json = copy.deepcopy(record["bill"])
    return bill


def essence(bill: Json) -> Json:
    """Return what charges and account summary say, the part of a bill that every variation keeps."""
    services = [{name: service[name] for name in OF_SERVICE} for service in bill["services"]]
    return {**{name: bill[name] for name in OF_BILL}, "services": services}


def as_printed(record: Json, golden: Json) -> list[str]:
    """Return what a record says otherwise than the golden, and the findings where it is not verified."""
    wrong = list(differences(record["bill"], golden))
    if record["status"] != "verified":
        wrong += [f"{record['status']}: {one['code']}: {one['message']}" for one in record["findings"]]
    return wrong


def codes(record: Json) -> set[str]:
    """Return the codes of a record's findings."""
    return {finding["code"] for finding in record["findings"]}


def unchanged(bill: Json) -> None:
    """Leave a golden record as it is."""


Split = Callable[[list[Row]], list[list[Row]]]


def whole(rows: list[Row]) -> list[list[Row]]:
    """Set a charges area on one page."""
    return [rows]


def same_rows(rows: list[Row]) -> list[Row]:
    """Leave the rows of a charges area as they are."""
    return rows


@dataclass(frozen=True)
class Variant:
    """How a golden record is set in type: what it says, in which words, where, on how many pages."""

    change: Change = unchanged
    wording: Wording = field(default_factory=Wording)
    look: Look = field(default_factory=Look)
    says: Summary | None = None
    """With a page 1 set in type as well, which says so; else the sample's pages before its charges are kept."""
    split: Split = whole
    rows: Callable[[list[Row]], list[Row]] = same_rows


def set_bill(name: str, variant: Variant) -> tuple[Pages, Json]:
    """Return the pages of a bill set in type, and the golden that they say."""
    bill = golden_copy(name)
    variant.change(bill)
    pages = _front(name, bill, variant)
    for service in bill["services"]:
        supply = service["service_account"] if service["role"] == "generation" else ""
        for part in variant.split(variant.rows(rows_of(service, variant.wording))):
            header = f"EXAMPLE CUSTOMER / Page {len(pages) + 1} of 2"
            pages.append(set_in(part, variant.look, 0, header, supply))
    return bound(pages), bill


def _front(name: str, bill: Json, variant: Variant) -> list[Page]:
    if variant.says is not None:
        return [first_page(bill, variant.look, variant.wording.money, variant.says)]
    pages = pages_of(name)
    first = next(at for at, page in enumerate(pages) if "yourrate:" in page.squeezed)
    return list(pages[:first])


def read_variant(name: str, variant: Variant) -> tuple[Json, Json]:
    """Return the record of a bill set in type, and the golden that it should say."""
    pages, golden = set_bill(name, variant)
    (record,) = read_all(pages)
    return record, golden


# --- what a golden says, changed -----------------------------------------------------------------


def relabelled(pattern: str, new: str, roles: Sequence[str] = ("bundled", "delivery")) -> Change:
    """Return the change that rewords labels and groups; what they mean stays."""
    return partial(_relabel, pattern, new, roles)


def _relabel(pattern: str, new: str, roles: Sequence[str], bill: Json) -> None:
    for service in bill["services"]:
        for charge in service["charges"] if service["role"] in roles else ():
            for name in ("label", "group"):
                if charge[name]:
                    charge[name] = re.sub(pattern, new, charge[name])


def closed(bill: Json) -> None:
    """Make subtotals, totals and the account follow from the lines."""
    before = Decimal(bill["new_charges"])
    for service in bill["services"]:
        above = [
            Decimal(line["amount"])
            for line in service["charges"]
            if line["section"] != "tax" or service["role"] == "generation"
        ]
        if service["subtotal"] is not None:
            service["subtotal"] = str(sum(above))
        service["total"] = str(sum(Decimal(line["amount"]) for line in service["charges"]))
    bill["new_charges"] = str(sum(Decimal(service["total"]) for service in bill["services"]))
    bill["amount_due"] = str(Decimal(bill["amount_due"]) - before + Decimal(bill["new_charges"]))


LARGE = replace(Look(), numbers=325.0, amounts=440.0, sidebar_x=455.0)
"""Room for large numbers."""
