"""The details page: charge lines down the left, the sidebar down the right.

Steps between lines are the measured ones (bills.md, section 5): 10.5 pt from line to line,
19.7 before a section heading. Labels start at 47.2 (56.1 when indented), "quantity x rate" ends at
294.9 (a prorated line stands around 261.4), amounts end at 420.1, the sidebar starts at 430.5.
The stream order is SCE's: labels with their arithmetic first, the amounts and the sidebar apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.real.drawing import Placed, centered, left, right
from tests.real.dump_pages import RIGHT_HEADER, Segment, segments

ARITHMETIC_X1, PRORATED_MIDDLE, AMOUNT_X1 = 294.9, 261.4, 420.1
SIDEBAR_X = 430.5
TITLES = ("Details of your new charges", "Rate Identification Number", "Things you should know")
SECTIONS = ("Delivery charges", "Generation charges", "Other charges or credits")


@dataclass(frozen=True)
class Line:
    """A printed line of the charges area: label, arithmetic and amount, any of them empty."""

    label: str
    arithmetic: str = ""
    amount: str = ""
    indent: float = 0.0


def details_page(page: str) -> list[Placed]:
    """Return the details page of a dumped bill."""
    pieces = segments(page)
    header, rest = pieces[0], pieces[1:]
    cut = min(piece.column for piece in rest if piece.text.startswith("Your Delivery charges include")) - 1
    side = [piece for piece in rest if piece.column >= cut]
    lines = _lines([piece for piece in rest if piece.column < cut])
    return details([header.text], lines, _sidebar(side, cut))


def details(
    header: Sequence[str],
    lines: Sequence[Line],
    sidebar: Sequence[tuple[str, float]],
    left_shift: float = 0.0,
    top: float = 68.5,
) -> list[Placed]:
    """Place a details page; `left_shift` moves its body to the left (residential bills: 11.2 pt)."""
    head = [right(text, RIGHT_HEADER, 21.9 + 9 * index) for index, text in enumerate(header)]
    labels, amounts = _place_lines(lines, top)
    side = _place_sidebar(sidebar)
    body = labels + amounts[: len(amounts) // 2] + side + amounts[len(amounts) // 2 :]
    return head + [box._replace(x0=box.x0 - left_shift, x1=box.x1 - left_shift) for box in body]


def _lines(pieces: Iterable[Segment]) -> list[Line]:
    """Put the pieces of each row together again."""
    lines = []
    for _, row in groupby(pieces, key=lambda piece: piece.row):
        first, *others = row
        amount = others.pop().text if others and re.fullmatch(r"-?\$[\d,]+\.\d\d", others[-1].text) else ""
        lines.append(Line(first.text, " ".join(o.text for o in others), amount, _indent(first.column)))
    return lines


def _indent(column: int) -> float:
    """Return the indent in points of a label by its column in the dump."""
    return 0.0 if column == 0 else 8.9 if column < 10 else 76.4


def _sidebar(pieces: Iterable[Segment], cut: int) -> list[tuple[str, float]]:
    return [(piece.text, 0.0 if piece.column <= cut + 1 else 6.0) for piece in pieces]


def _place_lines(lines: Sequence[Line], top: float) -> tuple[list[Placed], list[Placed]]:
    """Place labels with their arithmetic, and amounts, down the page."""
    labels: list[Placed] = []
    amounts: list[Placed] = []
    above = Line("")
    for line in lines:
        top += _step(above, line)
        size = 16 if line.label.startswith(TITLES) else 9
        labels.append(left(line.label, 47.2 + line.indent, top, size))
        if line.arithmetic:
            labels.append(_clear_of(labels[-1], _arithmetic(line.arithmetic, top)))
        if line.amount:
            amounts.append(right(line.amount, AMOUNT_X1, top))
        above = line
    return labels, amounts


def _arithmetic(text: str, top: float) -> Placed:
    prorated = re.search(r"\d+/\d+ days$", text)
    return centered(text, PRORATED_MIDDLE, top) if prorated else right(text, ARITHMETIC_X1, top)


def _clear_of(label: Placed, box: Placed) -> Placed:
    """Move arithmetic to the right of a label that reaches into it."""
    shift = max(0.0, label.x1 + 8 - box.x0)
    return box._replace(x0=box.x0 + shift, x1=box.x1 + shift)


def _step(above: Line, line: Line) -> float:
    """Return the distance from the line above, as measured between such lines."""
    if not above.label:
        return 0.0
    if line.label.startswith(TITLES):
        return 28.1
    if line.label.startswith(SECTIONS):
        return 19.7
    if above.label.startswith(TITLES):
        return 17.0
    if line.label.startswith("Subtotal of"):
        return 15.6
    return 10.55 if above.indent == line.indent else 10.8


def _place_sidebar(lines: Sequence[tuple[str, float]]) -> list[Placed]:
    """Place the sidebar; its bullets come from a larger font, which makes those lines higher."""
    placed: list[Placed] = []
    top = 101.0
    above = ""
    for text, indent in lines:
        top += _sidebar_step(above, text, indent)
        box = left(text, SIDEBAR_X + indent, top)
        placed.append(box._replace(bottom=top + 10.8) if text.startswith("\u00b7") else box)
        above = text
    return placed


def _sidebar_step(above: str, text: str, indent: float) -> float:
    if text.endswith(":") and not indent:
        return 19.7
    if indent:
        return 12.2
    return 9.4 if above.endswith(":") else 10.8
