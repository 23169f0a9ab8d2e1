"""A pdfium text page -> words with boxes, at one foreign call for each end of a word.

pdfium's text (what FPDFText_GetText returns) and its characters (what has boxes) are two
lists: a generated space or line end, a ligature or a character without Unicode stands in one
of them only. Boxes are therefore always asked by character index, and where the two lists
differ in length every index is translated.

Boxes are the loose ones (advance width by ascent and descent), so that the words of a line
have one height and the letters of a word no gaps; Type 3 fonts that declare no height fall
back to the boxes of their ink.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pypdfium2.raw as raw

from extractor.paper import Word

WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0) if code != 0x85
} | {0x85: "\u2026"}
"""SCE's fonts since September 2025 have quotes and bullets at their Windows codes: C1 controls in Unicode."""

HYPHEN = "\x02\ufffe"
"""What pdfium writes for a hyphen at a line's end, gluing the two halves together."""

INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    chr(code) for code in range(0x20) if code != 2 and not chr(code).isspace()
)
"""Characters that print nothing, and glyphs without Unicode: no part of any word, and no gap either."""

SOFT_HYPHEN = "\u00ad"
"""What PDF writers often call the hyphen's glyph. A page shows what is drawn: a hyphen, or a minus sign."""

REPLACEMENT = "\ufffd"
"""What stands for a character that nobody knows: part of its word, and equal to no letter or digit."""

WIDE_LETTER = 0.75
"""Average advance, as a share of the height, above which a word's letters are looked at for hidden gaps."""

GAP = 0.2
"""A gap between two letters of more than this share of their height separates two words."""

_WORDS = re.compile(rf"[^\s{HYPHEN}]+[{HYPHEN}]?|[{HYPHEN}]")
RUN_LETTER = 0.5
"""The same for a run of prose, which no gap between columns may interrupt."""

_PROSE = rf"(?<![^\r\n])[^\s\d${HYPHEN}]+(?: [^\s\d${HYPHEN}]+){{9,}}(?![^\r\n])"
"""A line of ten words or more without a digit or a dollar sign."""
_RUNS = re.compile(rf"{_PROSE}|{_WORDS.pattern}")
_STRIP: dict[int, str | None] = {ord(char): None for char in INVISIBLE}
_STRIP |= {ord(char): "-" for char in HYPHEN + SOFT_HYPHEN}
_ODD = re.compile(f"[{re.escape(INVISIBLE + HYPHEN + SOFT_HYPHEN)}\ud800-\udfff]")
_C1 = re.compile("[\x80-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")

LEAST_HEIGHT = 0.5
"""Points below which a loose box is taken to be missing (Type 3 fonts that declare no height)."""

LooseBox = tuple[float, float, float, float]

# The same function without releasing the interpreter's lock and with plain addresses as
# arguments: half the time of pypdfium2's own wrapper, and it is called twice for each word.
_loose_box = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)(
    ctypes.cast(raw.FPDFText_GetLooseCharBox, ctypes.c_void_p).value or 0
)


class View(NamedTuple):
    """From the page's own coordinates to those of the page as shown."""

    rotation: int
    left: float
    bottom: float
    right: float
    top: float
    scale: float

    def shown(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Return x0, top, x1, bottom of a left, bottom, right, top box."""
        left, bottom, right, top = box
        match self.rotation:
            case 90:
                seen = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
            case 180:
                seen = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
            case 270:
                seen = (self.top - top, self.right - right, self.top - bottom, self.right - left)
            case _:
                seen = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        x0, y0, x1, y1 = seen
        return x0 * self.scale, y0 * self.scale, x1 * self.scale, y1 * self.scale


def text_of(text_page: Any) -> tuple[str, int]:
    """Return a text page's text and its number of characters, which need not be the text's length."""
    count = raw.FPDFText_CountChars(text_page)
    if count <= 0:
        return "", 0
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = raw.FPDFText_GetText(text_page, 0, count, buffer)
    units = max(written - 1, 0)
    text = bytes(memoryview(buffer).cast("B")[: 2 * units]).decode("utf-16-le", "surrogatepass")
    if len(text) != units:  # pdfium counts UTF-16 units: one character for each, or every later index is off
        text = "".join(map(chr, buffer[:units]))
    return _C1.sub(_windows_1252, text), count


def _windows_1252(match: re.Match[str]) -> str:
    return match[0].translate(WINDOWS_1252)


LOOKS = 12
"""Letters that are looked at to tell whether a page's text is to be seen."""

HIDDEN = 0.25
"""Share of them that may be invisible on a page that prints its text."""

UNSEEN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


def is_hidden(text_page: Any, count: int) -> bool:
    """Tell whether much of a page's text is printed invisibly, as over a scan: letters here and there on it.

    A number stamped on a scan, or a cover's line, is visible above a layer that is not.
    """
    places = (part * count // LOOKS for part in range(LOOKS))
    letters = [letter for place in places if (letter := _object(text_page, place, count))]
    hidden = sum(raw.FPDFTextObj_GetTextRenderMode(letter) in UNSEEN for letter in letters)
    return hidden > HIDDEN * len(letters)


def _object(text_page: Any, first: int, count: int) -> Any:
    """Return the text object of the first character from an index that has one: a made-up space has none."""
    objects = (raw.FPDFText_GetTextObject(text_page, at) for at in range(first, min(first + 20, count)))
    return next((found for found in objects if found), None)


def paired(text: str) -> str:
    """Join the two halves of characters beyond the first plane, which pdfium counts as two."""
    if text.isascii() or _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def words_of(text_page: Any, view: View, text: str, count: int, runs: bool = False) -> list[Word]:
    """Return the words of a text page whose text and number of characters are known.

    With `runs`, a line of prose comes as one word with spaces: a third of a bill's words is small
    print without a single number, which has to be known to be there and no more.
    """
    spans = _spans(text_page, text, len(text) == count, runs)
    odd = _ODD.search(text) is not None
    ends = _loose_boxes(text_page, [index for _, first, last in spans for index in (first, last)])
    upright = view.rotation == 0 and view.scale == 1.0
    from_left, from_top = view.left, view.top
    words: list[Word] = []
    add, new = words.append, tuple.__new__
    for (said, first, last), (left, top, right_, bottom), (left_, high, right, low) in zip(
        spans, ends, ends, strict=True
    ):
        if odd and not (said := paired(said.translate(_STRIP))):
            continue
        if upright:
            x0, x1 = left - from_left, right - from_left
            y0, y1, over, under = from_top - top, from_top - bottom, from_top - high, from_top - low
        else:
            x0, y0, _, y1 = view.shown((left, bottom, right_, top))
            _, over, x1, under = view.shown((left_, low, right, high))
        height, width = y1 - y0, x1 - x0
        letter = RUN_LETTER if " " in said else WIDE_LETTER
        fits = 0 < width <= letter * height * len(said) or (first == last and width > 0)
        if height <= LEAST_HEIGHT or not fits or abs(under - y1) > 0.5 * height:
            words.extend(_parts(text_page, view, first, last))
            continue
        y0, y1 = (y0 if y0 < over else over), (y1 if y1 > under else under)
        # the same as Word(...), which costs three times as much, and this is the innermost loop
        add(new(Word, (said, x0, y0, x1, y1, y1 - y0, None)))
    return words


def _spans(text_page: Any, text: str, same: bool, runs: bool) -> list[tuple[str, int, int]]:
    """Return each word, or run of prose, with the indexes of its first and last character."""
    words = _RUNS if runs else _WORDS
    if same:
        places = [match.span() for match in words.finditer(text)]
        return [(text[start:end], start, end - 1) for start, end in places]
    index = raw.FPDFText_GetCharIndexFromTextIndex
    return [
        (match[0], index(text_page, match.start()), index(text_page, match.end() - 1))
        for match in words.finditer(text)
    ]


def _loose_boxes(text_page: Any, indexes: Sequence[int]) -> Iterator[LooseBox]:
    """Return left, top, right, bottom of characters: their advance by their font's height."""
    floats = (ctypes.c_float * (4 * len(indexes)))()
    page = ctypes.cast(text_page, ctypes.c_void_p).value
    at = ctypes.addressof(floats)
    for index in indexes:
        _loose_box(page, index, at)
        at += 16
    edges = iter(memoryview(floats).cast("B").cast("f").tolist())  # an FS_RECTF: left, top, right, bottom
    return zip(edges, edges, edges, edges, strict=True)


def _ink_box(text_page: Any, index: int) -> LooseBox:
    """Return the left, bottom, right, top of what a character prints."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    edges = (ctypes.byref(edge) for edge in (left, right, bottom, top))
    raw.FPDFText_GetCharBox(text_page, index, *edges)
    return left.value, bottom.value, right.value, top.value


def _parts(text_page: Any, view: View, first: int, last: int) -> Iterator[Word]:
    """Give a word letter by letter, split where the print has a gap or leaves the line."""
    part = ""
    box = (0.0, 0.0, 0.0, 0.0)
    indexes = range(first, last + 1)
    for index, (left, top, right, bottom) in zip(indexes, _loose_boxes(text_page, indexes), strict=True):
        letter = _letter(text_page, index).translate(WINDOWS_1252).translate(_STRIP)
        if not letter.strip():
            continue
        sized = top - bottom > LEAST_HEIGHT and right > left
        x0, y0, x1, y1 = view.shown((left, bottom, right, top) if sized else _ink_box(text_page, index))
        if part and _apart(box, (x0, y0, x1, y1)):
            yield Word(paired(part), *box, box[3] - box[1])
            part = ""
        box = (
            (min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1)) if part else (x0, y0, x1, y1)
        )
        part += letter
    if part:
        yield Word(paired(part), *box, box[3] - box[1])


def _letter(text_page: Any, index: int) -> str:
    """Return a character; a font may map its glyphs to numbers that Unicode has not."""
    code = raw.FPDFText_GetUnicode(text_page, index)
    return chr(code) if code <= sys.maxunicode else REPLACEMENT


def _apart(box: LooseBox, letter: LooseBox) -> bool:
    """Tell whether a letter stands away from the part before it, in any direction."""
    tall = max(letter[3] - letter[1], letter[2] - letter[0])
    across = max(letter[0] - box[2], box[0] - letter[2])
    along = max(letter[1] - box[3], box[1] - letter[3])
    return max(across, along) > GAP * tall
