"""Pages are turned upright, and boxes find their way back to the page as shown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.pages.scans.raster import Pixels, Raster
from extractor.pages.scans.straight import Correction, Upright, correction_of, shown_box, upright
from extractor.paper import Box
from tests.extractor.pages.scans.pictured import copied, photographed, picture, skewed

PAGES = [
    ("gs2d-bundled-season-split-2026", 1),  # page 1 with its stub
    ("gs2d-bundled-season-split-2026", 2),  # dense boilerplate in two columns
    ("gs2d-bundled-season-split-2026", 3),  # the cost box and the chart of usage
    ("gs2d-bundled-season-split-2026", 4),  # charge lines
    ("streetlight-unmetered-winter-2026", 3),  # next to nothing: a few words
    ("old-d4-cpa-clean-2018", 4),  # an older layout
    ("cpa-only-d4-clean-2026", 1),  # CPA's own bill
]
CHARGES = PAGES[3]
SKEWS = [0.0, 0.1, -0.7, 3.0, -5.0, 6.5]
TURNS = [(1, 0.0), (1, -4.0), (2, 1.0), (3, 2.5)]
QUAD = [(0.16, 0.12), (0.88, 0.16), (0.84, 0.9), (0.1, 0.84)]


def page(name: str, number: int) -> Pixels:
    return picture(name, number).pixels


def lying(pixels: Pixels, quarters: int) -> Raster:
    """Return a page turned clockwise by some quarters."""
    return Raster(np.ascontiguousarray(np.rot90(pixels, -quarters)), 100)


@pytest.mark.parametrize(
    ("name", "number", "skew"),
    # every angle on one page, a small and a large one on the others
    [(*page, skew) for page in PAGES for skew in (SKEWS if page == CHARGES else (-0.7, 6.5))],
)
def test_skew_is_found(name: str, number: int, skew: float) -> None:
    found = correction_of(Raster(copied(skewed(page(name, number), skew)), 100))
    assert (found.quarter, found.half, found.corners) == (0, False, None)
    assert found.skew == pytest.approx(skew, abs=0.05)


@pytest.mark.parametrize(
    ("name", "number", "quarters", "skew"),
    # every turn on one page, one to either side on the others
    [(*page, *turn) for page in PAGES for turn in (TURNS if page == CHARGES else (TURNS[1], TURNS[3]))],
)
def test_a_page_on_its_side_is_told_from_an_upright_one(
    name: str, number: int, quarters: int, skew: float
) -> None:
    found = correction_of(lying(skewed(page(name, number), skew), quarters))
    assert found.quarter == (90 if quarters % 2 else 0)
    assert found.skew == pytest.approx(skew, abs=0.05)


@pytest.mark.parametrize("quarters", [0, 1])
def test_landscape_pages_are_read_by_their_lines_not_by_their_shape(quarters: int) -> None:
    wide = np.hstack([page(*PAGES[3]), page(*PAGES[1])])
    assert correction_of(lying(wide, quarters)).quarter == 90 * quarters


@pytest.mark.parametrize("turned", [False, True])
def test_a_black_edge_of_the_scanner_does_not_tell_the_angle(turned: bool) -> None:
    scan = skewed(page(*PAGES[3]), 2.0).copy()
    scan[:, :60] = 0
    found = correction_of(lying(scan, int(turned)))
    assert (found.quarter, round(found.skew, 1)) == (90 if turned else 0, 2.0)


@pytest.mark.parametrize("skew", [-0.6, 0.2, 0.6])
def test_level_bands_at_the_edges_do_not_hide_a_small_skew(skew: float) -> None:
    """A copier's lid leaves dark bands at the bottom and the side, level whatever the lines are."""
    pixels = copied(skewed(page(*CHARGES), skew)).copy()
    pixels[-24:] = pixels[:, :18] = 25
    assert correction_of(Raster(pixels, 100)).skew == pytest.approx(skew, abs=0.08)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (5, 90)])
def test_a_picture_of_hardly_any_pixels_has_no_lines(shape: tuple[int, int]) -> None:
    pixels = np.zeros(shape, np.uint8)
    pixels[::2, ::2] = 255
    assert correction_of(Raster(pixels, 100)).skew == 0.0


@pytest.mark.parametrize("pixels", [np.full((1100, 850), 255, np.uint8), np.full((1100, 850), 0, np.uint8)])
def test_a_page_without_lines_stays_as_it_is(pixels: Pixels) -> None:
    assert correction_of(Raster(pixels, 100)) == Correction()


def test_half_turned_is_turned_by_180_degrees_more() -> None:
    correction = Correction(90, False, 1.5)
    assert correction.half_turned() == Correction(90, True, 1.5)
    assert correction.half_turned().half_turned() == correction


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("quarters", [0, 1])
@pytest.mark.parametrize("skew", [0.0, -3.0])
def test_the_upright_page_looks_like_the_original(quarters: int, half: bool, skew: float) -> None:
    original = page(*PAGES[3])
    shown = lying(skewed(original, skew), -quarters + 2 * half)
    correction = correction_of(shown)
    found = upright(shown, correction.half_turned() if half else correction)
    assert found.pixels.shape == original.shape
    assert (round(found.width), round(found.height), found.dpi) == (612, 792, 100)
    assert np.abs(found.pixels.astype(int) - original).mean() < 4


def test_a_page_that_lies_right_is_not_calculated_anew() -> None:
    shown = picture(*PAGES[3])
    assert np.array_equal(upright(shown, correction_of(shown)).pixels, shown.pixels)


def test_a_photographed_page_is_flat_upright_and_of_letter_size() -> None:
    shown = Raster(photographed(picture(*PAGES[3], 150).pixels, QUAD), 2000 / 11)
    found = upright(shown, correction_of(shown, photo=True))
    assert (found.width, found.height) == (612, 792)
    left = ink_columns(found.pixels)
    assert left == pytest.approx(ink_columns(page(*PAGES[3])), abs=0.01)


def ink_columns(pixels: Pixels) -> list[float]:
    """Return where, as shares of height and width, the ink begins and ends."""
    rows, columns = np.nonzero(pixels < 0.45 * np.median(pixels))
    return [
        float(np.percentile(places, share)) / size
        for places, size in ((rows, pixels.shape[0]), (columns, pixels.shape[1]))
        for share in (5, 95)
    ]


corrections = st.builds(
    Correction,
    st.sampled_from([0, 90]),
    st.booleans(),
    st.floats(-6, 6),
    st.none() | st.just(tuple(QUAD)),
)


@settings(max_examples=60, deadline=None)
@given(corrections, st.integers(120, 480), st.integers(120, 480))
def test_a_mark_is_found_where_the_page_shows_it(correction: Correction, x: int, y: int) -> None:
    """A mark put on the page as shown, and boxed on the upright page, is boxed where it was put."""
    pixels = np.full((600, 600), 255, np.uint8)
    pixels[y - 6 : y + 6, x - 9 : x + 9] = 0
    found = upright(Raster(pixels, 72), correction)
    rows, columns = np.nonzero(found.pixels < 128)
    scale = 72 / found.dpi
    if not within(found, x, y):
        return
    box = Box(
        *(float(side) * scale for side in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    )
    shown = shown_box(found, box)
    assert shown.x0 - 1 <= x - 9 and x + 9 <= shown.x1 + 1
    assert shown.top - 1 <= y - 6 and y + 6 <= shown.bottom + 1
    assert (shown.x1 - shown.x0, shown.bottom - shown.top) <= (18 + 9, 12 + 9)


def within(found: Upright, x: float, y: float) -> bool:
    """Tell whether a mark at x, y of the page as shown is on the upright page, with its margins."""
    across, down, scale = np.linalg.inv(found.to_shown) @ (x, y, 1)
    return bool(20 < across / scale < found.width - 20 and 20 < down / scale < found.height - 20)


@given(corrections, st.floats(0, 500), st.floats(0, 500), st.floats(1, 100), st.floats(1, 100))
def test_the_shown_box_holds_every_corner(
    correction: Correction, x: float, y: float, width: float, height: float
) -> None:
    found = upright(Raster(np.full((60, 60), 255, np.uint8), 7.2), correction)
    box = Box(x, y, x + width, y + height)
    shown = shown_box(found, box)
    assert shown == shown_box(found.to_shown, box)
    for corner in ((box.x0, box.top), (box.x1, box.top), (box.x1, box.bottom), (box.x0, box.bottom)):
        across, down, scale = found.to_shown @ (*corner, 1)
        assert shown.x0 - 1e-6 <= across / scale <= shown.x1 + 1e-6
        assert shown.top - 1e-6 <= down / scale <= shown.bottom + 1e-6
