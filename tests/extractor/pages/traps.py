"""Files that show the traps of reading text from a PDF, each with the words a reader must see.

Each file is built from raw content streams, so that the place of every word is known: a word's
box runs from its first origin to its last advance, from 0.72 em above the baseline to 0.21 em
below it. `TRAPS` is the table; each builder's docstring says what is odd about its file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.extractor.pages import fonts

HEIGHT = 792.0
ASCENT, DESCENT = 0.72, 0.21


class Seen(NamedTuple):
    """A word as a reader of the page sees it, from the top left corner; `up`: it runs up the page."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    up: bool = False


@dataclass(frozen=True)
class Trap:
    """A file, and the words on its only page. `lost_on`: a reader that can see nothing of them."""

    name: str
    data: bytes
    words: tuple[Seen, ...]
    width: float = 612.0
    height: float = HEIGHT
    lost_on: str = ""


def word(text: str, x0: float, baseline: float, size: float, glyphs: float | None = None) -> Seen:
    """Return an upright word; `baseline` from the bottom of the page.

    `glyphs`: how many half-em glyphs of a made font it takes; None: Helvetica's own widths.
    """
    width = stringWidth(text, "Helvetica", size) if glyphs is None else glyphs * fonts.ADVANCE * size
    top = HEIGHT - baseline - ASCENT * size
    return Seen(text, x0, top, x0 + width, HEIGHT - baseline + DESCENT * size)


def made(text: str, x0: float, baseline: float, size: float = 10) -> Seen:
    """Return a word printed in a made font, one glyph for each letter."""
    return word(text, x0, baseline, size, len(text))


def save(pdf: Pdf, content: str, page_fonts: dict[str, pikepdf.Object], **options: pikepdf.Object) -> bytes:
    """Return the bytes of a PDF with one page of this content."""
    resources = Dictionary(Font=Dictionary({f"/{name}": font for name, font in page_fonts.items()}))
    page = Dictionary(
        Type=Name.Page,
        MediaBox=options.pop("MediaBox", Array([0, 0, 612, 792])),
        Resources=options.pop("Resources", resources),
        Contents=pdf.make_stream(content.encode("latin-1")),
        **options,
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def plain(content: str, **options: pikepdf.Object) -> bytes:
    """Return a PDF whose page shows `content` with Helvetica as /F."""
    pdf = Pdf.new()
    return save(pdf, content, {"F": fonts.helvetica(pdf)}, **options)


def codes(text: str, alphabet: str | list[str], width: int = 1) -> str:
    """Return the hexadecimal string that shows `text` in a made font of this alphabet."""
    digits = 2 * width
    return "<" + "".join(f"{alphabet.index(char) + 1:0{digits}X}" for char in text) + ">"


def type3_with_tounicode() -> Trap:
    """SCE's headings: Type 3 glyphs that mean something only through ToUnicode."""
    pdf, alphabet = Pdf.new(), "Detailsofyurnwchg "
    font = fonts.type3(pdf, list(alphabet))
    text = codes("Details of your new charges", alphabet)
    data = save(pdf, f"BT /F 16 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("type3_with_tounicode", data, _row("Details of your new charges", 47.2, 700, 16))


def type3_with_glyph_names() -> Trap:
    """Type 3 glyphs without ToUnicode, but with Adobe's glyph names, which pdfium does not ask for."""
    pdf, alphabet = Pdf.new(), "SCE"
    font = fonts.type3(pdf, list(alphabet), mapped=False, names=True)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {codes('SCE', alphabet)} Tj ET", {"F": font})
    return Trap("type3_with_glyph_names", data, (made("SCE", 47.2, 700),), lost_on="pdfium")


def builtin_type1() -> Trap:
    """SCE's body text since September 2025: embedded Type 1, builtin encoding, ToUnicode."""
    pdf, alphabet = Pdf.new(), "Customer charg "
    font = fonts.builtin_type1(pdf, list(alphabet))
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {codes('Customer charge', alphabet)} Tj ET", {"F": font})
    return Trap("builtin_type1", data, _row("Customer charge", 47.2, 700, 10))


def builtin_truetype() -> Trap:
    """Embedded TrueType whose two-byte codes are glyph numbers."""
    pdf, alphabet = Pdf.new(), "Off peak "
    font = fonts.builtin_truetype(pdf, list(alphabet))
    text = codes("Off peak", alphabet, 2)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("builtin_truetype", data, _row("Off peak", 47.2, 700, 10))


def _row(text: str, x0: float, baseline: float, size: float) -> tuple[Seen, ...]:
    """Return the words of a text in a made font, its spaces being glyphs as wide as any."""
    found, at = [], 0
    for part in text.split(" "):
        found.append(word(part, x0 + at * fonts.ADVANCE * size, baseline, size, len(part)))
        at += len(part) + 1
    return tuple(found)


def placed_by_offsets() -> Trap:
    """No space glyph anywhere: words are apart because Td and TJ move between them."""
    data = plain(
        "BT /F 9 Tf 56.1 700 Td (Super) Tj 27 0 Td (off) Tj 14 0 Td (peak) Tj ET "
        "BT /F 9 Tf 200 700 Td [(6,320) -300 (kWh) -300 (x) -300 ($0.06960)] TJ ET"
    )
    widths = [stringWidth(part, "Helvetica", 9) for part in ("6,320", "kWh", "x")]
    starts = [200.0]
    for width in widths:
        starts.append(starts[-1] + width + 2.7)
    parts = zip(("6,320", "kWh", "x", "$0.06960"), starts, strict=True)
    offsets = (("Super", 56.1), ("off", 83.1), ("peak", 97.1), *parts)
    return Trap("placed_by_offsets", data, tuple(word(text, x0, 700, 9) for text, x0 in offsets))


def one_word_in_pieces() -> Trap:
    """One word from several show operators and text objects, and with kerning inside."""
    first = stringWidth("$1,0", "Helvetica", 9)
    data = plain(
        f"BT /F 9 Tf 387.6 700 Td ($1,0) Tj (89) Tj (.62) Tj ET "
        f"BT /F 9 Tf 387.6 680 Td ($1,0) Tj ET BT /F 9 Tf {387.6 + first:.3f} 680 Td (89.62) Tj ET "
        "BT /F 9 Tf 387.6 660 Td [($1) 40 (,) -40 (0) 30 (8) -60 (9.62)] TJ ET"
    )
    kerned = word("$1,089.62", 387.6, 660, 9)
    words = (word("$1,089.62", 387.6, 700, 9), word("$1,089.62", 387.6, 680, 9), kerned)
    return Trap("one_word_in_pieces", data, words)


def wide_gaps() -> Trap:
    """Label, arithmetic and amount far apart in one show operator, without any space character."""
    label, arithmetic = (stringWidth(text, "Helvetica", 9) for text in ("SCE", "kWh"))
    gap1, gap2 = (200.0 - 47.2 - label) / 9 * 1000, (387.6 - 200.0 - arithmetic) / 9 * 1000
    data = plain(f"BT /F 9 Tf 47.2 700 Td [(SCE) {-gap1:.3f} (kWh) {-gap2:.3f} ($5.38)] TJ ET")
    return Trap(
        "wide_gaps",
        data,
        tuple(word(t, x, 700, 9) for t, x in (("SCE", 47.2), ("kWh", 200.0), ("$5.38", 387.6))),
    )


def letter_spacing() -> Trap:
    """A heading set with a little space after each letter is still one word."""
    data = plain("BT /F 10 Tf 0.4 Tc 47.2 700 Td (Usage) Tj ET")
    plain_word = word("Usage", 47.2, 700, 10)
    return Trap("letter_spacing", data, (plain_word._replace(x1=plain_word.x1 + 4 * 0.4),))


def without_unicode() -> Trap:
    """A glyph that maps to nothing (a logo, a ruling) stands before and between readable words."""
    pdf = Pdf.new()
    odd = fonts.type3(pdf, [None, None, None], mapped=False)
    content = (
        "BT /T 10 Tf 30 700 Td <010203> Tj ET BT /F 9 Tf 60 700 Td (Mid) Tj ET "
        "BT /T 10 Tf 80 700 Td <02> Tj ET BT /F 9 Tf 100 700 Td (peak) Tj ET"
    )
    data = save(pdf, content, {"T": odd, "F": fonts.helvetica(pdf)})
    return Trap("without_unicode", data, (word("Mid", 60, 700, 9), word("peak", 100, 700, 9)))


def unmapped_ascii() -> Trap:
    """Type 3 glyphs without Unicode at the codes of ASCII characters: both readers take the code's.

    Right where a writer keeps ASCII's codes, wrong where it draws at random ones; nothing in the file
    tells which, so it is for arithmetic to find out.
    """
    pdf = Pdf.new()
    drawing = fonts.type3(pdf, [None] * 40, mapped=False, first=0x30)
    content = (
        "BT /T 10 Tf 30 700 Td (SCE) Tj ET BT /F 9 Tf 60 700 Td ($5.38) Tj ET BT /T 10 Tf 90 700 Td (9) Tj ET"
    )
    data = save(pdf, content, {"T": drawing, "F": fonts.helvetica(pdf)})
    words = (made("SCE", 30, 700), word("$5.38", 60, 700, 9), made("9", 90, 700))
    return Trap("unmapped_ascii", data, words)


def control_characters() -> Trap:
    """Since September 2025 apostrophes and bullets extract as U+0092 and U+0095."""
    pdf = Pdf.new()
    alphabet = ["S", "C", "E", "\x92", "s", " ", "\x95", "b", "i", "l"]
    font = fonts.builtin_type1(pdf, alphabet)
    text = "".join(f"{alphabet.index(char) + 1:02X}" for char in "\x95 SCE\x92s bill")
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td <{text}> Tj ET", {"F": font})
    return Trap("control_characters", data, _row("\u2022 SCE\u2019s bill", 47.2, 700, 10))


def ligatures() -> Trap:
    """One glyph that is two letters: what follows must not move."""
    pdf, alphabet = Pdf.new(), ["o", "ff", "i", "c", "e", " ", "fi", "n", "d", "$", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    shown = ["o", "ff", "i", "c", "e", " ", "fi", "n", "d", " ", "$", "5"]
    text = "".join(f"{alphabet.index(char) + 1:02X}" for char in shown)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td <{text}> Tj ET", {"F": font})
    words = (
        word("office", 47.2, 700, 10, 5),
        word("find", 47.2 + 30, 700, 10, 3),
        word("$5", 47.2 + 50, 700, 10, 2),
    )
    return Trap("ligatures", data, words)


def presentation_forms() -> Trap:
    """A ligature whose ToUnicode is the single character U+FB01: readers spell it out or keep it."""
    pdf, alphabet = Pdf.new(), ["\ufb01", "n", "d", " ", "$", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    data = save(pdf, "BT /F 10 Tf 47.2 700 Td <010203040506> Tj ET", {"F": font})
    return Trap("presentation_forms", data, (word("find", 47.2, 700, 10, 3), word("$5", 67.2, 700, 10, 2)))


def beyond_the_first_plane() -> Trap:
    """A character that takes two UTF-16 units before the words that matter."""
    pdf, alphabet = Pdf.new(), ["\U0001f4a1", " ", "t", "i", "p", "$", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    data = save(pdf, "BT /F 10 Tf 47.2 700 Td <0102030405020607> Tj ET", {"F": font})
    return Trap("beyond_the_first_plane", data, _row("\U0001f4a1 tip $5", 47.2, 700, 10))


def hyphen_at_line_end() -> Trap:
    """A hyphen at the end of a line: pdfium takes it out and glues the halves together."""
    data = plain("BT /F 9 Tf 47.2 700 Td (non-energy fire-) Tj 0 -10.5 Td (threat maps) Tj ET")
    space = stringWidth(" ", "Helvetica", 9)
    first, second = word("non-energy", 47.2, 700, 9), word("threat", 47.2, 689.5, 9)
    rest = (word("fire-", first.x1 + space, 700, 9), second, word("maps", second.x1 + space, 689.5, 9))
    return Trap("hyphen_at_line_end", data, (first, *rest))


def soft_hyphen() -> Trap:
    """A hyphen whose glyph maps to U+00AD, as many PDF writers have it: what is drawn is a hyphen, or a minus."""
    pdf, alphabet = Pdf.new(), ["r", "e", "\u00ad", "b", "i", "l", " ", "$", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    text = codes("re\u00adbill \u00ad$5", alphabet)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("soft_hyphen", data, _row("re-bill -$5", 47.2, 700, 10))


def no_break_space() -> Trap:
    """A space that must not break is a space all the same."""
    pdf, alphabet = Pdf.new(), ["$", "5", "\u00a0", "C", "R"]
    font = fonts.builtin_type1(pdf, alphabet)
    text = codes("$5\u00a0CR", alphabet)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("no_break_space", data, _row("$5 CR", 47.2, 700, 10))


def overprint() -> Trap:
    """Bold made by printing twice, a third of a point apart."""
    data = plain("BT /F 9 Tf 47.2 700 Td (Total) Tj ET BT /F 9 Tf 47.5 700 Td (Total) Tj ET")
    return Trap("overprint", data, (word("Total", 47.2, 700, 9),))


def shuffled() -> Trap:
    """Amounts before labels, lower lines before upper ones."""
    rows = (
        ("$5.38", 397.6, 468),
        ("State", 47.2, 478),
        ("$9.99", 397.6, 478),
        ("tax", 47.2, 468),
        ("UUT", 47.2, 488),
    )
    content = " ".join(f"BT /F 9 Tf {x} {y} Td ({text}) Tj ET" for text, x, y in rows)
    return Trap("shuffled", plain(content), tuple(word(text, x, y, 9) for text, x, y in rows))


def zero_width() -> Trap:
    """Zero-width space, right-to-left mark and byte order mark inside words, a tab between two."""
    pdf = Pdf.new()
    alphabet = ["k", "W", "h", "\u200b", "\u200f", "\t", "\ufeff", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    data = save(pdf, "BT /F 10 Tf 47.2 700 Td <0102040305060808> Tj 0 -20 Td <0708050803> Tj ET", {"F": font})
    words = (made("kWh", 47.2, 700), made("55", 67.2, 700), made("55h", 47.2, 680))
    return Trap("zero_width", data, words)


def tiny_and_huge() -> Trap:
    """One point and 150 points on one page."""
    data = plain(
        "BT /F 1 Tf 47.2 700 Td (fine) Tj 3 0 Td (print) Tj ET BT /F 150 Tf 47.2 400 Td (PAID) Tj ET"
    )
    return Trap(
        "tiny_and_huge",
        data,
        (word("fine", 47.2, 700, 1), word("print", 50.2, 700, 1), word("PAID", 47.2, 400, 150)),
    )


def invisible() -> Trap:
    """Render mode 3. Kept: that is how OCR layers are written under a scan."""
    return Trap(
        "invisible", plain("BT 3 Tr /F 9 Tf 47.2 700 Td (Scanned) Tj ET"), (word("Scanned", 47.2, 700, 9),)
    )


def vertical() -> Trap:
    """Text that runs up the side of the page, as the form number beside the stub."""
    width = stringWidth("(14-574)", "Helvetica", 7)
    data = plain("BT /F 7 Tf 0 1 -1 0 30 200 Tm (\\(14-574\\)) Tj ET BT /F 9 Tf 100 220 Td (Tear) Tj ET")
    up = Seen("(14-574)", 30 - ASCENT * 7, HEIGHT - 200 - width, 30 + DESCENT * 7, HEIGHT - 200, up=True)
    return Trap("vertical", data, (up, word("Tear", 100, 220, 9)))


def nested_forms() -> Trap:
    """Text in a form inside a form, each with a matrix of its own."""
    pdf = Pdf.new()
    font = Dictionary(Font=Dictionary(F=fonts.helvetica(pdf)))
    inner = pdf.make_stream(b"BT /F 9 Tf 10 10 Td (inside) Tj ET")
    _make_form(inner, font, [2, 0, 0, 2, 5, 5])
    outer = pdf.make_stream(b"q 1 0 0 1 20 30 cm /I Do Q BT /F 9 Tf 10 10 Td (outside) Tj ET")
    _make_form(outer, Dictionary(Font=font.Font, XObject=Dictionary(I=inner)), [1, 0, 0, 1, 100, 600])
    resources = Dictionary(XObject=Dictionary(O=outer))
    data = save(pdf, "q /O Do Q", {}, Resources=resources)
    # inner: 10 * 2 + 5 + 20 + 100 across, 10 * 2 + 5 + 30 + 600 up
    return Trap("nested_forms", data, (word("inside", 145, 655, 18), word("outside", 110, 610, 9)))


def _make_form(stream: pikepdf.Stream, resources: Dictionary, matrix: list[int]) -> None:
    stream.Type, stream.Subtype = Name.XObject, Name.Form
    stream.BBox, stream.Matrix = Array([0, 0, 600, 600]), Array(matrix)
    stream.Resources = resources


def rotated(degrees: int) -> Trap:
    """A page stored on its side and shown upright by /Rotate."""
    matrix, media = {
        90: ("0 1 -1 0", (792, 612)),
        180: ("-1 0 0 -1", (612, 792)),
        270: ("0 -1 1 0", (792, 612)),
    }[degrees]
    x0, baseline = 47.2, 700.0  # as shown
    origin = {
        90: (media[0] - baseline, x0),
        180: (media[0] - x0, media[1] - baseline),
        270: (baseline, media[1] - x0),
    }[degrees]
    content = f"BT /F 9 Tf {matrix} {origin[0]:.2f} {origin[1]:.2f} Tm (Facilities rel) Tj ET"
    data = plain(content, MediaBox=Array([0, 0, *media]), Rotate=pikepdf.Object.parse(str(degrees).encode()))
    first = word("Facilities", x0, baseline, 9)
    second = word("rel", first.x1 + stringWidth(" ", "Helvetica", 9), baseline, 9)
    return Trap(f"rotated_{degrees}", data, (first, second))


def rotated_and_cropped() -> Trap:
    """A page on its side whose crop does not begin at its corner."""
    content = "BT /F 9 Tf 0 1 -1 0 150 100 Tm (Customer) Tj ET"
    boxes = {"MediaBox": Array([0, 0, 792, 612]), "CropBox": Array([50, 20, 750, 600])}
    data = plain(content, Rotate=pikepdf.Object.parse(b"90"), **boxes)
    width = stringWidth("Customer", "Helvetica", 9)
    # shown: x is y of the page from its crop's lower edge, top is x of the page from its crop's left edge
    seen = Seen("Customer", 80, 100 - ASCENT * 9, 80 + width, 100 + DESCENT * 9)
    return Trap("rotated_and_cropped", data, (seen,), 580, 700)


def cropped() -> Trap:
    """A crop box that does not begin at the corner of the sheet."""
    data = plain("BT /F 9 Tf 147.2 700 Td (POD-ID) Tj ET", CropBox=Array([100, 50, 512, 742]))
    seen = word("POD-ID", 47.2, 700 + 50, 9)  # the crop's top edge is 50 pt below the sheet's
    return Trap("cropped", data, (seen._replace(top=seen.top, bottom=seen.bottom),), 412, 692)


def negative_origin() -> Trap:
    """A sheet whose lower left corner is at (-100, -200)."""
    data = plain("BT /F 9 Tf -52.8 500 Td (Meter) Tj ET", MediaBox=Array([-100, -200, 512, 592]))
    return Trap("negative_origin", data, (word("Meter", 47.2, 700, 9),))


def user_unit() -> Trap:
    """A page in units of 1/36 inch. Both readers count in the page's own units, which is all that layouts need."""
    unit = pikepdf.Object.parse(b"2")
    data = plain("BT /F 9 Tf 47.2 350 Td (Meter) Tj ET", MediaBox=Array([0, 0, 306, 396]), UserUnit=unit)
    seen = word("Meter", 47.2, 350 + HEIGHT - 396, 9)
    return Trap("user_unit", data, (seen,), 306, 396)


def all_shifts() -> Trap:
    """Ligature, pair of UTF-16 units, unmapped glyph and lost hyphen together, before the figures."""
    pdf, alphabet = Pdf.new(), ["fi", "\U0001f4a1", None, "n", "d", " ", "-", "$", "5", "."]
    font = fonts.builtin_type1(pdf, alphabet)
    content = (
        "BT /F 10 Tf 47.2 700 Td <01040506020604> Tj 0 -12 Td <01040507> Tj 0 -12 Td <010405> Tj "
        "60 0 Td <08090A0909> Tj ET"
    )
    data = save(pdf, content, {"F": font})
    words = (
        word("find", 47.2, 700, 10, 3),
        word("\U0001f4a1", 67.2, 700, 10, 1),
        word("n", 77.2, 700, 10, 1),
        word("find-", 47.2, 688, 10, 4),
        word("find", 47.2, 676, 10, 3),
        word("$5.55", 107.2, 676, 10, 5),
    )
    return Trap("all_shifts", data, words)


BUILDERS: tuple[Callable[[], Trap], ...] = (
    type3_with_tounicode,
    type3_with_glyph_names,
    builtin_type1,
    builtin_truetype,
    placed_by_offsets,
    one_word_in_pieces,
    wide_gaps,
    letter_spacing,
    without_unicode,
    unmapped_ascii,
    control_characters,
    ligatures,
    presentation_forms,
    beyond_the_first_plane,
    hyphen_at_line_end,
    soft_hyphen,
    no_break_space,
    overprint,
    shuffled,
    zero_width,
    tiny_and_huge,
    invisible,
    vertical,
    nested_forms,
    lambda: rotated(90),
    lambda: rotated(180),
    lambda: rotated(270),
    rotated_and_cropped,
    cropped,
    negative_origin,
    user_unit,
    all_shifts,
)


def all_traps() -> tuple[Trap, ...]:
    """Return every trap."""
    return tuple(build() for build in BUILDERS)
