"""A Type 3 font of headings, as SCE's bills carry, from Bitstream Vera Bold's outlines.

SCE's large headings are Type 3 fonts. reportlab writes none, so headings are first set in a
stand-in, and `finish` swaps that for the font made here: every glyph a small drawing.
Only simple glyphs are needed (Latin letters, digits, punctuation).
"""

import struct
from functools import cache

from reportlab.pdfbase.ttfonts import TTFontFile

from corpus.drawing.fonts import font_file

Point = tuple[float, float, bool]
CHARACTERS = "".join(map(chr, range(32, 127)))


@cache
def _font() -> TTFontFile:
    return TTFontFile(str(font_file("VeraBd")))


def units_per_em() -> int:
    """Return how many units the font's em has."""
    return int(_font().unitsPerEm)


@cache
def advance(character: str) -> int:
    """Return a character's width in thousandths of the size, narrowed to fit SCE's headings."""
    return round(float(_font().charWidths[ord(character)]) * _NARROW)


_NARROW = 0.82


def heading_width(text: str, size: float) -> float:
    """Return the width of a heading."""
    return sum(advance(character) for character in text) * size / 1000


@cache
def glyph_stream(character: str) -> bytes:
    """Return the drawing of a character: `d1` with its box, then its outline."""
    contours = _contours(character)
    body = " ".join(_path(contour) for contour in contours)
    points = [point for contour in contours for point in contour] or [(0, 0, True)]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = f"{advance(character)} 0 {min(xs):.0f} {min(ys):.0f} {max(xs):.0f} {max(ys):.0f} d1"
    return f"{box} {body} {'f' if body else ''}".encode()


def _contours(character: str) -> list[list[Point]]:
    font = _font()
    glyph = font.charToGlyph[ord(character)]
    data = font.get_table("glyf")[font.glyphPos[glyph] : font.glyphPos[glyph + 1]]
    if len(data) < 10 or struct.unpack(">h", data[:2])[0] < 0:
        return []
    return _outline(data, struct.unpack(">h", data[:2])[0])


def _outline(data: bytes, count: int) -> list[list[Point]]:
    ends = struct.unpack(f">{count}H", data[10 : 10 + 2 * count])
    at = 10 + 2 * count
    at += 2 + struct.unpack(">H", data[at : at + 2])[0]
    flags, at = _flags(data, at, ends[-1] + 1)
    xs, at = _deltas(data, at, flags, short=2, same=16)
    ys, at = _deltas(data, at, flags, short=4, same=32)
    em = units_per_em() / 1000
    points = [(x / em * _NARROW, y / em, bool(flag & 1)) for x, y, flag in zip(xs, ys, flags, strict=True)]
    starts = (0, *(end + 1 for end in ends[:-1]))
    return [points[start : end + 1] for start, end in zip(starts, ends, strict=True)]


def _flags(data: bytes, at: int, count: int) -> tuple[list[int], int]:
    flags: list[int] = []
    while len(flags) < count:
        flag, at = data[at], at + 1
        flags.append(flag)
        if flag & 8:
            flags += [flag] * data[at]
            at += 1
    return flags, at


def _deltas(data: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    values, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack(">h", data[at : at + 2])[0]
            at += 2
        values.append(value)
    return values, at


def _path(contour: list[Point]) -> str:
    """Return a closed path; TrueType's quadratic curves become cubic ones."""
    points = _with_implied(contour)
    x, y, _ = points[0]
    words = [f"{x:.0f} {y:.0f} m"]
    at = 1
    while at < len(points):
        if points[at][2]:
            x, y, _ = points[at]
            words.append(f"{x:.0f} {y:.0f} l")
            at += 1
        else:
            control, end = points[at], points[(at + 1) % len(points)]
            words.append(_curve((x, y), control, end))
            x, y, _ = end
            at += 2
    return " ".join([*words, "h"])


def _with_implied(contour: list[Point]) -> list[Point]:
    full: list[Point] = []
    for here, after in zip(contour, contour[1:] + contour[:1], strict=True):
        full.append(here)
        if not here[2] and not after[2]:
            full.append(((here[0] + after[0]) / 2, (here[1] + after[1]) / 2, True))
    first = next((n for n, point in enumerate(full) if point[2]), 0)
    return full[first:] + full[:first]


def _curve(start: tuple[float, float], control: Point, end: Point) -> str:
    x1, y1 = start[0] + 2 / 3 * (control[0] - start[0]), start[1] + 2 / 3 * (control[1] - start[1])
    x2, y2 = end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])
    return f"{x1:.0f} {y1:.0f} {x2:.0f} {y2:.0f} {end[0]:.0f} {end[1]:.0f} c"
