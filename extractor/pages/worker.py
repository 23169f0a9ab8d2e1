"""The inside of the guarded worker process: one function, answering requests until its owner closes.

Started by `extractor.pages.child` as `python -P -m extractor.pages.worker MODULE:FUNCTION
MEMORY_BYTES CPU_SECONDS PAGE_SECONDS FOLDER`, in a session of its own. Whatever the function or a library
prints goes nowhere: the pipes are moved to private descriptors before anything is imported.

What it starts (tesseract) inherits its limits: as much memory again, and no more processor
time than the process itself may have used by then. The kernel counts each process alone,
so a thread adds up what has ended.

A process whose owner dies must end too, also in the middle of a document: the same thread
waits for the owner's end of the request pipe to close and then ends the whole process
group. (Linux's PDEATHSIG would fire when the *thread* that started the process ends.)
"""

import gc
import importlib
import math
import os
import resource
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from extractor.pages.frames import ANSWER, FAULT, HEADER, MORE_TIME, NO_MEMORY, READY, frame
from extractor.pages.more_time import given_by
from extractor.pages.scratch import removed

Function = Callable[[bytes], bytes]

LOOK_MILLISECONDS = 500
"""How often the processor time of all processes together is looked at."""


def main(target: str, memory_bytes: int, cpu_seconds: int, page_seconds: float, folder: Path) -> None:
    """Answer requests with the function `target` ("module:function") until the owner closes the pipe.

    `folder` was made for this process's temporary files, and is removed with all that is in it
    when the owner dies.
    """
    requests, answers = _private_pipes()
    processor = _Processor(cpu_seconds)
    threading.Thread(target=_watch, args=(requests.fileno(), processor, folder), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    function = _load(target)
    _collect_rarely()
    _silence(sys.stderr.fileno())  # from here on: documents of strangers
    _say(answers, READY, b"")

    def give(pages: int) -> None:
        processor.add(pages * page_seconds)
        _say(answers, MORE_TIME, str(pages).encode())

    given_by(give)
    while (request := _next(requests)) is not None:
        processor.allow()
        _say(answers, *_answer(function, request))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move both pipes away from descriptors 0 and 1, where any library may read and print."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    _silence(0)
    _silence(1)
    return requests, answers


def _silence(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, descriptor)
    os.close(null)


class _Processor:
    """The processor time that one document may take, in seconds, of this process and all that it starts."""

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._end = math.inf

    def allow(self) -> None:
        """Move the limits, which count for a process's life, to so many seconds from now.

        The kernel's own is for this process alone, and what it starts begins with the same.
        """
        own = _used(resource.RUSAGE_SELF)
        self._end = own + _used(resource.RUSAGE_CHILDREN) + self._seconds
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(own) + self._seconds, hard))

    def add(self, seconds: float) -> None:
        """Allow the document in hand so many seconds more."""
        self._end += seconds
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (soft + math.ceil(seconds), hard))

    def is_spent(self) -> bool:
        """Tell whether this process and those it started, so far as they have ended, used more than that."""
        return _used(resource.RUSAGE_SELF) + _used(resource.RUSAGE_CHILDREN) > self._end


def _used(whose: int) -> float:
    return sum(resource.getrusage(whose)[:2])


def _watch(requests: int, processor: _Processor, folder: Path) -> None:
    """End this process and all it started when nobody can write requests any more, or time is spent."""
    poll = select.poll()
    poll.register(requests, 0)  # no event but the hang-up, which is always reported
    while not poll.poll(LOOK_MILLISECONDS):
        if processor.is_spent():
            os.killpg(os.getpid(), signal.SIGXCPU)  # what the kernel does to a process alone
    removed(folder)
    os.killpg(os.getpid(), signal.SIGKILL)


def _load(target: str) -> Function:
    module, _, function = target.partition(":")
    loaded: Function = getattr(importlib.import_module(module), function)
    return loaded


def _collect_rarely() -> None:
    """Leave what was imported out of every garbage collection, and collect less often: a tenth of a read."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _next(requests: BinaryIO) -> bytes | None:
    """Wait for the next request; None when the owner has closed the pipe."""
    header = requests.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    _, length = HEADER.unpack(header)
    return requests.read(length)


def _answer(function: Function, request: bytes) -> tuple[bytes, bytes]:
    try:
        return ANSWER, function(request)
    except MemoryError:
        return NO_MEMORY, b""
    except Exception:  # this process's edge: a fault of ours, told to the owner
        return FAULT, traceback.format_exc().encode()


def _say(answers: BinaryIO, kind: bytes, payload: bytes) -> None:
    answers.write(frame(kind, payload))
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), Path(sys.argv[5]))
