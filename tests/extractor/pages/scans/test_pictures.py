"""Picture files become pages of grey pixels, upright, with a resolution; bombs and ruins are refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from extractor.pages.errors import (
    DamagedFileError,
    NotADocumentError,
    TooLargeError,
    TooManyPagesError,
    UnreadableFileError,
)
from extractor.pages.scans import pictures
from extractor.pages.scans.pictures import Picture, is_picture, pictures_of
from extractor.pages.scans.raster import Pixels
from tests.extractor.pages.scans.pictured import encoded, photographed, picture

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
ORIENTATION, FOCAL_LENGTH, EXIF, SUBFILE = 0x0112, 0x920A, 0x8769, 0x00FE
FORMATS: dict[str, tuple[str, dict[str, Any], int]] = {
    "png": ("PNG", {"dpi": (100, 100)}, 0),
    "jpeg": ("JPEG", {"dpi": (100, 100), "quality": 90}, 40),
    "tiff raw": ("TIFF", {"dpi": (100, 100)}, 0),
    "tiff lzw": ("TIFF", {"dpi": (100, 100), "compression": "tiff_lzw"}, 0),
    "tiff deflate": ("TIFF", {"dpi": (100, 100), "compression": "tiff_adobe_deflate"}, 0),
    "tiff jpeg": ("TIFF", {"dpi": (100, 100), "compression": "jpeg", "quality": 90}, 40),
}


def page() -> Pixels:
    """Return a page whose corners differ: dark top left."""
    pixels = np.full((1100, 850), 255, np.uint8)
    pixels[:300, :200] = 0
    pixels[600:620, 100:700] = 90
    return pixels


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def only(data: bytes, max_pixels: int = 50_000_000) -> Picture:
    [decode] = pictures_of(data, max_pages=5, max_pixels=max_pixels)
    return decode()


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_read(name: str) -> None:
    kind, options, tolerance = FORMATS[name]
    data = encoded(page(), kind, **options)
    assert is_picture(data)
    found = only(data)
    assert np.abs(found.pixels.astype(int) - page()).max() <= tolerance
    assert (round(found.dpi), round(found.width), round(found.height), found.photo) == (100, 612, 792, False)


def test_pages_of_a_fax_are_black_and_white_and_as_wide_as_high() -> None:
    dots = Image.fromarray(page()).resize((1734, 1078)).convert("1")
    options: dict[str, Any] = {"compression": "group4", "dpi": (204, 98), "save_all": True}
    data = saved(dots, "TIFF", append_images=[dots.rotate(180), dots], **options)
    pages = [decode() for decode in pictures_of(data, max_pages=3, max_pixels=5_000_000)]
    assert len(pages) == 3
    assert [found.pixels.shape for found in pages] == [(2244, 1734)] * 3
    assert [round(found.dpi) for found in pages] == [204] * 3
    assert [bool(found.pixels[100, 100] < 128) for found in pages] == [True, False, True]


def test_pages_may_be_asked_for_in_any_order_and_again() -> None:
    shades = [Image.new("L", (850, 1100), shade) for shade in (10, 20, 30)]
    data = saved(shades[0], "TIFF", save_all=True, append_images=shades[1:], compression="tiff_lzw")
    decode = pictures_of(data, max_pages=3, max_pixels=5_000_000)
    assert [int(decode[at]().pixels[0, 0]) for at in (2, 0, 0, 1, 2)] == [30, 10, 10, 20, 30]


def test_small_copies_beside_the_pages_are_left_out() -> None:
    file = BytesIO()
    small = Image.new("L", (85, 110), 0)
    small.encoderinfo = {"tiffinfo": {SUBFILE: 1}}
    Image.new("L", (850, 1100), 200).save(file, "TIFF", save_all=True, append_images=[small])
    assert only(file.getvalue()).pixels.shape == (1100, 850)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_as_its_file_says(kind: str, orientation: int) -> None:
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Image.Transpose, from upright to as stored
    upright = Image.fromarray(page())
    stored = upright if orientation == 1 else upright.transpose(Image.Transpose(undo[orientation]))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    data = saved(stored, kind, exif=exif, dpi=(100, 100))
    for found in (pictures_of(data, 5, 5_000_000)[0](), only(data)):
        assert found.pixels.shape == (1100, 850)
        assert [
            int(found.pixels[y, x]) // 128 for y, x in ((50, 50), (50, 800), (1050, 50), (1050, 800))
        ] == [0, 1, 1, 1]


def test_an_oblong_page_on_its_side_has_its_resolutions_changed_over() -> None:
    stored = Image.new("1", (1078, 1734), 1)  # as wide as a fax is high
    data = saved(stored, "TIFF", dpi=(98, 204), tiffinfo={ORIENTATION: 6})
    decode = pictures_of(data, 5, 5_000_000)[0]
    assert [decode().pixels.shape, decode().pixels.shape] == [(2244, 1734)] * 2


@pytest.mark.parametrize(
    ("mode", "colour", "level"),
    [
        ("RGB", (200, 30, 30), 200),  # the brightest channel
        ("RGBA", (0, 0, 0, 0), 255),  # see-through: on white
        ("RGBA", (0, 0, 0, 255), 0),
        ("LA", (40, 255), 40),
        ("P", 7, None),
        ("1", 1, 255),
        ("I;16", 65535, 255),
        ("CMYK", (0, 0, 0, 255), 0),
    ],
)
def test_every_kind_of_colour_becomes_grey(mode: str, colour: Any, level: int | None) -> None:
    image = Image.new(mode, (850, 1100), colour)
    if mode == "P":
        image.putpalette([level for at in range(256) for level in (at, 2 * at % 256, 0)])
        level = 14
    found = only(saved(image, "TIFF" if mode == "CMYK" else "PNG")).pixels
    assert found.dtype == np.uint8
    assert found[500, 400] == level


@pytest.mark.parametrize(
    ("size", "said", "dpi"),
    [
        ((1700, 2200), (200, 200), 200),
        ((1700, 2200), None, 200),  # as if it were a letter page
        ((2200, 1700), None, 200),  # on its side
        ((1700, 2800), (200, 200), 200),  # legal
        ((1700, 2200), (72, 72), 200),  # no paper is 30 inches high
        ((3024, 4032), (72, 72), 366.5),  # a phone's figure
        ((1700, 2200), (1, 1), 200),
        ((612, 792), (72, 72), 72),  # a screen's, and right
        ((1700, 1000), None, 154.5),  # a part of a page: as if on its side
    ],
)
def test_resolution_is_the_files_if_it_makes_a_paper(size: tuple[int, int], said: Any, dpi: float) -> None:
    found = only(encoded(np.full(size[::-1], 255, np.uint8), "JPEG", **({"dpi": said} if said else {})))
    assert found.dpi == pytest.approx(dpi, abs=0.1)
    assert (found.width, found.height) == pytest.approx([side * 72 / found.dpi for side in size])


def test_a_photo_is_told_from_a_scan() -> None:
    scan = picture("gs2d-bundled-season-split-2026", 4).pixels
    table = photographed(scan, [(0.1, 0.1), (0.9, 0.12), (0.88, 0.9), (0.12, 0.88)])
    exif = Image.Exif()
    exif.get_ifd(EXIF)[FOCAL_LENGTH] = 5.0
    assert not only(encoded(scan, "JPEG")).photo
    assert only(encoded(table, "JPEG")).photo
    assert only(encoded(scan, "JPEG", exif=exif)).photo


def huge_png(columns: int, rows: int) -> bytes:
    """Return a PNG of few bytes that says it has many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(9_000, 9_000), (12_000, 12_000), (60_000, 60_000)])
def test_bombs_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(TooLargeError, match=r"scan it at"):
        only(huge_png(*size), max_pixels=40_000_000)


def test_a_picture_that_would_grow_too_large_is_refused() -> None:
    data = saved(Image.new("1", (2000, 1000), 1), "TIFF", dpi=(240, 100))
    with pytest.raises(TooLargeError, match=r"4.8 million pixels.*BILLCLERK_MAX_PAGE_MEGAPIXELS"):
        only(data, max_pixels=4_000_000)
    assert only(data, max_pixels=5_000_000).pixels.shape == (2400, 2000)


def test_more_pages_than_allowed_are_refused() -> None:
    sheet = Image.new("1", (85, 110), 1)
    data = saved(sheet, "TIFF", save_all=True, append_images=[sheet] * 3)
    assert len(pictures_of(data, max_pages=4, max_pixels=10_000)) == 4
    with pytest.raises(TooManyPagesError, match="BILLCLERK_MAX_PAGES"):
        pictures_of(data, max_pages=3, max_pixels=10_000)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_file_that_is_cut_off_is_refused(name: str, share: float) -> None:
    kind, options, _ = FORMATS[name]
    grain = np.random.default_rng(0).integers(0, 255, (500, 400), dtype=np.uint8)
    data = encoded(grain, kind, **options)
    with pytest.raises(DamagedFileError, match="again"):
        only(data[: int(share * len(data))])


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_with_wrong_bytes_is_read_or_refused(name: str) -> None:
    kind, options, _ = FORMATS[name]
    data = encoded(page()[:220, :170], kind, **options)
    chance = np.random.default_rng(1)
    outcomes: set[type] = set()
    for _ in range(150):
        spoilt = bytearray(data)
        for at in chance.integers(8, len(data), 6):
            spoilt[at] = chance.integers(256)
        try:
            outcomes.add(type(only(bytes(spoilt), max_pixels=1_000_000)))
        except UnreadableFileError as error:
            assert len(str(error)) > 20
            outcomes.add(UnreadableFileError)
    assert outcomes
    assert outcomes <= {Picture, UnreadableFileError}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"GIF89a", b"\x89PN", b"\0\0\0\x18ftypmp42", b"II"])
def test_other_files_are_no_pictures(data: bytes) -> None:
    assert not is_picture(data)


def test_a_heic_picture_without_its_reader_is_refused_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "find_spec", lambda name: None)
    assert is_picture(HEIC)
    with pytest.raises(NotADocumentError, match="extra `heic`, or save it as JPEG"):
        pictures_of(HEIC, 5, 1_000_000)


def test_a_heic_picture_is_read_as_its_camera_held_it() -> None:
    """A photo stored on its side, which the file says, is upright; its grey is that of the paper."""
    pillow_heif.register_heif_opener()
    stored = Image.new("RGB", (1100, 850), (77, 40, 12))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned clockwise
    file = BytesIO()
    stored.save(file, "HEIF", quality=100, exif=exif.tobytes())
    found = only(file.getvalue())
    assert found.pixels.shape == (1100, 850)
    assert found.pixels[500, 400] == pytest.approx(77, abs=2)


def test_half_a_heic_picture_is_damaged() -> None:
    file = BytesIO()
    pillow_heif.from_pillow(Image.effect_noise((850, 1100), 60)).save(file, quality=90)
    with pytest.raises(UnreadableFileError):
        only(file.getvalue()[: len(file.getvalue()) // 2])
