"""Pieces of pages: what is in them, what is not, and that strangers' files are drawn elsewhere."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.ImageColor import getrgb

from corpus.scans import sample
from extractor.draw import DrawError
from extractor.model import BBox
from extractor.pages.child import Child
from extractor.pages.limits import ChildTimeoutError, Limits
from extractor.portfolio.sampling.crops import COLOUR, DPI, TARGET, Crop, around, crops
from tests.extractor.portfolio.sampling.made import GS2, read

EDGES = st.floats(0, 600)


@given(st.tuples(EDGES, EDGES), st.tuples(EDGES, EDGES))
def test_a_box_is_always_inside_its_piece_and_the_piece_on_the_page(
    across: tuple[float, float], down: tuple[float, float]
) -> None:
    (x0, x1), (top, bottom) = sorted(across), sorted(down)
    left, upper, right, lower = around((x0, top, x1, bottom), 612, 792)
    assert 0 <= left <= x0 <= x1 <= right <= 612
    assert 0 <= upper <= top <= bottom <= lower <= 792


def test_a_piece_of_a_line_is_less_than_a_tenth_of_a_page() -> None:
    left, upper, right, lower = around((56.1, 147.4, 420.1, 156.4), 612, 792)
    assert (right - left) * (lower - upper) < 612 * 792 / 10


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    path = tmp_path / "bill.pdf"
    path.write_bytes(sample(GS2))
    return path


def test_the_line_is_framed_and_drawn_in_a_process_of_its_own(bill: Path) -> None:
    (result,) = read(GS2)
    assert result.bill is not None
    place = result.bill.services[0].charges[1].evidence
    assert place.bbox is not None
    digest = hashlib.sha256(bill.read_bytes()).hexdigest()
    wanted = [Crop(place.page, place.bbox), Crop(1, result.evidence["/bill/amount_due"].bbox or place.bbox)]
    with Child(TARGET) as child:
        pieces = [Image.open(io.BytesIO(data)).convert("RGB") for data in crops(child, bill, digest, wanted)]
        assert child.pid is not None
    for piece, crop in zip(pieces, wanted, strict=True):
        framed = _framed(piece)
        box = (crop.box[2] - crop.box[0], crop.box[3] - crop.box[1])
        sides = (framed[2] - framed[0], framed[3] - framed[1])
        assert all(abs(side - edge * DPI / 72) < 12 for side, edge in zip(sides, box, strict=True))
    assert pieces[0].height < 200


def _framed(piece: Image.Image) -> BBox:
    """Return the bounds of the frame's colour."""
    red, green, blue = getrgb(COLOUR)[:3]
    near = [
        (x, y)
        for x in range(piece.width)
        for y in range(piece.height)
        if all(
            abs(one - other) < 40
            for one, other in zip(piece.getpixel((x, y)), (red, green, blue), strict=True)  # type: ignore[arg-type]
        )
    ]
    xs, ys = [x for x, _ in near], [y for _, y in near]
    return min(xs), min(ys), max(xs), max(ys)


def test_a_file_that_is_no_longer_what_was_read_is_not_drawn(bill: Path) -> None:
    with Child(TARGET) as child, pytest.raises(DrawError, match="not what was read"):
        crops(child, bill, "0" * 64, [Crop(1, (0, 0, 1, 1))])


def test_what_cannot_be_drawn_says_why(bill: Path) -> None:
    bill.write_bytes(b"%PDF-1.7 and nothing else")
    digest = hashlib.sha256(bill.read_bytes()).hexdigest()
    with Child(TARGET) as child, pytest.raises(DrawError, match="cannot be drawn"):
        crops(child, bill, digest, [Crop(1, (0, 0, 1, 1))])


def test_drawing_is_limited(bill: Path) -> None:
    digest = hashlib.sha256(bill.read_bytes()).hexdigest()
    limits = Limits(wall_seconds=0.001)
    with Child(TARGET, limits) as child, pytest.raises(ChildTimeoutError):
        crops(child, bill, digest, [Crop(1, (0, 0, 10, 10))])
