"""Pages 1 and 3 of a dumped bill, placed by their likeness to the measured bill's.

They are one form on all six bills, so a piece of a layout dump goes where the same piece of the
measured bill stands. Where the number of rows differs (time-of-use table, demand box, chart,
usage comparison), the measured pitch and columns of that block are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.real.drawing import Placed, left, right, width_of
from tests.real.dump_pages import MEASURED, Segment, layout_pages, measured_page, segments

Boxes = dict[Segment, Placed]

COST_PERIOD_TOPS = (343.0, 357.2, 367.2, 378.0, 388.8, 399.6)
DEMAND_TOP, DEMAND_PITCH = 329.8, 10.8
CHART_TOP, CHART_X = 631.0, (129.3, 170.6, 208.8, 249.3)
COMPARISON_X = tuple(120.2 + 34.077 * index for index in range(14))
COMPARISON_TOPS = {"Total kWh used": 703.0, "Number of days": 716.0, "Appx. average kWh": 728.9}


def form_page(page: str, number: int) -> list[Placed]:
    """Return page 1 or 3 of a bill that was not measured."""
    pieces = segments(page)
    known = _known(number)
    boxes: Boxes = _twins(pieces, known)
    boxes |= dict(_cost_periods(pieces, known) if number == 1 else _page_three_blocks(pieces))
    missing = [piece.text for piece in pieces if piece not in boxes]
    if missing:
        raise ValueError(f"page {number} has pieces without a place: {missing}")
    return [boxes[piece] for piece in pieces]


def _known(number: int) -> Boxes:
    """Pair each piece of the measured bill's layout dump with its measured box."""
    free = sorted(measured_page(number), key=lambda box: (box.top, box.x0))
    known = {}
    for segment in segments(layout_pages(MEASURED)[number - 1]):
        known[segment] = next(box for box in free if box.text == segment.text)
        free.remove(known[segment])
    return known


def _shape(text: str) -> str:
    """Return the text with its digits and wordings that differ from bill to bill made alike."""
    text = text.replace("delivery and generation charges", "applicable energy charges from SCE")
    text = re.sub(r"^credits and to calculate", "and to calculate", text)
    text = re.sub(r"^(Summer|Winter) season", "Summer and Winter season", text)
    text = re.sub(r"view all charges and$", "view all charges and credits", text).replace(
        "charges.", "charges ."
    )
    return re.sub(r"[\d,.]*\d", "#", re.sub(r"[A-Z]\d{3}$", "#", text))


def _look(piece: Segment) -> tuple[str, bool]:
    """Return what a piece must share with its twin: its shape and the half of the page it is in."""
    return _shape(piece.text), piece.column < 60


def _twins(pieces: Sequence[Segment], known: Boxes) -> Boxes:
    """Pair pieces that look the same, in order, where both pages have as many of them."""
    twins: Boxes = {}
    for look in {_look(piece) for piece in pieces}:
        ours = [piece for piece in pieces if _look(piece) == look]
        theirs = [segment for segment in known if _look(segment) == look]
        if look[0] in ("x", "=", "# kWh", "$#"):  # the cost box
            theirs = _cost_rows(theirs, pieces, known)
        if len(ours) == len(theirs):
            twins |= {piece: _at(piece, known[twin]) for piece, twin in zip(ours, theirs, strict=True)}
    return twins


def _cost_rows(theirs: list[Segment], pieces: Sequence[Segment], known: Boxes) -> list[Segment]:
    """Drop what stands in rows of the cost box that our bill lacks (no on-peak in winter, say)."""
    labels = {piece.text for piece in pieces if piece.column < 20}
    periods = [segment for segment in known if segment.column < 20 and segment.text.endswith("peak")]
    lacking = {segment.row for segment in periods if segment.text not in labels}
    return [segment for segment in theirs if segment.row not in lacking]


def _at(piece: Segment, box: Placed) -> Placed:
    """Put a piece where its twin stands: numbers keep the right edge, all else the left one."""
    width = (box.x1 - box.x0) * width_of(piece.text, 9) / width_of(box.text, 9)
    if re.match(r"-?\$|\d", piece.text) and len(piece.text) != len(box.text):
        return Placed(piece.text, box.x1 - width, box.top, box.x1, box.bottom)
    return Placed(piece.text, box.x0, box.top, box.x0 + width, box.bottom)


def _between(pieces: Sequence[Segment], first: str, last: str) -> list[Segment]:
    """Return the pieces in the rows from the one that matches `first` to before the next `last`."""
    start = min(piece.row for piece in pieces if re.match(first, piece.text))
    stop = min(
        (piece.row for piece in pieces if re.match(last, piece.text) and piece.row > start), default=999
    )
    return [piece for piece in pieces if start <= piece.row < stop]


def _cost_periods(pieces: Sequence[Segment], known: Boxes) -> Iterator[tuple[Segment, Placed]]:
    """Place the time-of-use table of page 1: rows at their pitch, columns as in the measured one."""
    first, last = "(Summer|Winter) cost periods", "Please return"
    columns = sorted({(segment.column, known[segment].x0) for segment in _between(list(known), first, last)})
    block = _between(pieces, first, last)
    rows = sorted({piece.row for piece in block})
    for piece in block:
        x0 = min(columns, key=lambda column: abs(column[0] - piece.column))[1]
        yield piece, left(piece.text, x0, COST_PERIOD_TOPS[rows.index(piece.row)], 8)


def _page_three_blocks(pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Placed]]:
    used = next(piece.row for piece in pieces if piece.text.startswith("Total electricity you used"))
    yield from (
        (piece, right(piece.text, 363.9, 502.3)) for piece in pieces if piece.row == used and piece.column
    )
    yield from _demand_box(pieces)
    yield from _chart(pieces)
    yield from _comparison(pieces)


def _demand_box(pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Placed]]:
    """Place the right half of the demand box."""
    block = [
        piece
        for piece in _between(pieces, "Maximum (Summer|Winter) demand", "To view your demand")
        if not piece.text.startswith("Your maximum")
    ]
    for piece in block:
        x0 = 337.2 if piece.text.startswith("Maximum") else 416.4 if " kW " in piece.text else 340.3
        yield piece, left(piece.text, x0, DEMAND_TOP + DEMAND_PITCH * (piece.row - block[0].row))


def _chart(pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Placed]]:
    """Place the numbers and the months of the chart."""
    block = _between(pieces, "Your daily average", r"\* No data|Usage comparison")[1:]
    months = [piece for piece in block if "'" in piece.text]
    for piece, x0 in zip(months, CHART_X, strict=True):
        yield piece, left(piece.text, x0, CHART_TOP)
    for piece, top in zip([p for p in block if "'" not in p.text], (553.8, 574.6, 599.4, 620.7), strict=True):
        yield piece, left(piece.text, 95.5 if piece.text == "0" else 87.8, top, 7)


def _comparison(pieces: Sequence[Segment]) -> Iterator[tuple[Segment, Placed]]:
    """Place the table of past months: each figure under the month whose column it is nearest to."""
    _, *block = _between(pieces, "Usage comparison", "$^")
    months = [piece for piece in block if re.match(r"[A-Z][a-z]{2} '", piece.text)]
    tops = {piece.row: COMPARISON_TOPS[piece.text] for piece in block if piece.text in COMPARISON_TOPS}
    for piece in block:
        nearest = min(range(len(months)), key=lambda index: abs(months[index].column - piece.column))
        if piece in months:
            yield piece, left(piece.text, COMPARISON_X[nearest], 682.2, 7)
        elif piece.text == "*":
            yield piece, left(piece.text, COMPARISON_X[nearest], 690.1, 7)
        elif piece.row in tops and piece.column:
            yield piece, left(piece.text, COMPARISON_X[nearest], tops[piece.row], 6)
