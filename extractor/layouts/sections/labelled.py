"""Finding the value that belongs to a printed label: on its right, or below it in its column.

Bills put `Customer account` above its number on page 1 and before it on the stub; a value is
what matches its pattern at either place. Labels are matched on a line's text, so that several
columns of labels on one height do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

from extractor.paper import Line, Printed, Word, printed
from extractor.sheet import Page
from extractor.values import UnreadableValueError

T = TypeVar("T")

WHOLE = r"(?![^\s.,;)])"
"""What follows a value: a space or the end of a sentence; a value that goes on is another one."""

BELOW = 2.6
"""A value stands at most this many label heights below its label."""


class Label(NamedTuple):
    """A label where it is printed."""

    page: Page
    line: Line
    at: int
    words: tuple[Word, ...]
    end: int


def labels(page: Page, pattern: re.Pattern[str]) -> Iterator[Label]:
    """Give each place on a page where the pattern is printed."""
    for found in page.find(pattern):
        yield Label(page, found.line, found.at, found.words(), found.end)


def value_of(label: Label, pattern: re.Pattern[str], convert: Callable[[str], T]) -> Printed[T] | None:
    """Return the value on the right of a label or below it; None if there is none that can be read."""
    return value_right(label, pattern, convert) or value_below(label, pattern, convert)


def value_right(label: Label, pattern: re.Pattern[str], convert: Callable[[str], T]) -> Printed[T] | None:
    """Return the value that follows a label on its line."""
    match = re.compile(rf"\s*:?\s*({pattern.pattern}){WHOLE}", pattern.flags).match(
        label.line.text, label.end
    )
    return _converted(label.line, match, convert) if match else None


def value_below(label: Label, pattern: re.Pattern[str], convert: Callable[[str], T]) -> Printed[T] | None:
    """Return the value in the line below a label, in the label's column."""
    for line in column_below(label, rows=2):
        match = re.compile(rf"({pattern.pattern}){WHOLE}", pattern.flags).match(line.text)
        if match is not None:
            return _converted(line, match, convert)
    return None


def _converted(line: Line, match: re.Match[str], convert: Callable[[str], T]) -> Printed[T] | None:
    try:
        return printed(convert(match[1]), line.between(*match.span(1)), line.page)
    except UnreadableValueError:
        return None


def column_below(label: Label, rows: int) -> list[Line]:
    """Return up to `rows` lines below a label, cut to its column and ending at a larger step."""
    left, height = label.words[0].x0, label.words[0].bottom - label.words[0].top
    edge = _column_edge(label)
    top = label.words[0].top + 0.5 * height
    found: list[Line] = []
    floor = label.words[0].bottom
    for whole in label.page.lines[label.at + 1 : label.at + 1 + 6 * rows]:
        words = [word for word in whole.words if left - 3 <= word.x0 < edge and word.top > top]
        if not words:
            continue
        line = Line(words, whole.page)
        if abs(line.x0 - left) > height:
            continue  # another column, whose heights lie between ours
        if line.top - floor > BELOW * height * (1.0 if not found else 0.3) or len(found) == rows:
            break
        found.append(_until_gap(line))
        floor = line.bottom
    return found


def _until_gap(line: Line) -> Line:
    """Return the words of a line up to the first gap wider than the line is high."""
    for at in range(1, len(line.words)):
        if line.words[at].x0 - line.words[at - 1].x1 > 1.5 * line.height:
            return Line(line.words[:at], line.page)
    return line


def _column_edge(label: Label) -> float:
    """Return where the next column begins: at the next word on the label's line that stands well apart."""
    right = label.words[-1].x1
    height = label.words[-1].bottom - label.words[-1].top
    for word in label.line.words:
        if word.x0 > right + 1.5 * height:
            return word.x0 - 1.0
        if word.x0 > right:
            right = word.x1
    return label.page.width
