"""Who reads an interval file, and what its reading depends on beside the file's bytes.

That goes into the name by which an import is known: the same bytes under another name are another
meter's, where the name tells the account (two empty houses of one address have the same file).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from extractor.encoding import EBCDIC, UTF_8, encoding_of, name_of, of_ebcdic
from extractor.intervals.formats import (
    HEAD,
    AmbiguousFormatError,
    Read,
    UnknownFormatError,
    UnreadableIntervalsError,
    WrongEncodingError,
    format_of,
    is_web_page,
    layout_of,
    reader_of,
    told_by_name,
)

Columns = Mapping[str, Any]
"""A remembered mapping of the columns of a layout that no format knows, as JSON has it."""


TABLES = (".csv", ".tsv", ".psv", ".xlsx", ".xlsm", ".xls")
"""How the names of tables end."""


@dataclass(frozen=True)
class Chosen:
    """Who reads a file."""

    key: str
    """The format's name, and what else its reading depends on."""
    revision: int
    read: Read


def may_be_intervals(name: str, head: bytes) -> bool:
    """Tell by its name and its first bytes whether a file is to be read for interval data.

    >>> may_be_intervals("notes.txt", b"call me"), may_be_intervals("feed.xml", b"<feed/>")
    (False, True)
    """
    try:
        format_of(name, head)
    except UnknownFormatError:
        return False
    except (AmbiguousFormatError, WrongEncodingError):
        return True
    return True


def may_be_a_table(name: str) -> bool:
    """Tell by its name whether a file may be a table whose columns a person confirmed, or has to.

    >>> may_be_a_table("reply.XLSX"), may_be_a_table("reply.docx")
    (True, False)
    """
    return name.lower().endswith(TABLES)


def chosen(file: BinaryIO, name: str, columns: Sequence[Columns] = ()) -> Chosen:
    """Return who reads a file; runs in the guarded process.

    `columns` are the mappings that people confirmed: a file that no format claims is theirs to claim.

    Raises:
        UnreadableIntervalsError: if it is empty, or nobody claims it, or in an encoding that is not read.
        AmbiguousFormatError: if several formats do.
    """
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise UnreadableIntervalsError("the file is empty; download it again")
    try:
        one = format_of(name, head)
    except UnknownFormatError:
        try:
            return _by_columns(file, name, columns)
        except UnknownFormatError as error:
            raise _explained(error, head) from None
    account, read = told_by_name(one, name), reader_of(one, head)
    layout = layout_of(one, head, file)
    key = f"{one.NAME}, {layout}" if layout else one.NAME
    return Chosen(f"{key}, account {account}" if account else key, one.REVISION, read)


def _explained(error: UnknownFormatError, head: bytes) -> UnknownFormatError:
    """Return the error that nobody knows a file, with what its first bytes tell of it."""
    if is_web_page(head):
        return UnknownFormatError(
            "it is a web page, as sites give where one has to sign in again; download the file itself"
        )
    if of_ebcdic(head):
        return UnknownFormatError(EBCDIC)
    encoding = encoding_of(head)
    return error if encoding == UTF_8 else UnknownFormatError(f"read as {name_of(encoding)}: {error}")


def _by_columns(file: BinaryIO, name: str, columns: Sequence[Columns]) -> Chosen:
    """Return who reads a file that no format claims: the mapping of its layout that a person confirmed.

    Raises:
        UnknownFormatError: if there is none.
    """
    from extractor.intervals.mapped.remembered import format_by_columns  # only for tables nobody knows

    found = format_by_columns(name, file, columns)
    file.seek(0)
    account = found.account_in(name)
    return Chosen(f"{found.NAME}, account {account}" if account else found.NAME, found.REVISION, found.read)
