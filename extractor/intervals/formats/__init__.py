"""The formats that interval data comes in, one module each; this folder is the registry.

A format is a module with a `NAME`, a `REVISION` (raised when its reading changes) and the functions
`claims(name, head)` and `read(file, name)`; adding one adds a file and edits none. Exactly one may
claim a file. A text in UTF-16 or UTF-32 is claimed by what it says, and read as UTF-8 (`extractor.encoding`).
What is said of a file never has its account in it. A format whose files have the service account in
their names alone also has a function `account_in(name)`; one that takes something for granted, to be
confirmed by a person, has a function `layout_in(file)` that says what.
"""

from __future__ import annotations

import codecs
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from typing import BinaryIO, Protocol, cast

from extractor.base.errors import BillclerkError
from extractor.encoding import (
    EBCDIC,
    UTF_8,
    NotEncodedSoError,
    as_utf_8,
    declared,
    encoding_of,
    name_of,
    of_ebcdic,
    plain,
)
from extractor.intervals.given import Given

HEAD = 4096
"""Bytes at the beginning of a file by which it is claimed."""


Read = Callable[[BinaryIO, str], Iterator[Given]]
"""How a file is read that has a name."""


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


def is_web_page(head: bytes) -> bool:
    """Tell whether a file is a web page: what a site answers where one has to sign in again, say.

    >>> is_web_page(b"<!DOCTYPE html><html>"), is_web_page(b"<feed/>")
    (True, False)
    """
    text = plain(head).removeprefix(codecs.BOM_UTF8).lstrip()
    return text[:15].lower().startswith((b"<html", b"<!doctype html"))


class UnreadableIntervalsError(BillclerkError):
    """An interval file is damaged, or is none of the formats known; download it again, or map its columns."""

    exit_code = 3
    code = "unreadable_intervals"


class UnknownFormatError(UnreadableIntervalsError):
    """No format claims this file; add one under extractor/intervals/formats/."""

    code = "unknown_format"


class WrongEncodingError(UnreadableIntervalsError):
    """An interval file is in an encoding that is not read; the message says what to save it as."""

    code = "wrong_encoding"


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
    """Return the one format that claims a file, whatever its text is encoded in.

    Raises:
        UnknownFormatError: if none does.
        WrongEncodingError: if one would, were the file not in an encoding that is not read.
        AmbiguousFormatError: if several do.
    """
    text = plain(head)
    claims = [one for one in formats() if one.claims(name, text)]
    match claims:
        case [one]:
            return one
        case []:
            _refuse_ebcdic(name, head)
            raise UnknownFormatError(
                "this is no interval file of a known format; download it as Green Button CSV or XML"
            )
        case _:
            raise AmbiguousFormatError(", ".join(one.NAME for one in claims))


def _refuse_ebcdic(name: str, head: bytes) -> None:
    text = of_ebcdic(head)
    if text is not None and any(one.claims(name, text) for one in formats()):
        raise WrongEncodingError(EBCDIC)


def reader_of(one: Format, head: bytes) -> Read:
    """Return how a format reads a file that it claims, whatever its text is encoded in.

    XML whose first line says it is none of UTF-8 is left to its parser, which knows UTF-16.

    Raises:
        WrongEncodingError: if that is not read.
    """
    encoding, said = encoding_of(head), declared(head)
    if encoding == UTF_8 or (said not in (None, "utf-8") and name_of(encoding) == "UTF-16"):
        return one.read
    if said in (None, "utf-8"):
        return partial(_read_as_utf_8, one, encoding)
    raise WrongEncodingError(
        f"it is XML in {name_of(encoding)}, which is not read; save it as UTF-8, and import that"
    )


def layout_of(one: Format, head: bytes, file: BinaryIO) -> str | None:
    """Return what a format takes for granted of a file, and go back to its beginning; None: nothing.

    Raises:
        UnreadableIntervalsError: if the file is damaged.
    """
    layout_in: Callable[[BinaryIO], str] | None = getattr(one, "layout_in", None)
    if layout_in is None:
        return None
    encoding = encoding_of(head)
    with nullcontext(file) if encoding == UTF_8 else _as_utf_8(file, encoding) as text:
        layout = layout_in(text)
    file.seek(0)
    return layout


@contextmanager
def _as_utf_8(file: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    try:
        with as_utf_8(file, encoding) as text:
            yield text
    except NotEncodedSoError as error:
        raise WrongEncodingError(str(error)) from None


def _read_as_utf_8(one: Format, encoding: str, file: BinaryIO, name: str) -> Iterator[Given]:
    with _as_utf_8(file, encoding) as text:
        yield from one.read(text, name)


def account_in_name(name: str) -> str | None:
    """Return the service account in a file's name, by any format that takes it from there."""
    found = {told_by_name(one, name) for one in formats()} - {None}
    return found.pop() if len(found) == 1 else None


def told_by_name(one: Format, name: str) -> str | None:
    """Return the service account that a format takes from a file's name; None if it takes none from there."""
    account_in = getattr(one, "account_in", None)
    return None if account_in is None else account_in(name)
