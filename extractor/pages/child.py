"""The guarded worker process: a function of documents, called where it can do no harm.

Bills arrive by e-mail from strangers, and the libraries that read them abort, loop and eat
memory when a file makes them. So a document is read in another process with limits on
memory, processor time, wall-clock time and the size of its answer. The process is reused:
a fresh interpreter per document would double the time of a bill. When it dies or breaks a
limit, all it started dies with it, the one document gets a `ChildError`, and the next
request starts a fresh process.

    with Child("extractor.reading:answer_request") as child:
        answer = child.request(question)

Only the program's own code and the system's search path are handed to the process: no
setting, no secret of the environment. Each process has a folder of its own for temporary
files, which ends with it: a process that was killed tidies nothing.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from queue import LifoQueue

from extractor.pages.frames import ANSWER, FAULT, MORE_TIME, NO_MEMORY, READY, REQUEST, frame
from extractor.pages.limits import (
    ChildCrashedError,
    ChildError,
    ChildFaultError,
    ChildMemoryError,
    ChildTimeoutError,
    Limits,
)
from extractor.pages.pipes import Pipes
from extractor.pages.scratch import made_folder, removed

log = logging.getLogger(__name__)

INHERITED = ("LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "TESSDATA_PREFIX", "TZ")
"""What the worker process gets of the environment; the rest may hold secrets."""

ONE_THREAD = {"OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Documents are read at the same time, not parts of one: a library's threads only take memory and cores."""

START_SECONDS = 60.0
"""How long a fresh process may take to import what it needs; usually a quarter of a second."""

NICEST = 19
"""The lowest priority that there is."""

AHEAD = 4
"""Requests in hand per process: enough to work on behind a slow document, few enough to hold in memory."""


class Child(AbstractContextManager["Child"]):
    """One worker process that answers requests with `target` ("module:function", bytes to bytes).

    Started by the first request; used by one thread at a time. `niceness` is by how much others come first.
    """

    def __init__(self, target: str, limits: Limits | None = None, niceness: int = 0) -> None:
        self._target = target
        self._niceness = niceness
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._answered = 0

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self.close()

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process else None

    def request(self, question: bytes) -> bytes:
        """Return the function's answer.

        Raises:
            ChildError: of the kind that says why there is none; the next request gets a fresh process.
        """
        done = False
        try:
            answer = self._exchange(question)
            done = True
        except EOFError:
            raise self._death() from None
        finally:  # also when interrupted: the pipes would be out of step
            if not done or self._answered >= self._limits.requests_per_process:
                self.close()
        return answer

    def kill(self) -> None:
        """End what is being answered, from another thread; whoever waits for it gets an error."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def close(self) -> int | None:
        """End the process, all it started and its folder; return its exit status, if there was one."""
        process, self._process, self._answered = self._process, None, 0
        folder, self._folder = self._folder, None
        try:
            return _ended(process) if process else None
        finally:
            if folder:
                removed(folder)

    def _exchange(self, question: bytes) -> bytes:
        pipes = self._ready()
        deadline = time.monotonic() + self._limits.wall_seconds
        pipes.send(frame(REQUEST, question), deadline)
        kind, payload = pipes.receive(ANSWER + FAULT + NO_MEMORY + MORE_TIME, deadline)
        if kind == MORE_TIME:
            deadline += self._more_seconds(payload)
            kind, payload = pipes.receive(ANSWER + FAULT + NO_MEMORY, deadline)
        self._answered += 1
        return _answer(kind, payload)

    def _more_seconds(self, pages: bytes) -> float:
        """Return the time for so many scanned pages more; what the process says of them is not trusted."""
        count = int(pages) if pages.isdigit() and len(pages) < len(str(self._limits.max_pages)) + 1 else 0
        return min(count, self._limits.max_pages) * self._limits.page_seconds

    def _ready(self) -> Pipes:
        """Return the pipes to a process that waits for a request."""
        if self._process is not None and _is_dead(self._process):
            self.close()  # somebody ended it between two documents: neither is to blame
        if self._process is not None:
            return _pipes(self._process, self._limits)
        self._folder = made_folder()
        self._process = _start(self._target, self._limits, self._folder)
        if self._niceness:
            os.setpriority(os.PRIO_PROCESS, self._process.pid, min(os.nice(0) + self._niceness, NICEST))
        pipes = _pipes(self._process, self._limits)
        try:
            pipes.receive(READY, time.monotonic() + START_SECONDS)
        except EOFError:
            raise ChildFaultError(f"the worker process for {self._target} did not start; see above") from None
        return pipes

    def _death(self) -> ChildError:
        """Say how the process ended that closed its pipes without an answer."""
        status = self.close() or 0
        if status == -signal.SIGXCPU:
            return ChildTimeoutError(
                f"the document took more than {self._limits.cpu_seconds} s of processor time;"
                " split it or raise BILLCLERK_CPU_SECONDS"
            )
        how = signal.strsignal(-status) if status < 0 else f"exit status {status}"
        return ChildCrashedError(
            f"the document ends the process that reads it ({how}); fetch it again, or have a person read it"
        )


class ChildPool(AbstractContextManager["ChildPool"]):
    """Several worker processes for one function; what goes wrong with one request stays with it."""

    def __init__(self, target: str, jobs: int, limits: Limits | None = None, niceness: int = 0) -> None:
        self._jobs = jobs
        self._idle: LifoQueue[Child] = LifoQueue()  # the last one used is the warm one
        self._children = [Child(target, limits, niceness) for _ in range(jobs)]
        for child in self._children:
            self._idle.put(child)

    def __exit__(self, *_: object) -> None:
        """End all processes."""
        self.close()

    def kill(self) -> None:
        """End what is being answered; whoever waits for it gets an error."""
        for child in self._children:
            child.kill()

    def close(self) -> None:
        """End all processes."""
        for child in self._children:
            child.close()

    def map_ordered(self, requests: Iterable[bytes]) -> Iterator[bytes | ChildError]:
        """Give the answer to each request, or the error it got, in the order of the requests.

        Requests are taken as they are needed, `AHEAD` for each process at most.
        """
        executor = ThreadPoolExecutor(self._jobs, thread_name_prefix="child")
        try:
            waiting: deque[Future[bytes | ChildError]] = deque()
            for request in requests:
                waiting.append(executor.submit(self.answer, request))
                if len(waiting) >= AHEAD * self._jobs:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # also when nobody wants the rest
            executor.shutdown(cancel_futures=True)

    def answer(self, request: bytes) -> bytes | ChildError:
        """Return the answer to a request, or the error it got; as many threads may call as there are jobs."""
        child = self._idle.get()
        try:
            return child.request(request)
        except ChildError as error:
            return error
        finally:
            self._idle.put(child)


def _answer(kind: bytes, payload: bytes) -> bytes:
    if kind == FAULT:
        trace = payload.decode("utf-8", "replace").rstrip()
        log.error("a fault of ours, not of the document:\n%s", trace)
        raise ChildFaultError(f"the program failed on this document, please report it: {_kind(trace)}")
    if kind == NO_MEMORY:
        raise ChildMemoryError(
            "the document needs more memory than it may use; split it or raise BILLCLERK_MEMORY_MB"
        )
    return payload


def _kind(trace: str) -> str:
    """Return the kind of error of a traceback, without its message, which may quote the document."""
    return trace.rpartition("\n")[2].partition(":")[0]


def _start(target: str, limits: Limits, folder: Path) -> subprocess.Popen[bytes]:
    # -P: what lies in the working folder, among the bills, is never imported.
    command = [sys.executable, "-P", "-m", "extractor.pages.worker", target]
    return subprocess.Popen(
        [
            *command,
            str(limits.memory_bytes),
            str(limits.cpu_seconds),
            str(limits.page_seconds),
            str(folder),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=_environment(folder),
        start_new_session=True,
    )


def _ended(process: subprocess.Popen[bytes]) -> int:
    """End a process and everything it started; return its exit status."""
    with suppress(ProcessLookupError):
        # It was not waited for yet, so the number is still its own, dead or alive.
        os.killpg(process.pid, signal.SIGKILL)
    with process:  # closes the pipes and waits
        pass
    return process.returncode


def _environment(folder: Path) -> dict[str, str]:
    here = Path(__file__).resolve().parents[2]  # where `extractor` is imported from
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | ONE_THREAD | {"PYTHONPATH": str(here), "PYTHONUTF8": "1", "TMPDIR": str(folder)}


def _pipes(process: subprocess.Popen[bytes], limits: Limits) -> Pipes:
    assert process.stdin is not None
    assert process.stdout is not None
    requests, answers = process.stdin.fileno(), process.stdout.fileno()
    os.set_blocking(requests, False)
    os.set_blocking(answers, False)
    return Pipes(requests, answers, limits.output_bytes)


def _is_dead(process: subprocess.Popen[bytes]) -> bool:
    """Look at the process without waiting for it, so that its number stays its own."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None
