"""Recognised words on one baseline are on one line, whatever their sizes and however they were cut out.

Ink alone does not tell: the foot of a `g` beside capitals looks like a baseline. Once words are
read, it does. SCE's sidebar stands half a line lower than the charges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

from extractor.pages.scans.letters import ASCENT, DESCENT
from extractor.paper import Word

ONE_LINE = 0.2
"""Share of a word's height by which the baselines of one line differ at most: a page is not quite level."""


def levelled(runs: Iterable[Sequence[Word]]) -> list[tuple[Word, Word]]:
    """Return each word of some runs, and the same with its middle on the height of all words of its line.

    >>> run, amount = [Word("g", 0, 0, 5, 10, 10)], [Word("$5", 90, 1, 99, 11, 10)]
    >>> [same.top for _, same in levelled([run, amount])]
    [0.5, 0.5]
    """
    lines: list[list[Word]] = []
    base = size = 0.0
    for below, words in sorted((_baseline(words), list(words)) for words in runs if words):
        if not lines or below - base > ONE_LINE * min(size, words[0].size):
            lines.append([])
            base, size = below, words[0].size
        lines[-1].extend(words)
    return [pair for line in lines for pair in _on_one_height(line)]


def _baseline(words: Sequence[Word]) -> float:
    return median(word.bottom - DESCENT / (ASCENT + DESCENT) * word.size for word in words)


def _on_one_height(line: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    middle = median((word.top + word.bottom) / 2 for word in line)
    for word in sorted(line, key=lambda word: word.x0):
        down = middle - (word.top + word.bottom) / 2
        yield word, word._replace(top=word.top + down, bottom=word.bottom + down)
