"""Text put on a page exactly where it was measured, in both font eras of SCE's bills.

Sizes come from the height of a measured line: its box is ascender plus descender of Helvetica,
0.718 + 0.207 of the size (8.4 pt high: 9 pt). Widths always come from the measurement or from
Helvetica's metrics, so both eras have the same boxes:

- to August 2025: Helvetica, not embedded;
- from September 2025: an embedded Type 1 font with an encoding of its own and a ToUnicode map that
  says U+0092 and U+0095, C1 controls, where the page shows an apostrophe and a bullet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

import pikepdf
import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

BUNDLED = Path(reportlab.__file__).parent / "fonts"
PAGE_WIDTH, PAGE_HEIGHT = 612.0, 792.0
ASCENDER, DESCENDER = 0.718, 0.207
CONTROLS = {"\x92": "\u2019", "\x95": "\u2022"}
"""What the page shows for the Windows-1252 codes that the text layer of the new era holds."""

Era = Literal["base14", "embedded"]


class Placed(NamedTuple):
    """A line of text and its box: points from the top left corner."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float


def width_of(text: str, size: float) -> float:
    """Return the width in points of `text` in Helvetica."""
    return float(pdfmetrics.stringWidth(_shown(text), "Helvetica", size))


def left(text: str, x0: float, top: float, size: float = 9) -> Placed:
    """Place `text` with its left edge at `x0`."""
    return Placed(text, x0, top, x0 + width_of(text, size), top + size * (ASCENDER + DESCENDER))


def right(text: str, x1: float, top: float, size: float = 9) -> Placed:
    """Place `text` with its right edge at `x1`."""
    return Placed(text, x1 - width_of(text, size), top, x1, top + size * (ASCENDER + DESCENDER))


def centered(text: str, middle: float, top: float, size: float = 9) -> Placed:
    """Place `text` around `middle`."""
    return left(text, middle - width_of(text, size) / 2, top, size)


def write_pdf(path: Path, pages: Sequence[Iterable[Placed]], era: Era = "base14") -> None:
    """Write one Letter page per item, text in the order given, byte for byte reproducible."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1, pageCompression=1)
    for page in pages:
        for placed in page:
            _draw(canvas, placed, _font(era))
        canvas.showPage()
    canvas.save()
    path.write_bytes(buffer.getvalue() if era == "base14" else _with_controls(buffer.getvalue()))


def _shown(text: str) -> str:
    return "".join(CONTROLS.get(character, character) for character in text)


def _font(era: Era) -> str:
    if era == "base14":
        return "Helvetica"
    if "Embedded" not in pdfmetrics.getRegisteredFontNames():
        face = pdfmetrics.EmbeddedType1Face(str(BUNDLED / "_a______.afm"), str(BUNDLED / "_a______.pfb"))
        pdfmetrics.registerTypeFace(face)
        pdfmetrics.registerFont(pdfmetrics.Font("Embedded", face.name, "WinAnsiEncoding"))
    return "Embedded"


def _size(placed: Placed) -> float:
    height = placed.bottom - placed.top
    if 10.5 < height < 11.5:  # a bullet from a larger font makes SCE's sidebar lines higher than their text
        return 9.0
    return float(min(round(height / (ASCENDER + DESCENDER)), 20))


def _draw(canvas: Canvas, placed: Placed, font: str) -> None:
    """Draw one line so that it is exactly as wide as its box."""
    size, wanted = _size(placed), placed.x1 - placed.x0
    face = "Helvetica-Bold" if font == "Helvetica" and wanted > 1.02 * width_of(placed.text, size) else font
    natural = pdfmetrics.stringWidth(_shown(placed.text), face, size)
    spaces = placed.text.count(" ")
    gap = (wanted - natural) / spaces if spaces and wanted > 1.12 * natural else 0.0
    stretch = wanted / (natural + gap * spaces)
    text = canvas.beginText()
    text.setTextOrigin(placed.x0, PAGE_HEIGHT - placed.bottom + DESCENDER * size)
    text.setFont(face, size)
    text.setHorizScale(100 * stretch)
    text.setWordSpace(gap)
    text.textOut(_shown(placed.text))
    canvas.drawText(text)


def _with_controls(data: bytes) -> bytes:
    """Move the embedded font's encoding into its program, and let ToUnicode alone say what its codes mean."""
    with pikepdf.open(BytesIO(data)) as pdf:
        for font in pdf.objects:
            if isinstance(font, pikepdf.Dictionary) and "/FontDescriptor" in font:
                font.BaseFont = font.FontDescriptor.FontName = pikepdf.Name("/CZEX0020")
                font.FontDescriptor.Flags = 4
                _encode_program(font.FontDescriptor.FontFile)
                font.ToUnicode = pdf.make_stream(_to_unicode())
                del font["/Encoding"]
        out = BytesIO()
        pdf.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _encode_program(program: pikepdf.Object) -> None:
    """Write Windows-1252 into the font program as its own encoding."""
    names = enumerate(pdfmetrics.getEncoding("WinAnsiEncoding").vector)
    rows = "".join(f"dup {code} /{name} put\n" for code, name in names if name)
    encoding = f"/Encoding 256 array 0 1 255 {{1 index exch /.notdef put}} for\n{rows}readonly def"
    data = program.read_bytes()
    changed = data.replace(b"/Encoding StandardEncoding def", encoding.encode(), 1)
    program.Length1 = int(program.Length1) + len(changed) - len(data)
    program.write(changed)


def _to_unicode() -> bytes:
    """Return a map of each code to the character of the same number, C1 controls included."""
    meanings = {code: code for code in range(0x20, 0x100)} | {0x7F: 0x95}  # 7F: reportlab's code for a bullet
    rows = [f"<{code:02X}> <{meaning:04X}>\n" for code, meaning in meanings.items()]
    blocks = [rows[:100], rows[100:200], rows[200:]]
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /T1EX0000 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        + "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
        + "endcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()
