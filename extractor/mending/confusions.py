"""What recognition takes for what: the texts that a misread word may have been.

Drawn from what tesseract was seen to confuse on scans, faxes and stamped pages; only texts in a form
that bills print numbers in are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

_TAKEN_FOR = {
    "0": "6895",
    "1": "742",
    "2": "71",
    "3": "8592$",
    "4": "91",
    "5": "63$98",
    "6": "0585",
    "7": "124",
    "8": "03695$",
    "9": "40857",
    "O": "0",
    "o": "0",
    "Q": "0",
    "D": "0",
    "l": "1",
    "I": "1",
    "i": "1",
    "|": "1",
    "!": "1",
    "S": "5$",
    "s": "5",
    "B": "8",
    "Z": "2",
    "z": "2",
    "g": "9",
    "q": "9",
    "b": "6",
    "G": "6",
    "$": "5",
    "T": "7",
    "A": "4",
    ",": ".",
    ".": ",",
    ":": ".",
    ";": ",",
    "\u00a7": "$",
    "\u20ac": "6",
}
"""What a character may have been instead, as it was seen; `CONFUSED` has each pair of digits both ways."""


def _both_ways(taken: Mapping[str, str]) -> dict[str, str]:
    pairs = {(char, meant) for char, all_meant in taken.items() for meant in all_meant}
    pairs |= {(meant, char) for char, meant in pairs if char.isdigit() and meant.isdigit()}
    return {char: "".join(sorted(meant for one, meant in pairs if one == char)) for char, _ in sorted(pairs)}


CONFUSED = _both_ways(_TAKEN_FOR)
"""What a character may have been instead."""

_NUMBER = re.compile(
    r"[-\u2212(]*\$?-?(?:\d{1,3}(?:,\d{3})*|\d*)(?:\.\d+)?\)?%?|\d{1,2}/\d{1,2}(?:/\d{2,4})?|\d[\d-]+\d"
)
"""A form that a number, a date or a share of days is printed in."""

_PADDED = re.compile(r"[-(]*\$?-?0\d[\d,]*\.")
"""An amount that begins with a nought, which none is printed with."""

_NO_POINT = re.compile(r"([-(]*\$?[\d,]+)(\d\d\)?)")


def candidates(text: str, others: Sequence[str] = ()) -> Iterator[str]:
    """Give what a word may say instead: the other readings, and one confusion away from what is read.

    >>> sorted(candidates("$0.O5"))
    ['$0.05']
    >>> "$1,089.62" in candidates("$1,089.52"), "$33.94" in candidates("$3394")
    (True, True)
    """
    found = dict.fromkeys(others)
    if any(char.isdigit() for char in text):
        for at, char in enumerate(text):
            found |= dict.fromkeys(text[:at] + other + text[at + 1 :] for other in CONFUSED.get(char, ""))
        if (match := _NO_POINT.fullmatch(text)) is not None:
            found[f"{match[1]}.{match[2]}"] = None
        found[text[1:] if text.startswith("-") else f"-{text}"] = None
    for other in found:
        if other != text and (other in others or (_NUMBER.fullmatch(other) and not _PADDED.match(other))):
            yield other
