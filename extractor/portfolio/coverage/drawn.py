"""The heat map: a strip for each service, delivery above generation, a column for each month.

It is written as text, runs of months at once, since four hundred services have twenty thousand cells: drawn
one by one they take a plotting library half a minute. Each status that matters has a letter as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from extractor.base.templating import rendered
from extractor.intervals.held import months
from extractor.portfolio.coverage.model import HALVES, STATUSES, Cell, Coverage, Half, OfMeter
from extractor.portfolio.coverage.signs import SIGNS, letter
from extractor.portfolio.coverage.words import counted, gap, month, open_months, unplaced

CELL, HIGH = 14, 11
"""Of a cell, in points across and down."""

ROW = 2 * HIGH + 6
"""Of a service in the picture, with the space below it."""

LEFT, HEAD = 250, 84
LONGEST = 34
"""Characters of a name beside a strip."""


class Strip(NamedTuple):
    """A service's months as a drawing."""

    paths: Sequence[tuple[str, str]]
    """The class of cells, and their outline."""
    letters: Sequence[tuple[str, float, float, str]]
    """Class, place and letter."""
    words: str
    """For who cannot see it."""


def strip(meter: OfMeter) -> Strip:
    """Return a service's months as a drawing."""
    outlines: dict[str, list[str]] = defaultdict(list)
    letters = []
    for row, half in enumerate(HALVES):
        top = row * HIGH
        cells = list(meter.of_half(half))
        for (status, is_read), run in groupby(enumerate(cells), key=_look):
            at = [index for index, _ in run]
            if status != "closed":
                high = HIGH - 1 if is_read else HIGH // 2
                across = f"M{at[0] * CELL} {top + HIGH - 1 - high}h{len(at) * CELL}v{high}h-{len(at) * CELL}z"
                outlines[status].append(across)
        letters += [
            (cell.status, (at + 0.5) * CELL, top + HIGH - 3.0, letter(cell))
            for at, cell in enumerate(cells)
            if cell.is_read and SIGNS[cell.status].ink
        ]
    paths = [(status, "".join(of)) for status, of in outlines.items()]
    return Strip(paths, letters, "; ".join(words for _, words in open_months(meter)) or "nothing is open")


def _look(indexed: tuple[int, Cell]) -> tuple[str, bool]:
    return indexed[1].status, indexed[1].is_read


def svg(found: Coverage) -> str:
    """Return the heat map as a picture of its own."""
    rows = []
    for at, meter in enumerate(found.meters):
        owner = meter.owner.customer_name if meter.owner else "nobody's by the roster"
        rows.append((HEAD + at * ROW, _short(f"{meter.number}  {owner}"), strip(meter)))
    across = CELL * len(found.months)
    values = _common(found) | {
        "rows": rows,
        "left": LEFT,
        "head": HEAD,
        "width": max(LEFT + across + 20, 640),
        "height": HEAD + ROW * max(len(rows), 1) + 12,
        "words": _described(found),
    }
    return rendered("reports/coverage.svg.j2", values)


def page(found: Coverage, title: str, own: Path | None = None) -> str:
    """Return coverage as a page that needs nothing else: for screens, phones and paper."""
    groups = [
        (name, [_line(one) for one in of])
        for name, of in groupby(found.meters, key=lambda one: one.owner.customer_name if one.owner else None)
    ]
    values = _common(found) | {
        "title": title,
        "groups": groups,
        "services": len(found.meters),
        "past": found.past,
        "counts": [(half, _counts(found, half)) for half in HALVES],
        "statuses": list(STATUSES.items()),
        "unplaced": list(unplaced(found)),
    }
    return rendered("reports/coverage.html.j2", values, own)


def _line(meter: OfMeter) -> dict[str, Any]:
    owner = meter.owner
    return {
        "number": meter.number,
        "others": " ".join(meter.numbers[1:]),
        "place": ", ".join(filter(None, (owner.site_name or owner.site, owner.manager_name)))
        if owner
        else "",
        "strip": strip(meter),
        "open": list(open_months(meter)),
        "gaps": [gap(one) for one in meter.gaps],
        "is_billed": meter.is_billed,
        "is_clean": meter.is_billed and not meter.gaps and not any(open_months(meter)),
    }


def _counts(found: Coverage, half: Half) -> list[tuple[str, int]]:
    counts = found.counts(half)
    return [(status, counts[status]) for status in STATUSES if counts[status]]


def _common(found: Coverage) -> dict[str, Any]:
    return {
        "today": found.today,
        "span": _span(found),
        "across": CELL * len(found.months),
        "cell": CELL,
        "high": HIGH,
        "grid": "".join(f"M{at * CELL} 0v{2 * HIGH - 1}" for at in range(1, len(found.months))),
        "heads": list(_heads(found)),
        "signs": [(status, sign) for status, sign in SIGNS.items() if status != "closed"],
    }


def _heads(found: Coverage) -> Iterator[tuple[float, str, str]]:
    """Give the place of each month's column, its letter, and the year where one begins and has room."""
    for at, number in enumerate(found.months):
        begins = number % 100 == 1 or (at == 0 and number % 100 < 11)
        yield (at + 0.5) * CELL, f"{months.first_day(number):%b}"[0], str(number // 100) if begins else ""


def _span(found: Coverage) -> str:
    return f"{month(found.months[0])} to {month(found.months[-1])}" if found.months else "no months"


def _described(found: Coverage) -> str:
    halves = "; ".join(f"{half}: {counted(found, half) or 'nothing'}" for half in HALVES)
    return f"Bills kept, {_span(found)}. Services: {len(found.meters)}. Months of {halves}."


def _short(named: str) -> str:
    printed = "".join(char if char.isprintable() else "\ufffd" for char in named)
    return printed if len(printed) <= LONGEST else f"{printed[: LONGEST - 1]}…"
