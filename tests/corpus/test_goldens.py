"""The golden records add up, are printed on their pages, and can be made again."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from corpus.cases import SAMPLES
from corpus.cases.files import summary_statement
from corpus.drawing.document import page_ranges, render
from corpus.golden import golden_of
from corpus.model import Sample
from corpus.notices import NOTICES, render_notice

FOLDER = Path(__file__).parents[2] / "corpus"
NAMES = [sample.name for sample in SAMPLES]
BY_NAME = {sample.name: sample for sample in SAMPLES}
CENT = Decimal("0.01")

# What bills are known to print: every one must be shown by some sample.
SPECIAL_CASES = {
    "season split", "rate change", "labels repeat", "n/N days", "CPP incentive", "CPP event",
    "power factor", "baseline credit", "tiers", "base services charge", "minimum charge", "NEM", "NBC",
    "Solar Billing Plan", "export credit", "exported kWh", "negative kWh", "NEM settlement", "balances",
    "PCIA charge", "PCIA credit", "CTC", "climate credit", "negative -$", "negative $-", "negative $x-",
    "negative ()", "negative CR", "several payments", "credit balance", "late payment charge",
    "wire adjustment", "past due", "UUT consolidated", "autopay", "several services",
    "summary of billing detail", "two CPA periods", "CPA to bundled", "opt-in",
    "Transitional Bundled Service", "product change", "generation missing", "Direct Access", "ESP",
    "other CCA", "meter change", "several meters", "unmetered", "pumping", "back-billed",
    "final bill with deposit", "do not pay", "unknown label", "estimated read", "UUT on both sides",
    "UUT on CPA part", "lost season word", "wrapped season word", "wrapped label", "28-day period",
    "35-day period", "several bills in one PDF", "inserted pages", "old format 2008", "old format 2014",
    "old format 2018", "old format 2019", "old format 2021", "CPA-only bill", "summary statement",
    "corrected bill", "adjustment", "discount", "CARE", "city tax", "statement without stub",
    "rotated pages", "cropped pages", "words by offsets", "Type 3", "C1 controls", "CPA rounding",
    "one-cent line",
}  # fmt: skip


@cache
def golden(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / "samples" / f"{name}.json").read_text())  # type: ignore[no-any-return]


@cache
def texts(name: str) -> list[str]:
    """Each page's text as a person sees it, without any white space."""
    document = pypdfium2.PdfDocument(FOLDER / "samples" / f"{name}.pdf")
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def bills(name: str) -> Iterator[tuple[dict[str, Any], str]]:
    for entry in golden(name):
        first, last = entry["page_range"]
        yield entry["bill"], " ".join(texts(name)[first - 1 : last])


def number(value: str | None) -> Decimal:
    return Decimal(value or 0)


def total(charges: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(charge["amount"]) for charge in charges), Decimal(0))


def test_there_is_a_file_for_every_sample_and_no_other() -> None:
    assert len(SAMPLES) >= 60
    assert {path.stem for path in (FOLDER / "samples").iterdir() if path.is_file()} == set(NAMES)
    assert {path.stem for path in (FOLDER / "not_bills").iterdir()} == set(NOTICES)


def test_samples_stay_small() -> None:
    sizes = {path: path.stat().st_size for path in (FOLDER / "samples").iterdir() if path.is_file()}
    assert max(sizes.values()) < 100_000
    assert sum(sizes.values()) < 6_300_000


def test_every_special_case_is_shown() -> None:
    shown = {case for sample in SAMPLES for case in sample.covers}
    assert SPECIAL_CASES - shown == set()


@pytest.mark.parametrize("name", NAMES)
def test_golden_is_what_the_generator_means(name: str) -> None:
    sample = BY_NAME[name]
    assert golden_of(sample, page_ranges(sample)) == golden(name)


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_quantity_times_rate(name: str) -> None:
    for bill, _ in bills(name):
        for charge in (charge for service in bill["services"] for charge in service["charges"]):
            if charge["rate"] is None:
                continue
            n, whole = charge["days"] or (1, 1)
            exact = number(charge["quantity"]) * number(charge["rate"]) * n / whole
            exact = exact / 100 if charge["unit"] == "USD" else exact
            assert abs(exact.quantize(CENT, ROUND_HALF_UP) - number(charge["amount"])) <= CENT, charge


@pytest.mark.parametrize("name", NAMES)
def test_sums_close(name: str) -> None:
    for bill, _ in bills(name):
        for service in bill["services"]:
            charges = service["charges"]
            untaxed = [charge for charge in charges if charge["section"] != "tax"]
            assert total(charges) == number(service["total"])
            cca = service["role"] == "generation"
            assert number(service["subtotal"]) == total(charges if cca else untaxed)
            assert [charge["line"] for charge in charges] == list(range(1, len(charges) + 1))
        if bill["new_charges"] is not None:
            assert sum(number(service["total"]) for service in bill["services"]) == number(
                bill["new_charges"]
            )


@pytest.mark.parametrize("name", NAMES)
def test_account_summary_closes(name: str) -> None:
    for bill, _ in bills(name):
        if bill["issuer"] != "SCE":
            continue
        rows = [number(row["amount"]) for row in bill["account_lines"] if row["label"] != "Credit balance"]
        owed = number(bill["previous_balance"]) + sum(rows) + number(bill["new_charges"])
        assert owed == number(bill["amount_due"])


@pytest.mark.parametrize("name", NAMES)
def test_kwh_agree(name: str) -> None:
    for bill, _ in bills(name):
        for service in bill["services"]:
            energy = [
                c for c in service["charges"] if c["component"] == "energy" and c["section"] == "delivery"
            ]
            if service["usage_kwh"] is not None:
                assert sum(number(charge["quantity"]) for charge in energy) == number(service["usage_kwh"])
            for other in bill["services"]:
                same = all(other[key] == service[key] for key in ("period", "service_account"))
                if other["role"] == "generation" and same and energy:
                    assert_same_kwh(energy, other["charges"])


def assert_same_kwh(delivery: list[dict[str, Any]], generation: list[dict[str, Any]]) -> None:
    for tou in ("on_peak", "mid_peak", "off_peak", "super_off_peak"):
        ours = [c for c in delivery if c["tou"] == tou]
        theirs = [c for c in generation if c["tou"] == tou and c["component"] == "energy"]
        assert abs(kwh(ours) - kwh(theirs)) <= max(1, len(theirs))


def kwh(charges: list[dict[str, Any]]) -> Decimal:
    return sum((number(charge["quantity"]) for charge in charges), Decimal(0))


@pytest.mark.parametrize("name", NAMES)
def test_dates_are_in_order(name: str) -> None:
    for bill, _ in bills(name):
        for service in bill["services"]:
            assert service["period"]["start"] <= service["period"]["end"] < bill["statement_date"]
        assert bill["due_date"] is None or bill["statement_date"] < bill["due_date"]


@pytest.mark.parametrize("name", NAMES)
def test_scan_line_ends_with_the_amount_due_in_cents(name: str) -> None:
    for bill, text in bills(name):
        found = re.search(rf"{bill['customer_account']}(\d{{7}})(\d{{9}})(\d{{9}})(\d{{9}})(?!\d)", text)
        if found is not None:
            assert int(found[4]) == int(max(number(bill["amount_due"]), Decimal(0)) * 100)
            assert int(found[2]) + int(found[3]) == int(found[4])


@pytest.mark.parametrize("name", NAMES)
def test_what_the_golden_says_is_printed(name: str) -> None:
    for bill, text in bills(name):
        for word in filter(None, words_of(bill)):
            assert "".join(word.split()) in text, word


def words_of(bill: dict[str, Any]) -> Iterator[str | None]:
    yield from (bill["customer_account"], bill["customer_name"])
    yield from (bill["mailing_address"] or "").split(", ")
    yield from (
        money(bill[key]) for key in ("previous_balance", "balance_forward", "new_charges", "amount_due")
    )
    yield from (dated(bill, bill[key]) for key in ("statement_date", "due_date", "next_cycle_end"))
    for row in bill["account_lines"]:
        yield from (row["label"].split(" - ")[0], money(row["amount"]), dated(bill, row["date"]))
    for service in bill["services"]:
        yield from words_of_service(service)
        yield from (dated(bill, service["period"][key]) for key in ("start", "end"))
        yield f"{service['period']['days']} days"


def words_of_service(service: dict[str, Any]) -> Iterator[str | None]:
    yield from (service["service_account"], service["pod_id"], service["rate_schedule"])
    yield service["rotating_outage_group"]
    yield from (service["service_address"] or "").split(", CA")[0].split(", ")
    yield from (grouped(service[key]) for key in ("usage_kwh", "exported_kwh"))
    yield from (f"is {service['max_demand_kw']} kW" for _ in range(service["max_demand_kw"] is not None))
    for meter in service["meters"]:
        yield from (meter["number"], grouped(meter["usage_kwh"]))
    yield from (grouped(month["kwh"]) for month in service["usage_history"])
    yield from (f"{row['kw']} kW {row['at']}" for row in service["demands"])
    yield from (balance["label"] for balance in service["balances"])
    yield from (money(service["total"]), money(service["subtotal"]))
    for charge in service["charges"]:
        yield from (charge["label"].split(" - ")[0], money(charge["amount"]), charge["group"])
        yield charge["rate"] and charge["rate"].removeprefix("-")


def dated(bill: dict[str, Any], day: str | None) -> str | None:
    """A date as the bill prints it: May 2 '08 before 2019, 05/02/08 since."""
    if day is None:
        return None
    value = date.fromisoformat(day)
    return f"{value:%b} {value.day} '{value:%y}" if bill["statement_date"] < "2019" else f"{value:%m/%d/%y}"


def grouped(value: str | None) -> str | None:
    return None if value is None else f"{Decimal(value):,}"


def money(value: str | None) -> str | None:
    return None if value is None else f"{abs(Decimal(value)):,}"


def test_corpus_imports_nothing_of_the_reader() -> None:
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in modules if name.split(".")[0] in ("extractor", "datarequests")], path


REMADE = (
    "gs2e-bundled-season-split-rate-change-2025",
    "prime-cpa-green-summer-2026",
    "d4-cpa-lean-winter-2024",
)


@pytest.mark.parametrize("name", REMADE)
def test_making_a_sample_twice_gives_the_same_bytes(name: str) -> None:
    assert render(BY_NAME[name]) == render(BY_NAME[name])


@pytest.mark.parametrize("name", REMADE)
def test_committed_pages_are_what_is_made_today(name: str) -> None:
    """Compared before compression, which may differ from one zlib to the next."""
    assert contents(render(BY_NAME[name])) == contents((FOLDER / "samples" / f"{name}.pdf").read_bytes())


def contents(pdf: bytes) -> list[bytes]:
    with pikepdf.open(BytesIO(pdf)) as document:
        return [page.obj.Contents.read_bytes() for page in document.pages]


@pytest.mark.parametrize("name", NOTICES)
def test_notices_can_be_made_again(name: str) -> None:
    made = contents(render_notice(name))
    assert made == contents((FOLDER / "not_bills" / f"{name}.pdf").read_bytes())
    assert json.loads((FOLDER / "not_bills" / f"{name}.json").read_text())[0]["status"] == "unreadable"


def test_a_summary_statement_can_have_any_number_of_services() -> None:
    bill = summary_statement(40, pages_each=5)
    sample = Sample("forty", (bill,))
    assert len(bill.sheets) >= 40 * 5
    with pikepdf.open(BytesIO(render(sample))) as document:
        assert len(document.pages) == len(bill.sheets)


def test_the_real_bills_close_as_bills_md_says() -> None:
    closing = {
        "gs2e-bundled-season-split-rate-change-2025": ("3992.95", "3987.57"),
        "gs2e-bundled-rate-change-in-one-season-2025": ("3272.87", "3268.02"),
        "prime-cpa-green-summer-2026": ("749.37", "495.60"),
        "domestic-tiers-summer-2026": ("354.15", "353.86"),
        "old-minimum-charge-past-due-2021": ("12.51", "12.09"),
    }
    for name, (new, subtotal) in closing.items():
        bill = golden(name)[0]["bill"]
        assert (bill["new_charges"], bill["services"][0]["subtotal"]) == (new, subtotal)
