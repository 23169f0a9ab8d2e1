"""A page as grey pixels, and what can be told of a page without looking at its pixels.

Colour is turned into grey by the brightest channel: red and blue stamps and pens fade,
black print stays black. Notes that somebody put onto the PDF (annotations) are not drawn:
they are not what was printed, and the text reader does not see them either.

>>> from extractor.pages.pdfium import open_document
>>> document = open_document(_BLANK, max_pages=1)
>>> page = raw.FPDF_LoadPage(document.raw, 0)
>>> raster = rendered(page, dpi=72, max_pixels=1_000_000)
>>> raster.pixels.shape, raster.dpi, covered_by_image(page), has_visible_text(page)
((792, 612), 72, 0.0, False)
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as raw
from numpy.typing import NDArray

from extractor.pages.errors import DamagedFileError, TooLargeError

POINTS = 72.0
"""Points an inch."""

MAX_OBJECTS = 50_000
"""Objects of a page that are looked at; a page of a bill has up to 3,000."""

MAX_GREY = 5_000
"""Objects, words that are not seen among them, up to which a page may count as one without colour."""

MAX_DEPTH = 8
"""Forms inside forms that are looked into; scanners and printers nest two or three."""

_BLANK = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Edges = tuple[float, float, float, float]


class Raster(NamedTuple):
    """Grey pixels (rows, columns; 0 is black) and how many there are to an inch of the page as shown."""

    pixels: Pixels
    dpi: float


class _Placed(NamedTuple):
    """An object and the matrix that carries its box onto the page."""

    handle: Any
    kind: int
    matrix: Matrix


def rendered(page: Any, dpi: float, max_pixels: int) -> Raster:
    """Draw a page (a pdfium handle) as a person sees it, at `dpi` pixels an inch.

    Raises:
        TooLargeError: when it would have more than `max_pixels`.
        DamagedFileError: when the library cannot draw it.
    """
    columns = _pixels(raw.FPDF_GetPageWidthF(page), dpi)
    rows = _pixels(raw.FPDF_GetPageHeightF(page), dpi)
    if columns * rows > max_pixels:
        raise TooLargeError(
            f"a page has {columns * rows / 1e6:.1f} million pixels at {dpi:.0f} dpi, more than the "
            f"{max_pixels / 1e6:.1f} allowed; print it smaller or raise BILLCLERK_MAX_PAGE_MEGAPIXELS"
        )
    channels = 1 if _is_grey(page) else 4
    kind = raw.FPDFBitmap_Gray if channels == 1 else raw.FPDFBitmap_BGRx
    bitmap = raw.FPDFBitmap_CreateEx(columns, rows, kind, None, 0)
    if not bitmap:
        raise DamagedFileError("a page cannot be drawn; fetch the file again")
    try:
        lines = _drawn(page, bitmap, columns, rows, channels)
        return Raster(lines.copy() if channels == 1 else brightest(lines.reshape(rows, columns, 4)), dpi)
    finally:
        raw.FPDFBitmap_Destroy(bitmap)


def _pixels(points: float, dpi: float) -> int:
    return max(1, round(points * dpi / POINTS))


def _drawn(page: Any, bitmap: Any, columns: int, rows: int, channels: int) -> Pixels:
    """Draw a page; return the bitmap's memory, a row of pixels after the other."""
    raw.FPDFBitmap_FillRect(bitmap, 0, 0, columns, rows, 0xFFFFFFFF)
    raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, columns, rows, 0, 0)
    stride = raw.FPDFBitmap_GetStride(bitmap)
    first = ctypes.cast(raw.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte))
    return np.ctypeslib.as_array(first, (rows, stride))[:, : channels * columns]


def _is_grey(page: Any) -> bool:
    """Tell whether a page shows nothing but pictures without colour, which are drawn in half the time."""
    for at, placed in enumerate(_objects(page)):
        if at == MAX_GREY or not (_is_grey_image(placed, page) or _is_unseen_text(placed)):
            return False
    return True


def _is_grey_image(placed: _Placed, page: Any) -> bool:
    if placed.kind != raw.FPDF_PAGEOBJ_IMAGE:
        return False
    about = raw.FPDF_IMAGEOBJ_METADATA()
    raw.FPDFImageObj_GetImageMetadata(placed.handle, page, ctypes.byref(about))
    return about.colorspace in (raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_CALGRAY)


def _is_unseen_text(placed: _Placed) -> bool:
    return placed.kind == raw.FPDF_PAGEOBJ_TEXT and not _painted(placed.handle)


def brightest(colours: Pixels) -> Pixels:
    """Return (rows, columns, 3 or 4) colours as grey: each pixel's brightest channel, in new memory."""
    return np.maximum(np.maximum(colours[:, :, 0], colours[:, :, 1]), colours[:, :, 2])


def covered_by_image(page: Any) -> float:
    """Return the share of the page's area (0 to 1) that its largest image covers."""
    shown = _page_box(page)
    area = _area(shown)
    if area == 0:
        return 0.0
    images = (placed for placed in _objects(page) if placed.kind == raw.FPDF_PAGEOBJ_IMAGE)
    return max((_area(_overlap(_box(image), shown)) for image in images), default=0.0) / area


def has_visible_text(page: Any) -> bool:
    """Tell whether any text of the page is to be seen: not invisible (mode 3), not under an image.

    Programs that recognise scans write their text in either way. On a page with more than
    MAX_OBJECTS objects only the topmost ones are looked at.
    """
    images: list[Edges] = []
    for placed in _objects(page):  # the topmost first
        if placed.kind == raw.FPDF_PAGEOBJ_IMAGE and not raw.FPDFPageObj_HasTransparency(placed.handle):
            images.append(_box(placed))
        elif placed.kind == raw.FPDF_PAGEOBJ_TEXT and _painted(placed.handle):
            box = _box(placed)
            if _area(box) and not any(_overlap(box, image) == box for image in images):
                return True
    return False


def _painted(text: Any) -> bool:
    return bool(raw.FPDFTextObj_GetTextRenderMode(text) != raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _objects(page: Any) -> Iterator[_Placed]:
    """Give the objects of a page and of the forms in it, the topmost first, at most MAX_OBJECTS."""
    count = raw.FPDFPage_CountObjects(page)
    waiting = [(raw.FPDFPage_GetObject, page, count, np.eye(3))]
    for _ in range(MAX_OBJECTS):
        while waiting and waiting[-1][2] == 0:
            waiting.pop()
        if not waiting:
            return
        get, holder, left, matrix = waiting.pop()
        waiting.append((get, holder, left - 1, matrix))
        handle = get(holder, left - 1)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and len(waiting) < MAX_DEPTH:
            inner = matrix @ _matrix(handle)
            waiting.append((raw.FPDFFormObj_GetObject, handle, raw.FPDFFormObj_CountObjects(handle), inner))
        else:
            yield _Placed(handle, kind, matrix)


def _matrix(handle: Any) -> Matrix:
    values = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(values))
    return np.array([[values.a, values.c, values.e], [values.b, values.d, values.f], [0.0, 0.0, 1.0]])


def _box(placed: _Placed) -> Edges:
    """Return left, bottom, right, top of an object, in the page's own coordinates."""
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(placed.handle, *(ctypes.byref(edge) for edge in edges))
    left, bottom, right, top = (edge.value for edge in edges)
    corners = placed.matrix @ np.array([[left, right, right, left], [bottom, bottom, top, top], [1, 1, 1, 1]])
    (x0, y0), (x1, y1) = corners[:2].min(axis=1), corners[:2].max(axis=1)
    return float(x0), float(y0), float(x1), float(y1)


def _page_box(page: Any) -> Edges:
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, ctypes.byref(box))
    return box.left, box.bottom, box.right, box.top


def _overlap(one: Edges, other: Edges) -> Edges:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _area(box: Edges) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])
