"""Recognised pages -> record: repaired by arithmetic, its places carried back to the pages as shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from extractor.checks.recognised import UNCONFIRMED
from extractor.corrections import Place
from extractor.mending.repair import repaired
from extractor.model import BBox, Evidence, Finding, Proof, ReadResult, Status
from extractor.paper import Box
from extractor.sheet import Page, Scan

T = TypeVar("T", Evidence, Finding, Proof)

MANY_PAGES = 40
"""Pages above which a bill is not read again with all that was left out at first."""

Read = Callable[[Sequence[Page]], ReadResult]


def read_recognised(pages: Sequence[Page], read: Read) -> ReadResult:
    """Read recognised pages and repair them; what does not close then is read with all that was left out."""
    result = _mended(pages, read)
    if len(pages) <= MANY_PAGES and _may_lack_words(result):
        whole = [page.whole() if isinstance(page, Scan) and page.whole else page for page in pages]
        again = _mended(whole, read)
        if _doubts(again) < _doubts(result):
            pages, result = whole, again
    return _as_shown(result, pages)


def _mended(pages: Sequence[Page], read: Read) -> ReadResult:
    result = read(pages)
    return repaired(pages, result, read) if result.status == Status.REVIEW else result


def _doubts(result: ReadResult) -> tuple[bool, int]:
    """Return how bad a reading is: the fewer errors the better, and any bill is better than none."""
    errors = sum(finding.severity == "error" for finding in result.findings)
    return result.status == Status.UNREADABLE, errors if result.status == Status.REVIEW else 0


def _may_lack_words(result: ReadResult) -> bool:
    """Tell whether more words may help: not where all closes but lines that stand on one reading.

    A page that is missing has no words; where it matters something else does not close.
    """
    lines = {
        (line.evidence.page, line.evidence.bbox)
        for service in (result.bill.services if result.bill else ())
        for line in service.charges
    }
    errors = [finding for finding in result.findings if finding.severity == "error"]
    return (
        result.status == Status.UNREADABLE
        or any(row.gate and not row.holds and row.identity != "line_exact" for row in result.proof)
        or any(
            said.code != "pages_missing" and (said.code != UNCONFIRMED or (said.page, said.bbox) not in lines)
            for said in errors
        )
    )


def _as_shown(result: ReadResult, pages: Sequence[Page]) -> ReadResult:
    """Return the record with its boxes on the pages as the file shows them."""
    scans = {page.number: page for page in pages if isinstance(page, Scan)}

    def box(page: int | None, bbox: BBox | None) -> BBox | None:
        return scans[page].shown(Box(*bbox)) if page in scans and bbox is not None else bbox

    def place(evidence: Evidence) -> Evidence:
        return evidence.model_copy(update={"bbox": box(evidence.page, evidence.bbox)})

    def finding(said: Finding) -> Finding:
        return said.model_copy(update={"bbox": box(said.page, said.bbox)})

    return _placed(result, place, finding)


def place_in_file(pages: Sequence[Page], numbers: Mapping[int, int]) -> Callable[[Evidence], Place]:
    """Return what tells where a place of these pages is in the file; `numbers` are the file's, by theirs."""
    scans = {page.number: page for page in pages if isinstance(page, Scan)}

    def place(evidence: Evidence) -> Place:
        scan = scans.get(evidence.page)
        box = scan.shown(Box(*evidence.bbox)) if scan and evidence.bbox is not None else evidence.bbox
        return numbers.get(evidence.page, evidence.page), box

    return place


def in_the_file(result: ReadResult, numbers: Mapping[int, int]) -> ReadResult:
    """Return the record with the numbers that pages have in the file, where they lie in another order."""
    if not numbers:
        return result

    def numbered(said: T) -> T:
        page = numbers.get(said.page or 0)
        return said.model_copy(update={"page": page}) if page else said

    proof = tuple(numbered(row) for row in result.proof)
    return _placed(result.model_copy(update={"proof": proof}), numbered, numbered)


def _placed(
    result: ReadResult, place: Callable[[Evidence], Evidence], finding: Callable[[Finding], Finding]
) -> ReadResult:
    """Return the record with each of its places changed."""
    bill = result.bill
    if bill is not None:
        services = [
            service.model_copy(
                update={
                    "charges": tuple(
                        line.model_copy(update={"evidence": place(line.evidence)}) for line in service.charges
                    )
                }
            )
            for service in bill.services
        ]
        bill = bill.model_copy(update={"services": tuple(services)})
    return result.model_copy(
        update={
            "bill": bill,
            "evidence": {pointer: place(evidence) for pointer, evidence in result.evidence.items()},
            "findings": tuple(finding(said) for said in result.findings),
        }
    )
