"""What is held, as a map: a row for each channel of a meter, a column for each month.

The darker a cell, the more of its month is held; what is not held at all is hatched. A number in a cell
is how many gaps the month has, an orange bar below how much of it is estimated, a corner that something
of it is provisional. Shades of one colour, and each mark has a shape of its own: nothing is told by hue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from extractor.intervals.held import months
from extractor.intervals.held.coverage import Kind, MonthHeld
from extractor.intervals.held.marked import Marked, order
from extractor.intervals.pictures.saving import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.text import Text

T = TypeVar("T")

ROWS, COLUMNS = 60, 36
"""Of one picture; what has more is drawn in several."""

CELL, ROW = 0.4, 0.3
"""Inches, across and down."""

MARGIN, HEAD, FOOT = 0.2, 1.05, 1.0
NARROWEST = 7.6
"""Inches that title and legend fit in."""

LONGEST = 26
"""Characters of an account's, a usage point's or a meter's name on a picture."""

SHADES: tuple[tuple[Decimal, str, str], ...] = (
    (Decimal(1), "#08306b", "all"),
    (Decimal("0.99"), "#2171b5", "99 %"),
    (Decimal("0.9"), "#6baed6", "90 %"),
    (Decimal("0.5"), "#c6dbef", "50 %"),
    (Decimal(0), "#eff3ff", "less"),
)
"""From which share on, the colour, and what the legend says (ColorBrewer's Blues)."""

DARK = ("#08306b", "#2171b5")
"""Colours that white figures stand on."""

ESTIMATED, PROVISIONAL, EMPTY, GRID = "#e69f00", "#000000", "#ffffff", "#8a8a8a"


def heat_maps(marked: Sequence[Marked]) -> list[Figure]:
    """Return the pictures of what is held: one, or as many as its rows and months need."""
    kinds = sorted({one.held.kind for one in marked}, key=order)
    if not kinds:
        return [_empty()]
    cells = {(one.held.kind, one.held.month): one for one in marked}
    every = [one.held.month for one in marked]
    across = months.between(months.first_day(min(every)), months.first_day(max(every)))
    parts = [(rows, columns) for rows in _parts(kinds, ROWS) for columns in _parts(across, COLUMNS)]
    return [
        _map(rows, columns, cells, f"{at} of {len(parts)}" if len(parts) > 1 else "")
        for at, (rows, columns) in enumerate(parts, 1)
    ]


def name(kind: Kind) -> str:
    """Return what a row is of.

    >>> name(Kind("8000000001", "8000000001", "delivered", "Wh", None, 900))
    '8000000001  delivered, 15 min'
    >>> name(Kind("up-1", None, "received", "VArh", "up-1", 3600))
    '(nobody knows whose) up-1  received VArh, 60 min'
    """
    owner = _short(kind.owner) if kind.service_account else f"(nobody knows whose) {_short(kind.owner)}"
    meter = f"  meter {_short(kind.meter)}" if kind.meter and kind.meter != kind.owner else ""
    unit = "" if kind.unit == "Wh" else f" {kind.unit}"
    return f"{owner}{meter}  {kind.channel}{unit}, {length(kind.seconds)}"


def _short(named: str) -> str:
    """Return a name that fits, its middle left out where it is too long: the ends of codes differ."""
    printed = "".join(char if char.isprintable() else "\ufffd" for char in named)
    return printed if len(printed) <= LONGEST else f"{printed[:8]} … {printed[-(LONGEST - 11) :]}"


def length(seconds: int) -> str:
    """Return how long an interval is.

    >>> length(900), length(3600), length(86400), length(90)
    ('15 min', '60 min', '24 h', '90 s')
    """
    if seconds > 3600 and seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"


def described(marked: Sequence[Marked]) -> str:
    """Say in words what the map shows."""
    if not marked:
        return "No readings are held."
    rows = len({one.held.kind for one in marked})
    whole = sum(one.held.is_complete for one in marked)
    gaps = sum(len(one.held.gaps) for one in marked)
    waiting = sum(bool(one.provisional) for one in marked)
    first, last = min(one.held.month for one in marked), max(one.held.month for one in marked)
    return (
        f"Interval readings held, {_from_to(first, last)}. Rows: {rows}. Months of meters: {len(marked)},"
        f" complete: {whole}, with provisional readings: {waiting}. Gaps: {gaps}."
    )


def _from_to(first: int, last: int) -> str:
    begin, end = (f"{months.first_day(month):%Y-%m}" for month in (first, last))
    return begin if begin == end else f"{begin} to {end}"


def _parts(every: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(every), size):
        yield every[first : first + size]


def _empty() -> Figure:
    figure = new_figure(NARROWEST, 1.5, None)
    figure.text(0.5, 0.5, "No readings are held.", ha="center", va="center", fontsize=12)
    return figure


def _map(
    kinds: Sequence[Kind], across: Sequence[int], cells: dict[tuple[Kind, int], Marked], which: str
) -> Figure:
    labels = [name(kind) for kind in kinds]
    left = 2 * MARGIN + _widest(labels)
    width = max(left + CELL * len(across) + MARGIN, NARROWEST)
    height = HEAD + ROW * len(kinds) + FOOT
    figure = new_figure(width, height, None)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    title = f"Interval readings held, {_from_to(across[0], across[-1])}"
    axes.text(MARGIN, 0.3, title + (f" ({which})" if which else ""), fontsize=11, weight="bold", va="center")
    _head(axes, across, left)
    for row, (kind, label) in enumerate(zip(kinds, labels, strict=True)):
        top = HEAD + ROW * row
        axes.text(left - 0.1, top + ROW / 2, label, fontsize=8, va="center", ha="right")
        for column, month in enumerate(across):
            if (kind, month) in cells:
                _cell(axes, left + CELL * column, top, cells[kind, month], f"{row}-{month}")
    _legend(axes, HEAD + ROW * len(kinds) + 0.3)
    return figure


def _widest(labels: Iterable[str]) -> float:
    """Return how many inches the longest label takes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = new_figure(10, 1, None)
    renderer: Any = FigureCanvasAgg(figure).get_renderer()  # type: ignore[no-untyped-call]  # it has no hints
    drawn: list[Text] = [figure.text(0, 0, label, fontsize=8) for label in labels]
    return max(text.get_window_extent(renderer).width / figure.dpi for text in drawn)


def _head(axes: Axes, across: Sequence[int], left: float) -> None:
    """Name the months above their columns, and the year where it begins."""
    for column, month in enumerate(across):
        middle = left + CELL * (column + 0.5)
        axes.text(middle, HEAD - 0.12, f"{months.first_day(month):%b}", fontsize=7, ha="center", va="center")
        if column == 0 or month % 100 == 1:
            begin = left + CELL * column
            axes.text(begin, HEAD - 0.34, f"{month // 100}", fontsize=8, weight="bold", va="center")
            axes.plot([begin, begin], [HEAD - 0.42, HEAD], color=GRID, lw=0.8)


def _cell(axes: Axes, left: float, top: float, marked: Marked, place: str) -> None:
    held = marked.held
    colour = _colour(held)
    _box(axes, left, top, colour, not held.held, f"cell-{place}")
    if held.held and held.estimated_share:
        _bar(axes, left, top, float(held.estimated_share), f"estimated-{place}")
    if held.held and held.gaps:
        ink = "white" if colour in DARK else "black"
        _text(axes, left + CELL / 2, top + ROW * 0.46, f"{len(held.gaps)}", ink)
    if marked.provisional:
        _corner(axes, left, top, f"provisional-{place}")


def _colour(held: MonthHeld) -> str:
    """Return the colour of a month; only one without a gap has that of all."""
    if not held.held:
        return EMPTY
    share = Decimal(held.held) / held.expected if held.expected else Decimal(1)
    shades = SHADES if held.is_complete else SHADES[1:]
    return next((colour for least, colour, _ in shades if share >= least), SHADES[-1][1])


def _text(axes: Axes, x: float, y: float, said: str, colour: str = "black") -> None:
    axes.text(x, y, said, fontsize=7.5, ha="center", va="center", color=colour)


def _box(axes: Axes, left: float, top: float, colour: str, is_empty: bool, gid: str | None = None) -> None:
    from matplotlib.patches import Rectangle

    gap = 0.02
    box = Rectangle((left + gap, top + gap), CELL - 2 * gap, ROW - 2 * gap, fc=colour, ec=GRID, lw=0.6)
    if is_empty:
        box.set_hatch("/////")
    box.set_gid(gid)
    axes.add_patch(box)


def _bar(axes: Axes, left: float, top: float, share: float, gid: str | None = None) -> None:
    """Draw how much is estimated: as wide as its share, and never too narrow to be seen."""
    from matplotlib.patches import Rectangle

    width = (CELL - 0.08) * max(share, 0.08)
    bar = Rectangle((left + 0.04, top + ROW - 0.085), width, 0.05, fc=ESTIMATED, ec="white", lw=0.4)
    bar.set_gid(gid)
    axes.add_patch(bar)


def _corner(axes: Axes, left: float, top: float, gid: str | None = None) -> None:
    from matplotlib.patches import Polygon

    right, top = left + CELL - 0.02, top + 0.02
    corner = Polygon(
        [(right - 0.11, top), (right, top), (right, top + 0.11)], fc=PROVISIONAL, ec="white", lw=0.5
    )
    corner.set_gid(gid)
    axes.add_patch(corner)


def _legend(axes: Axes, top: float) -> None:
    """Say what shades and marks mean, in two lines."""
    axes.text(MARGIN, top + ROW / 2, "held, at least:", fontsize=8, va="center")
    left = MARGIN + 1.0
    for _, colour, said in SHADES:
        left = _key(axes, left, top, said, colour)
    _key(axes, left, top, "nothing", EMPTY, is_empty=True)
    top, left = top + ROW + 0.05, MARGIN
    ends = _key(axes, left, top, "gaps", SHADES[2][1])
    _text(axes, left + CELL / 2, top + ROW * 0.46, "2")
    _bar(axes, ends, top, 0.4)
    ends = _key(axes, ends, top, "share estimated", "none")
    _corner(axes, ends, top)
    _key(axes, ends, top, "provisional: not billed yet, or imported before its bill", "none")


def _key(axes: Axes, left: float, top: float, said: str, colour: str, is_empty: bool = False) -> float:
    """Draw a cell and what it means; return where the next one may stand."""
    _box(axes, left, top, colour, is_empty)
    axes.text(left + CELL + 0.06, top + ROW / 2, said, fontsize=8, va="center")
    return left + CELL + 0.25 + 0.075 * len(said)
