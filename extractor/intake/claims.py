"""What the inbox can do with a file: whoever claims it reads it or unpacks it.

The command line hands the claimers in, so that the inbox need not know what kinds of file there are. PDFs,
pictures and EDI with an invoice are bills; of the others the first that claims a file has it, and one that
nobody claims is read as a bill, and refused as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from extractor.base.errors import BillclerkError
from extractor.model import Status
from extractor.pages.files import is_archive
from extractor.x12 import transactions_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.store.documents import Arrival

HEAD = 1024
"""Bytes at the beginning of a file by which it is claimed."""

HEAD_OF_KIND = 4096
"""The same of files of other kinds than bills: tables have their headings below a long preamble."""

DEEPEST = 3
"""How deep a message or an archive may lie in others."""

MOST_FILES = 5000
"""Files in a message or an archive, with all those that lie in it."""


class CannotUnpackError(BillclerkError):
    """The message or archive is damaged, or holds more than it may; unpack it by hand and drop its files."""

    code = "cannot_unpack"
    exit_code = 3


@dataclass(frozen=True)
class Origin:
    """By which way a file came; of a message, who sent it."""

    came_by: str = "inbox"
    sender: str | None = None
    subject: str | None = None
    message_id: str | None = None


@dataclass(frozen=True)
class Part:
    """A file inside a message or an archive."""

    name: str
    data: bytes = field(repr=False)
    origin: Origin
    wanted: bool = True
    """Whether it may be a bill; a picture inside a message's text is none."""


class Unpacker(Protocol):
    """Claims files that hold others."""

    @property
    def kind(self) -> str:
        """What a document is kept as."""

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes whether a file is of this kind."""

    def parts(self, data: bytes, origin: Origin) -> Iterator[Part]:
        """Give the files inside.

        Raises:
            CannotUnpackError: if it is damaged, or a limit is broken.
        """


@dataclass(frozen=True)
class Look:
    """What a file of another kind than bills is, once it was read."""

    status: Status
    said: tuple[str, ...] = ()
    """What a person has to know of a file that is not sound."""
    keep: Callable[[Session, int], None] = field(default=lambda _session, _document: None)
    """Adds what was read to the store, in the transaction that takes the document of this number in."""
    again: Callable[[Session], Look] | None = None
    """What it is when all that came with it is kept, in that transaction; None: the same."""


class OtherKind(Protocol):
    """Claims files of another kind than bills (interval files, say), and reads them."""

    @property
    def kind(self) -> str:
        """What a document is kept as."""

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes whether a file is of this kind."""

    def claims_whole(self, name: str, data: bytes) -> bool:
        """Tell by all of its bytes whether a file that `claims` takes for one is of this kind."""

    def look(self, original: Path, arrival: Arrival, changed_at: int | None) -> Look:
        """Read a file that is kept under its hash; its own name is that of its arrival.

        When it was changed last is in nanoseconds since 1970; nothing tells it of what lies in other files.

        What it says of itself is believed no more than a bill. What is erased is not looked at; what is known
        is looked at again.
        """


INVOICE = "810"
"""The kind of the EDI transactions that are bills."""

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*")
"""How files of pictures begin."""


def may_be_a_bill(data: bytes) -> bool:
    r"""Tell whether a file is a PDF, a picture, or EDI that holds an invoice, beside what else it holds.

    >>> may_be_a_bill(b"%PDF-1.7"), may_be_a_bill(b"Dear Sir"), may_be_a_bill(PICTURES[0])
    (True, False, True)
    >>> may_be_a_bill(b"junk %PDF-1.7"), may_be_a_bill(b"PK\x03\x04...bill.pdf%PDF-1.7")
    (True, False)
    >>> may_be_a_bill(b"ISA*00*...~ST*867*1~...~ST*810*2~"), may_be_a_bill(b"ISA*00*...~ST*867*1~")
    (True, False)
    """
    heic = data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1")
    is_pdf = b"%PDF-" in data[:HEAD] and not is_archive(data[:HEAD])
    return is_pdf or data.startswith(PICTURES) or heic or INVOICE in transactions_of(data)


def all_parts(name: str, data: bytes, origin: Origin, unpackers: Sequence[Unpacker]) -> Iterator[Part]:
    """Give the files inside a file, and inside those, that are no messages or archives themselves.

    Raises:
        CannotUnpackError: if one of them is damaged, or a limit is broken.
    """
    yield from _parts(Part(name, data, origin), unpackers, 0, count(1))


def _parts(holder: Part, unpackers: Sequence[Unpacker], depth: int, files: Iterator[int]) -> Iterator[Part]:
    unpacker = unpacker_of(holder.name, holder.data, unpackers)
    if unpacker is None:
        return
    if depth >= DEEPEST:
        raise CannotUnpackError(f"there are archives in archives in it, more than {DEEPEST} deep")
    for part in unpacker.parts(holder.data, holder.origin):
        if next(files) > MOST_FILES:
            raise CannotUnpackError(f"there are more than {MOST_FILES:,} files in it; drop them in parts")
        if part.wanted and unpacker_of(part.name, part.data, unpackers) is not None:
            yield from _parts(part, unpackers, depth + 1, files)
        else:
            yield part


def unpacker_of(name: str, data: bytes, unpackers: Sequence[Unpacker]) -> Unpacker | None:
    """Return the first that claims a file, None if none does.

    These are asked first: what they hold may lie in their first bytes just as it is.
    """
    head = data[:HEAD]
    if head.startswith(b"%PDF-"):
        return None
    return next((unpacker for unpacker in unpackers if unpacker.claims(name, head)), None)


def kind_of(name: str, data: bytes, kinds: Sequence[OtherKind]) -> OtherKind | None:
    """Return the first that claims a file, None if none does."""
    if may_be_a_bill(data):
        return None
    head = data[:HEAD_OF_KIND]
    return next((kind for kind in kinds if kind.claims(name, head) and kind.claims_whole(name, data)), None)
