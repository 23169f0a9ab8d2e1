"""A file's bytes -> its invoices as segments, and what its envelope counts or repeats wrong.

A wrong count or control number of SE is told of its transaction, one of GE or IEA of all transactions that it
closes: something was lost, and nobody knows of which. A file that is cut, or whose segments stand out of
place, is refused whole: it has to be fetched again.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TypeVar

from extractor.edi.values import readable
from extractor.paper import Printed
from extractor.x12 import Envelope, Interchanges, Segment

T = TypeVar("T")
INVOICE = "810"
TRAILERS = ("SE", "GE", "IEA")


@dataclass(frozen=True)
class Sender:
    """What the headers of the envelope say of who sent an interchange, to whom, and whether it is a test."""

    sender: str = ""
    receiver: str = ""
    is_test: bool = False


@dataclass
class Transaction:
    """One invoice: its segments from ST to SE."""

    envelope: Sender
    separator: str
    """Between elements."""
    component: str
    """Between the components of one."""
    segments: list[Segment] = field(default_factory=list)
    wrong: list[tuple[str, int]] = field(default_factory=list)
    """What a trailer counts or repeats wrong, and its segment."""
    garbled: list[int] = field(default_factory=list)
    """Segments with characters that are no print."""

    @property
    def first(self) -> int:
        """The number of its segment ST."""
        return self.segments[0].number

    @property
    def last(self) -> int:
        """The number of its segment SE."""
        return self.segments[-1].number

    def printed(self, value: T, segment: Segment) -> Printed[T]:
        """Return a value with the segment that says so as its place."""
        return Printed(value, self.text_of(segment), segment.number, None)

    def text_of(self, segment: Segment) -> str:
        """Return a segment as it is written, without its terminator."""
        return self.separator.join(segment.elements)


@dataclass
class Contents:
    """What a file holds."""

    segments: int = 0
    invoices: list[Transaction] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)
    """How many transactions of other kinds, by kind."""


def contents_of(data: bytes) -> Contents:
    """Return the invoices of a file.

    Raises:
        DamagedInterchangeError: if it is cut, or something stands out of place.
    """
    return _Gathering(data).whole()


class _Gathering:
    """Passes over the segments of a file once."""

    def __init__(self, data: bytes) -> None:
        self._interchanges = Interchanges(io.BytesIO(data))
        self._contents = Contents()
        self._envelope = Envelope()
        self._header = Sender()
        self._open: Transaction | None = None
        self._within: dict[str, list[Transaction]] = {"SE": [], "GE": [], "IEA": []}

    def whole(self) -> Contents:
        """Return what the file holds."""
        for raw in self._interchanges:
            wrong = self._envelope.wrong(raw)
            segment = Segment(raw.number, [readable(element) for element in raw.elements])
            self._contents.segments = segment.number
            self._takes(segment)
            if segment.elements[0] in TRAILERS:
                self._closes(segment, wrong)
        return self._contents

    def _takes(self, segment: Segment) -> None:
        match segment.elements[0]:
            case "ISA":
                self._header = Sender(
                    segment.element(6).strip(), segment.element(8).strip(), segment.element(15).strip() == "T"
                )
            case "ST":
                self._begins(segment)
        if self._open is not None:
            self._open.segments.append(segment)
            if any("\ufffd" in element for element in segment.elements):
                self._open.garbled.append(segment.number)

    def _begins(self, segment: Segment) -> None:
        kind = segment.element(1)
        if kind == INVOICE:
            marks = self._interchanges.separators
            self._open = Transaction(self._header, marks.element, marks.component)
            self._contents.invoices.append(self._open)
            for invoices in self._within.values():
                invoices.append(self._open)
        else:
            self._contents.others[kind[:8]] = self._contents.others.get(kind[:8], 0) + 1

    def _closes(self, segment: Segment, wrong: list[str]) -> None:
        name = segment.elements[0]
        for invoice in self._within[name]:
            invoice.wrong.extend((message, segment.number) for message in wrong)
        self._within[name].clear()
        if name == "SE":
            self._open = None
