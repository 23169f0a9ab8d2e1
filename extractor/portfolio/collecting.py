"""Rows without rubbish: thousands of them are made at once, and none of them goes in circles.

Python looks through all that was made for rows that hold each other, again and again while they are made;
of ten thousand bills that takes as long as all else.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Look for no rubbish meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
