"""Fields that may stay open: where they are printed and doubtful they are null with a warning, never review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from extractor.paper import Word
from extractor.reading import read_pages
from extractor.sheet import Page
from tests.extractor.law import DOCUMENT, Sample, samples
from tests.extractor.mutation_tools import with_texts

NEM = "d4-nem-settlement-surplus-2026"
DEMAND = "account-final-bill-deposit-12-days-2026"

DOUBTFUL: dict[str, tuple[str, str, str, Callable[[Any], Any], str]] = {
    # bill, the word as printed, as it is changed, the field, what the warning speaks of
    "due date printed in two ways": (NEM, "02/27/26", "02/26/26", lambda r: r.bill.due_date, "due date"),
    "POD-ID": (NEM, "101760940000000244", "1017609#0000244", lambda r: r.bill.services[0].pod_id, "pod id"),
    "outage group": (NEM, "A013", "#", lambda r: r.bill.services[0].rotating_outage_group, "outage group"),
    "next cycle": (NEM, "03/08/26.", "03/O8/26.", lambda r: r.bill.next_cycle_end, "next cycle end"),
    "exported": (NEM, "512", "5I2", lambda r: r.bill.services[0].exported_kwh, "exported kwh"),
    "payment's date": (
        NEM,
        "01/23/26",
        "01/Z3/26",
        lambda r: r.bill.account_lines[0].date,
        "date of the row",
    ),
    "maximum demand": (DEMAND, "", "", lambda r: r.bill.services[0].max_demand_kw, "max demand"),
}


@pytest.fixture(scope="module")
def bills() -> dict[str, Sample]:
    return {sample.name: sample for sample in samples() if sample.name in (NEM, DEMAND)}


@pytest.mark.parametrize("case", DOUBTFUL)
def test_a_doubtful_optional_field_is_null_with_a_warning(case: str, bills: dict[str, Sample]) -> None:
    name, said, changed, field, warning = DOUBTFUL[case]
    pages = bills[name].pages
    assert field(read_pages(pages, DOCUMENT)) is not None
    result = read_pages(changed_once(pages, said or _maximum(pages), changed or "6Z"), DOCUMENT)
    assert field(result) is None
    assert result.status == "verified"
    (told,) = [finding for finding in result.findings if finding.code == "unread_field"]
    assert (told.severity, told.bbox is not None) == ("warning", True)
    assert warning in told.message


def test_the_issuer_has_its_place(bills: dict[str, Sample]) -> None:
    result = read_pages(bills[NEM].pages, DOCUMENT)
    assert result.bill is not None
    assert result.bill.issuer == "SCE"
    assert "Southern California Edison" in result.evidence["/bill/issuer"].text


def changed_once(pages: tuple[Page, ...], said: str, changed: str) -> list[Page]:
    """Return the pages, the first word that says this changed."""
    page, word = next((page, word) for page in pages for word in page.words if word.text == said)
    return [with_texts(one, {word: changed}) if one is page else one for one in pages]


def _maximum(pages: tuple[Page, ...]) -> str:
    """Return the kW of the sentence about the highest demand."""
    (line,) = [line for page in pages for line in page.lines if "maximum demand reached" in line.text]
    words: tuple[Word, ...] = line.words
    at = next(at for at, word in enumerate(words) if word.text == "is")
    return words[at + 1].text
