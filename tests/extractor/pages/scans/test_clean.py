"""Cleaning evens out, stretches and takes away what is not printed, and never a decimal point or a minus sign."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from extractor.pages.scans.clean import cleaned, darkest, evened, ink
from extractor.pages.scans.raster import Pixels
from tests.extractor.pages.scans.pictured import copied, picture, skewed

NUMBERS = ["-$1,234.56", "$0.06", "- 5.38", "12.00-", "(0.10715)", "1.5 CR", ".75", "-0.00001"]
PAGES = [
    ("gs2d-bundled-season-split-2026", 4),
    ("d4-nem2-nonbypassable-charges-2026", 3),
    ("cpa-only-d4-clean-2026", 1),
]


def typed(size: float, dpi: float) -> Pixels:
    """Return half a letter page with numbers of a size in points, each on its line, each twice."""
    page = Image.new("L", (round(8.5 * dpi), round(5.5 * dpi)), 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size * dpi / 72)
    for line in range(2 * len(NUMBERS)):
        draw.text((dpi, dpi * (1 + line / 4.5)), NUMBERS[line % len(NUMBERS)], fill=0, font=font)
    return np.asarray(page)


def faxed(pixels: Pixels) -> Pixels:
    """Return a page of letter width as a fax of standard resolution has it, 204 x 98 dots an inch in black and white."""
    image = Image.fromarray(pixels)
    rows = round(1734 * image.height / image.width * 98 / 204)
    dots = image.resize((1734, rows)).point(lambda value: 255 if value > 150 else 0)
    return np.asarray(dots.resize(image.size, Image.Resampling.NEAREST))


DAMAGES: dict[str, Callable[[Pixels], Pixels]] = {
    "none": lambda page: page,
    "copied": copied,
    "faxed": faxed,
    "pale": lambda page: (page * 0.35 + 150).astype(np.uint8),
    "soft": lambda page: np.asarray(Image.fromarray(page).filter(ImageFilter.GaussianBlur(0.8))),
    "under a shadow": lambda page: (page * np.linspace(0.5, 1, page.shape[1])).astype(np.uint8),
}


@pytest.mark.parametrize(
    ("damage", "size", "dpi"),
    # the smallest print with every damage, larger and finer ones with the two worst
    [(damage, *small) for damage in DAMAGES for small in ((6.0, 200), (8.0, 150))]
    + [(damage, *large) for damage in ("copied", "faxed") for large in ((8.0, 200), (11.0, 200), (8.0, 300))],
)
def test_every_point_and_minus_stays(damage: str, size: float, dpi: float) -> None:
    """A mark whose core is nearer to print than to paper is so after cleaning."""
    marks = typed(size, dpi)
    damaged, paper, black = (
        DAMAGES[damage](each).astype(float) for each in (marks, marks * 0 + 255, marks * 0)
    )
    core = darkest_near(damaged.astype(np.uint8)) < (paper + black) / 2
    printed = (marks < 64) & core
    assert printed.sum() > 500
    assert darkest_near(cleaned(damaged.astype(np.uint8)))[printed].max() < 128


def darkest_near(pixels: Pixels) -> Pixels:
    """Return the darkest value within a pixel of each."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.MinFilter(3)))


@pytest.mark.parametrize(("name", "number"), PAGES)
@pytest.mark.parametrize("damage", ["none", "faxed"])
def test_nothing_dark_is_taken_from_a_page_without_specks(damage: str, name: str, number: int) -> None:
    before = DAMAGES[damage](picture(name, number, 200).pixels)
    assert (cleaned(before)[before < 120] < 120).all()


def test_the_dark_half_of_a_clean_scan_stays_as_it_is() -> None:
    page = picture(*PAGES[0], 200).pixels
    clean = cleaned(page)
    dark = page < 128
    assert np.array_equal(clean[dark], page[dark])
    assert (clean >= page).all()  # the pale halves of edges get paler


def test_specks_go_where_nothing_is_printed_and_only_there() -> None:
    page = picture(*PAGES[0], 200).pixels.copy()
    blank = cleaned(page).copy()
    blocks = page.reshape(110, 20, 85, 20).min(axis=(1, 3))
    free = np.kron(darkest_near(blocks), np.ones((20, 20), np.uint8)) == 255  # 20 pixels from all print
    rows, columns = np.nonzero(free)
    for at in range(0, len(rows), 20_011):
        page[rows[at], columns[at]] = 0
    assert (page == 0).sum() > (blank == 0).sum() + 50
    assert np.array_equal(cleaned(page)[free], blank[free])


@pytest.mark.parametrize("grey", [150, 190])
def test_a_pale_stamp_goes_and_the_print_under_it_stays(grey: int) -> None:
    page = picture(*PAGES[0], 200).pixels
    stamp = Image.new("L", page.shape[::-1], 255)
    font = ImageFont.load_default(120)
    ImageDraw.Draw(stamp).text((300, 500), "RECEIVED\nJUN 12 2025", fill=grey, font=font, stroke_width=3)
    stamped = cleaned(np.minimum(page, np.asarray(stamp)))
    under = (np.asarray(stamp) < 255) & (page > 200)
    assert (stamped[under] > 200).mean() > 0.9
    assert (stamped[page < 100] < 100).all()


def test_the_light_is_evened_out() -> None:
    page = picture(*PAGES[0], 100).pixels
    shadow = np.linspace(0.45, 1, page.shape[1]) * np.linspace(1, 0.7, page.shape[0])[:, None]
    even = evened((page * shadow).astype(np.uint8))
    assert even[page == 255].min() > 0.9 * even.max()
    assert np.abs(even[page == 0].astype(int)).max() < 20


@pytest.mark.parametrize("damage", ["copied", "pale", "under a shadow"])
def test_full_contrast_is_restored(damage: str) -> None:
    page = picture(*PAGES[0], 200).pixels
    after = cleaned(DAMAGES[damage](page))
    assert np.percentile(after[page == 255], 5) > 240
    assert np.median(after[page < 30]) < 40


@pytest.mark.parametrize("damage", ["copied", "pale"])
def test_tesseract_reads_no_fewer_numbers_of_a_cleaned_page(damage: str, tmp_path: Path) -> None:
    page = DAMAGES[damage](picture(*PAGES[0], 200).pixels)
    assert numbers_read(cleaned(page), tmp_path) >= numbers_read(page, tmp_path) > 0


def numbers_read(page: Pixels, folder: Path) -> int:
    """Return how many of the numbers printed in a part of the page are read there."""
    return len(printed_numbers() & set(words(page[700:1150], folder)))


@cache
def printed_numbers() -> set[str]:
    """Return the numbers that are read in that part of the page undamaged."""
    with TemporaryDirectory() as folder:
        return set(words(picture(*PAGES[0], 200).pixels[700:1150], Path(folder)))


def words(page: Pixels, folder: Path) -> list[str]:
    path = folder / "page.pgm"
    Image.fromarray(page).save(path)
    command = ["tesseract", str(path), "-", "--psm", "6", "--dpi", "200"]
    environment = {"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    read = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [word for word in read.stdout.split() if any(char.isdigit() for char in word)]


@pytest.mark.parametrize(
    ("name", "number"),
    [*PAGES, ("streetlight-unmetered-winter-2026", 3)],  # the last one is nearly empty
)
def test_printed_pages_have_ink(name: str, number: int) -> None:
    page = picture(name, number).pixels
    assert ink(page) > 0.001
    assert ink(copied(page)) == pytest.approx(ink(page), rel=0.5)


def blank_back() -> Pixels:
    """Return the back of a sheet: grain, and what is printed in front shining through."""
    front = picture(*PAGES[0], 200).pixels[:, ::-1]
    grain = np.random.default_rng(1).normal(0, 6, front.shape)
    return np.clip(245 - (255 - front) * 0.12 + grain, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("grey", [0, 200, 255])
def test_an_even_page_has_no_ink(grey: int) -> None:
    assert ink(np.full((1100, 850), grey, np.uint8)) == 0


def test_what_shines_through_and_black_edges_are_no_ink() -> None:
    back = skewed(blank_back(), 1).copy()
    assert ink(back) < 0.0002
    back[:, :90] = 10  # the scanner's edge
    back[-40:] = 10
    wedge = np.arange(2200)[:, None] > 30 * np.arange(1700)[None, :]
    back[wedge] = 15
    assert ink(back) < 0.0005


def test_black_edges_do_not_hide_print() -> None:
    page = picture(*PAGES[0], 200).pixels.copy()
    page[:, :60] = 0
    assert ink(page) > 0.01


def test_a_stamp_under_print_is_gone_from_the_darkest_ink_and_points_are_not() -> None:
    page = np.full((40, 200), 255, np.uint8)
    page[5:35, 10:190] = 140  # a stamp
    page[10:30, 20:24] = 0  # a letter on it
    page[28:31, 40:43] = 15  # a point
    found = darkest(page)
    assert np.array_equal(found < 128, page < 20)
    assert found[20, 100] == 255
