"""Pictures are looked at pixel by pixel where it matters: which colour frames which value."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from PIL.ImageColor import getrgb
from reportlab.pdfgen.canvas import Canvas

from extractor.draw import AMBER, BLUE, DPI, GREEN, GREY, LONGEST_EDGE, DrawError, boxes_of, draw
from extractor.model import BBox, Finding, ReadResult
from tests.extractor.cli import records


@pytest.fixture
def bill(tmp_path: Path) -> Path:
    """Return a PDF of four pages, the last one huge."""
    path = tmp_path / "june.pdf"
    canvas = Canvas(str(path), pagesize=(612, 792), invariant=1)
    for _ in range(3):
        canvas.showPage()
    canvas.setPageSize((14_000, 700))
    canvas.showPage()
    canvas.save()
    return path


def of(path: Path, result: ReadResult) -> ReadResult:
    """Return the record as if it was read from the file."""
    document = result.document.model_copy(update={"sha256": sha256(path.read_bytes()).hexdigest()})
    return result.model_copy(update={"document": document})


def colours(result: ReadResult) -> dict[tuple[int, BBox | None], list[str]]:
    found: dict[tuple[int, BBox | None], list[str]] = {}
    for box in boxes_of(result):
        found.setdefault((box.page, box.bbox), []).append(box.colour + box.label)
    return found


def lines(result: ReadResult) -> Iterator[tuple[int, BBox | None]]:
    assert result.bill is not None
    for service in result.bill.services:
        yield from ((charge.evidence.page, charge.evidence.bbox) for charge in service.charges)


def test_everything_verified_is_green() -> None:
    result = records.verified()
    assert {colour for box in colours(result).values() for colour in box} == {GREEN}
    assert len(colours(result)) == 4  # three lines and the amount due


def test_only_the_failing_line_is_amber_and_carries_its_finding() -> None:
    result = records.review()
    by_line = [colours(result)[line] for line in lines(result)]
    assert by_line == [[GREEN], [AMBER, AMBER + "line_amount"], [GREEN]]


def test_what_was_repaired_is_blue_and_says_so() -> None:
    result = records.verified()
    place: tuple[int, BBox] = (3, (380, 200, 420, 210))
    word = Finding(code="repaired", severity="info", message="", page=place[0], bbox=place[1])
    repaired = result.model_copy(update={"findings": (word,)})
    assert colours(repaired) == {**colours(result), place: [BLUE + "repaired"]}


def test_what_nothing_proves_in_a_doubtful_service_is_amber() -> None:
    doubtful = records.review().model_copy(update={"proof": ()})
    by_line = [colours(doubtful)[line][0] for line in lines(doubtful)]
    assert by_line == [AMBER, AMBER, GREY]  # the second service is verified; nothing repeats its line


def test_a_line_is_not_proven_by_its_heading_alone() -> None:
    result = records.review()
    subjects = tuple(f"/bill/services/0/charges/{line}/section" for line in (0, 1))
    headings = records.row("headings_in_order", subjects, "2", "2", service=0)
    by_heading = result.model_copy(update={"proof": (headings,)})
    assert [colours(by_heading)[line][0] for line in lines(by_heading)] == [AMBER, AMBER, GREY]


def test_any_doubtful_value_makes_its_line_doubtful() -> None:
    result = records.verified()
    kwh = records.row("kwh_usage", ("/bill/services/0/charges/0/quantity",), "12345", "12346", service=0)
    doubtful = result.model_copy(update={"proof": (*result.proof, kwh)})
    assert [colours(doubtful)[line][0] for line in lines(doubtful)] == [AMBER, GREEN, GREEN]


def test_a_rule_that_is_only_reported_colours_nothing() -> None:
    result = records.review()
    reported = tuple(row.model_copy(update={"gate": False}) for row in result.proof)
    assert colours(result.model_copy(update={"proof": reported})) == colours(
        result.model_copy(update={"proof": ()})
    )


def test_pages_are_written_with_frames_in_their_colours(bill: Path, tmp_path: Path) -> None:
    result = of(bill, records.review(str(bill)))
    written = draw(bill, [result], tmp_path / "new" / "out")
    digest = result.document.sha256 or ""
    assert [path.name for path in written] == [f"{digest[:12]}-p00{page}.png" for page in (1, 2, 3, 4)]
    assert "700012345678" not in "".join(path.name for path in written)
    with Image.open(written[2]) as picture:
        scale = DPI / 72
        assert picture.size == (round(612 * scale), round(792 * scale))
        for (_, box), colour in zip(lines(result), (GREEN, AMBER, None), strict=True):
            assert box is not None
            x0, top, _, _ = box
            if colour is not None:
                assert picture.getpixel((round(x0 * scale) - 2, round(top * scale + 6))) == getrgb(colour)


def test_a_page_of_any_size_is_drawn(bill: Path, tmp_path: Path) -> None:
    huge = draw(bill, [of(bill, records.verified())], tmp_path)[3]
    with Image.open(huge) as picture:
        assert max(picture.size) == LONGEST_EDGE


def test_a_file_that_changed_is_not_drawn_with_old_boxes(bill: Path, tmp_path: Path) -> None:
    result = of(bill, records.verified())
    bill.write_bytes(bill.read_bytes() + b"\n")
    with pytest.raises(DrawError, match="changed"):
        draw(bill, [result], tmp_path / "out")


def test_what_is_no_pdf_is_not_drawn(tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4 and nothing else")
    with pytest.raises(DrawError, match="it cannot be drawn"):
        draw(letter, [of(letter, records.unreadable())], tmp_path / "out")


def test_what_was_never_opened_is_not_drawn(tmp_path: Path) -> None:
    result = records.unreadable()
    closed = result.model_copy(update={"document": result.document.model_copy(update={"pages": None})})
    with pytest.raises(DrawError, match="no page"):
        draw(tmp_path / "missing.pdf", [closed], tmp_path / "out")
