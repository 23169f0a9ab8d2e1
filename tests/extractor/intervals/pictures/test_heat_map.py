"""What a map of coverage shows is what is held: cells, gaps, estimated shares, provisional corners."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

from extractor.intervals.held import months
from extractor.intervals.held.coverage import Gap, Kind, MonthHeld
from extractor.intervals.held.marked import Marked
from extractor.intervals.pictures.heat_map import COLUMNS, ROWS, SHADES, described, heat_maps, name
from extractor.intervals.pictures.saving import drawn

SVG = "{http://www.w3.org/2000/svg}"
MARCH = (dt.date(2025, 3, 20), dt.date(2025, 3, 31))


def kind(number: int = 1, channel: str = "delivered") -> Kind:
    account = f"80000{number:05d}"
    return Kind(account, account, channel, "Wh", None, 900)


def month(
    held: int = 2976, month: int = 202501, gaps: int = 0, estimated: int = 0, of: Kind | None = None
) -> MonthHeld:
    begin, end = months.bounds(month)
    expected = (end - begin) // 900
    spans = tuple(Gap(begin + at * 7200, begin + at * 7200 + 900) for at in range(gaps))
    return MonthHeld(of or kind(), month, min(held, expected), expected, estimated, spans, estimated > 0)


EVERY = [
    Marked(month(), ()),
    Marked(month(2970, 202502, gaps=3), ()),
    Marked(month(2000, 202503, gaps=12, estimated=500), (MARCH,)),
    Marked(MonthHeld(kind(), 202504, 0, 2880, 0, (Gap(*months.bounds(202504)),)), ()),
    Marked(month(month=202503, of=kind(2), estimated=2972), ()),
]


def svg(marked: list[Marked]) -> str:
    (figure,) = heat_maps(marked)
    return drawn(figure, "svg", "Interval readings held", described(marked)).decode()


def texts(drawing: str) -> list[str]:
    return ["".join(one.itertext()) for one in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def ids(drawing: str, what: str) -> list[str]:
    return [
        one.get("id", "")
        for one in ElementTree.fromstring(drawing).iter(f"{SVG}g")
        if one.get("id", "").startswith(what)
    ]


def test_each_month_of_each_row_has_a_cell_with_its_marks() -> None:
    drawing = svg(EVERY)
    assert ids(drawing, "cell-") == [
        *(f"cell-0-20250{at}" for at in (1, 2, 3, 4)),
        "cell-1-202503",
    ]
    assert ids(drawing, "estimated-") == ["estimated-0-202503", "estimated-1-202503"]
    assert ids(drawing, "provisional-") == ["provisional-0-202503"]
    said = texts(drawing)
    assert {"8000000001  delivered, 15 min", "8000000002  delivered, 15 min", "2025", "Jan", "Apr"} <= set(
        said
    )
    assert said.count("3") == said.count("12") == 1
    assert "Interval readings held, 2025-01 to 2025-04" in said


def test_what_is_not_held_at_all_is_hatched_and_nothing_else_is() -> None:
    (figure,) = heat_maps(EVERY)
    hatched = [one.get_gid() for one in figure.axes[0].patches if one.get_hatch()]
    assert [one for one in hatched if one] == ["cell-0-202504"]


@pytest.mark.parametrize(
    ("held", "gaps", "shade"),
    [
        (2976, 0, 0),
        (2976, 1, 1),  # as many as there should be, and a gap: one that is twice there hides no gap
        (2975, 1, 1),  # one that is missing is not all, however small a share
        (2947, 1, 1),
        (2946, 1, 2),
        (2679, 1, 2),
        (2678, 1, 3),
        (1488, 1, 3),
        (1487, 1, 4),
        (1, 1, 4),
    ],
)
def test_the_shade_tells_the_share(held: int, gaps: int, shade: int) -> None:
    (figure,) = heat_maps([Marked(month(held, gaps=gaps), ())])
    (cell,) = [one for one in figure.axes[0].patches if one.get_gid() == "cell-0-202501"]
    assert to_hex(cell.get_facecolor()) == SHADES[shade][1]


def test_shades_are_told_apart_without_hue() -> None:
    """Relative luminance falls by a fifth at least from each to the next (WCAG's formula)."""
    found = [_luminance(colour) for _, colour, _ in SHADES]
    assert all(one + 0.05 <= 0.8 * (other + 0.05) for one, other in pairwise(found))
    assert [least for least, _, _ in SHADES] == sorted({least for least, _, _ in SHADES}, reverse=True)
    assert SHADES[-1][0] == Decimal(0)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_no_label_is_drawn_over_a_cell_or_over_the_edge_however_many_rows() -> None:
    long = Kind("https://example.com/UsagePoint/" + "0" * 80, None, "delivered", "VArh", "m" * 70, 3600)
    for kinds in ([kind()], [kind(at) for at in range(60)], [long]):
        (figure,) = heat_maps([Marked(month(of=one, month=202503), ()) for one in kinds])
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        renderer = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]  # it has no hints
        boxes = [one.get_window_extent(renderer) for one in figure.axes[0].texts]
        width, height = figure.get_size_inches() * figure.dpi
        assert all(min(one.x0, one.y0) >= 0 and one.x1 <= width and one.y1 <= height for one in boxes)
        assert not [
            (one, other)
            for at, one in enumerate(figure.axes[0].texts)
            for other in figure.axes[0].texts[:at]
            if boxes[at].overlaps(other.get_window_extent(renderer))
        ]
        cells = [one for one in figure.axes[0].patches if str(one.get_gid()).startswith("cell-")]
        assert len(cells) == len(kinds)
        left = min(one.get_window_extent(renderer).x0 for one in cells)
        labels = [one for one in figure.axes[0].texts if one.get_horizontalalignment() == "right"]
        assert len(labels) == len(kinds)
        assert all(one.get_window_extent(renderer).x1 < left for one in labels)


def test_more_rows_or_months_than_a_picture_holds_are_drawn_in_several() -> None:
    rows = [Marked(month(of=kind(at)), ()) for at in range(ROWS + 1)]
    assert [len(_cells(one)) for one in heat_maps(rows)] == [ROWS, 1]
    across = months.between(dt.date(2022, 1, 1), dt.date(2025, 1, 31))
    long = [Marked(month(month=one), ()) for one in across]
    assert len(long) == COLUMNS + 1
    assert [len(_cells(one)) for one in heat_maps(long)] == [COLUMNS, 1]


def _cells(figure: object) -> list[object]:
    return [one for one in figure.axes[0].patches if str(one.get_gid()).startswith("cell-")]  # type: ignore[attr-defined]  # a figure


def test_the_same_map_has_the_same_bytes_and_its_words() -> None:
    assert svg(EVERY) == svg(list(reversed(EVERY)))
    drawing = svg(EVERY)
    root = ElementTree.fromstring(drawing)
    assert root.get("role") == "img"
    assert [root.findtext(f"{SVG}{tag}") for tag in ("title", "desc")] == [
        "Interval readings held",
        "Interval readings held, 2025-01 to 2025-04. Rows: 2. Months of meters: 5, complete: 2,"
        " with provisional readings: 1. Gaps: 16.",
    ]
    assert not re.search(r"dc:date", drawing)


def test_a_png_is_not_blank_and_has_its_words() -> None:
    (figure,) = heat_maps(EVERY)
    with Image.open(io.BytesIO(drawn(figure, "png", "a map", described(EVERY)))) as image:
        assert np.asarray(image.convert("L")).std() > 20
        assert image.info["Title"] == "a map"
        assert image.info["Description"].startswith("Interval readings held, 2025-01")
        assert "Software" not in image.info


def test_an_empty_store_is_said_to_be() -> None:
    assert texts(svg([])) == ["No readings are held."]


def test_a_name_that_would_steer_a_terminal_or_break_xml_is_boxed() -> None:
    odd = Kind("a\x1b[2J<&\x00", None, "net", "Wh", None, 900)
    assert "\x1b" not in name(odd)
    assert any("a\ufffd[2J<&\ufffd" in one for one in texts(svg([Marked(month(of=odd), ())])))
