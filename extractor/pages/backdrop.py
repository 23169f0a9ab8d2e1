"""Whether a page is a picture of paper, whatever text somebody's program has laid over or under it.

A scanner's picture fills the page and is drawn first, or last over the text that recognition made;
so only the objects at both ends are looked at. Such text is not what was printed: it is not trusted,
visible or not.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pypdfium2.raw as raw

ENDS = 20
"""Objects looked at from either end of a page's, and of a form's that fills the page."""

MOST = 0.5
"""Share of the page from which pictures are the page."""

STRIPS = 0.2
"""Share from which the pictures at both ends may be some of many strips."""

RULES = 3
"""Objects of a page that may all be rules: so few lines write nothing."""

THIN = 2.0
"""Points that a rule is wide at most; no letter is."""

DEEPEST = 6
"""Forms in forms that are looked into."""


def draws_nothing(page: Any) -> bool:
    """Tell whether a page is empty but for a rule or two, as a last sheet's back is: it need not be read."""
    count = raw.FPDFPage_CountObjects(page)
    if count > RULES or raw.FPDFPage_GetAnnotCount(page):
        return False
    return all(_is_rule(raw.FPDFPage_GetObject(page, at)) for at in range(count))


def _is_rule(one: Any) -> bool:
    """Tell whether an object is a line: thinner than any letter."""
    if raw.FPDFPageObj_GetType(one) != raw.FPDF_PAGEOBJ_PATH:
        return False
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(one, *map(ctypes.byref, edges))
    left, bottom, right, top = (edge.value for edge in edges)
    return min(right - left, top - bottom) <= THIN


def shows_a_picture(page: Any) -> bool:
    """Tell whether pictures fill most of a page (a pdfium handle): one, or strips as some scanners make."""
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    edges = (box.left, box.bottom, box.right, box.top)
    count = raw.FPDFPage_CountObjects(page)
    pictures = [one for one in _at_ends(raw.FPDFPage_GetObject, page, count) if _is_picture(one)]
    share = sum(_share(one, edges) for one in pictures)
    if share > MOST or share < STRIPS:
        return share > MOST
    every = (raw.FPDFPage_GetObject(page, at) for at in range(count))
    return sum(_share(one, edges) for one in every if _is_picture(one)) > MOST


def _at_ends(get: Callable[[Any, int], Any], holder: Any, count: int) -> Iterator[Any]:
    last = max(ENDS, count - ENDS)
    yield from (get(holder, at) for at in chain(range(min(ENDS, count)), range(last, count)))


def _is_picture(handle: Any, depth: int = 0) -> bool:
    """Tell whether an object is a picture, or a form with one in it, or in a form of it, and so on."""
    kind = raw.FPDFPageObj_GetType(handle)
    if kind != raw.FPDF_PAGEOBJ_FORM:
        return bool(kind == raw.FPDF_PAGEOBJ_IMAGE)
    if depth == DEEPEST:
        return True  # nobody puts a page so deep for its text's sake
    inside = _at_ends(raw.FPDFFormObj_GetObject, handle, raw.FPDFFormObj_CountObjects(handle))
    return any(_is_picture(one, depth + 1) for one in inside)


def _share(handle: Any, page: tuple[float, float, float, float]) -> float:
    """Return which share of the page's area an object covers."""
    found = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *(ctypes.byref(edge) for edge in found))
    left, bottom, right, top = (edge.value for edge in found)
    across = min(right, page[2]) - max(left, page[0])
    up = min(top, page[3]) - max(bottom, page[1])
    area = (page[2] - page[0]) * (page[3] - page[1])
    return across * up / area if across > 0 < up and area > 0 else 0.0
