"""What reportlab cannot write, done to the finished file with pikepdf.

* bullets of base-14 fonts get Windows-1252's code, as SCE's producer writes them;
* the embedded era's quotes and bullets extract as C1 control characters (bills.md 2);
* the stand-in of headings becomes a Type 3 font;
* pages are stored turned or cropped, and look the same (scans of real bills are: bills.md 2).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from corpus.drawing import fonts, type3

_C1 = {"2019": "0092", "2022": "0095", "2018": "0091"}


@dataclass(frozen=True)
class Turn:
    """How a page is stored: its /Rotate, and whether it has a crop box."""

    rotate: int = 0
    crop: bool = False


def finished(pdf: bytes, turns: Sequence[Turn], heading_characters: str) -> bytes:
    """Return the file with those changes, reproducibly."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for page, turn in zip(document.pages, turns, strict=True):
            _bullets(page)
            _fonts(document, page, heading_characters)
            _turned(page, turn)
        if "/BillclerkHeadingFont" in document.Root:
            del document.Root.BillclerkHeadingFont
        out = BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _turned(page: pikepdf.Page, turn: Turn) -> None:
    content = page.obj.Contents.read_bytes()
    if turn.rotate == 270:
        page.obj.Contents.write(b"q 0 -1 1 0 0 612 cm " + content + b" Q")
        page.obj.MediaBox, page.obj.Rotate = Array([0, 0, 792, 612]), 270
    elif turn.crop:
        page.obj.Contents.write(b"q 1 0 0 1 44 54 cm " + content + b" Q")
        page.obj.MediaBox, page.obj.CropBox = Array([0, 0, 700, 900]), Array([44, 54, 656, 846])


def _bullets(page: pikepdf.Page) -> None:
    content = page.obj.get("/Contents")
    if isinstance(content, pikepdf.Stream):
        content.write(content.read_bytes().replace(b"\\177", b"\\225"))


def _fonts(document: pikepdf.Pdf, page: pikepdf.Page, characters: str) -> None:
    for name, font in dict(page.obj.Resources.get("/Font", {})).items():
        if font.get("/BaseFont") == f"/{fonts.TYPE3_STANDIN}":
            page.obj.Resources.Font[name] = _heading_font(document, characters)
        elif isinstance(cmap := font.get("/ToUnicode"), pikepdf.Stream):
            _c1_controls(cmap)


def _c1_controls(cmap: pikepdf.Stream) -> None:
    text = cmap.read_bytes().decode("latin-1")
    cmap.write(re.sub(r"<(2019|2022|2018)>", lambda found: f"<{_C1[found[1]]}>", text).encode("latin-1"))


def _heading_font(document: pikepdf.Pdf, characters: str) -> pikepdf.Object:
    if "/BillclerkHeadingFont" not in document.Root:
        document.Root.BillclerkHeadingFont = document.make_indirect(_type3(document, characters))
    return document.Root.BillclerkHeadingFont


def _type3(document: pikepdf.Pdf, characters: str) -> Dictionary:
    glyphs = {f"/g{ord(char)}": document.make_stream(type3.glyph_stream(char)) for char in characters}
    differences = [item for char in characters for item in (ord(char), Name(f"/g{ord(char)}"))]
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type3,
        FontBBox=[-200, -300, 1400, 1000],
        FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
        FirstChar=32,
        LastChar=126,
        Widths=Array([type3.advance(char) for char in type3.CHARACTERS]),
        Encoding=Dictionary(Type=Name.Encoding, Differences=Array(differences)),
        CharProcs=Dictionary(glyphs),
        Resources=Dictionary(),
        ToUnicode=document.make_stream(_ascii_cmap()),
    )


def _ascii_cmap() -> bytes:
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Headings def "
        b"/CMapType 2 def "
        b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange "
        b"endcmap CMapName currentdict /CMap defineresource pop end end"
    )
