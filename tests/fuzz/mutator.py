"""Bills broken in the ways that files break and that attackers break them: reproducible by their seed."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from random import Random

from pikepdf import Array, Dictionary, Name, Object, Pdf, PdfError, Stream, String

Mutation = Callable[[bytearray, Random], None]

TOKENS = (
    b"/Count",
    b"/Kids",
    b"/Parent",
    b"/Length",
    b"/Filter",
    b"/FlateDecode",
    b"/Type",
    b"/Pages",
    b"/Page",
    b"/Contents",
    b"/MediaBox",
    b"/CropBox",
    b"/Rotate",
    b"/UserUnit",
    b"/Resources",
    b"/Font",
    b"/Encoding",
    b"/ToUnicode",
    b"/Widths",
    b"/FirstChar",
    b"/DescendantFonts",
    b"/XObject",
    b"/Subtype",
    b"/Form",
    b"/Matrix",
    b"/Encrypt",
    b"/Prev",
    b"/Root",
    b"/Size",
    b"/ObjStm",
    b"/Extends",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"obj",
    b"endobj",
    b"stream",
    b"endstream",
    b"xref",
    b"trailer",
    b"startxref",
    b"%%EOF",
    b"R",
    b"null",
    b"true",
)
"""Words of the PDF language."""

NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"2147483647",
    b"-2147483648",
    b"4294967295",
    b"4294967296",
    b"99999999999999999999",
    b"1e308",
    b"0.00000000001",
    b"-.5",
    b"90",
    b"45",
)
"""Numbers at which arithmetic breaks."""

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def mutated(seed_file: bytes, random: Random) -> bytes:
    """Return a file made from a sound one by one to four mutations, of its structure or of its bytes."""
    data = seed_file
    if random.random() < 0.4:
        with suppress(PdfError, ValueError, TypeError, RuntimeError, RecursionError):
            data = _restructured(data, random)
    if data is not seed_file and random.random() < 0.7:
        return data
    raw = bytearray(data)
    for _ in range(random.randint(1, 4)):
        random.choice(MUTATIONS)(raw, random)
    return bytes(raw)


def flip_bytes(data: bytearray, random: Random) -> None:
    """Change up to sixteen bytes."""
    for _ in range(random.choice((1, 2, 4, 16))):
        data[random.randrange(len(data))] = random.randrange(256)


def repeat_chunk(data: bytearray, random: Random) -> None:
    """Repeat a part of the file once or a hundred times."""
    start, end = _chunk(data, random, 2000)
    data[end:end] = bytes(data[start:end]) * random.choice((1, 2, 100))


def remove_chunk(data: bytearray, random: Random) -> None:
    """Take a part of the file out."""
    start, end = _chunk(data, random, 2000)
    del data[start:end]
    data += b"" if data else b"%PDF-1.7\n"


def move_chunk(data: bytearray, random: Random) -> None:
    """Put a part of the file somewhere else."""
    start, end = _chunk(data, random, 500)
    part = bytes(data[start:end])
    at = random.randrange(len(data))
    data[at:at] = part


def cut_off(data: bytearray, random: Random) -> None:
    """Lose the end of the file."""
    del data[random.randrange(1, len(data) + 1) :]


def swap_token(data: bytearray, random: Random) -> None:
    """Put one word of the language where another stands."""
    old = random.choice(TOKENS)
    places = [match.start() for match in re.finditer(re.escape(old), data)]
    if places:
        at = random.choice(places)
        data[at : at + len(old)] = random.choice(TOKENS)


def insert_token(data: bytearray, random: Random) -> None:
    """Put a word of the language anywhere."""
    at = random.randrange(len(data))
    data[at:at] = b" " + random.choice(TOKENS) + b" " + random.choice(NUMBERS) + b" "


def swap_number(data: bytearray, random: Random) -> None:
    """Put a number at which arithmetic breaks where another stands, or another object's number."""
    places = [match.span() for match in _NUMBER.finditer(data)]
    if places:
        start, end = random.choice(places)
        data[start:end] = random.choice((*NUMBERS, b"%d" % random.randrange(60)))


def change_content(data: bytearray, random: Random) -> None:
    """Unpack a stream, change it, and pack it again."""
    places = [match.span(1) for match in _STREAM.finditer(data)]
    if not places:
        return
    start, end = random.choice(places)
    with suppress(zlib.error):
        content = bytearray(zlib.decompress(bytes(data[start:end])))
        if content:
            random.choice((flip_bytes, repeat_chunk, remove_chunk, move_chunk, swap_number))(content, random)
            data[start:end] = zlib.compress(bytes(content))


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    repeat_chunk,
    remove_chunk,
    move_chunk,
    cut_off,
    swap_token,
    insert_token,
    swap_number,
    change_content,
)


def _chunk(data: bytearray, random: Random, longest: int) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.randint(1, longest))


def _restructured(data: bytes, random: Random) -> bytes:
    """Return a PDF, sound on the outside, whose objects were exchanged, renamed or bent."""
    with Pdf.open(BytesIO(data)) as pdf:
        for _ in range(random.randint(1, 4)):
            holder = random.choice(list(pdf.objects))
            if isinstance(holder, Stream) and random.random() < 0.5:
                content = bytearray(holder.read_bytes())
                random.choice((flip_bytes, repeat_chunk, remove_chunk, move_chunk, swap_number))(
                    content, random
                )
                holder.write(bytes(content))
            elif isinstance(holder, Dictionary | Stream) and (names := set(holder.keys()) - {"/Length"}):
                holder[random.choice(sorted(names))] = _value(pdf, random)
            elif isinstance(holder, Array) and len(holder):
                holder[random.randrange(len(holder))] = _value(pdf, random)
        out = BytesIO()
        pdf.save(out, static_id=True)
    return out.getvalue()


def _value(pdf: Pdf, random: Random) -> Object | int | None:
    """Return anything that can stand in a PDF: often another of its objects, so that rings arise."""
    return random.choice(
        (
            lambda: random.choice(list(pdf.objects)),
            lambda: random.choice(list(pdf.objects)),
            lambda: random.choice((0, -1, 90, 2**31 - 1, -(2**31))),
            lambda: Name(
                "/" + random.choice(("Page", "Pages", "Form", "Identity-H", "WinAnsiEncoding", "Type3"))
            ),
            lambda: String("\ud7ff\ufffe\x00" * random.randint(0, 50)),
            lambda: Array([random.randint(-(10**6), 10**6) for _ in range(random.randint(0, 9))]),
            lambda: Dictionary(),
            lambda: None,
        )
    )()
