"""Pictures of what was read: each page as PNG, a box around every value.

A box is green where the value is proven, amber where it is doubtful or a finding points at
it, blue where recognition misread it and arithmetic repaired it, and grey where it was read and
nothing else on the bill repeats it (a POD-ID, an address).
The picture is made in the guarded worker process, like everything else that opens a document.
A file's name carries the document's hash and never what is printed on it.

>>> picture_name("0123456789abcdef" * 4, 3)
'0123456789ab-p003.png'
"""

import io
import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from extractor.base.errors import BillclerkError
from extractor.model import BBox, Evidence, ReadResult
from extractor.pages.child import Child
from extractor.pages.limits import Limits

if TYPE_CHECKING:
    from PIL.Image import Image

DPI = 110
"""Enough to read the small print of a bill on a screen."""

LONGEST_EDGE = 4000
"""Pixels; a page that would be longer (a file can claim any size) is drawn smaller."""

PAGES_AT_ONCE = 4
"""So that the pictures of a long document need not be in memory together."""

GREEN, AMBER, GREY, BLUE = "#0a8a2a", "#e08a00", "#8a93a0", "#1f5fd0"


class DrawError(BillclerkError):
    """The document cannot be drawn; the message says why."""

    exit_code = 3


class NoPageError(DrawError):
    """It is an EDI invoice, which is on no page that could be drawn."""

    exit_code = 1


class Box(NamedTuple):
    """A rectangle on a page (points from the top left corner), and a small label beside it."""

    page: int
    bbox: BBox
    colour: str
    label: str = ""


def draw(
    path: Path, results: Sequence[ReadResult], out_dir: Path, limits: Limits | None = None
) -> list[Path]:
    """Write the pages of one file, with the boxes of all its bills, into a folder; return the pictures.

    Raises:
        DrawError: the file is no longer what was read, or no PDF.
        NoPageError: if it has no pages.
        ChildError: it breaks a limit when its pages are drawn.
    """
    if any(result.document.source == "edi" for result in results):
        raise NoPageError("it is an EDI invoice: there is no page to draw")
    data = _as_read(path, results)
    boxes = [box for result in results for box in boxes_of(result)]
    pages = results[0].document.pages or 0
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    with Child("extractor.draw:answer_request", limits) as child:
        for first in range(1, pages + 1, PAGES_AT_ONCE):
            numbers = range(first, min(first + PAGES_AT_ONCE, pages + 1))
            for number, picture in zip(numbers, _pictures(child, data, numbers, boxes), strict=True):
                written.append(out_dir / picture_name(sha256(data).hexdigest(), number))
                written[-1].write_bytes(picture)
    return written


def picture_name(document_sha256: str, page: int) -> str:
    """Return the file name of a page's picture."""
    return f"{document_sha256[:12]}-p{page:03}.png"


def boxes_of(result: ReadResult) -> Iterator[Box]:
    """Give a box for each value of a record that has a place, and for each finding that has one.

    A charge line is proven with its amount, and doubtful with any of its values.
    """
    gates = [(row.holds, subject) for row in result.proof if row.gate for subject in row.subjects]
    proven = {subject.removesuffix("/amount") for holds, subject in gates if holds}
    failing = {_boxed(subject) for holds, subject in gates if not holds}
    for pointer, evidence in _places(result):
        box = evidence.bbox
        if box is None:
            continue
        inside = {pointer.removesuffix("/amount"), pointer, *_above(pointer)}
        if inside & failing:
            yield Box(evidence.page, box, AMBER)
        elif inside & proven:
            yield Box(evidence.page, box, GREEN)
        else:
            yield Box(evidence.page, box, GREY if _is_verified(result, pointer) else AMBER)
    for finding in result.findings:
        if finding.page is not None and finding.bbox is not None:
            colour = BLUE if finding.code == "repaired" else GREY if finding.severity == "info" else AMBER
            yield Box(finding.page, finding.bbox, colour, finding.code)


def _places(result: ReadResult) -> Iterator[tuple[str, Evidence]]:
    """Give the pointer and the place of every value; of a charge, of the whole line."""
    yield from result.evidence.items()
    for at, service in enumerate(result.bill.services if result.bill else ()):
        for index, charge in enumerate(service.charges):
            yield f"/bill/services/{at}/charges/{index}", charge.evidence


def _boxed(pointer: str) -> str:
    """Return the pointer of what has a box: of a charge's quantity, rate or amount the charge line."""
    parts = pointer.split("/")
    return "/".join(parts[:6]) if parts[2:3] == ["services"] and parts[4:5] == ["charges"] else pointer


def _above(pointer: str) -> Iterator[str]:
    while "/" in pointer[1:]:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _is_verified(result: ReadResult, pointer: str) -> bool:
    """Tell whether the service that a value belongs to is verified, or else the bill."""
    match pointer.split("/"):
        case ["", "bill", "services", index, *_] if result.bill:
            return result.bill.services[int(index)].status == "verified"
    return result.status == "verified"


def _as_read(path: Path, results: Sequence[ReadResult]) -> bytes:
    if not results[0].document.sha256 or not results[0].document.pages:
        raise DrawError("no page of it was opened")
    data = path.read_bytes()
    if sha256(data).hexdigest() != results[0].document.sha256:
        raise DrawError("it changed after it was read; read it again")
    return data


def _pictures(child: Child, data: bytes, numbers: Sequence[int], boxes: Sequence[Box]) -> Iterator[bytes]:
    wanted = [box for box in boxes if box.page in numbers]
    question = json.dumps({"pages": list(numbers), "boxes": wanted}).encode()
    answer = child.request(question + b"\n" + data)
    header, _, rest = answer.partition(b"\n")
    lengths = json.loads(header)
    if isinstance(lengths, str):
        raise DrawError(lengths)
    for length in lengths:
        yield rest[:length]
        rest = rest[length:]


def answer_request(request: bytes) -> bytes:
    """Draw pages, inside the worker process.

    In: a line of JSON and a document. Out: a line of JSON, the pictures' lengths or why there are
    none, and PNGs.
    """
    question, _, data = request.partition(b"\n")
    asked = json.loads(question)
    boxes = [Box(*box) for box in asked["boxes"]]
    try:
        pages = shown(data, asked["pages"])
        pictures = [
            _framed(image, scale, [box for box in boxes if box.page == number])
            for number, (image, scale) in zip(asked["pages"], pages, strict=True)
        ]
    except BillclerkError as error:
        return json.dumps(f"it cannot be drawn ({error})").encode() + b"\n"
    return json.dumps([len(picture) for picture in pictures]).encode() + b"\n" + b"".join(pictures)


def shown(data: bytes, numbers: Sequence[int], dpi: int = DPI) -> Iterator[tuple["Image", float]]:
    """Give pages of a PDF or a picture file as a person sees them, and their pixels a point.

    To be called in the guarded worker process only.
    """
    from extractor.pages import pdfium

    if pdfium.is_pdf(data):
        document = pdfium.open_document(data, max_pages=max(numbers) + 100_000)
        for number in numbers:
            page = document[number - 1]
            scale = min(dpi / 72, LONGEST_EDGE / max(page.get_size()))
            yield page.render(scale=scale).to_pil().convert("RGB"), scale
        return
    from PIL.Image import fromarray

    from extractor.pages.scans.pictures import pictures_of

    decode = pictures_of(data, max_pages=max(numbers) + 100_000, max_pixels=LONGEST_EDGE * LONGEST_EDGE * 4)
    for number in numbers:
        picture = decode[number - 1]()
        scale = min(dpi / 72, LONGEST_EDGE / max(picture.width, picture.height))
        size = max(round(picture.width * scale), 1), max(round(picture.height * scale), 1)
        yield fromarray(picture.pixels).resize(size).convert("RGB"), scale


def _framed(image: "Image", scale: float, boxes: Sequence[Box]) -> bytes:
    for box in boxes:
        _frame(image, box, scale)
    picture = io.BytesIO()
    image.save(picture, "PNG")
    return picture.getvalue()


def _frame(image: "Image", box: Box, scale: float) -> None:
    from PIL.ImageDraw import Draw

    x0, top, x1, bottom = (edge * scale for edge in box.bbox)
    pen = Draw(image)
    pen.rectangle((x0 - 2, top - 2, max(x0, x1) + 2, max(top, bottom) + 2), outline=box.colour, width=2)
    if box.label:
        pen.text((x1 + 6, top - 1), box.label, fill=box.colour)
