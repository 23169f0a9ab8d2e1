"""What the layouts know of pages that are pictures, for whoever recognises them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractor.paper import Word
from extractor.sheet import Page


@dataclass(frozen=True)
class Guide:
    """Which words are printed, and which pages and words matter."""

    is_known: Callable[[str], bool]
    """Is this a word that bills print?"""

    spelled: Callable[[str], str]
    """The word with its capitals, and without accents."""

    meant: Callable[[str], Sequence[str]]
    """The printed words one letter away from a word that bills do not print."""

    apart: Callable[[str], str]
    """Two printed words that stick together, as two."""

    is_boilerplate: Callable[[str], bool]
    """Does this heading begin a page of nothing else?"""

    is_aside: Callable[[str], bool]
    """Does this heading begin sentences that no record is made of?"""

    sidebar: Callable[[Page], float | None]
    """Where on a page begins, in points, what no record is made of, as far as its head tells."""

    worth_confirming: Callable[[Page], Sequence[Word]]
    """The words of a page that a record is made of."""
