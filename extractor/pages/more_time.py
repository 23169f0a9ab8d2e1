"""More time for a document with many pages to recognise, asked for by whoever has counted them.

A page that is a picture takes a second, and a copier's batch has hundreds; a text bill takes
milliseconds. So the limits of a worker process are those of a document of WITHIN scanned pages,
and each further one adds its seconds. Outside a worker process nobody gives or needs any.
"""

from __future__ import annotations

from collections.abc import Callable

WITHIN = 20
"""Scanned pages of a document that the limits are made for."""

_givers: list[Callable[[int], None]] = []


def given_by(giver: Callable[[int], None]) -> None:
    """Say who gives more time: called with the number of pages above WITHIN."""
    _givers[:] = [giver]


def for_pages(scanned: int) -> None:
    """Ask for the time that so many scanned pages take."""
    if scanned > WITHIN:
        for giver in _givers:
            giver(scanned - WITHIN)
