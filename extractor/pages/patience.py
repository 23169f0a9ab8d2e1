"""Python code that reads a stranger's file, stopped after so much processor time.

The limits of a worker process end it, and with it the reading that was already made. What
only asks a second time is therefore stopped earlier, and without harm.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class _EnoughError(BaseException):
    """Said in the midst of the work; no Exception, so that the work does not take it for its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Run the code below for so many seconds of processor time.

    Only a program's main thread can be stopped, and only between two steps of Python;
    elsewhere the limits of the process must do.

    Raises:
        TimeoutError: it took longer.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _enough)
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
        yield
    except _EnoughError:
        raise TimeoutError(f"not done after {seconds:g} s of processor time") from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _enough(number: int, frame: FrameType | None) -> None:
    raise _EnoughError
