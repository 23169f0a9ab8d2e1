"""Spans of time, in seconds since 1970: each from its begin, and not with its end; None is open.

>>> joined([(5, 9), (None, 3), (2, 5)])
((None, 9),)
>>> without(((None, None),), ((3, 5), (9, None)))
((None, 3), (5, 9))
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Span = tuple[int | None, int | None]
Spans = tuple[Span, ...]
"""In order, none of them touching another."""

ALWAYS: Spans = ((None, None),)

FIRST, LAST = -(2**62), 2**62
"""What stands for an open end where there has to be a number."""


def bounds(span: Span) -> tuple[int, int]:
    """Return a span with numbers for its open ends."""
    begin, end = span
    return FIRST if begin is None else begin, LAST if end is None else end


def joined(spans: Iterable[Span]) -> Spans:
    """Return spans in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(map(bounds, spans)):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif begin < end:
            found.append((begin, end))
    return tuple(_open(*one) for one in found)


def without(spans: Spans, others: Spans) -> Spans:
    """Return what of some spans is in none of others."""
    return tuple(_open(*one) for span in spans for one in _left(*bounds(span), others))


def _left(begin: int, end: int, others: Spans) -> Iterator[tuple[int, int]]:
    for first, last in map(bounds, others):
        if first > begin:
            yield from [(begin, min(first, end))] if begin < end else []
        begin = max(begin, last)
    if begin < end:
        yield begin, end


def _open(begin: int, end: int) -> Span:
    return None if begin == FIRST else begin, None if end == LAST else end
