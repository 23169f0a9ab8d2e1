"""The corners of a photographed paper are found, and only where there is one."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.pages.scans.photo import Point, corners_of, has_ground, paper_size, plane
from tests.extractor.pages.scans.pictured import copied, photographed, picture

PAGES = [
    ("gs2d-bundled-season-split-2026", 2),
    ("gs2d-bundled-season-split-2026", 4),
    ("cpa-only-d4-clean-2026", 1),
]
SEEN = {
    "from above": [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)],
    "from below": [(0.2, 0.12), (0.8, 0.12), (0.93, 0.9), (0.07, 0.9)],
    "from the side": [(0.12, 0.2), (0.85, 0.08), (0.85, 0.93), (0.12, 0.8)],
    "turned left": [(0.08, 0.16), (0.82, 0.06), (0.93, 0.84), (0.17, 0.95)],
    "turned right": [(0.2, 0.07), (0.93, 0.17), (0.8, 0.93), (0.06, 0.83)],
    "from far away": [(0.25, 0.27), (0.72, 0.25), (0.74, 0.73), (0.24, 0.75)],
}


@pytest.mark.parametrize(
    ("name", "number", "view"),
    # every view of one page, one of the others
    [(*page, view) for page in PAGES for view in (SEEN if page == PAGES[1] else ("turned left",))],
)
def test_corners_are_found_within_a_hundredth(name: str, number: int, view: str) -> None:
    found = corners_of(photographed(picture(name, number).pixels, SEEN[view]))
    assert found is not None
    assert np.abs(np.array(found) - SEEN[view]).max() < 0.01


def test_a_side_that_is_cut_off_ends_with_the_picture() -> None:
    photo = photographed(picture(*PAGES[1]).pixels, SEEN["from above"])[
        :, 300:
    ]  # the left 0.2 of it is missing
    found = corners_of(photo)
    assert found is not None
    assert np.abs(np.array(found) - [(0, 0.1), (0.875, 0.1), (0.875, 0.9), (0, 0.9)]).max() < 0.01


@pytest.mark.parametrize(("name", "number"), PAGES)
def test_a_flat_scan_has_no_ground(name: str, number: int) -> None:
    scan = picture(name, number).pixels
    assert not has_ground(scan)
    assert not has_ground(copied(scan))


@pytest.mark.parametrize("level", [0, 130, 255])
def test_an_even_picture_has_no_corners(level: int) -> None:
    assert corners_of(np.full((800, 600), level, np.uint8)) is None


def test_a_small_thing_on_a_table_is_no_paper() -> None:
    assert (
        corners_of(photographed(picture(*PAGES[1]).pixels, [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]))
        is None
    )


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (400, 500, (612, 792)),  # nearly a letter page: seen at an angle
        (520, 400, (792, 612)),  # on its side
        (300, 792, (300, 792)),  # a strip of paper keeps its proportions
    ],
)
def test_paper_is_a_letter_page_unless_its_proportions_are_others(
    width: float, height: float, size: Point
) -> None:
    found, _ = paper_size([(0, 0), (width, 0), (width, height), (0, height)])
    assert found == pytest.approx(size)


def test_a_plane_carries_the_corners_of_the_paper_onto_the_picture() -> None:
    matrix = plane((612, 792), SEEN["turned left"])
    for corner, seen in zip([(0, 0), (612, 0), (612, 792), (0, 792)], SEEN["turned left"], strict=True):
        x, y, scale = matrix @ (*corner, 1)
        assert (x / scale, y / scale) == pytest.approx(seen)
