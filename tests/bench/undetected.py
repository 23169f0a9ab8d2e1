"""Which share of misread digits goes unnoticed, by field: one digit changed, the bill still verified, the value wrong.

Rates and a CCA's fractional kWh are protected only as far as a digit moves a cent; what stands
on the bill once and in no sum (meter, POD-ID, history) is not protected at all. Each field is
changed at the place that its evidence names; the same digits are drawn every time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from extractor.model import Charge, Evidence, ReadResult
from extractor.paper import Word
from extractor.sheet import Page
from tests.extractor.law import Sample, read, samples
from tests.extractor.mutated_words import other_digit
from tests.extractor.mutation_tools import with_page, with_texts

EACH = 60
"""Digits that are changed for each field, spread over the sample bills."""

FIELDS = (
    ("customer account", r"/bill/customer_account"),
    ("statement date", r"/bill/statement_date"),
    ("due date", r"/bill/due_date"),
    (
        "account summary",
        r"/bill/(?:amount_due|new_charges|previous_balance|balance_forward|account_lines/\d+/amount)",
    ),
    ("service account", r"/bill/services/\d+/service_account"),
    ("rate schedule", r"/bill/services/\d+/rate_schedule"),
    ("POD-ID", r"/bill/services/\d+/pod_id"),
    ("meter", r"/bill/services/\d+/meters/\d+/number"),
    ("period", r"/bill/services/\d+/period/(?:start|end|days)"),
    ("usage kWh", r"/bill/services/\d+/usage_kwh"),
    ("history", r"/bill/services/\d+/usage_history/\d+/(?:month|kwh|days)"),
    ("subtotal", r"/bill/services/\d+/subtotal"),
    ("total", r"/bill/services/\d+/total"),
)
OF_LINE = ("amount", "SCE kWh", "CPA kWh", "n/N", "rate")


class Digit(NamedTuple):
    """A word whose digits say a value of the record."""

    sample: Sample
    page: Page
    word: Word
    pointer: str
    said: tuple[object, ...]
    """What the bills of the file say at the pointer."""


def report(folder: Path) -> Iterator[str]:
    """Say for each field how many changed digits left the bill verified and the value wrong."""
    found: dict[str, list[Digit]] = defaultdict(list)
    for sample in samples(folder):
        results = [result for _, result in read(sample.pages)]
        for result in results:
            for field, page, word, pointer in _places(sample, result):
                said = tuple(_at(one, pointer) for one in results)
                found[field].append(Digit(sample, page, word, pointer, said))
    yield "one digit misread: verified, and the value wrong"
    for field in (*(name for name, _ in FIELDS), *OF_LINE):
        chance = Random(field)
        tried = chance.sample(found[field], min(EACH, len(found[field])))
        lost = sum(_unnoticed(chance, digit) for digit in tried)
        yield f"  {field:<18}{lost:>4} of {len(tried):<4}{100 * lost / max(1, len(tried)):6.1f} %"


def _unnoticed(chance: Random, digit: Digit) -> bool:
    texts = {digit.word: other_digit(chance, digit.word.text)}
    pages = with_page(digit.sample.pages, with_texts(digit.page, texts))
    after = [_at(result, digit.pointer) for _, result in read(pages) if result.status == "verified"]
    return any(value not in digit.said for value in after)


def _at(result: ReadResult, pointer: str) -> object:
    value: object = result.model_dump(mode="json")
    for part in pointer.strip("/").split("/"):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _places(sample: Sample, result: ReadResult) -> Iterator[tuple[str, Page, Word, str]]:
    """Give the words that print the values of a record, by field."""
    for pointer, evidence in result.evidence.items():
        field = next((name for name, words in FIELDS if re.fullmatch(words, pointer)), None)
        for page, word in _words(sample, evidence) if field else ():
            if field in ("subtotal", "total") and not re.search(r"\.\d\d\b", word.text):
                continue
            yield str(field), page, word, pointer
    for at, service in enumerate(result.bill.services if result.bill else ()):
        for index, line in enumerate(service.charges):
            for field, name, page, word in _of_line(sample, line, service.role == "generation"):
                yield field, page, word, f"/bill/services/{at}/charges/{index}/{name}"


def _of_line(sample: Sample, line: Charge, cca: bool) -> Iterator[tuple[str, str, Page, Word]]:
    words = list(_words(sample, line.evidence))
    for at, (page, word) in enumerate(words):
        before, after = (
            words[at - 1][1].text if at else "",
            words[at + 1][1].text if at + 1 < len(words) else "",
        )
        if before in ("x", "@") and "/" in word.text:
            yield "n/N", "days", page, word
        elif before in ("x", "@"):
            yield "rate", "rate", page, word
        elif after == "kWh":
            yield "CPA kWh" if cca else "SCE kWh", "quantity", page, word
        elif re.search(r"\.\d\d\b", word.text) and after not in ("x", "@"):
            yield "amount", "amount", page, word


def _words(sample: Sample, evidence: Evidence) -> Iterator[tuple[Page, Word]]:
    """Give the words with digits inside the box that evidence names, left to right."""
    page = next(page for page in sample.pages if page.number == evidence.page)
    assert evidence.bbox is not None  # the samples have pages
    x0, top, x1, bottom = evidence.bbox
    for word in sorted(page.words, key=lambda word: (round(word.top), word.x0)):
        inside = (
            x0 - 0.2 <= word.x0
            and word.x1 <= x1 + 0.2
            and top - 0.2 <= word.top
            and word.bottom <= bottom + 0.2
        )
        if inside and (re.search(r"\d", word.text) or word.text in ("x", "@", "kWh", "kW", "kVar", "days")):
            yield page, word
