"""The words that bills print: by them a recognised label counts as read, and a page as upright.

`words.txt` has them as printed, letter for letter: the labels and headings of charges, and what
SCE's pages say around them. No names, no places of customers.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_AROUND = re.compile(r"^[(\"']+|[).,:;?!\"'*]+$")
_BETWEEN = re.compile(r"[-/]")


@cache
def words() -> frozenset[str]:
    """Return the list."""
    return frozenset((files(__package__) / "words.txt").read_text(encoding="utf-8").split())


def is_known(text: str) -> bool:
    """Tell whether a printed word, or each part of a compound, is on the list.

    >>> is_known("Energy-Summer"), is_known("peak"), is_known("peek"), is_known("$1.00")
    (True, True, False, False)
    """
    if text in words():
        return True
    parts = [part for part in _BETWEEN.split(_AROUND.sub("", text)) if part]
    return bool(parts) and all(part in words() for part in parts)


@cache
def _spellings() -> dict[str, str]:
    """Return the words that are printed in one way only, by their letters in lower case."""
    found: dict[str, str] = {}
    for word in words():
        found[word.lower()] = "" if word.lower() in found else word
    return {letters: word for letters, word in found.items() if word}


def spelled(text: str) -> str:
    """Return a recognised word with the capitals it is always printed with; any other as it is.

    >>> spelled("cTc"), spelled("PEAK"), spelled("kwh")
    ('CTC', 'PEAK', 'kWh')
    """
    return text if text in words() else _spellings().get(text.lower(), text)
