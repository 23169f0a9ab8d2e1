"""The inside of the guarded worker process: one function, answering requests until its owner closes.

Started by `extractor.pages.child` as `python -P -m extractor.pages.worker MODULE:FUNCTION
MEMORY_BYTES CPU_SECONDS`, in a session of its own. Whatever the function or a library
prints goes nowhere: the pipes are moved to private descriptors before anything is imported.

A process whose owner dies must end too, also in the middle of a document: a thread waits
for the owner's end of the request pipe to close and then ends the whole process group.
(Linux's PDEATHSIG would fire when the *thread* that started the process ends.)
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
from typing import BinaryIO

from extractor.pages.frames import ANSWER, FAULT, HEADER, NO_MEMORY, READY, frame

Function = Callable[[bytes], bytes]


def main(target: str, memory_bytes: int, cpu_seconds: int) -> None:
    """Answer requests with the function `target` ("module:function") until the owner closes the pipe."""
    requests, answers = _private_pipes()
    threading.Thread(target=_end_with_owner, args=(requests.fileno(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    function = _load(target)
    _collect_rarely()
    _silence(sys.stderr.fileno())  # from here on: documents of strangers
    _say(answers, READY, b"")
    while (request := _next(requests)) is not None:
        _allow_cpu(cpu_seconds)
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


def _end_with_owner(requests: int) -> None:
    """Wait until nobody can write requests any more, then end this process and all it started."""
    poll = select.poll()
    poll.register(requests, 0)  # no event but the hang-up, which is always reported
    poll.poll()
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


def _allow_cpu(seconds: int) -> None:
    """Move the limit on processor time, which counts for a process's life, to `seconds` from now."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = math.ceil(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


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
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
