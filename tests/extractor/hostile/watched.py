"""What the worker process of test_active.py answers with: a reading, and all that was done meanwhile."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from extractor import reading

TELLING = (
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "socket.",
    "webbrowser.",
)
"""What Python's audit events of starting a process, or of speaking to a network, begin with."""

_done: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(TELLING):
        _done.append(event)
    elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _done.append(f"open {arguments[0]!r} to write")


def answer_request(request: bytes) -> bytes:
    """Read a document as the worker process does, and tell what was done: a line for that, then the records."""
    sys.addaudithook(_note)
    records = reading.answer_request(request)
    if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss:
        _done.append("a process was started, and ended")
    _done.extend(f"a process runs: {path.read_text()}" for path in _offspring() if path.read_text())
    _done.extend(f"left behind: {path}" for path in Path(os.environ["TMPDIR"]).iterdir())
    return json.dumps(_done).encode() + b"\n" + records


def start_and_write(request: bytes) -> bytes:
    """Do what no document may make the reader do, to show that it would be seen."""

    def misled(request: bytes) -> bytes:
        os.spawnlp(os.P_WAIT, "true", "true")
        Path(os.environ["TMPDIR"], "extracted").write_bytes(request)
        return b""

    honest, reading.answer_request = reading.answer_request, misled
    try:
        return answer_request(request)
    finally:
        reading.answer_request = honest


def _offspring() -> list[Path]:
    return list(Path("/proc/self/task").glob("*/children"))
