"""Pieces of pages with a value marked: enough around it to read its label, and no more of a customer's bill.

They are cut in the guarded worker process, like everything else that opens a document. A value's label stands
before it on its line or above it, so the piece reaches to the left of a short box, and a heading's height
above it. Of a page that was scanned on its side, where lines run up or down, it reaches as far both ways.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractor.base.errors import BillclerkError
from extractor.draw import DrawError, shown
from extractor.model import BBox
from extractor.pages.child import Child

if TYPE_CHECKING:
    from PIL.Image import Image

TARGET = "extractor.portfolio.sampling.crops:answer_request"

DPI = 150
"""Enough to read a bill's small print on a telephone, drawn larger."""

ABOVE, BELOW, BESIDE = 34.0, 16.0, 14.0
"""Points around a box."""

ACROSS, UNIT = 380.0, 36.0
"""Points that a piece has at least (labels of SCE's account summary stand 290 before its amounts), and what
of them is behind a short box, for its unit."""

COLOUR = "#d0006f"
"""Of the mark: a colour that bills do not have."""

QUALITY = 80
"""Of JPEG, in which a scan is a quarter as large."""


class Crop(NamedTuple):
    """A box to be cut out with what is around it."""

    page: int
    box: BBox


def crops(child: Child, path: Path, document_sha256: str, wanted: Sequence[Crop]) -> list[bytes]:
    """Return the pieces of a document as PNG or JPEG.

    Raises:
        DrawError: the file is no longer what was read, or cannot be drawn.
        ChildError: it breaks a limit when its pages are drawn.
    """
    data = path.read_bytes()
    if sha256(data).hexdigest() != document_sha256:
        raise DrawError("the original is not what was read; see `billclerk verify`")
    answer = child.request(json.dumps(wanted).encode() + b"\n" + data)
    header, _, rest = answer.partition(b"\n")
    lengths = json.loads(header)
    if isinstance(lengths, str):
        raise DrawError(lengths)
    pieces = []
    for length in lengths:
        pieces.append(rest[:length])
        rest = rest[length:]
    return pieces


def around(box: BBox, width: float, height: float) -> BBox:
    """Return what is cut out of a page of this size: the box and what is around it.

    >>> around((500, 100, 560, 110), 612, 792), around((40, 100, 420, 110), 612, 792)
    ((216.0, 66.0, 596.0, 126.0), (26.0, 66.0, 434.0, 126.0))
    """
    x0, top, x1, bottom = box
    if bottom - top > 2 * (x1 - x0) and bottom - top > ABOVE:
        return _within(x0 - ABOVE, top - ACROSS / 2, x1 + ABOVE, bottom + ACROSS / 2, width, height)
    right = x1 + (BESIDE if x1 - x0 > ACROSS / 2 else UNIT)
    return _within(min(x0 - BESIDE, right - ACROSS), top - ABOVE, right, bottom + BELOW, width, height)


def _within(x0: float, top: float, x1: float, bottom: float, width: float, height: float) -> BBox:
    return max(x0, 0.0), max(top, 0.0), float(min(x1, width)), float(min(bottom, height))


def answer_request(request: bytes) -> bytes:
    """Cut pieces out of pages, inside the worker process.

    In: a line of JSON and a document. Out: a line of JSON, the pieces' lengths or why there are none, and
    the pieces.
    """
    question, _, data = request.partition(b"\n")
    wanted = [Crop(*crop) for crop in json.loads(question)]
    numbers = sorted({crop.page for crop in wanted})
    try:
        pieces: dict[int, bytes] = {}
        for number, (image, scale) in zip(numbers, shown(data, numbers, DPI), strict=True):
            for at, crop in enumerate(wanted):
                if crop.page == number:
                    pieces[at] = _piece(image, scale, crop.box)
    except BillclerkError as error:
        return json.dumps(f"the page cannot be drawn ({error})").encode() + b"\n"
    made = [pieces[at] for at in range(len(wanted))]
    return json.dumps([len(piece) for piece in made]).encode() + b"\n" + b"".join(made)


def _piece(image: Image, scale: float, box: BBox) -> bytes:
    from PIL.ImageDraw import Draw

    region = around(box, image.width / scale, image.height / scale)
    left, upper = round(region[0] * scale), round(region[1] * scale)
    piece = image.crop((left, upper, round(region[2] * scale), round(region[3] * scale)))
    x0, top, x1, bottom = (edge * scale for edge in box)
    mark = (x0 - left - 3, top - upper - 1, max(x0, x1) - left + 3, max(top, bottom) - upper + 1)
    Draw(piece).rectangle(mark, outline=COLOUR, width=2)
    return min(_encoded(piece), key=len)


def _encoded(piece: Image) -> list[bytes]:
    """Return a piece as PNG of few colours and as JPEG."""
    drawing, photo = io.BytesIO(), io.BytesIO()
    piece.quantize(64).save(drawing, "PNG", optimize=True)
    piece.save(photo, "JPEG", quality=QUALITY)
    return [drawing.getvalue(), photo.getvalue()]
