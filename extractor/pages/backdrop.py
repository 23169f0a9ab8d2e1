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
"""Share of the page from which a picture is the page."""


def shows_a_picture(page: Any) -> bool:
    """Tell whether a picture fills most of a page (a pdfium handle)."""
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    edges = (box.left, box.bottom, box.right, box.top)
    objects = _at_ends(raw.FPDFPage_GetObject, page, raw.FPDFPage_CountObjects(page))
    return any(_is_picture(one) and _fills(one, edges) for one in objects)


def _at_ends(get: Callable[[Any, int], Any], holder: Any, count: int) -> Iterator[Any]:
    last = max(ENDS, count - ENDS)
    yield from (get(holder, at) for at in chain(range(min(ENDS, count)), range(last, count)))


def _is_picture(handle: Any) -> bool:
    """Tell whether an object is a picture, or a form with one in it."""
    kind = raw.FPDFPageObj_GetType(handle)
    if kind != raw.FPDF_PAGEOBJ_FORM:
        return bool(kind == raw.FPDF_PAGEOBJ_IMAGE)
    inside = _at_ends(raw.FPDFFormObj_GetObject, handle, raw.FPDFFormObj_CountObjects(handle))
    return any(raw.FPDFPageObj_GetType(one) == raw.FPDF_PAGEOBJ_IMAGE for one in inside)


def _fills(handle: Any, page: tuple[float, float, float, float]) -> bool:
    """Tell whether an object covers most of the page's area."""
    found = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(handle, *(ctypes.byref(edge) for edge in found))
    left, bottom, right, top = (edge.value for edge in found)
    across = min(right, page[2]) - max(left, page[0])
    up = min(top, page[3]) - max(bottom, page[1])
    return across > 0 < up and across * up > MOST * (page[2] - page[0]) * (page[3] - page[1])
