"""Runs of ink on one height, as strips: what is read in one order, dashes beside what they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extractor.pages.scans.segments import DOT, TALLEST, Run

DASH = 1.3
"""A dash is this many times as wide as high, at least."""

NEAR = 40.0
"""Points of white across which a dash that stands alone belongs to a run."""

LEVEL = 0.2
"""Share of their height by which the edges of runs on one line differ."""


@dataclass(frozen=True)
class Strip:
    """Runs of one height, read as one line."""

    runs: tuple[Run, ...]

    @property
    def top(self) -> float:
        """Top edge in points."""
        return min(run.top for run in self.runs)

    @property
    def bottom(self) -> float:
        """Bottom edge in points."""
        return max(run.bottom for run in self.runs)


def strips_of(runs: Iterable[Run]) -> list[Strip]:
    """Return the runs gathered by their height, from top to bottom; blocks stand alone.

    A dash that stands alone is one with the run nearest to it, since nothing tells it from dust else;
    what then is lower than a letter is dust.
    """
    strips: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: run.top + run.bottom):
        home = next((strip for strip in reversed(strips[-4:]) if _together(strip, run)), None)
        if home is None:
            strips.append([run])
        else:
            home.append(run)
    whole = (_with_dashes(sorted(strip)) for strip in strips)
    return [Strip(tuple(strip)) for strip in whole if strip]


def _with_dashes(strip: Sequence[Run]) -> list[Run]:
    letters = [run for run in strip if run.height >= DOT]
    for dash in strip:
        if dash.height >= DOT or dash.width < DASH * dash.height or not letters:
            continue
        at = min(range(len(letters)), key=lambda at: _between(letters[at], dash))
        if _between(letters[at], dash) < NEAR:
            near = letters[at]
            letters[at] = Run(
                min(near.left, dash.left),
                min(near.top, dash.top),
                max(near.right, dash.right),
                max(near.bottom, dash.bottom),
            )
    return letters


def _between(one: Run, other: Run) -> float:
    """Return the points of white between two runs."""
    return max(one.left - other.right, other.left - one.right)


def _together(strip: Sequence[Run], run: Run) -> bool:
    """Tell whether a run stands on one line with all of a strip, and beside them.

    Letters of one line end on its baseline or reach up to one height; those of the sidebar, half a
    line lower, do neither.
    """
    return all(
        max(run.height, other.height) < TALLEST / 2
        and (run.left >= other.right or other.left >= run.right)
        and _level(run, other)
        for other in strip
    )


def _level(run: Run, other: Run) -> bool:
    low, high = sorted((run, other), key=lambda one: one.height)
    if low.height < DOT:  # a dash
        return high.top < low.top and low.bottom < high.bottom
    near = LEVEL * high.height
    return abs(run.top - other.top) < near or abs(run.bottom - other.bottom) < near
