"""Traps of fonts and characters: what a glyph means, and where words begin and end.

Each builder's docstring says what is odd about its file; its words are what a person sees.
"""

from __future__ import annotations

from collections.abc import Callable

from pikepdf import Pdf
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.extractor.pages import fonts
from tests.extractor.pages.made_pages import (
    Trap,
    codes,
    made,
    plain,
    row,
    save,
    word,
)
from tests.extractor.pages.page_traps import PAGE_TRAPS


def type3_with_tounicode() -> Trap:
    """SCE's headings: Type 3 glyphs that mean something only through ToUnicode."""
    pdf, alphabet = Pdf.new(), "Detailsofyurnwchg "
    font = fonts.type3(pdf, list(alphabet))
    text = codes("Details of your new charges", alphabet)
    data = save(pdf, f"BT /F 16 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("type3_with_tounicode", data, row("Details of your new charges", 47.2, 700, 16))


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
    return Trap("builtin_type1", data, row("Customer charge", 47.2, 700, 10))


def builtin_truetype() -> Trap:
    """Embedded TrueType whose two-byte codes are glyph numbers."""
    pdf, alphabet = Pdf.new(), "Off peak "
    font = fonts.builtin_truetype(pdf, list(alphabet))
    text = codes("Off peak", alphabet, 2)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("builtin_truetype", data, row("Off peak", 47.2, 700, 10))


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
    return Trap("control_characters", data, row("\u2022 SCE\u2019s bill", 47.2, 700, 10))


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
    return Trap("beyond_the_first_plane", data, row("\U0001f4a1 tip $5", 47.2, 700, 10))


def hyphen_at_line_end() -> Trap:
    """A hyphen at the end of a line: pdfium takes it out and glues the halves together."""
    data = plain("BT /F 9 Tf 47.2 700 Td (non-energy fire-) Tj 0 -10.5 Td (threat maps) Tj ET")
    space = stringWidth(" ", "Helvetica", 9)
    first, second = word("non-energy", 47.2, 700, 9), word("threat", 47.2, 689.5, 9)
    rest = (word("fire-", first.x1 + space, 700, 9), second, word("maps", second.x1 + space, 689.5, 9))
    return Trap("hyphen_at_line_end", data, (first, *rest))


def soft_hyphen() -> Trap:
    """A hyphen whose glyph maps to U+00AD, as many PDF writers have it: it is drawn, so it counts."""
    pdf, alphabet = Pdf.new(), ["r", "e", "\u00ad", "b", "i", "l", " ", "$", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    text = codes("re\u00adbill \u00ad$5", alphabet)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("soft_hyphen", data, row("re-bill -$5", 47.2, 700, 10))


def no_break_space() -> Trap:
    """A space that must not break is a space all the same."""
    pdf, alphabet = Pdf.new(), ["$", "5", "\u00a0", "C", "R"]
    font = fonts.builtin_type1(pdf, alphabet)
    text = codes("$5\u00a0CR", alphabet)
    data = save(pdf, f"BT /F 10 Tf 47.2 700 Td {text} Tj ET", {"F": font})
    return Trap("no_break_space", data, row("$5 CR", 47.2, 700, 10))


def zero_width() -> Trap:
    """Zero-width space, right-to-left mark and byte order mark inside words, a tab between two."""
    pdf = Pdf.new()
    alphabet = ["k", "W", "h", "\u200b", "\u200f", "\t", "\ufeff", "5"]
    font = fonts.builtin_type1(pdf, alphabet)
    data = save(pdf, "BT /F 10 Tf 47.2 700 Td <0102040305060808> Tj 0 -20 Td <0708050803> Tj ET", {"F": font})
    words = (made("kWh", 47.2, 700), made("55", 67.2, 700), made("55h", 47.2, 680))
    return Trap("zero_width", data, words)


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


TEXT_TRAPS: tuple[Callable[[], Trap], ...] = (
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
    zero_width,
    all_shifts,
)


def all_traps() -> tuple[Trap, ...]:
    """Return every trap."""
    return tuple(build() for build in (*TEXT_TRAPS, *PAGE_TRAPS))
