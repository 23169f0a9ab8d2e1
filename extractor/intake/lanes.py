"""Files read in two lanes: text at once, scans beside it at a lower priority, so that text overtakes them.

A page of text takes a hundredth of the time of a scanned one. So each file is first asked for its text
alone; if that says that it has to be recognised, it goes to the other lane, which has processes of its
own. Answers come as they are ready, in no order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from enum import Enum
from typing import Generic, TypeVar

from extractor.guarded import TARGET, Asked, lines_of, request_for
from extractor.pages.child import ChildPool
from extractor.pages.frames import IS_SCAN
from extractor.pages.limits import ChildError, limits_of
from extractor.settings import ReaderSettings

Tag = TypeVar("Tag", bound=Hashable)

BACKGROUND = 10
"""How nice the processes are that recognise: others come first."""


MOMENT = 0.25
"""Seconds that one answer waits for others."""


class Lane(Enum):
    """Where a file is read."""

    TEXT = "text"
    SCANS = "scans"


class Lanes(AbstractContextManager["Lanes[Tag]"], Generic[Tag]):
    """Reads files; each is told by a tag of whoever asks, and its lane."""

    def __init__(self, settings: ReaderSettings) -> None:
        self._settings = settings
        self._jobs = settings.jobs
        self._stack = ExitStack()
        self._pools: dict[Lane, ChildPool] = {}
        self._threads: dict[Lane, ThreadPoolExecutor] = {}
        self._running: dict[Future[bytes | ChildError | OSError], tuple[Tag, Asked, Lane]] = {}

    def __enter__(self) -> Lanes[Tag]:
        """Get ready; a process is started when it has something to read."""
        for lane in Lane:
            niceness = BACKGROUND if lane is Lane.SCANS else 0
            pool = ChildPool(TARGET, self._jobs, limits_of(self._settings), niceness)
            self._pools[lane] = self._stack.enter_context(pool)
            # of text one more than processes, which keeps a file while they all read
            threads = self._jobs + (lane is Lane.TEXT)
            self._threads[lane] = ThreadPoolExecutor(threads, thread_name_prefix=lane.value)
        return self

    def __exit__(self, *_: object) -> None:
        """End all processes, and forget what was being read."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.kill()
        for threads in self._threads.values():
            threads.shutdown()
        self._stack.close()

    def ask(self, tag: Tag, asked: Asked, lane: Lane, before: Callable[[], object] | None = None) -> None:
        """Have a file read, after `before` was called beside others."""
        alone = lane is Lane.SCANS and not self.busy(lane)
        processes = self._jobs if alone else 1
        request = request_for(asked, self._settings, processes, scans=lane is Lane.SCANS)
        pool = self._pools[lane]

        def work() -> bytes | ChildError | OSError:
            try:
                if before is not None:
                    before()
            except OSError as error:
                return error
            return pool.answer(request)

        self._running[self._threads[lane].submit(work)] = tag, asked, lane

    def forget_waiting(self) -> list[Tag]:
        """Forget what was not begun; return its tags."""
        waiting = [future for future in self._running if future.cancel()]
        return [self._running.pop(future)[0] for future in waiting]

    def busy(self, lane: Lane) -> int:
        """Return how many files are being read in a lane, or wait to be."""
        return sum(of is lane for _, _, of in self._running.values())

    def ready(self, seconds: float, enough: int = 1) -> Iterator[tuple[Tag, list[bytes] | OSError | None]]:
        """Give what is read by now, or within so many seconds: the records, None where it is a scan.

        Where `before` failed, its error is given.

        With one at hand, a moment more is waited for so many: they are cheaper kept together.
        """
        done, going = wait(self._running, timeout=seconds, return_when=FIRST_COMPLETED)
        end = time.monotonic() + min(MOMENT, seconds)
        while going and len(done) < enough and (left := end - time.monotonic()) > 0:
            more, going = wait(going, timeout=left, return_when=FIRST_COMPLETED)
            done |= more
        for future in done:
            tag, asked, _ = self._running.pop(future)
            answer = future.result()
            if isinstance(answer, OSError):
                yield tag, answer
            else:
                yield tag, None if answer == IS_SCAN else lines_of(asked.path, answer)
