"""The formats that interval data comes in, one module each; this folder is the registry.

A format is a module with a `NAME`, a `REVISION` (raised when its reading changes) and the functions
`claims(name, head)` and `read(file, name)`; adding one adds a file and edits none. Exactly one may
claim a file. What is said of a file never has its account in it. A format whose files have the service
account in their names alone also has a function `account_in(name)`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO, Protocol, cast

from extractor.base.errors import BillclerkError
from extractor.intervals.given import Given

HEAD = 4096
"""Bytes at the beginning of a file by which it is claimed."""


class Format(Protocol):
    """What a module of this folder offers."""

    NAME: str
    REVISION: int

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes whether a file is of this format."""

    def read(self, file: BinaryIO, name: str) -> Iterator[Given]:
        """Give what a file holds, in its order, without holding all of it.

        `name` is the file's own: SCE's CSV has the service account nowhere else.

        Raises:
            UnreadableIntervalsError: if it is damaged, so that nothing of it may be taken.
        """


class UnreadableIntervalsError(BillclerkError):
    """An interval file is damaged, or is none of the formats known; download it again, or map its columns."""

    exit_code = 3
    code = "unreadable_intervals"


class UnknownFormatError(UnreadableIntervalsError):
    """No format claims this file; add one under extractor/intervals/formats/."""

    code = "unknown_format"


class AmbiguousFormatError(BillclerkError):
    """Several formats claim this file; sharpen what they claim."""

    code = "ambiguous_format"


@cache
def formats() -> tuple[Format, ...]:
    """Return every format of this folder."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    found = [importlib.import_module(f"{__name__}.{name}") for name in sorted(names)]
    return tuple(cast(Format, module) for module in found if hasattr(module, "claims"))


def format_of(name: str, head: bytes) -> Format:
    """Return the one format that claims a file.

    Raises:
        UnknownFormatError: if none does.
        AmbiguousFormatError: if several do.
    """
    claims = [one for one in formats() if one.claims(name, head)]
    match claims:
        case [one]:
            return one
        case []:
            raise UnknownFormatError(
                "this is no interval file of a known format; download it as Green Button CSV or XML"
            )
        case _:
            raise AmbiguousFormatError(", ".join(one.NAME for one in claims))


def account_in_name(name: str) -> str | None:
    """Return the service account in a file's name, by any format that takes it from there."""
    found = {told_by_name(one, name) for one in formats()} - {None}
    return found.pop() if len(found) == 1 else None


def told_by_name(one: Format, name: str) -> str | None:
    """Return the service account that a format takes from a file's name; None if it takes none from there."""
    account_in = getattr(one, "account_in", None)
    return None if account_in is None else account_in(name)
