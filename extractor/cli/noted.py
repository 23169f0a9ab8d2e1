"""Tables that stay readable on a narrow terminal: rows of short cells, below each what takes a sentence."""

import os
import sys
from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

WIDE = 160
"""Columns where standard output is no terminal and nobody says how many."""

BETWEEN, INDENT = "  ", 4

Noted = tuple[Sequence[str | Text], str | Text]
"""The cells of a row, and what stands below it; nothing may."""


def console() -> Console:
    """Return standard output, as wide as the terminal, or as COLUMNS says."""
    sized = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if sized else WIDE, highlight=False)


def print_noted(titles: Sequence[str], rows: Iterable[Noted], right: Collection[int] = ()) -> None:
    """Print rows under their titles, if there are any; columns of numbers to the `right`.

    What stands below the rows stands behind them where the terminal is wide enough for all of it.
    """
    known = [([_text(cell) for cell in cells], _text(note)) for cells, note in rows]
    if not known:
        return
    every = [[Text(title, "dim") for title in titles], *(cells for cells, _ in known)]
    widths = [max(cell.cell_len for cell in column) for column in zip(*every, strict=True)]
    out = console()
    whole = sum(widths) + len(BETWEEN) * len(widths) + max(note.cell_len for _, note in known)
    out.print(_line(every[0], widths, right))
    for cells, note in known:
        line = _line(cells, widths, right)
        if whole <= out.width:
            out.print(line.append(BETWEEN).append(note) if note else line)
            continue
        line.rstrip()
        out.print(line)
        if note:
            out.print(Padding(note, (0, 0, 0, INDENT)))


def _text(cell: str | Text) -> Text:
    return Text(cell) if isinstance(cell, str) else cell


def _line(cells: Sequence[Text], widths: Sequence[int], right: Collection[int]) -> Text:
    padded = [
        Text.assemble(*((" " * left, cell) if at in right else (cell, " " * left)))
        for at, (cell, left) in enumerate(
            (cell, width - cell.cell_len) for cell, width in zip(cells, widths, strict=True)
        )
    ]
    return Text(BETWEEN).join(padded)
