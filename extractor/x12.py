"""X12 interchanges as segments, read as a stream, and the envelope's own counts checked.

The header ISA has a fixed length and shows the separators: the element separator is its byte 4, the
component separator byte 105, the segment terminator byte 106, which may be a line's end; after another
terminator line ends are ignored. SE counts the segments of a transaction, GE the transactions of a group,
IEA the groups of an interchange, and each repeats the control number of its header. A file may hold
several interchanges, each with its own separators.

>>> import io
>>> ids = "*01*006908818      *01*000000000      *251103*0000*U*00401*000000001*0*P*>~"
>>> file = io.BytesIO(f"ISA*00*          *00*          {ids}IEA*1*000000001~".encode())
>>> [number for number, elements in Interchanges(file).checked()]
Traceback (most recent call last):
extractor.x12.DamagedInterchangeError: segment 2 (IEA): counts 1 groups, of which 0 are there
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from extractor.base.errors import BillclerkError

ISA = 106
"""Bytes of the interchange header, its terminator included."""

CHUNK = 65_536
REFUSED = 65_536
"""Bytes from which a segment is none."""

IGNORED = "\r\n\t \x00\x1a"
"""What may stand between interchanges."""

MARK = "\xef\xbb\xbf"
"""What some editors put first, byte by byte: all is read as Latin-1, which has every byte."""


_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n\t \x00\x1a]{0,1000}ISA(?=[^0-9A-Za-z\r\n])")


_TRANSACTION = re.compile(rb"([^0-9A-Za-z ])ST([^0-9A-Za-z\s])([0-9]{3})\2")
"""A header ST, whatever the separators: what stands before it is no element separator."""


class DamagedInterchangeError(BillclerkError):
    """The interchange is cut, or its segments are out of place; fetch the file again."""

    code = "damaged_interchange"
    exit_code = 3


class Separators(NamedTuple):
    """The three characters that an interchange sets."""

    element: str
    component: str
    terminator: str


class Segment(NamedTuple):
    """A segment: its number in the file, from 1, and its elements, the first of them its name."""

    number: int
    elements: list[str]

    def element(self, number: int) -> str:
        """Return an element by its number in the standard; empty ones at the end are left away."""
        return self.elements[number] if number < len(self.elements) else ""

    def refused(self, why: str) -> DamagedInterchangeError:
        """Return the error that this segment is."""
        return DamagedInterchangeError(f"segment {self.number} ({self.elements[0][:3]}): {why}")


def is_interchange(data: bytes) -> bool:
    r"""Tell by its first bytes whether a file is an X12 interchange.

    >>> is_interchange(b"ISA*00*"), is_interchange(b"\r\nISA|00|"), is_interchange(b"ISABEL'S BILL")
    (True, True, False)
    """
    return _BEGINS.match(data) is not None


def transactions_of(data: bytes) -> set[str]:
    r"""Return the kinds of transactions that begin in the bytes of a file, told fast and without a check.

    >>> sorted(transactions_of(b"ISA*00*...~GS*IN*1~ST*810*0001~BIG*1~SE*2*0001~ST*867*0002~"))
    ['810', '867']
    """
    if not is_interchange(data):
        return set()
    return {kind.decode() for before, mark, kind in _TRANSACTION.findall(data) if before != mark}


def separators(head: str) -> Separators:
    """Return the separators that an interchange header sets.

    Raises:
        DamagedInterchangeError: if it is no header, or not as long as one.
    """
    if not head.startswith("ISA"):
        raise DamagedInterchangeError("the interchange does not begin with its header ISA")
    found = Separators(head[3:4], head[104:105], head[105:106])
    if len(head) < ISA or head[: ISA - 1].count(found.element) != 16 or len(set(found)) != 3:
        raise DamagedInterchangeError(
            "the header ISA has not its 16 elements in 106 bytes; it was cut, or its lines were wrapped"
        )
    return found


class Interchanges:
    """Segments of a file, one after the other, with the separators of the interchange that each is in."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._number = 0
        self._rest = ""
        self.separators = Separators("*", ">", "~")

    def checked(self) -> Iterator[Segment]:
        """Give each segment, the envelope checked up to there.

        Raises:
            DamagedInterchangeError: if something is missing, out of place or counted wrong.
        """
        envelope = Envelope()
        for segment in self:
            for wrong in envelope.wrong(segment):
                raise segment.refused(wrong)
            yield segment

    def __iter__(self) -> Iterator[Segment]:
        """Give each segment, whatever the envelope counts.

        Raises:
            DamagedInterchangeError: if the file is cut, or holds something else.
        """
        self._fill()
        self._rest = self._rest.removeprefix(MARK)
        while self._begins():
            self.separators = separators(self._rest[:ISA])
            yield from self._interchange()

    def _begins(self) -> bool:
        """Skip what may stand before an interchange, and tell whether there is one."""
        self._rest = self._rest.lstrip(IGNORED)
        while not self._rest:
            if not self._fill():
                return False
            self._rest = self._rest.lstrip(IGNORED)
        while len(self._rest) < ISA and self._fill():
            pass
        return True

    def _fill(self) -> bool:
        chunk = self._file.read(CHUNK)
        self._rest += chunk.decode("latin-1")
        return bool(chunk)

    def _interchange(self) -> Iterator[Segment]:
        """Give the segments up to the trailer IEA."""
        for raw in self._raw():
            segment = self._segment(raw)
            if segment is not None:
                yield segment
                if segment.elements[0] == "IEA":
                    return
        raise DamagedInterchangeError(
            f"the file ends after segment {self._number}, within an interchange: it was cut"
        )

    def _raw(self) -> Iterator[str]:
        """Give what stands between terminators; what is not asked for stays in `_rest`."""
        terminator = self.separators.terminator
        while True:
            texts = self._rest.split(terminator)
            self._rest = texts.pop()
            for at, text in enumerate(texts):
                if text.lstrip(IGNORED).startswith("IEA"):
                    self._rest = terminator.join([*texts[at + 1 :], self._rest])
                yield text
            if len(self._rest) > REFUSED:
                raise DamagedInterchangeError(f"segment {self._number + 1}: has no end")
            if not self._fill():
                break
        last, self._rest = self._rest, ""
        if last.lstrip(IGNORED).startswith("IEA"):  # the very last terminator may be missing
            yield last

    def _segment(self, raw: str) -> Segment | None:
        """Return a segment; None if there is nothing between two terminators."""
        text = raw.strip("\r\n")
        if not text.strip():
            return None
        self._number += 1
        return Segment(self._number, text.split(self.separators.element))


class Envelope:
    """The counts and control numbers of headers and trailers, checked as segments pass."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str, int]] = []
        """Trailers that are waited for: name, control number, and what is counted so far."""

    def wrong(self, segment: Segment) -> list[str]:
        """Pass one segment; return what it counts or repeats wrong.

        Raises:
            DamagedInterchangeError: if it is out of place.
        """
        name = segment.elements[0]
        if name in _HEADERS:
            self._opens(segment, *_HEADERS[name])
        elif name in _TRAILERS:
            return self._closes(segment, _TRAILERS[name])
        elif not self._within("SE") and name != "TA1":
            raise segment.refused("stands outside of any transaction")
        return []

    def _within(self, trailer: str) -> bool:
        return bool(self._open) and self._open[-1][0] == trailer

    def _opens(self, segment: Segment, trailer: str, outer: str, control: int) -> None:
        if (self._open[-1][0] if self._open else "") != outer:
            raise segment.refused("stands where none may be")
        if self._open:
            name, number, count = self._open[-1]
            self._open[-1] = (name, number, count + 1)
        begun = segment.number if trailer == "SE" else 0
        self._open.append((trailer, segment.element(control).strip(), begun))

    def _closes(self, segment: Segment, what: str) -> list[str]:
        name = segment.elements[0]
        if not self._within(name):
            raise segment.refused("ends what was not begun")
        _, control, count = self._open.pop()
        held = segment.number - count + 1 if name == "SE" else count
        counted = segment.element(1).strip()
        wrong = []
        if not counted.isdigit() or int(counted) != held:
            wrong.append(f"counts {counted[:8] or 'no'} {what}, of which {held} are there")
        if segment.element(2).strip().lstrip("0") != control.lstrip("0"):
            wrong.append("repeats another control number than its header's")
        return wrong


_HEADERS = {"ISA": ("IEA", "", 13), "GS": ("GE", "IEA", 6), "ST": ("SE", "GE", 2)}
"""Headers: their trailer, the trailer within which they stand, and the element with the control number."""

_TRAILERS = {"IEA": "groups", "GE": "transactions", "SE": "segments"}
