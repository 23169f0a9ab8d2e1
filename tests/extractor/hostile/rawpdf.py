"""PDF files written by hand, so that they may say what no honest writer says."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"/Root 1 0 R") -> bytes:
    """Return a PDF of these objects, with a sound cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %s \n" % (places.get(number, 0), b"n" if number in places else b"f")
    return bytes(out + b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start))


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """Return a stream object, its data as they are."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def deflated(piece: bytes, entries: bytes = b"", times: int = 1) -> bytes:
    """Return a compressed stream object: the piece so many times, and packed only once."""
    return stream(packed(piece, times), entries + b"/Filter/FlateDecode")


def packed(piece: bytes, times: int = 1) -> bytes:
    """Return so many copies of the piece, compressed as one, in a moment."""
    packer = zlib.compressobj(6, wbits=-15)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.adler32(b"")
    for _ in range(times):
        checksum = zlib.adler32(piece, checksum)
    return b"\x78\x9c" + block * times + b"\x03\x00" + checksum.to_bytes(4, "big")


def one_page(
    content: bytes,
    resources: bytes = b"/Font<</F 5 0 R>>",
    page: bytes = b"",
    others: Mapping[int, bytes] | None = None,
    catalog: bytes = b"",
    box: bytes = b"0 0 612 792",
) -> bytes:
    """Return a PDF of one page: object 4 is its content (a whole stream), 5 Helvetica, the others yours."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Resources<<%s>>/Contents 4 0 R%s>>"
        % (box, resources, page),
        4: content,
        5: HELVETICA,
    }
    return pdf(objects | dict(others or {}))
