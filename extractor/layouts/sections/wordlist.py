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
    parts = [part for part in _BETWEEN.split(_AROUND.sub("", text)) if part]
    return bool(parts) and all(part in words() for part in parts)
