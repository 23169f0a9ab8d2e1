"""A progress bar on standard error for a person who waits: on a terminal, and only when it takes long."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

PATIENCE_SECONDS = 1.0
"""How long a person waits without asking what is going on."""

PAUSE_SECONDS = 0.1
"""The bar is drawn again at most so often."""

Item = TypeVar("Item")


def shown(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Give the items as they come; while the next one is waited for, show how many of `total` came.

    The bar is taken away before an item is handed on, so that printing it is not disturbed.
    """
    if total < 2 or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
    bar = progress.add_task("documents", total=total)
    due = time.monotonic() + PATIENCE_SECONDS
    for item in items:
        progress.stop()
        yield item
        progress.advance(bar)
        if time.monotonic() > due:
            progress.start()
            progress.refresh()
            due = time.monotonic() + PAUSE_SECONDS
    progress.stop()
