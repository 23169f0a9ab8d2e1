"""Work on many things by a program that dies on some of them: halved until what it dies on stands alone.

Tesseract dies of a division by zero on some pictures of nothing but dots (a dithered photo, a
halftone); given hundreds of lines at a time it takes all of them along.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

_CRASHES = (signal.SIGFPE, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL)


class DiedError(Exception):
    """The program died of a fault of its own; give it less."""


def is_crash(status: int) -> bool:
    """Tell whether a process that ended so died of its own fault: it was not ended by a limit or by somebody.

    >>> is_crash(-8), is_crash(-9), is_crash(1)
    (True, False, False)
    """
    return -status in _CRASHES


def in_halves(work: Callable[[Sequence[S]], Sequence[T]], items: Sequence[S], lost: T) -> list[T]:
    """Return what work makes of each item; of one on which it dies, `lost`.

    >>> def inverse(some):
    ...     if 0 in some:
    ...         raise DiedError
    ...     return [1 / each for each in some]
    >>> in_halves(inverse, [1, 2, 0, 4], -1.0)
    [1.0, 0.5, -1.0, 0.25]
    """
    try:
        return list(work(items))
    except DiedError:
        if len(items) == 1:
            return [lost]
        half = len(items) // 2
        return [*in_halves(work, items[:half], lost), *in_halves(work, items[half:], lost)]
