r"""How the text of a file of data is encoded, told by its first bytes, as a file is claimed by them.

Utilities write ASCII or UTF-8; a spreadsheet, an editor or a shell saves it as UTF-16 ("Unicode text"),
rarely UTF-32. A byte order mark tells that, and without one the zeros do: of a text in ASCII every other
byte is one, or three of four. Such a text is read as what it is, to the letter: where it is not that to
its end, nothing of it is taken. EBCDIC, of large computers, is named and not read.
Source: The Unicode Standard 16.0, 23.8 (byte order mark) and D98 to D101 (encoding schemes).

>>> encoding_of("Date".encode("utf-16")), encoding_of("Date".encode("utf-16-le")), encoding_of(b"Date")
('utf-16', 'utf-16-le', 'utf-8-sig')
>>> encoding_of("Date".encode("utf-32")), encoding_of("Date".encode("utf-32-be"))
('utf-32', 'utf-32-be')
"""

from __future__ import annotations

import codecs
import re
import string
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

UTF_8 = "utf-8-sig"
"""What a text is in that is in nothing else: UTF-8, with or without its mark, or byte by byte."""

PIECE = 1 << 16
"""Bytes that are decoded at once."""

_MARKS = (
    ("utf-32", (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)),  # begins as the mark of UTF-16 does
    ("utf-16", (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)),
)
_ZEROS = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
"""By which bytes of four most are zero."""

_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml\s[^>]{0,200}?\bencoding\s*=\s*["']([!-~]{1,40}?)["']""")
_TEXT = frozenset(string.printable + "\x85")


EBCDIC = "it is text in EBCDIC, which is not read; save it as UTF-8, and import that"


class NotEncodedSoError(ValueError):
    """A text is not in the encoding that it begins with; the message says where that ends."""


def encoding_of(head: bytes) -> str:
    """Return the encoding by a file's first bytes."""
    for encoding, marks in _MARKS:
        if head.startswith(marks):
            return encoding
    first, second, third, fourth = (_is_mostly_zeros(head[at::4]) for at in range(4))
    return _ZEROS.get((first, second, third, fourth), UTF_8)


def _is_mostly_zeros(some: bytes) -> bool:
    return some.count(0) * 2 > len(some)


def name_of(encoding: str) -> str:
    """Return what people call an encoding.

    >>> name_of("utf-16-le"), name_of("utf-8-sig")
    ('UTF-16', 'UTF-8')
    """
    return encoding[:6].upper().rstrip("-")


def plain(head: bytes) -> bytes:
    r"""Return the first bytes of a file as if it were UTF-8; a letter that is cut at their end is left away.

    >>> plain("Date".encode("utf-16")[:-1]), plain(b"Date")
    (b'Dat', b'Date')
    """
    encoding = encoding_of(head)
    return head if encoding == UTF_8 else head.decode(encoding, "ignore").encode()


def of_ebcdic(head: bytes) -> bytes | None:
    """Return first bytes in EBCDIC as if they were UTF-8; None where they are no text in it.

    >>> of_ebcdic("ISA*00*".encode("cp037")), of_ebcdic(b"ISA*00*")
    (b'ISA*00*', None)
    """
    text = head.decode("cp037")
    begin = text[:100]
    is_text = _TEXT.issuperset(begin) and any(map(str.isalnum, begin))  # no ASCII is a letter or digit in it
    return text.encode() if is_text else None


def declared(head: bytes) -> str | None:
    """Return what XML says in its first line that it is encoded in, in lower case.

    >>> declared(b'<?xml version="1.0" encoding="UTF-16"?><feed/>'), declared(b"<feed/>")
    ('utf-16', None)
    """
    match = _DECLARED.match(plain(head))
    return match[1].decode().lower() if match else None


@contextmanager
def as_utf_8(file: BinaryIO, encoding: str) -> Iterator[BinaryIO]:
    """Give a file's text in UTF-8, as a file of its own that is gone afterwards.

    Raises:
        NotEncodedSoError: if it is not in that encoding to its end.
    """
    with tempfile.TemporaryFile() as made:
        lines = 1
        try:
            for text in codecs.iterdecode(iter(partial(file.read, PIECE), b""), encoding):
                lines += text.count("\n")
                made.write(text.encode())
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n")
            raise NotEncodedSoError(
                f"line {line}: it begins as {name_of(encoding)}, and here is cut or something else;"
                " download it again, or save all of it as UTF-8"
            ) from None
        made.seek(0)
        yield made
