"""A scan that is in doubt is read again with all that was left out; the better of both readings is kept."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from extractor.mending import scanned
from extractor.mending.scanned import read_recognised
from extractor.model import Bill, Document, Finding, ReadResult, Status
from extractor.paper import Box, Word
from extractor.sheet import Page, Scan

FIRST, WHOLE = (Word(text, 0, 0, 9, 9, 9, 0.9) for text in ("first", "whole"))


def result(*codes: str, status: Status = Status.REVIEW) -> ReadResult:
    errors = tuple(Finding(code=code, severity="error", message=code) for code in codes)
    bill = None if status == Status.UNREADABLE else Bill()
    return ReadResult(
        document=Document(path="a.pdf", reader="test"), status=status, bill=bill, findings=errors
    )


def page() -> Scan:
    def shown(box: Box) -> Box:
        return box

    whole = Scan(1, (612, 792), [WHOLE], {}, shown)
    return Scan(1, (612, 792), [FIRST], {}, shown, lambda: whole)


VERIFIED = result(status=Status.VERIFIED)
UNREADABLE = result("unknown_layout", status=Status.UNREADABLE)


@pytest.mark.parametrize(
    ("first", "whole", "kept", "looks"),
    [
        (VERIFIED, result("total"), VERIFIED, 1),  # nothing is in doubt
        (result("total"), VERIFIED, VERIFIED, 2),
        (result("total"), result("total", "unread_line"), result("total"), 2),  # more words, more doubts
        (result("total", "subtotal"), result("total"), result("total"), 2),
        (UNREADABLE, result("total"), result("total"), 2),
        (result("total"), UNREADABLE, result("total"), 2),
        (result("pages_missing"), VERIFIED, result("pages_missing"), 1),  # no words will bring a page back
    ],
)
def test_the_reading_with_fewer_doubts_is_kept(
    monkeypatch: pytest.MonkeyPatch, first: ReadResult, whole: ReadResult, kept: ReadResult, looks: int
) -> None:
    monkeypatch.setattr(scanned, "repaired", lambda _pages, result, _read: result)
    asked: list[str] = []

    def read(pages: Sequence[Page]) -> ReadResult:
        asked.append(pages[0].words[0].text)
        return first if asked[-1] == "first" else whole

    assert read_recognised([page()], read) == kept
    assert asked == ["first", "whole"][:looks]
