"""The entries of a feed as they come, read without holding the file.

The tree is built by the standard library's parser without an event for each element and cut back
after each piece of the file: finished entries are given and let go, the readings of a block that
is still open are taken into columns. Measured on SCE's shape this is faster than iterparse with
clearing, which hands six events a reading to Python.

A document type declaration is refused before anything in it is read, and with it every entity that
a file could define. Nothing is fetched. Source of the shape: NAESB REQ.21 in RFC 4287 (Atom).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, NoReturn
from xml.etree.ElementTree import Element, ParseError, SubElement, TreeBuilder, XMLParser
from xml.parsers import expat

from extractor.intervals.formats import UnreadableIntervalsError, WrongEncodingError
from extractor.intervals.formats._espi.columns import READING, Columns
from extractor.intervals.formats._espi.names import ATOM, CUSTOMER, ESPI

FEED, ENTRY, CONTENT = ATOM + "feed", ATOM + "entry", ATOM + "content"
BLOCK, INTERVAL = ESPI + "IntervalBlock", ESPI + "interval"

PIECE = 1 << 13
"""Bytes parsed between two looks at the tree: so few that it stays in the processor's cache, the fastest."""


@dataclass
class Held:
    """Which readings of the columns are a block's."""

    first: int
    end: int


INVALID, UNKNOWN, INCORRECT = (
    expat.errors.codes[one]
    for one in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
    )
)

DEPTH = 6
"""How deep a block may stand: in a content, an entry, a feed, the document, and two more."""


class Stream:
    """A feed that is being read."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.held: dict[Element, Held] = {}
        """The readings of the blocks of the entry that was given last."""
        self._emptied: dict[Element, int] = {}
        """How many blocks of the content that is open have no readings left."""
        builder = TreeBuilder()
        self._above = builder.start("document", {})  # the document's root becomes its child
        self._parser = XMLParser(target=builder)
        self._prolog = Prolog()
        self._lines = (1, 1)

    def entries(self, file: BinaryIO) -> Iterator[Element]:
        """Give each entry when it is complete, its blocks without readings.

        Raises:
            UnreadableIntervalsError: if it is no well-formed XML, has a DTD, or is no feed.
        """
        for piece in iter(partial(file.read, PIECE), b""):
            self._feed(piece)
            yield from self._finished()
            self._drain_open()
        self._close()
        yield from self._rest()

    def _feed(self, piece: bytes) -> None:
        """Parse a piece, its prolog first by the guard."""
        self._lines = self._lines[1], self._lines[1] + piece.count(b"\n")
        try:
            self._prolog.check(piece)
            self._parser.feed(piece)
        except (ParseError, expat.ExpatError, LookupError, ValueError) as error:
            _refuse_encoding(error, self._prolog.encoding, piece)
            _refuse(error)

    def _close(self) -> None:
        """Say that the file is over."""
        try:
            self._parser.close()
        except ParseError as error:
            _refuse(error)
        _check_root(self._above[0].tag)

    def _finished(self) -> Iterator[Element]:
        """Give the entries that are complete, which all but the last child of the feed are."""
        if not len(self._above):
            return
        root = self._above[0]
        _check_root(root.tag)
        if root.tag == FEED:
            complete = root[:-1]
            del root[:-1]
            yield from self._drained(complete)

    def _rest(self) -> Iterator[Element]:
        """Give what was open until the end of the file."""
        root = self._above[0]
        match root.tag:
            case tag if tag == FEED:
                yield from self._drained(root[:])
            case tag if tag == ENTRY:
                yield from self._drained([root])
            case _:  # a resource without its entry
                entry = Element(ENTRY)
                SubElement(entry, CONTENT).append(root)
                yield from self._drained([entry])

    def _drained(self, children: list[Element]) -> Iterator[Element]:
        """Give the entries among complete children, the readings of their blocks taken."""
        for entry in children:
            if entry.tag == ENTRY:
                for block in entry.iter(BLOCK):
                    self._take(block, block[:])
                yield entry
                self.held.clear()

    def _drain_open(self) -> None:
        """Take the readings that are complete in the entry that is open: those of its blocks so far."""
        node = self._above
        for _ in range(DEPTH):
            if not len(node):
                return
            parent, node = node, node[-1]
            if node.tag == BLOCK:
                for block in parent[self._emptied.get(parent, 0) : -1]:
                    self._empty(block, block[:])
                self._emptied = {parent: len(parent) - 1}
                self._empty(node, node[:-1])
                return

    def _empty(self, block: Element, complete: list[Element]) -> None:
        """Take complete readings out of a block; what else it has stays."""
        if block.tag == BLOCK:
            self._take(block, complete)
            block[: len(complete)] = [child for child in complete if child.tag != READING]

    def _take(self, block: Element, children: list[Element]) -> None:
        """Take readings into the columns, and note whose they are."""
        first = len(self.columns)
        try:
            self.columns.take(children)
        except UnreadableIntervalsError as error:
            begun, read = self._lines
            raise UnreadableIntervalsError(f"between lines {begun} and {read}: {error}") from None
        held = self.held.setdefault(block, Held(first, first))
        if len(self.columns) > first:
            held.end = len(self.columns)


class Prolog:
    """The guard before the root element, the only place where a DTD may stand."""

    def __init__(self) -> None:
        self._parser: expat.XMLParserType | None = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse_dtd
        self._parser.StartElementHandler = self._root
        self._parser.XmlDeclHandler = self._declared
        self.encoding: str | None = None
        """What the first line says that the file is encoded in."""

    def check(self, piece: bytes) -> None:
        """Look at the next bytes of a file until its root has begun.

        Raises:
            UnreadableIntervalsError: if a document type is declared.
        """
        if self._parser is not None:
            try:
                self._parser.Parse(piece, False)
            except _RootBegunError:
                self._parser = None

    def _declared(self, version: str, encoding: str | None, standalone: int) -> None:
        self.encoding = encoding

    def _root(self, name: str, attributes: object) -> NoReturn:
        raise _RootBegunError


class _RootBegunError(Exception):
    """The prolog is over; nothing is wrong."""


def _refuse_dtd(*declared: object) -> NoReturn:
    raise UnreadableIntervalsError("it declares a document type, which no Green Button file does; not read")


def _check_root(tag: str) -> None:
    """Refuse a document that is none of Atom's or ESPI's."""
    if tag not in (FEED, ENTRY) and not tag.startswith((ESPI, CUSTOMER)):
        raise UnreadableIntervalsError(
            f"this XML is no Green Button feed: its root is <{tag.rpartition('}')[2]:.40}>"
        )


def _refuse_encoding(error: Exception, said: str | None, piece: bytes) -> None:
    """Refuse XML that is not in the encoding that its first line says, or in one that nobody knows."""
    match error:
        case ParseError(code=int(code), position=(line, _)):
            pass
        case expat.ExpatError(code=int(code), lineno=int(line)):
            pass
        case _:
            line, code = 1, UNKNOWN
    if code == UNKNOWN:
        why = f"its encoding is not known: {said or 'none is said':.20}"
    elif code == INCORRECT:
        why = f"its first line says that it is {said:.20}, and it is not"
    elif code == INVALID and (said or "utf-8").lower() == "utf-8" and not _may_be_utf_8(piece):
        why = "it has letters that are not UTF-8, and does not say what they are"
    else:
        return
    raise WrongEncodingError(
        f'line {line}: {why}; save it as UTF-8, with encoding="UTF-8" in its first line, and import that'
    ) from None


def _may_be_utf_8(piece: bytes) -> bool:
    """Tell whether bytes may stand somewhere in a text in UTF-8, letters cut at both their ends."""
    begins = next((at for at in range(min(4, len(piece))) if piece[at] & 0xC0 != 0x80), 0)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece[begins:])
    except UnicodeDecodeError:
        return False
    return True


def _refuse(error: Exception) -> NoReturn:
    """Say where and why XML cannot be read."""
    match error:
        case ParseError(code=int(code), position=(line, _)):
            reason = expat.errors.messages[code]
        case expat.ExpatError():
            line, reason = error.lineno, expat.errors.messages[error.code]
        case _:
            line, reason = 1, "its encoding cannot be read"
    raise UnreadableIntervalsError(
        f"line {line}: the XML breaks off or is damaged ({reason}); download it again"
    ) from None
