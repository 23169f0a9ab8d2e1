"""Bills of a known layout with far too much in them: the layouts and checks must not take for ever, nor the record."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from pikepdf import Dictionary, Name, Pdf

from tests.extractor.hostile.rawpdf import packed

BILL = Path(__file__).parents[3] / "corpus" / "samples" / "d4-bundled-winter-2025.pdf"


def bill_with_an_endless_word() -> bytes:
    """A word of 30,000 letters in the charges area of every page (a longer string is cut by pdfium)."""
    return _with(b"BT /Hx 9 Tf 56 590 Td (" + b"A" * 30_000 + b") Tj ET")


def bill_with_endless_digits() -> bytes:
    """An amount of 30,000 digits in the charges area of every page."""
    return _with(b"BT /Hx 9 Tf 56 590 Td (Off peak 1 kWh x $1.00000 $" + b"9" * 30_000 + b".00) Tj ET")


def bill_with_thousands_of_lines() -> bytes:
    """Five thousand charge lines on top of each other on every page."""
    line = b"BT /Hx 9 Tf 56 %.2f Td (Off peak %d kWh x $0.10000 $%d.00) Tj ET\n"
    return _with(b"".join(line % (700 - at / 9, at, at / 10) for at in range(5000)))


def bill_with_thousands_of_headings() -> bytes:
    """Three thousand headings of new charges on every page."""
    line = b"BT /Hx 9 Tf 47 %.2f Td (Details of your new charges) Tj ET\n"
    return _with(b"".join(line % (700 - at / 5) for at in range(3000)))


def thousands_of_bills() -> bytes:
    """The first page of a bill, 1,500 times: as many bills, each cut short."""
    with Pdf.open(BILL) as pdf:
        first = pdf.pages[0]
        out = Pdf.new()
        for _ in range(1500):
            out.pages.append(first)
        return _saved(out)


def record_of_a_hundred_megabytes() -> bytes:
    """A bill of 750 pages, each with 140 lines more in the charges area."""
    line = b"BT /Hx 4 Tf 56 %d Td (Facilities rel demand 62 kW x $13.77000 x 27/30 days $768.37) Tj ET\n"
    return _with(b"".join(line % (760 - 5 * at) for at in range(140)), times=250)


@cache
def _bill() -> bytes:
    return BILL.read_bytes()


def _with(content: bytes, times: int = 1) -> bytes:
    """Return the bill with more content on each page, and its pages so many times."""
    with Pdf.open(BytesIO(_bill())) as pdf:
        more = pdf.make_stream(packed(content), Filter=Name.FlateDecode)
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for page in pdf.pages:
            page.contents_add(more)
            page.resources["/Font"] = Dictionary({**dict(page.resources.get("/Font", {})), "/Hx": font})
        pages = list(pdf.pages)
        for _ in range(times - 1):
            for page in pages[1:]:
                pdf.pages.append(page)
        return _saved(pdf)


def _saved(pdf: Pdf) -> bytes:
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


BULKY: tuple[Callable[[], bytes], ...] = (
    bill_with_an_endless_word,
    bill_with_endless_digits,
    bill_with_thousands_of_lines,
    bill_with_thousands_of_headings,
    thousands_of_bills,
    record_of_a_hundred_megabytes,
)
