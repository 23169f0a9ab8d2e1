"""How tall and wide the letters of a bill's font are, in em.

Sources: letter heights of Helvetica, which bills are set in or close to.
"""

from __future__ import annotations

ASCENT, DESCENT = 0.905, 0.212
"""A font's height above and below its baseline, in em."""

_LOW = "acegmnopqrsuvwxyz:;"
_DEEP = "gjpqy()[]{}|@\u00a7"
_REACHES = (
    dict.fromkeys(_LOW, (0.53, 0.0))
    | dict.fromkeys(_DEEP, (0.72, -0.21))
    | dict.fromkeys("gpqy", (0.53, -0.21))
    | {",": (0.1, -0.15), ".": (0.1, 0.0), ";": (0.53, -0.15), "$": (0.77, -0.1), "_": (-0.08, -0.13)}
    | dict.fromkeys("-\u2013\u2014~", (0.33, 0.23))
    | dict.fromkeys("'\"\u2018\u2019\u201c\u201d*\u00b0", (0.72, 0.46))
)
"""How far letters reach above and below the baseline, in em; all others are as tall as capitals."""

DIGIT = 0.716
"""Height of a digit, in em."""

_BEARINGS = {"1": (0.11, 0.2), ".": (0.09, 0.09), ",": (0.09, 0.09)} | dict.fromkeys("il'(|", (0.08, 0.06))
"""White to the left and right of narrow letters, in em: digits are set equally wide."""

_BEARING = 0.04
"""The same of all others."""

_WIDTHS = (
    dict.fromkeys("ABCDEFGHKNOPQRSTUVXYZ&", 0.68)
    | dict.fromkeys("ijlI.,:;|!'", 0.25)
    | dict.fromkeys("frt()-/", 0.31)
    | dict.fromkeys("mwMW%", 0.85)
)
"""How far the next letter stands from where one begins, in em; of all others, digits too, 0.556."""


def reach(text: str) -> tuple[float, float]:
    """Return how far a word reaches above and below the baseline, in em; below it is negative.

    >>> reach("on"), reach("On"), reach("py")
    ((0.53, 0.0), (0.72, 0.0), (0.53, -0.21))
    """
    reaches = [_REACHES.get(char, (0.72, 0.0)) for char in text]
    return max(above for above, _ in reaches), min(below for _, below in reaches)


def bearings(char: str) -> tuple[float, float]:
    """Return the white to the left and right of a letter, in em."""
    return _BEARINGS.get(char, (_BEARING, _BEARING))


def width(text: str) -> float:
    """Return about how wide a word is, in em.

    >>> round(width("EXAMPLE"), 1), round(width("90210"), 1)
    (4.8, 2.8)
    """
    return sum(_WIDTHS.get(char, 0.556) for char in text)
