"""Pages are drawn as shown; images on them and hidden text are seen without drawing."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2.raw as raw
import pytest
from PIL import Image

from extractor.pages.errors import TooLargeError
from extractor.pages.scans import raster
from extractor.pages.scans.raster import covered_by_image, has_visible_text, rendered
from tests.extractor.pages.scans.pictured import pdf_page

TEXT = b"BT /F1 24 Tf 100 100 Td (Amount due) Tj ET "
HIDDEN = b"BT 3 Tr /F1 24 Tf 100 100 Td (Amount due) Tj ET "
FULL_PAGE = b"q 612 0 0 792 0 0 cm /Im Do Q "
HALF_PAGE = b"q 306 0 0 792 306 0 cm /Im Do Q "
BEYOND = b"q 612 0 0 792 306 0 cm /Im Do Q "
ON_ITS_SIDE = b"q 0 792 -306 0 306 0 cm /Im Do Q "


def made(content: bytes, form: bytes = b"", **page: object) -> bytes:
    """Return a PDF of one letter page with a grey image /Im, a font /F1, and a form /Fm at half size."""
    pdf = pikepdf.new()
    image = pikepdf.Stream(pdf, bytes([128] * 4), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    image.update({"/Width": 2, "/Height": 2, "/BitsPerComponent": 8, "/ColorSpace": pikepdf.Name.DeviceGray})
    font = {"/Type": pikepdf.Name.Font, "/Subtype": pikepdf.Name.Type1, "/BaseFont": pikepdf.Name.Helvetica}
    objects = pikepdf.Dictionary({"/Im": pdf.make_indirect(image)})
    resources = pikepdf.Dictionary(
        {"/XObject": objects, "/Font": {"/F1": font}, "/ExtGState": {"/Pale": {"/ca": 0.3}}}
    )
    inner = pikepdf.Stream(pdf, form, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    inner.update({"/BBox": [0, 0, 612, 792], "/Matrix": [0.5, 0, 0, 0.5, 0, 0], "/Resources": resources})
    objects["/Fm"] = pdf.make_indirect(inner)
    if b"/Fm" in form:
        inner.Resources = pdf.make_indirect(resources)
    pdf.add_blank_page(page_size=(612, 792))
    shown = pdf.pages[0].obj
    shown.update({"/Resources": pdf.make_indirect(resources), "/Contents": pdf.make_stream(content)})
    shown.update({f"/{key}": value for key, value in page.items()})
    file = BytesIO()
    pdf.save(file)
    return file.getvalue()


COLOURS = {
    "black": (b"0 0 0", 0),
    "red": (b"1 0 0", 255),
    "blue": (b"0 0 1", 255),
    "dark blue": (b"0.1 0.1 0.4", 102),
    "grey": (b"0.5 0.5 0.5", 128),
}


@pytest.mark.parametrize("colour", COLOURS)
def test_colour_is_as_bright_as_its_brightest_channel(colour: str) -> None:
    numbers, level = COLOURS[colour]
    with pdf_page(made(numbers + b" rg 0 0 306 396 re f")) as page:
        pixels = rendered(page, 72, 1_000_000).pixels
    assert abs(int(pixels[700, 100]) - level) <= 1
    assert pixels[100, 500] == 255


RED = b"1 0 0 rg 0 0 306 396 re f "
MASK = b"q 612 0 0 792 0 0 cm 1 0 0 rg BI /W 8 /H 1 /IM true /BPC 1 ID \x0f EI Q "


@pytest.mark.parametrize(
    ("content", "form", "grey"),
    [
        (b"", b"", True),
        (FULL_PAGE, b"", True),
        (HALF_PAGE + ON_ITS_SIDE, b"", True),
        (b"/Pale gs " + FULL_PAGE, b"", True),
        (HIDDEN + FULL_PAGE, b"", True),
        (b"/Fm Do ", FULL_PAGE, True),
        (RED + FULL_PAGE, b"", False),
        (FULL_PAGE + TEXT, b"", False),
        (b"/Fm Do ", RED, False),
        (MASK, b"", False),
    ],
)
def test_a_page_without_colour_is_drawn_the_same_in_half_the_time(
    content: bytes, form: bytes, grey: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pdf_page(made(content, form)) as page:
        assert raster._is_grey(page) == grey
        drawn = rendered(page, 100, 2_000_000).pixels
        monkeypatch.setattr(raster, "_is_grey", lambda _page: False)
        assert np.array_equal(drawn, rendered(page, 100, 2_000_000).pixels)


@pytest.mark.parametrize(
    ("turn", "dark"),
    [
        (0, (True, False, False, False)),
        (90, (False, True, False, False)),
        (180, (False, False, True, False)),
        (270, (False, False, False, True)),
    ],
)
def test_a_page_is_drawn_as_shown(turn: int, dark: tuple[bool, ...]) -> None:
    with pdf_page(made(b"0 396 306 396 re f", Rotate=turn)) as page:
        pixels, dpi = rendered(page, 100, 2_000_000)
    assert dpi == 100
    assert pixels.shape == ((1100, 850) if turn % 180 == 0 else (850, 1100))
    rows, columns = pixels.shape
    quarters = [(0.25, 0.25), (0.25, 0.75), (0.75, 0.75), (0.75, 0.25)]
    assert tuple(bool(pixels[int(y * rows), int(x * columns)] < 128) for y, x in quarters) == dark


def test_a_cropped_page_is_drawn_without_the_rest() -> None:
    with pdf_page(made(b"0 0 306 792 re f", CropBox=[306, 0, 612, 792])) as page:
        assert rendered(page, 72, 1_000_000).pixels.min() == 255


def test_pixels_are_in_memory_of_their_own() -> None:
    with pdf_page(made(TEXT)) as page:
        first = rendered(page, 72, 1_000_000).pixels
        before = first.copy()
        rendered(page, 72, 1_000_000)
    assert np.array_equal(first, before)
    assert first.flags.c_contiguous


def test_too_many_pixels_are_refused_before_they_are_drawn() -> None:
    with pdf_page(made(b"", MediaBox=[0, 0, 14400, 14400])) as page:
        with pytest.raises(
            TooLargeError, match=r"1600\.0 million pixels at 200 dpi.*BILLCLERK_MAX_PAGE_MEGAPIXELS"
        ):
            rendered(page, 200, 40_000_000)
        assert rendered(page, 7.2, 1440 * 1440).pixels.shape == (1440, 1440)


@pytest.mark.parametrize(
    ("content", "form", "share"),
    [
        (TEXT, b"", 0.0),
        (FULL_PAGE, b"", 1.0),
        (HALF_PAGE, b"", 0.5),
        (BEYOND, b"", 0.5),  # half of it lies outside the page
        (ON_ITS_SIDE, b"", 0.5),
        (HALF_PAGE + b"q 100 0 0 100 0 0 cm /Im Do Q", b"", 0.5),  # the largest one counts
        (b"/Fm Do", FULL_PAGE, 0.25),  # the form's own matrix halves it
        (b"q 2 0 0 2 0 0 cm /Fm Do Q", FULL_PAGE, 1.0),
        (b"q 2 0 0 2 0 0 cm /Fm Do Q", HALF_PAGE, 0.5),
    ],
)
def test_share_of_the_page_that_an_image_covers(content: bytes, form: bytes, share: float) -> None:
    with pdf_page(made(content, form)) as page:
        assert covered_by_image(page) == pytest.approx(share, abs=0.01)


def test_a_cropped_or_turned_page_is_covered_as_shown() -> None:
    with pdf_page(made(HALF_PAGE, Rotate=90, CropBox=[306, 0, 612, 792])) as page:
        assert covered_by_image(page) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("content", "form", "visible"),
    [
        (b"", b"", False),
        (TEXT, b"", True),
        (HIDDEN, b"", False),
        (HIDDEN + b"BT 0 Tr /F1 9 Tf 10 10 Td (1) Tj ET", b"", True),
        (b"BT 7 Tr /F1 24 Tf 100 100 Td (Amount due) Tj ET ", b"", True),  # only mode 3 is invisible
        (TEXT + FULL_PAGE, b"", False),  # the image hides it
        (FULL_PAGE + TEXT, b"", True),
        (TEXT + HALF_PAGE, b"", True),  # the image is elsewhere
        (b"/Fm Do", TEXT, True),
        (b"/Fm Do", HIDDEN, False),
        (b"/Fm Do " + FULL_PAGE, TEXT, False),
        (TEXT + b"/Fm Do", FULL_PAGE, False),  # under the image inside the form
    ],
)
def test_text_is_visible_unless_it_is_invisible_or_under_an_image(
    content: bytes, form: bytes, visible: bool
) -> None:
    with pdf_page(made(content, form)) as page:
        assert has_visible_text(page) is visible


def test_text_under_a_pale_image_is_visible() -> None:
    with pdf_page(made(TEXT + b"/Pale gs " + FULL_PAGE)) as page:
        assert has_visible_text(page)


def test_forms_that_hold_one_another_come_to_an_end() -> None:
    with pdf_page(made(b"/Fm Do", b"/Fm Do")) as page:
        assert not has_visible_text(page)
        assert covered_by_image(page) == 0


def test_only_so_many_objects_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    with pdf_page(made(TEXT + b"0 0 9 9 re f " * 50)) as page:
        assert raw.FPDFPage_CountObjects(page) == 51
        assert has_visible_text(page)
        monkeypatch.setattr(raster, "MAX_OBJECTS", 50)
        assert not has_visible_text(page)


def test_a_jpeg_page_at_300_dpi_is_drawn_at_200() -> None:
    file = BytesIO()
    Image.new("RGB", (2550, 3300), (250, 10, 10)).save(file, "PDF", resolution=300, quality=75)
    with pdf_page(file.getvalue()) as page:
        pixels = rendered(page, 200, 10_000_000).pixels
    assert pixels.shape == (2200, 1700)
    assert pixels.min() >= 245
