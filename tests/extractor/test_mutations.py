"""`verified` implies that the bill was read right, whatever happens to the words of its pages.

The law is in `law.py`, what can happen in `mutations.py`. Chance is fixed: the same examples
every time. A new violation becomes a row of `REGRESSIONS`, as small as it can be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from extractor.model import ReadResult
from extractor.paper import Word
from extractor.sheet import Page
from tests.extractor.law import Sample, broken, read, samples
from tests.extractor.mutated_lines import exchanged, printed_twice, reworded
from tests.extractor.mutated_words import other_digit
from tests.extractor.mutation_tools import SHARE, Operator, charge_rows, telling, with_page, with_texts
from tests.extractor.mutations import OPERATORS

EXAMPLES = 30
"""Mutations of each kind, of bills taken by chance."""

DIVERSE = (
    "gs2e-bundled-season-split-rate-change-2025",
    "gs2d-cpa-lean-season-split-2025",
    "gs3d-cpp-events-power-factor-2026",
    "domestic-cpa-green-season-split-2026",
    "old-gs2d-cpa-lean-season-split-2019",
    "negative-amounts-parentheses",
    "two-services-bundled-2026",
)
"""Bills whose amounts, totals, kWh, prorations and account numbers are changed one by one."""


@pytest.fixture(scope="session")
def bills() -> dict[str, Sample]:
    return {sample.name: sample for sample in samples()}


@pytest.mark.parametrize("name", DIVERSE)
def test_words_alone_say_the_whole_bill(name: str, bills: dict[str, Sample]) -> None:
    assert broken(bills[name], bills[name].pages) == []
    assert all(verified(result) for result in results(bills[name].pages))


def results(pages: tuple[Page, ...]) -> list[ReadResult]:
    return [result for _, result in read(pages)]


def verified(result: ReadResult) -> bool:
    return result.status == "verified"


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.__name__)
def test_verified_means_read_right(operator: Operator, bills: dict[str, Sample]) -> None:
    names = sorted(bills)

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(name=st.sampled_from(names), seed=st.integers(0, 2**32 - 1))
    def law(name: str, seed: int) -> None:
        pages = operator(Random(seed), bills[name].pages)
        assume(pages is not None)
        assert pages is not None
        assert broken(bills[name], pages) == []

    law()


# Sample, page, words as printed, words as misread (~: not there), and what noticed nothing before.
REGRESSIONS = (
    (
        "gs2e-inserted-rate-notice-2025",
        4,
        "57 kW x $13.48000",
        "57 kVar x $13.48000",
        "sums do not know units",
    ),
    ("cpa-only-d4-clean-2026", 1, "38.749 kWh @", "38.749 days @", "nor does a CCA's line"),
    ("gs3d-cpa-clean-summer-2025", 5, "121 kVar x", "121 kW x", "power factor is by the kVar"),
    (
        "tou8d-voltage-discount-season-split-2026",
        4,
        "380 kVar x $0.52000",
        "$0.52000 kVar x 380",
        "factors swap",
    ),
    ("tou8d-cpa-green-summer-2025", 5, "On peak 60,164", "Off peak 60,164", "the CCA's part says On-Peak"),
    ("prime-cpa-lean-season-split-2025", 5, "Mid peak 44", "peak Mid 44", "a label without price period"),
    ("gs2e-cpa-35-days-2026", 6, "On-Peak - Summer 57", "On - Summer 57", "half a price period"),
    ("gs2e-cpa-estimated-read-2026", 6, "On-Peak - Summer 57", "On-Peak - Winter 57", "no winter on-peak"),
    ("gs2d-dce-desert-saver-2026", 5, "On peak 77 kW", "Mid peak 77 kW", "no demand of summer mid-peak"),
    ("gs2d-cpa-clean-winter-2025", 5, "Demand-Winter", "Demand-Summer", "a season outside the period"),
    (
        "gs2d-cpa-lean-summer-2026",
        5,
        "Other charges or credits",
        "Generation charges or credits",
        "no heading",
    ),
    (
        "domestic-cpa-clean-summer-2026",
        4,
        "Other charges or credits",
        "Othercharges ~ or credits",
        "a lost space",
    ),
    (
        "gs2e-cpa-meter-change-total-only-2026",
        5,
        "new charges $4,770.09",
        "new charges ~",
        "a sum without amount",
    ),
    ("old-tou8-direct-access-2008", 4, "$15,317.12", "$15.317.12", "a sum taken for the end of a label"),
    (
        "gs2d-opt-in-to-cpa-lean-2026",
        8,
        "Account: 8000000256",
        "Account: -8000000256",
        "words before a label",
    ),
    ("domestic-cpa-lean-summer-2026", 4, "Tier 2", "Tier 5", "tiers count from one"),
    ("streetlight-unmetered-winter-2026", 3, "1,488 kWh x $0.05102", "1,488 days x $0.05102", "by the day"),
    ("d4-cpa-green-winter-2025", 6, "Account: 8000000143", "Account: 8000000149", "no other part bears it"),
    (
        "gs1e-cpa-lean-season-split-2025",
        5,
        "rate: TOU-GS-1-E",
        "rate: TOU-GS-6-E",
        "the detail says otherwise",
    ),
    (
        "d4-cpa-clean-season-split-2025",
        6,
        "05/29/25 to 06/27/25",
        "05/29/24 to 06/27/24",
        "the detail has dates",
    ),
    ("old-minimum-charge-past-due-2021", 4, "(32 days)", "(3Z days)", "days printed and not read"),
    ("gs2d-cpa-lean-summer-2026", 5, "(29 days)", "~ days)", "days printed and not read"),
    ("gs2e-pages-rotated-2025", 1, "Previous Balance", "Previous ~", "a row that others follow from"),
    (
        "gs2e-cpa-product-change-2026",
        1,
        "Previous Balance $6,384.24",
        "Previous Balance $0.00",
        "adds up alone",
    ),
    (
        "domestic-bundled-winter-2026",
        1,
        "Total amount you owe",
        "Totalamount ~ you owe",
        "no total, no identity",
    ),
    ("cpa-only-d4-clean-2026", 1, "due $61.19", "due $61.18", "a bill without an account summary"),
    (
        "domestic-cpa-lean-summer-2026",
        6,
        "Energy Surcharge $0.29",
        "Energy Surcharge $5.29",
        "no sum is closed",
    ),
    (
        "gs2e-cpa-lean-summer-2025",
        6,
        "Utility Users Tax",
        "State ~ Tax",
        "a tax of hundreds of dollars",
    ),
)


@pytest.mark.parametrize(("name", "page", "said", "misread", "why"), REGRESSIONS)
def test_misread_words_are_noticed(
    name: str, page: int, said: str, misread: str, why: str, bills: dict[str, Sample]
) -> None:
    pages = bills[name].pages
    changed = with_page(pages, reworded(pages[page - 1], said, misread))
    assert not any(verified(result) for result in results(changed)), why


LINES = (  # sample, page, two lines; why nothing noticed before that they changed places (or one was there twice)
    ("d4-cpa-clean-summer-2026", 1, "Previous Balance", "Balance forward", "zero forward closes both ways"),
    ("gs2e-ocpa-basic-choice-2026", 5, "Facilities rel", "Vintage CRS", "facilities under generation"),
    ("d4-bundled-no-usage-page-2026", 3, "Base services", "Fixed recovery", "a customer charge under other"),
    ("gs2e-24-days-rate-change-2025", 1, "Total amount", "Winter cost", "the total outside of the summary"),
)


@pytest.mark.parametrize(("name", "page", "one", "other", "why"), LINES)
def test_exchanged_lines_are_noticed(
    name: str, page: int, one: str, other: str, why: str, bills: dict[str, Sample]
) -> None:
    pages = bills[name].pages
    changed = with_page(pages, exchanged(pages[page - 1], one, other))
    assert not any(verified(result) for result in results(changed)), why


@pytest.mark.parametrize(
    ("name", "line"),
    [("d4-nem-settlement-surplus-2026", "Balance forward"), ("account-credit-due-cr-2026", "Credit balance")],
)
def test_a_row_of_the_account_that_is_there_twice_is_noticed(
    name: str, line: str, bills: dict[str, Sample]
) -> None:
    pages = bills[name].pages
    changed = with_page(pages, printed_twice(pages[0], line))
    assert not any(verified(result) for result in results(changed))


def test_a_bill_that_is_there_twice_is_two_records_of_one_bill(bills: dict[str, Sample]) -> None:
    (page,) = bills["cpa-only-gs2e-lean-season-split-bare-2026"].pages
    again = Page(2, page.width, page.height, page.words, page.source)
    one, other = results((page, again))
    assert one.bill is not None
    assert other.bill is not None
    assert [service.total for service in one.bill.services] == [
        service.total for service in other.bill.services
    ]


def test_a_lost_usage_page_takes_its_values_along(bills: dict[str, Sample]) -> None:
    sample = bills["gs2d-three-meters-2025"]
    left = tuple(page for page in sample.pages if "electricity you used" not in page.text)
    (result,) = results(left)
    assert result.bill is not None
    assert result.bill.services[0].usage_kwh is None
    assert len(left) < len(sample.pages)


@pytest.mark.parametrize("name", DIVERSE)
def test_a_changed_digit_is_review_and_named(name: str, bills: dict[str, Sample]) -> None:
    unnoticed = [
        f"page {page.number}: {word.text} -> {text} ({label}): {[finding.message for finding in findings]}"
        for page, word, label in protected_words(bills[name])
        for text in [other_digit(Random(word.text + label), word.text)]
        for result in results(with_page(bills[name].pages, with_texts(page, {word: text})))
        for findings in [result.findings]
        if verified(result) or not any(names(label, finding.message) for finding in findings)
    ]
    assert unnoticed == []


def names(label: str, message: str) -> bool:
    """Tell whether a finding's message names a line by its label, its price period or as part of a sum."""
    told = message.lower().replace("_", " ").replace("-", " ")
    return any(part in told for part in label.lower().replace("-", " ").split("|"))


def protected_words(sample: Sample) -> Iterator[tuple[Page, Word, str]]:
    """Give amounts, totals, SCE's kWh, n/N and account numbers, each with the words that may name it, a bar between."""
    for page in telling(sample.pages):
        for line in charge_rows(page):
            if "Details of your" not in page.text or line.top > _end(page):
                continue
            yield (
                page,
                line.words[-1],
                f"{_label(line.text)}|total|new charges|billing detail|scan line|amount",
            )
            for word, unit in zip(line.words, line.words[1:], strict=False):
                if SHARE.fullmatch(word.text) or (unit.text == "kWh" and " x " in line.text):
                    yield page, word, f"{_label(line.text)}|kwh of|days of"
        for word in page.words:
            if word.text == sample.golden[0]["customer_account"]:
                yield page, word, "customer account"


def _end(page: Page) -> float:
    """Return the height of the last total: what stands below is no charge."""
    return max(
        (line.top for line in charge_rows(page) if re.match("your new charges", line.text, re.I)), default=0.0
    )


def _label(text: str) -> str:
    return re.split(r" -?\(?\$?[\d,]+(?:\.\d+)?\)? ", f"{text} ", maxsplit=1)[0].strip(" -").lower()
