"""The law of reading: a record that is `verified` says what the bill says.

`broken` names what a verified record says otherwise than the golden record. Protected is what
the bill proves or prints more than once; not protected, by design: digits of a rate or of a
CCA's fractional kWh that move no cent, meter, POD-ID, history, names and addresses, and
misspellings that leave a label in its class. The same lines in another order break nothing.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from extractor.bills import cut
from extractor.layouts import UnknownLayoutError
from extractor.layouts.sections.providers import CCAS, product_named
from extractor.model import Document, ReadResult
from extractor.pages import pdfium
from extractor.reading import read_pages
from extractor.sheet import Page

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
DOCUMENT = Document(path="mutated.pdf", reader="test")
Json = Mapping[str, Any]

OF_BILL = (
    "issuer",
    "customer_account",
    "statement_date",
    "due_date",
    "amount_due",
    "new_charges",
    "previous_balance",
    "balance_forward",
)
OF_SERVICE = ("provider", "role", "service_account", "rate_schedule", "usage_kwh", "subtotal", "total")
PRINTED = {
    "usage_kwh": r"electricity .*\bin kWh -?[\d,]+",
    "subtotal": r"sub-?\s?total",
    "amount_due": r"amount due|total amount",
    "balance_forward": r"balance forward",
    "previous_balance": r"previous balance|last bill",
    "new_charges": r"new charges",
    "due_date": r"due by|owe by",
}
"""The words that print a field: where a line is lost with them, null is no wrong value."""

ONCE_IS_NOT_ENOUGH = ("customer_account", "service_account", "rate_schedule")
"""Protected only where the document prints them more than once: nothing else can tell."""


@dataclass(frozen=True)
class Sample:
    """A sample bill file: the words of its pages, and what its bills say."""

    name: str
    pages: tuple[Page, ...]
    golden: tuple[Json, ...]


class Line(NamedTuple):
    """What is protected of a charge."""

    section: str
    component: str
    group: str | None
    tou: str | None
    season: str | None
    unit: str | None
    days: tuple[int, ...] | None
    named: str | None
    quantity: Decimal | None
    amount: Decimal


class Paper(NamedTuple):
    """What a file's pages say, before and after they were changed."""

    before: str
    after: str
    codes: frozenset[str]


def samples(folder: Path = SAMPLES) -> Iterator[Sample]:
    """Give the sample bills that are verified as they are, each page as words alone."""
    for path in sorted(folder.glob("*.pdf")):
        golden = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if all(record["status"] == "verified" for record in golden):
            pages = tuple(of_words(page) for page in pdfium.read_pages(path.read_bytes()))
            yield Sample(path.stem, pages, tuple(record["bill"] for record in golden))


def of_words(page: Page) -> Page:
    """Return a page that says nothing but its words, so that changing them changes all it says."""
    words = [word for line in page.lines for word in line.words]
    return Page(page.number, page.width, page.height, words, page.source)


def read(pages: Sequence[Page]) -> Iterator[tuple[Sequence[Page], ReadResult]]:
    """Read every bill of some pages, each with its pages; what no layout claims gives no record."""
    for group in cut(pages)[0]:
        try:
            yield group, read_pages(group, DOCUMENT)
        except UnknownLayoutError:
            continue


def broken(sample: Sample, pages: Sequence[Page]) -> list[str]:
    """Return what verified records of the changed pages say otherwise than every golden record of the file."""
    before = _text(sample.pages)
    wrong: list[str] = []
    for group, result in read(pages):
        if result.status == "verified" and result.bill is not None:
            codes = frozenset(finding.code for finding in result.findings)
            bill, paper = result.bill.model_dump(mode="json"), Paper(before, _text(group), codes)
            candidates = [differences(bill, golden, paper) for golden in sample.golden]
            wrong += sorted(candidates, key=len)[0]
    return wrong


def _text(pages: Sequence[Page]) -> str:
    return "\n".join(page.text for page in pages)


def differences(bill: Json, golden: Json, paper: Paper) -> list[str]:
    """Return the protected fields in which a bill differs from its golden record, with both values."""
    found = list(_unlike(OF_BILL, bill, golden, paper))
    rows = [
        Counter(_value(row["amount"]) for row in one["account_lines"] if Decimal(row["amount"]))
        for one in (bill, golden)
    ]
    if rows[0] != rows[1]:
        found.append(f"account_lines: {_odd(*rows)}")
    if len(bill["services"]) != len(golden["services"]):
        return [*found, f"services: {len(bill['services'])} for {len(golden['services'])}"]
    left = list(golden["services"])
    for service in bill["services"]:
        compared = [_of_service(service, one, paper, not _stated_twice(one, golden)) for one in left]
        nearest = min(range(len(left)), key=lambda at: len(compared[at]))
        del left[nearest]
        found += compared[nearest]
    return found


def _stated_twice(service: Json, bill: Json) -> bool:
    """Tell whether price periods are printed in delivery and in generation: else nothing can tell which is which."""
    days = [(one["period"]["start"], one["period"]["end"]) for one in bill["services"] if one["period"]]
    own = service["period"] and (service["period"]["start"], service["period"]["end"])
    return service["role"] == "bundled" or days.count(own) > 1


def _of_service(service: Json, golden: Json, paper: Paper, alone: bool) -> list[str]:
    found = list(_unlike(OF_SERVICE, service, golden, paper))
    again = golden["period"] and times_printed(golden["period"]["end"], paper.before) > 1
    if again and service["period"] != golden["period"]:
        found.append(f"period: {service['period']} for {golden['period']}")
    ours, theirs = _charges(service, alone), _charges(golden, alone)
    left = [line for line in theirs if not _taken(line, ours)]
    if left or ours:
        found.append(f"charges: {ours} for {left}")
    return found


def _unlike(names: Sequence[str], ours: Json, golden: Json, paper: Paper) -> Iterator[str]:
    for name in names:
        got, wanted = ours[name], golden[name]
        if _value(got) == _value(wanted) or (
            name == "balance_forward" and got is None and not Decimal(wanted)
        ):
            continue
        if name == "usage_kwh" and (
            "kwh_usage" in paper.codes or (got is None and "usage_unread" in paper.codes)
        ):
            continue  # a warning says so: with exports the kWh of the lines are others
        if name in ("amount_due", "due_date", "statement_date") and got is None and ours["issuer"] != "SCE":
            continue  # needed of SCE alone
        if name in ("subtotal", "due_date") and got is None:
            continue  # the total alone proves the lines; no date is no wrong date
        if got is None and name in PRINTED and _count(name, paper.after) < _count(name, paper.before):
            continue
        if name in ONCE_IS_NOT_ENOUGH and times_printed(wanted, paper.before) < 2:
            continue
        yield f"{name}: {got!r} for {wanted!r}"


def _charges(service: Json, alone: bool) -> list[Line]:
    lines = [_charge(line, service["role"] != "generation") for line in service["charges"]]
    return [line._replace(tou=None, season=None, named=None) if alone else line for line in lines]


def _taken(line: Line, ours: list[Line]) -> bool:
    """Take from our lines the one that says what a golden line says, or is silent about its season or class."""
    for one in ours:
        wanted = line
        if one.component == "unknown":
            wanted = wanted._replace(component="unknown", section=one.section)
        if one.season is None:
            wanted = wanted._replace(season=None)
        if one.named is None:
            wanted = wanted._replace(named=None)
        if one == wanted:
            ours.remove(one)
            return True
    return False


def _charge(line: Json, exact: bool) -> Line:
    """Return what is protected of a charge: not a CCA's fractional kWh, nor its place among cost responsibility."""
    quantity = Decimal(line["quantity"]) if line["quantity"] is not None else None
    if line["unit"] == "kWh" and not exact:
        quantity = None
    return Line(
        line["section"],
        line["component"],
        None if re.search("responsib", line["group"] or "", re.I) else line["group"],
        line["tou"],
        line["season"] if line["component"] in ("energy", "time_demand") else None,
        line["unit"],
        tuple(line["days"]) if line["days"] else None,
        _class(line["label"]) if line["component"] == "energy" else None,
        quantity,
        Decimal(line["amount"]),
    )


def _class(label: str) -> str | None:
    """Return what a label says beyond component, price period and season: its tier, or its product."""
    tier = re.search(r"\btier \d", label, re.I)
    return tier[0] if tier else next((name for cca in CCAS if (name := product_named(cca, label))), None)


def _odd(ours: Counter[Any], theirs: Counter[Any]) -> str:
    return f"{list((ours - theirs).elements())} for {list((theirs - ours).elements())}"


def _value(value: object) -> object:
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def _count(name: str, text: str) -> int:
    return len(re.findall(PRINTED[name], text, re.I))


def times_printed(value: object, printed: str) -> int:
    """Return how often a text or a date (ISO) is printed."""
    forms = [str(value)]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", forms[0]):
        day = date.fromisoformat(forms[0])
        forms = [f"{day:%m/%d/%y}", f"{day:%b} {day.day} '{day:%y}"]
    return sum(len(re.findall(rf"(?<![\w/-]){re.escape(form)}(?![\w/-])", printed)) for form in forms)
