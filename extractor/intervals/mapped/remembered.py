"""Files that no format knows, read by a mapping that a person confirmed for their layout.

A mapping is used where the heading is the same, and only if nothing that the file's own rows prove
speaks against it: where hours come instead of quarters, or 13/03/2025 where months came first, the
person is asked again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Json
from typing import Any, BinaryIO

from extractor.intervals.formats import HEAD, UnknownFormatError, UnreadableIntervalsError, format_of
from extractor.intervals.formats._sce_text import account_in as told_in
from extractor.intervals.given import Given
from extractor.intervals.mapped.mapping import Mapping
from extractor.intervals.mapped.monthly import SAID, is_monthly
from extractor.intervals.mapped.proof import Proof
from extractor.intervals.mapped.proofs import mistaken, proofs
from extractor.intervals.mapped.read import read
from extractor.intervals.mapped.sample import sampled
from extractor.intervals.mapped.tables import tables
from extractor.intervals.mapped.workbook import OLD, ZIP, sheets

REVISION = 1
"""Of how a table is read by a mapping; raised when that changes."""

LOOK = "no format known; look at it with `billclerk intervals map FILE`"
"""What is said of a file that nobody reads."""


def name_of(number: int) -> str:
    """Return the name by which imports by a mapping are known.

    >>> name_of(3)
    'columns as mapping 3 says'
    """
    return f"columns as mapping {number} says"


class Mapped:
    """A format that a person confirmed: a table's columns."""

    REVISION = REVISION

    def __init__(self, number: int, mapping: Mapping) -> None:
        self.NAME = name_of(number)
        self.mapping = mapping

    def claims(self, name: str, head: bytes) -> bool:
        """Tell nothing by first bytes: `mapped_format` looks at the rows."""
        return False

    def read(self, file: BinaryIO, name: str) -> Iterator[Given]:
        """Give the readings of a file.

        Raises:
            UnreadableIntervalsError: if a row is not what the mapping says.
        """
        return read(file, name, self.mapping)

    def account_in(self, name: str) -> str | None:
        """Return the service account that is taken from a file's name, if it stands nowhere else."""
        return told_in(name) if self.mapping.owner == "name" else None


def mapped_format(name: str, file: BinaryIO, mappings: Sequence[Json[str, Any]]) -> Mapped | None:
    """Return the confirmed mapping by which a file is read; None if none is of its layout.

    Each of `mappings` is JSON, as `columns_of` of the store gives it: `id`, and `mapping`.

    Raises:
        UnknownFormatError: if one is, and what the file proves speaks against it.
        UnreadableIntervalsError: if the file is damaged or too large.
    """
    every = tables(file) if mappings else []
    for one in mappings:
        mapping = Mapping.kept(json.dumps(one["mapping"]))
        of = [table for table in every if table.signature == mapping.signature]
        if not of:
            continue
        sample = sampled(of)
        if why := mistaken(sample, mapping):
            raise UnreadableIntervalsError(why)
        if against := _against(mapping, proofs(sample, mapping)):
            raise UnknownFormatError(
                f"its heading is that of mapping {one['id']}, but {against}; "
                "look at it with `billclerk intervals map FILE`"
            )
        return Mapped(int(one["id"]), mapping)
    return None


def format_by_columns(name: str, file: BinaryIO, mappings: Sequence[Json[str, Any]]) -> Mapped:
    """Return the confirmed mapping by which a file is read that no format claims.

    Raises:
        UnknownFormatError: if there is none, or what the file proves speaks against it.
        UnreadableIntervalsError: if the file is damaged or too large.
    """
    if is_monthly(file):
        raise UnknownFormatError(SAID)
    found = mapped_format(name, file, mappings)
    if found is None:
        _refuse_saved(name, file)
        raise UnknownFormatError(LOOK)
    return found


def _refuse_saved(name: str, file: BinaryIO) -> None:
    """Refuse a workbook whose sheet is a text of a known format.

    Its cells may not be what the text had: spreadsheets shorten numbers and turn dates.
    """
    file.seek(0)
    if not file.read(HEAD).startswith((ZIP, OLD)):
        return
    for sheet in sheets(file):
        text = "\n".join(",".join(cells) for _, cells in sheet.head())
        try:
            one = format_of(name, text.encode())
        except UnknownFormatError:
            continue
        raise UnreadableIntervalsError(
            f"this is {one.NAME} saved as a workbook, which may have changed its numbers and dates;"
            " download it again and import it as it comes, or save the sheet as CSV under the file's own name"
        )


def _against(mapping: Mapping, proven: Json[str, Proof]) -> str | None:
    """Return what a file proves that is not as a mapping says."""
    for name, proof in proven.items():
        said = getattr(mapping, name)
        if proof.speaks_against(said) and f"{name}={proof.value or said}" not in mapping.overruled:
            return proof.why
    return None
