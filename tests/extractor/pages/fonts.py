"""Fonts for files that show reading traps, built by hand so that every advance is known.

All glyphs of made fonts are 0.5 em wide, those of zero-width characters 0. A code is given by the
text that it shows; what its glyph looks like does not matter, as long as it is narrower than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf
import reportlab
from pikepdf import Array, Dictionary, Name, Pdf, Stream

ADVANCE = 0.5
"""Width of every glyph of a made font, as a share of the font size."""

ZERO_WIDTH = ("\u200b", "\u200f", "\ufeff")

NARROW = 85
"""The glyph number of r in the bundled TrueType font, 0.41 em wide."""

BUNDLED = Path(reportlab.__file__).parent / "fonts"


def helvetica(pdf: Pdf) -> pikepdf.Object:
    """Return Helvetica, not embedded, as on SCE's bills to August 2025."""
    return pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )


def to_unicode(pdf: Pdf, texts: Sequence[str | None], width: int = 1) -> Stream:
    """Return a ToUnicode map of code 1, 2, 3 ... to the given texts; None: the code has no entry."""
    digits = 2 * width
    rows = [
        f"<{code:0{digits}X}> <{text.encode('utf-16-be').hex().upper()}>"
        for code, text in enumerate(texts, 1)
        if text is not None
    ]
    low, high = f"<{0:0{digits}X}>", f"<{256**width - 1:0{digits}X}>"
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def "
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange {low} {high} endcodespacerange\n"
        f"{len(rows)} beginbfchar\n" + "\n".join(rows) + "\nendbfchar\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    return pdf.make_stream(cmap.encode())


def type3(
    pdf: Pdf, texts: Sequence[str | None], *, mapped: bool = True, names: bool = False, first: int = 1
) -> pikepdf.Object:
    """Return a Type 3 font whose glyphs are filled boxes; its codes begin at `first`.

    Without `mapped` it has no ToUnicode; with `names` the glyphs carry Adobe's standard names, else
    names that mean nothing (g1, g2, ...).
    """
    glyph = pdf.make_stream(b"500 0 0 0 400 700 d1 0 0 400 700 re f")
    standard = [Name("/" + (text if names and text else f"g{code}")) for code, text in enumerate(texts, 1)]
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=Array([0, -200, 500, 800]),
        FontMatrix=Array([pikepdf.Object.parse(b"0.001"), 0, 0, pikepdf.Object.parse(b"0.001"), 0, 0]),
        FirstChar=first,
        LastChar=first + len(texts) - 1,
        Widths=Array([500] * len(texts)),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array([first, *standard])),
        CharProcs=Dictionary({str(name): glyph for name in set(standard)}),
        Resources=Dictionary(),
    )
    if mapped:
        font.ToUnicode = to_unicode(pdf, texts)
    return pdf.make_indirect(font)


def builtin_type1(pdf: Pdf, texts: Sequence[str | None]) -> pikepdf.Object:
    """Return an embedded Type 1 font with its own encoding and a ToUnicode map, as SCE's since 2025."""
    clear, secret, tail = _parts(BUNDLED / "_a______.pfb")
    encoding = "/Encoding 256 array 0 1 255 {1 index exch /.notdef put} for\n" + "".join(
        f"dup {code} /{'space' if text in (*ZERO_WIDTH, ' ') else 'r'} put\n"
        for code, text in enumerate(texts, 1)
    )
    clear = clear.replace(b"/Encoding StandardEncoding def", encoding.encode() + b"readonly def")
    program = pdf.make_stream(clear + secret + tail)
    program.Length1, program.Length2, program.Length3 = len(clear), len(secret), len(tail)
    return _simple(pdf, Name.Type1, Name("/CZEX0020"), texts, "FontFile", program)


def builtin_truetype(pdf: Pdf, texts: Sequence[str | None]) -> pikepdf.Object:
    """Return an embedded TrueType font whose codes are glyph numbers, with a ToUnicode map."""
    program = pdf.make_stream((BUNDLED / "Vera.ttf").read_bytes())
    return composite(pdf, texts, program)


def composite(pdf: Pdf, texts: Sequence[str | None], program: Stream | None = None) -> pikepdf.Object:
    """Return a composite font (two bytes a character): code 1 is the first text, and so on."""
    program = program or pdf.make_stream((BUNDLED / "Vera.ttf").read_bytes())
    glyphs = b"\x00\x00" + NARROW.to_bytes(2, "big") * len(texts)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name("/AAAAAA+Vera"),
        CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=_descriptor(pdf, Name("/AAAAAA+Vera"), "FontFile2", program),
        DW=500,
        CIDToGIDMap=pdf.make_stream(glyphs),
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/AAAAAA+Vera"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=to_unicode(pdf, texts, width=2),
        )
    )


def _simple(
    pdf: Pdf, kind: Name, name: Name, texts: Sequence[str | None], key: str, program: Stream
) -> pikepdf.Object:
    font = Dictionary(
        Type=Name.Font,
        Subtype=kind,
        BaseFont=name,
        FirstChar=1,
        LastChar=len(texts),
        Widths=Array([0 if text in ZERO_WIDTH else 500 for text in texts]),
        FontDescriptor=_descriptor(pdf, name, key, program),
        ToUnicode=to_unicode(pdf, texts),
    )
    return pdf.make_indirect(font)


def _descriptor(pdf: Pdf, name: Name, key: str, program: Stream) -> pikepdf.Object:
    values: dict[str, Any] = {
        "Type": Name.FontDescriptor,
        "FontName": name,
        "Flags": 4,
        "FontBBox": Array([0, -210, 1000, 790]),
        "ItalicAngle": 0,
        "Ascent": 720,
        "Descent": -210,
        "CapHeight": 720,
        "StemV": 80,
        key: program,
    }
    return pdf.make_indirect(Dictionary({f"/{name}": value for name, value in values.items()}))


def _parts(path: Path) -> tuple[bytes, bytes, bytes]:
    """Return the clear, the encrypted and the closing part of a .pfb file."""
    data, at, parts = path.read_bytes(), 0, []
    while data[at] == 0x80 and data[at + 1] in (1, 2):
        size = int.from_bytes(data[at + 2 : at + 6], "little")
        parts.append(data[at + 6 : at + 6 + size])
        at += 6 + size
    clear, *secret, tail = parts
    return clear, b"".join(secret), tail
