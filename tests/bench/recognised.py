"""How many of a scanned bill's numbers are exact before arithmetic repairs them, and after."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from extractor.base.errors import BillclerkError
from extractor.bills import cut
from extractor.layouts.sections.statement import needs_words
from extractor.mending.repair import repaired
from extractor.model import Document, ReadResult
from extractor.pages import documents
from extractor.reading import GUIDE, read_pages, refused
from extractor.sheet import Page

LIMITS = 2000, 50_000_000
"""Pages, and pixels of a page."""


class Exact(NamedTuple):
    """Numbers of a bill that are exact before and after repair, of how many."""

    before: int
    after: int
    all: int


def numbers_exact(path: Path, golden: Any) -> Exact:
    """Read a scan in this process, without and with repair, and count its exact numbers."""
    document = Document(path=str(path), sha256="", reader="bench")
    with documents.opened(path.read_bytes(), documents.Reading(needs_words, GUIDE, *LIMITS)) as pages:
        bills, _ = cut(pages)

        def read(some: Sequence[Page]) -> ReadResult:
            try:
                return read_pages(some, document)
            except BillclerkError as error:
                return refused(document.path, None, error)

        before = read(bills[0])
        after = repaired(bills[0], before, read) if before.status == "review" else before
    counts = [_same(result.model_dump(mode="json")["bill"], golden) for result in (before, after)]
    return Exact(counts[0], counts[1], sum(1 for _ in _numbers(golden)))


def _same(ours: Any, golden: Any) -> int:
    found = dict(_numbers(ours))
    return sum(found.get(place) == number for place, number in _numbers(golden))


def _numbers(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Decimal]]:
    """Give the decimals of a record's charges and sums, by where they are."""
    if isinstance(value, dict):
        for name, part in value.items():
            if name not in ("evidence", "usage_history", "meters", "demands", "balances"):
                yield from _numbers(part, (*place, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _numbers(part, (*place, at))
    elif isinstance(value, str) and ("." in value or value.isdigit()):
        try:
            yield place, Decimal(value)
        except InvalidOperation:
            return
