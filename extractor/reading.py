"""Pages -> bills -> layout -> checks -> record: the one function everything else calls.

All of it happens in this process; `extractor.guarded` has it done by worker processes with
limits, since a document is a stranger's file. The bytes of a file are read once, and those
bytes are hashed and parsed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from extractor import __version__, edi
from extractor.base.errors import BillclerkError
from extractor.bills import cut, renumbered
from extractor.checks import proven
from extractor.corrections import Correction, Place, Shown, corrected, correction_from
from extractor.disagreement import disagreements
from extractor.draft import Aside, Draft, assemble
from extractor.edi.interchange import contents_of
from extractor.edi.invoice import read_invoice
from extractor.encoding import encoding_of, name_of, of_ebcdic, plain
from extractor.layouts import Layout, UnknownLayoutError, layout_for
from extractor.layouts.sections.recognition import is_aside, is_boilerplate, sidebar, worth_confirming
from extractor.layouts.sections.statement import needs_words
from extractor.layouts.sections.wordlist import apart, is_known, meant, spelled
from extractor.mending.doubtful import leave_open
from extractor.mending.scanned import in_the_file, place_in_file, read_recognised
from extractor.model import Document, Evidence, Finding, ReadResult, Status
from extractor.pages import documents
from extractor.pages.errors import NoInvoiceError, NotADocumentError, UnreadableFileError
from extractor.pages.files import file_bytes
from extractor.pages.frames import IS_SCAN
from extractor.pages.guide import Guide
from extractor.sheet import Page, Scan
from extractor.x12 import is_interchange

READER = f"billclerk {__version__}"

GUIDE = Guide(is_known, spelled, meant, apart, is_boilerplate, is_aside, sidebar, worth_confirming)


SECOND_READING = 40
"""Pages that the second reader, twenty-five times as slow, is asked for at most."""


@dataclass(frozen=True)
class Allowance:
    """What a document may have, and how many pages of it are recognised at the same time."""

    max_pages: int = 2000
    max_file_mb: int = 100
    max_page_megapixels: int = 40
    processes: int = 1
    scans: bool = True
    """Whether pages are recognised; if not, a file that has such pages raises `ScanError`."""


HEAD = 4096
"""Bytes at the beginning of a file that tell what a text is encoded in."""

Corrections = Mapping[int, Sequence[Correction]]
"""What people corrected, by the bill's position in the file, from 1."""

Read = Callable[[Sequence[Page], Document], ReadResult]
"""Reads the one bill that some pages are."""


def read_document(
    path: Path | str, allowance: Allowance = Allowance(), corrections: Corrections = MappingProxyType({})
) -> list[ReadResult]:
    """Read every bill of a file, in this process, and lay people's corrections over what is read.

    A file that cannot be read gives one record with status unreadable and the reason.
    """
    digest = None
    try:
        data = file_bytes(path, allowance.max_file_mb * 1_000_000)
        digest = hashlib.sha256(data).hexdigest()
        if is_interchange(data):
            return list(_invoices(data, shown(path), digest, corrections))
        _refuse_encoded(data[:HEAD])
        return list(_results(data, shown(path), digest, allowance, corrections))
    except BillclerkError as error:
        return [refused(shown(path), digest, error)]


def _refuse_encoded(head: bytes) -> None:
    """Refuse EDI that is not in ASCII, and say what it is in."""
    if is_interchange(plain(head)):
        said = (
            f"it is EDI in {name_of(encoding_of(head))}, which is not read; save it as UTF-8, and take that"
        )
        raise NotADocumentError(said)
    if is_interchange(of_ebcdic(head) or b""):
        raise NotADocumentError("it is EDI in EBCDIC, which is not read; save it as ASCII, and take that")


def shown(path: Path | str) -> str:
    """Return a path as text that can be printed, whatever bytes its name has."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def refused(path: str, digest: str | None, error: BillclerkError) -> ReadResult:
    """Return the record of a file that cannot be read, with the reason as its finding."""
    code = getattr(error, "code", "unreadable")
    return ReadResult(
        document=Document(path=path, sha256=digest, reader=READER),
        status=Status.UNREADABLE,
        findings=(Finding(code=code, severity="error", message=str(error)),),
    )


def _refused_bill(document: Document, error: BillclerkError) -> ReadResult:
    """Return the record of pages that are no bill we can read, saying which pages."""
    return refused(document.path, document.sha256, error).model_copy(update={"document": document})


def _results(
    data: bytes, path: str, digest: str, allowance: Allowance, corrections: Corrections
) -> Iterator[ReadResult]:
    how = documents.Reading(
        needs_words,
        GUIDE,
        allowance.max_pages,
        allowance.max_page_megapixels * 1_000_000,
        allowance.processes,
        allowance.scans,
    )
    with documents.opened(data, how) as pages:
        bills, left = cut(pages)
        for position, group in enumerate(bills, 1):
            document = Document(
                path=path,
                sha256=digest,
                pages=len(pages),
                page_range=(min(page.number for page in group), max(page.number for page in group)),
                source=_source(group),
                reader=READER,
            )
            result = _read_bill(group, data, document, corrections.get(position, ()))
            yield _with_left_over(result, left) if left and position == 1 else result


def _invoices(data: bytes, path: str, digest: str, corrections: Corrections) -> Iterator[ReadResult]:
    """Read every invoice of an EDI file; what counts as pages are its segments.

    Raises:
        NoInvoiceError: if it holds none.
        DamagedInterchangeError: if it is cut, or its segments are out of place.
    """
    contents = contents_of(data)
    kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(contents.others.items()))
    if not contents.invoices:
        raise NoInvoiceError(f"no invoice (810) is in it, but transactions: {kinds or 'none'}")
    alone = len(contents.invoices) == 1 and not contents.others
    for position, invoice in enumerate(contents.invoices, 1):
        document = Document(
            path=path,
            sha256=digest,
            pages=contents.segments,
            page_range=(1, contents.segments) if alone else (invoice.first, invoice.last),
            source="edi",
            reader=READER,
        )
        draft, aside = read_invoice(invoice)
        if kinds and position == 1:
            aside.findings.append(_others_there(kinds))
        document = _read_as(document, edi.NAME, edi.REVISION)
        yield _judged(draft, aside, document, corrections.get(position, ()))


def _others_there(kinds: str) -> Finding:
    message = f"the file holds other transactions too, which are not read with the bills: {kinds}"
    return Finding(code="edi_others", severity="info", message=message)


def _read_bill(
    pages: Sequence[Page], data: bytes, document: Document, corrections: Sequence[Correction]
) -> ReadResult:
    if not any(page.text.strip() for page in pages):
        return _refused_bill(
            document,
            UnreadableFileError("there is nothing to read on the pages; scan or fetch the bill again"),
        )
    pages, numbers = renumbered(pages)
    read = partial(read_pages, corrections=corrections, shown=place_in_file(pages, numbers))
    if numbers or any(isinstance(page, Scan) for page in pages):
        return in_the_file(read_recognised(pages, partial(_tried, document=document, read=read)), numbers)
    return _of_text(pages, data, document, read)


def _source(pages: Sequence[Page]) -> Literal["text", "ocr", "mixed"]:
    sources = {page.source for page in pages if page.text.strip()}
    return "mixed" if len(sources) > 1 else sources.pop() if sources else "text"


def _of_text(pages: Sequence[Page], data: bytes, document: Document, read: Read) -> ReadResult:
    try:
        result = read(pages, document)
    except UnknownLayoutError as error:
        return _unknown(pages, data, document, read, error)
    except BillclerkError as error:
        return _refused_bill(document, error)
    return (
        result if result.status == Status.VERIFIED else _second_reading(result, pages, data, document, read)
    )


def _tried(pages: Sequence[Page], document: Document, read: Read) -> ReadResult:
    try:
        return read(pages, document)
    except BillclerkError as error:
        return _refused_bill(document, error)


def _place(evidence: Evidence) -> Place:
    return evidence.page, evidence.bbox


def read_pages(
    pages: Sequence[Page],
    document: Document,
    corrections: Sequence[Correction] = (),
    shown: Shown = _place,
) -> ReadResult:
    """Read the one bill that these pages are. Pure: what it returns depends on what is handed in alone.

    People's corrections are laid over what is read before it is checked; `shown` tells where a place of
    these pages is in the file.

    Raises:
        UnknownLayoutError: if no layout claims them.
    """
    layout: Layout = layout_for(pages)
    draft, aside = layout.read(pages)
    leave_open(draft, aside)
    return _judged(draft, aside, _read_as(document, layout.NAME, layout.REVISION), corrections, shown)


def _read_as(document: Document, name: str, revision: int) -> Document:
    """Return a document that says by which layout it was read."""
    reader = f"{document.reader}, {name} r{revision}"
    return document.model_copy(update={"layout": name, "reader": reader})


def _judged(
    draft: Draft, aside: Aside, document: Document, corrections: Sequence[Correction], shown: Shown = _place
) -> ReadResult:
    """Return the record of a draft, people's corrections laid over it, with its proof and its status."""
    bill, evidence = assemble(draft)
    bill, evidence, said = corrected(bill, evidence, corrections, shown)
    aside.findings.extend(said)
    judged, status, proof, findings = proven(bill, aside, evidence)
    return ReadResult(
        document=document,
        status=status,
        bill=judged,
        evidence=evidence,
        proof=proof,
        findings=_missing_first(findings) if status == Status.REVIEW else findings,
    )


def _missing_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings with a missing page before all else: what does not close then follows from it."""
    missing = [
        finding.model_copy(update={"severity": "error"})
        for finding in findings
        if finding.code == "pages_missing"
    ]
    return (*missing, *(finding for finding in findings if finding.code != "pages_missing"))


def _unknown(
    pages: Sequence[Page], data: bytes, document: Document, read: Read, error: BillclerkError
) -> ReadResult:
    """Ask the second reader for pages that no layout knows: the first may have missed their headings."""
    if len(pages) <= SECOND_READING:
        try:
            return read(_second_reader(data, [page.number for page in pages]), document)
        except BillclerkError:
            pass
    return _refused_bill(document, error)


def _second_reading(
    first: ReadResult, pages: Sequence[Page], data: bytes, document: Document, read: Read
) -> ReadResult:
    """Read a bill that does not close again, its doubtful pages with the second reader.

    If that reading closes it is used as a whole; else the first stays, and says where they differ.
    """
    numbers = _doubtful(first, pages)
    try:
        words = {page.number: page for page in _second_reader(data, numbers)}
        again = read([words.get(page.number, page) for page in pages], document)
    except BillclerkError:
        return first
    if again.status == Status.VERIFIED:
        message = "the first text reader's words do not close; those of the second do, and are used"
        used = Finding(code="second_reader", severity="info", message=message)
        return again.model_copy(update={"findings": (*again.findings, used)})
    return first.model_copy(update={"findings": (*first.findings, *disagreements(first, again))})


def _second_reader(data: bytes, numbers: Sequence[int]) -> list[Page]:
    from extractor.pages import plumber  # a tenth of a second, for the bills that do not close

    return plumber.read_pages(data, numbers)


def _doubtful(result: ReadResult, pages: Sequence[Page]) -> list[int]:
    """Return the pages to read again: all of a common bill, of a long statement those with errors."""
    if len(pages) <= SECOND_READING:
        return [page.number for page in pages]
    named = {finding.page for finding in result.findings if finding.severity == "error" and finding.page}
    return sorted(named)[:SECOND_READING]


def _with_left_over(result: ReadResult, pages: Sequence[Page]) -> ReadResult:
    numbers = ", ".join(str(page.number) for page in pages)
    left = Finding(
        code="pages_left_over",
        severity="warning",
        message=f"pages of the file that belong to no bill: {numbers}",
    )
    return result.model_copy(update={"findings": (*result.findings, left)})


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process: the file's records, a line of JSON each, or `IS_SCAN`."""
    question = json.loads(request)
    corrections: dict[int, list[Correction]] = {}
    for position, correction in question.pop("corrections", ()):
        corrections.setdefault(position, []).append(correction_from(correction))
    try:
        results = read_document(question.pop("path"), Allowance(**question), corrections)
    except documents.ScanError:
        return IS_SCAN
    results = [*_without_a_bill(results, corrections)]
    return b"\n".join(result.model_dump_json().encode() for result in results)


def _without_a_bill(results: Sequence[ReadResult], corrections: Corrections) -> Iterator[ReadResult]:
    """Give the records, saying so of corrections whose bill is not there any more."""
    there = {position for position, result in enumerate(results, 1) if result.bill is not None}
    lost = sorted(set(corrections) - there)
    for position, result in enumerate(results, 1):
        if lost and position == 1:
            message = (
                f"corrections of bill {', '.join(map(str, lost))} of the file are not applied: it is not read"
            )
            said = Finding(code="correction_lost", severity="error", message=message)
            status = Status.REVIEW if result.status == Status.VERIFIED else result.status
            yield result.model_copy(update={"findings": (*result.findings, said), "status": status})
        else:
            yield result
