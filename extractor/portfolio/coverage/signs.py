"""How a half of a month is shown: a letter and a colour of each status; nothing is told by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from extractor.portfolio.coverage.model import Cell, Status


class Sign(NamedTuple):
    """A letter, and the colours of its cell."""

    letter: str
    fill: str
    ink: str
    """Of the letter; empty: a cell so common that it stands without one on pictures."""
    terminal: str
    """Style of the letter on a terminal."""


SIGNS: Mapping[Status, Sign] = {
    "missing": Sign("M", "#a11212", "#ffffff", "bold red"),
    "late": Sign("L", "#e69f00", "#000000", "bold yellow"),
    "review": Sign("R", "#fdd49e", "#000000", "yellow"),
    "expected": Sign("x", "#ffffff", "#555555", "blue"),
    "history": Sign("h", "#e3d7f0", "#000000", "magenta"),
    "estimated": Sign("e", "#9ecae1", "#000000", "cyan"),
    "verified": Sign("v", "#2171b5", "", "green"),
    "bundled": Sign("b", "#c6dbef", "", "dim"),
    "none": Sign("-", "#ffffff", "#555555", "dim"),
    "closed": Sign(" ", "", "", "dim"),
}
CARRIED = ">"
"""A month without a read, whose days are billed with a later one; on pictures its cell is half as high."""


def letter(cell: Cell) -> str:
    """Return what stands for a half of a month."""
    if cell.status == "closed" or cell.is_read:
        return SIGNS[cell.status].letter
    return CARRIED


def legend() -> list[tuple[str, str]]:
    """Return each letter with what it means."""
    named = [(sign.letter, status) for status, sign in SIGNS.items()]
    words = {"none": "no generation waited for"}
    told = [(mark.strip() or "blank", words.get(status, status)) for mark, status in named]
    return [*told, (CARRIED, "no read: billed with a later month")]
