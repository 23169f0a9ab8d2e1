"""Scans of the corpus: the same every time, made like a copier's, a fax's or a phone's files, and of the right pages."""

import json
import re
from collections import Counter
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pikepdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from corpus.scans import KINDS, batch, golden, leaves, sample, scan, sheets
from corpus.scans.bill import Bill
from corpus.scans.command import main
from corpus.scans.layer import hidden_text

SHORT = "cpa-only-d4-clean-2026"  # one page
LONG = "gs2e-bundled-summer-2025"  # four pages, the charges on page 4
PDFS = [name for name, kind in KINDS.items() if kind.suffix == ".pdf"]
ONE_OF_A_MAKE = [  # the others differ from one of these in a colour, a turn or a file format
    "grey-200",
    "noisy",
    "landscape-rotate",
    "fax",
    "fax-twice",
    "pen",
    "pen-charges",
    "stamped",
    "stamped-charges",
    "hidden-text",
    "page-missing",
    "shuffled",
    "mixed",
    "duplex",
    "cover-sheet",
    "photo",
    "tiff-fax",
]
WITH_TEXT = {"hidden-text", "mixed"}
SEED = 7


@cache
def scanned(name: str, kind: str) -> bytes:
    return scan(sample(name), kind, SEED)


def bill_for(kind: str) -> str:
    return SHORT if KINDS[kind].fewest_pages == 1 else LONG


@cache
def shown(pdf: bytes, page: int) -> NDArray[np.float64]:
    """A page (from 1) as a small grey picture with mean 0, as a viewer shows it."""
    picture = pypdfium2.PdfDocument(pdf)[page - 1].render(scale=0.5, grayscale=True).to_pil().convert("L")
    return small(picture)


def small(picture: Image.Image) -> NDArray[np.float64]:
    # Coarse enough that a skew of half a degree moves nothing out of its place.
    pixels = np.asarray(picture.convert("L").resize((102, 132), Image.Resampling.BOX)).astype(np.float64)
    centred: NDArray[np.float64] = pixels - pixels.mean()
    return centred


def alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float((one * other).sum() / np.sqrt((one**2).sum() * (other**2).sum()))


def printed(page: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much is printed in each sixth of a page's height, whatever the light."""
    rough = np.abs(np.diff(page, axis=1)).sum(1).reshape(6, -1).sum(1)
    centred: NDArray[np.float64] = rough - rough.mean()
    return centred


class Stored(NamedTuple):
    """A page's picture as the PDF stores it."""

    size: tuple[int, int]
    encoding: str
    bits: int
    colours: str


def stored(pdf: bytes) -> list[Stored]:
    found = []
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            (image,) = page.obj.Resources.XObject.values()
            size = (int(image.Width), int(image.Height))
            found.append(Stored(size, str(image.Filter), int(image.BitsPerComponent), str(image.ColorSpace)))
    return found


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


@pytest.mark.parametrize("kind", ONE_OF_A_MAKE)
def test_same_seed_same_bytes(kind: str) -> None:
    name = bill_for(kind)
    assert scan(sample(name), kind, SEED) == scanned(name, kind)


@pytest.mark.parametrize("kind", ["grey-200", "fax", "stamped-charges"])
def test_another_seed_other_bytes(kind: str) -> None:
    assert scan(sample(SHORT), kind, SEED + 1) != scanned(SHORT, kind)


def test_kinds_are_described_and_grouped() -> None:
    groups = {kind.group for kind in KINDS.values()}
    assert groups == {"clean", "fax", "stamped", "damaged", "image", "mixed"}
    assert all(kind.name == name and kind.description for name, kind in KINDS.items())


@pytest.mark.parametrize(
    ("kind", "pages"),
    [
        ("grey-200", 4),
        ("duplex", 8),
        ("cover-sheet", 5),
        ("page-missing", 3),
        ("shuffled", 4),
        ("mixed", 4),
        ("fax", 4),
    ],
)
def test_page_counts(kind: str, pages: int) -> None:
    pdf = scanned(LONG, kind)
    assert len(pypdfium2.PdfDocument(pdf)) == pages == len(sheets(sample(LONG), kind, SEED))


@pytest.mark.parametrize(
    "kind", ["grey-200", "landscape-rotate", "page-missing", "shuffled", "duplex", "mixed", "cover-sheet"]
)
def test_pages_are_upright_and_those_that_sheets_names(kind: str) -> None:
    name = SHORT if kind == "landscape-rotate" else LONG  # which pages it has is as for grey-200
    pdf, bill = scanned(name, kind), Bill(sample(name))
    for number, sheet in enumerate(sheets(bill.pdf, kind, SEED), 1):
        if isinstance(sheet, int):
            scores = [alike(shown(pdf, number), shown(bill.pdf, page)) for page in bill.pages]
            assert max(scores) > 0.6 and scores.index(max(scores)) == sheet - 1, scores


@pytest.mark.parametrize(("kind", "clockwise"), [("turned-90", 90), ("turned-180", 180), ("turned-270", 270)])
def test_turned_pages_are_turned_in_the_picture_alone(kind: str, clockwise: int) -> None:
    pdf = scanned(SHORT, kind)
    page = pypdfium2.PdfDocument(pdf)[0]
    assert page.get_rotation() == 0
    assert page.get_size() == ((612, 792) if clockwise == 180 else (792, 612))
    turned_back = page.render(scale=1).to_pil().rotate(clockwise, expand=True)
    assert alike(small(turned_back), shown(sample(SHORT), 1)) > 0.6


def test_landscape_rotate_is_stored_as_real_scans_are() -> None:
    with pikepdf.open(BytesIO(scanned(SHORT, "landscape-rotate"))) as document:
        (page,) = document.pages
        assert [float(side) for side in page.obj.MediaBox] == [0, 0, 792, 612]
        assert page.obj.Rotate == 270
    assert stored(scanned(SHORT, "landscape-rotate")) == [
        Stored((3300, 2550), "/DCTDecode", 8, "/DeviceGray")
    ]


@pytest.mark.parametrize(
    ("kind", "size", "encoding", "bits"),
    [
        ("grey-200", (1700, 2200), "/DCTDecode", 8),
        ("grey-300", (2550, 3300), "/DCTDecode", 8),
        ("noisy", (1700, 2200), "/DCTDecode", 8),
        ("fax", (1728, 2156), "/CCITTFaxDecode", 1),
        ("fax-standard", (1728, 1078), "/CCITTFaxDecode", 1),
        ("fax-twice", (1728, 2156), "/CCITTFaxDecode", 1),
    ],
)
def test_pictures_are_encoded_as_such_machines_do(
    kind: str, size: tuple[int, int], encoding: str, bits: int
) -> None:
    assert stored(scanned(SHORT, kind)) == [Stored(size, encoding, bits, "/DeviceGray")]
    page = pypdfium2.PdfDocument(scanned(SHORT, kind))[0]
    assert page.get_size() == pytest.approx((612, 792), abs=3)


@pytest.mark.parametrize("kind", ["fax", "fax-standard", "fax-twice"])
def test_faxes_are_black_on_white(kind: str) -> None:
    page = pypdfium2.PdfDocument(scanned(SHORT, kind))[0].render(scale=1, grayscale=True).to_numpy()
    assert np.median(page) == 255
    assert alike(shown(scanned(SHORT, kind), 1), shown(sample(SHORT), 1)) > 0.6


@pytest.mark.parametrize("kind", PDFS)
def test_scans_hold_no_text_but_where_they_say_so(kind: str) -> None:
    found = [bool(text.strip()) for text in texts(scanned(bill_for(kind), kind))]
    assert any(found) == (kind in WITH_TEXT)


def test_hidden_text_is_invisible_and_mostly_right() -> None:
    pdf = scanned(LONG, "hidden-text")
    with pikepdf.open(BytesIO(pdf)) as document:
        assert all(b"BT 3 Tr" in page.obj.Contents.read_bytes() for page in document.pages)
    printed, hidden = (set(texts(data)[3].split()) for data in (sample(LONG), pdf))
    missed = {word for word in printed - hidden if "$" in word}
    amounts = {word for word in printed if "$" in word}
    assert 2 <= len(missed) < len(amounts) / 2
    assert len(printed & hidden) > 0.8 * len(printed)


@pytest.mark.parametrize("seed", range(10))
def test_two_amounts_of_hidden_text_are_always_wrong(seed: int) -> None:
    bill = Bill(sample(LONG))
    layer = hidden_text(bill, 4, np.random.default_rng(seed)).decode("cp1252")
    right = Counter(run.text for run in bill.amounts(4))
    assert (right - Counter(re.findall(r"\((.*)\) Tj", layer))).total() >= 2


def test_mixed_has_scanned_and_text_pages() -> None:
    found = [bool(text.strip()) for text in texts(scanned(LONG, "mixed"))]
    assert any(found) and not found[3]  # page 4 has the charges


def test_the_missing_page_has_charges() -> None:
    (missing,) = {1, 2, 3, 4} - {
        sheet for sheet in sheets(sample(LONG), "page-missing", SEED) if isinstance(sheet, int)
    }
    assert "Details of your new charges" in texts(sample(LONG))[missing - 1]


@pytest.mark.parametrize(
    ("kind", "colours"),
    [
        ("stamped", ["/DeviceRGB", "/DeviceGray", "/DeviceGray", "/DeviceGray"]),
        ("stamped-charges", ["/DeviceGray", "/DeviceGray", "/DeviceGray", "/DeviceRGB"]),
        ("pen", ["/DeviceRGB", "/DeviceGray", "/DeviceGray", "/DeviceRGB"]),
        ("pen-charges", ["/DeviceGray", "/DeviceGray", "/DeviceGray", "/DeviceRGB"]),
    ],
)
def test_stamps_and_pens_are_on_the_pages_they_belong_to(kind: str, colours: list[str]) -> None:
    assert [picture.colours for picture in stored(scanned(LONG, kind))] == colours


def coloured(kind: str, page: int) -> NDArray[np.bool_]:
    """Where a page, one pixel a point, has colour."""
    rendered = pypdfium2.PdfDocument(scanned(LONG, kind))[page - 1].render(scale=1).to_pil().convert("RGB")
    pixels = np.asarray(rendered).astype(int)
    found: NDArray[np.bool_] = pixels.max(2) - pixels.min(2) > 60
    return found


@pytest.mark.parametrize("kind", ["stamped", "stamped-charges"])
def test_a_stamp_lies_over_print(kind: str) -> None:
    page = {"stamped": 1, "stamped-charges": 4}[kind]
    where = np.argwhere(coloured(kind, page))
    (top, left), (bottom, right) = where.min(0), where.max(0)
    assert 40 < bottom - top < 120 and 100 < right - left < 180
    print_there = pypdfium2.PdfDocument(sample(LONG))[page - 1].render(scale=1, grayscale=True).to_numpy()
    assert (print_there[top:bottom, left:right] < 160).sum() > 100


@pytest.mark.parametrize(
    ("kind", "form", "frames", "mode"),
    [
        ("png", "PNG", 1, "L"),
        ("jpeg", "JPEG", 1, "L"),
        ("tiff", "TIFF", 4, "L"),
        ("tiff-fax", "TIFF", 4, "1"),
        ("photo", "JPEG", 1, "RGB"),
        ("photo-sideways", "JPEG", 1, "RGB"),
    ],
)
def test_image_files(kind: str, form: str, frames: int, mode: str) -> None:
    with Image.open(BytesIO(scanned(LONG, kind))) as picture:
        assert (picture.format, getattr(picture, "n_frames", 1), picture.mode) == (form, frames, mode)


def test_images_of_one_page_show_the_charges() -> None:
    assert sheets(sample(LONG), "png", SEED) == [4]
    with Image.open(BytesIO(scanned(LONG, "png"))) as picture:
        assert alike(small(picture), shown(sample(LONG), 4)) > 0.6
        assert picture.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_a_sideways_photo_is_righted_by_its_exif_word() -> None:
    with Image.open(BytesIO(scanned(LONG, "photo-sideways"))) as picture:
        assert picture.width > picture.height
        righted = ImageOps.exif_transpose(picture)
        assert righted.width < righted.height
        wide, high = righted.width // 12, righted.height // 12
        paper = righted.crop((wide, high, righted.width - wide, righted.height - high))
    upright, upside_down = (
        alike(printed(small(turned)), printed(shown(sample(LONG), 4)))
        for turned in (paper, paper.rotate(180))
    )
    assert upright > upside_down + 0.1


def test_a_photo_shows_the_whole_paper_on_a_dark_table() -> None:
    with Image.open(BytesIO(scanned(LONG, "photo"))) as picture:
        grey = np.asarray(picture.convert("L"))
    border = np.concatenate(
        [grey[:100].ravel(), grey[-100:].ravel(), grey[:, :80].ravel(), grey[:, -80:].ravel()]
    )
    assert border.max() < 110
    assert np.median(grey[600:2600, 500:1900]) > 120


@pytest.mark.parametrize("kind", ["page-missing", "shuffled", "mixed"])
def test_a_bill_with_too_few_pages_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="2 pages or more"):
        scan(sample(SHORT), kind, SEED)


def test_scans_are_as_large_as_such_files_are() -> None:
    assert 200_000 < len(scanned(SHORT, "grey-200")) < 900_000
    assert len(scanned(SHORT, "grey-300")) < 1_500_000
    assert 10_000 < len(scanned(SHORT, "fax")) < 60_000


def test_golden_is_that_of_the_text_bill() -> None:
    (record,) = golden(SHORT)
    assert record["bill"]["services"][0]["charges"]


# --- batch --------------------------------------------------------------------------------------

BATCH = [SHORT, LONG, "cpa-only-d4-green-two-periods-2026", "account-past-due-2025"]


@cache
def stack() -> tuple[bytes, list[int]]:
    return batch([sample(name) for name in BATCH], SEED)


def test_batch_is_the_same_every_time() -> None:
    pdfs = [sample(SHORT), sample("cpa-only-d4-green-two-periods-2026")]
    assert batch(pdfs, SEED) == batch(pdfs, SEED)


def test_batch_holds_every_page_once() -> None:
    pdf, order = stack()
    pdfs = [sample(name) for name in BATCH]
    found = leaves(pdfs, SEED)
    assert len(pypdfium2.PdfDocument(pdf)) == len(found)
    assert sorted(order) == [0, 1, 2, 3]
    pages = sorted((leaf.bill, leaf.page) for leaf in found if leaf.what == "page")
    counts = [len(pypdfium2.PdfDocument(data)) for data in pdfs]
    assert pages == [(bill, page) for bill, count in enumerate(counts) for page in range(1, count + 1)]
    assert order == list(dict.fromkeys(leaf.bill for leaf in found if leaf.what == "page"))


def test_batch_shows_what_leaves_says() -> None:
    pdf, _ = stack()
    found = leaves([sample(name) for name in BATCH], SEED)
    for number, leaf in enumerate(found, 1):
        if leaf.what == "page":
            assert leaf.bill is not None and leaf.page is not None
            right = shown(sample(BATCH[leaf.bill]), leaf.page)
            seen = shown(pdf, number)
            assert alike(seen[::-1, ::-1] if leaf.upside_down else seen, right) > 0.6
        elif leaf.what == "back":
            assert np.abs(shown(pdf, number)).max() < 30


def test_a_large_batch_has_every_trouble() -> None:
    pdfs = [sample(LONG)] * 20 + [sample(SHORT)] * 20  # the layout of the stack alone: nothing is drawn
    found = leaves(pdfs, SEED)
    turned = {leaf.bill for leaf in found if leaf.upside_down}
    assert len(turned) == 1
    assert 1 <= sum(leaf.what == "cover" for leaf in found) <= 15
    assert any(leaf.what == "back" for leaf in found)
    by_bill = {bill: [leaf.page for leaf in found if leaf.bill == bill and leaf.page] for bill in range(40)}
    shuffled = [bill for bill, pages in by_bill.items() if pages != sorted(pages)]
    assert 1 <= len(shuffled) <= 15
    assert len(found) % 2 == 0


# --- the command --------------------------------------------------------------------------------


def test_command_writes_scans_with_their_goldens(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(tmp_path), "--kinds", "fax", "page-missing", "batch", "--bills", SHORT, "--seed", str(SEED)])
    assert (tmp_path / "fax" / f"{SHORT}.pdf").read_bytes() == scanned(SHORT, "fax")
    assert json.loads((tmp_path / "fax" / f"{SHORT}.json").read_text()) == golden(SHORT)
    assert json.loads((tmp_path / "batch" / "batch.json").read_text()) == golden(SHORT)
    assert "left out, page-missing needs" in capsys.readouterr().err


def test_command_refuses_an_unknown_kind(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main([str(tmp_path), "--kinds", "telex"])
    assert refused.value.code == 2
