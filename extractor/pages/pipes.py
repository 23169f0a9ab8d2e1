"""The owner's end of the two pipes to a worker process: nothing here waits past a deadline.

What comes back is not trusted: a frame of an unknown kind or of more bytes than allowed is
an error before a byte of it is kept. A closed pipe is Python's own EOFError.
"""

import io
import os
import select
import time
from dataclasses import dataclass

from extractor.pages.frames import HEADER
from extractor.pages.limits import ChildOutputError, ChildTimeoutError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Pipes:
    """Descriptors (both non-blocking) that requests are written to and answers read from."""

    requests: int
    answers: int
    output_bytes: int

    def send(self, data: bytes, deadline: float) -> None:
        """Write all of `data` before `deadline` (of `time.monotonic`).

        Raises:
            EOFError: the worker process is gone.
            ChildTimeoutError: it does not listen.
        """
        view = memoryview(data)
        while view:
            _wait(self.requests, select.POLLOUT, deadline)
            try:
                view = view[os.write(self.requests, view[:_CHUNK]) :]
            except BrokenPipeError:
                raise EOFError from None

    def receive(self, kinds: bytes, deadline: float) -> tuple[bytes, bytes]:
        """Return the next frame's kind, one of the bytes in `kinds`, and its payload.

        Raises:
            EOFError: the worker process is gone.
            ChildTimeoutError: there is no whole frame at `deadline`.
            ChildOutputError: what arrives is no such frame, or too long.
        """
        kind, length = HEADER.unpack(self._read(HEADER.size, deadline))
        if kind not in kinds:
            raise ChildOutputError("the process that reads the document sent something that is no answer")
        if length > self.output_bytes:
            raise ChildOutputError(
                f"the record has {length} bytes, more than the {self.output_bytes} allowed;"
                " split the document or raise BILLCLERK_OUTPUT_MB"
            )
        return kind, self._read(length, deadline)

    def _read(self, length: int, deadline: float) -> bytes:
        data = io.BytesIO()  # gives what it holds without a copy
        while missing := length - data.tell():
            _wait(self.answers, select.POLLIN, deadline)
            part = os.read(self.answers, min(_CHUNK, missing))
            if not part:
                raise EOFError
            data.write(part)
        return data.getvalue()


def _wait(descriptor: int, event: int, deadline: float) -> None:
    """Wait until `event`, or the other end's closing, can be seen on the descriptor."""
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise ChildTimeoutError(
            "the document took longer than it may; split it or raise BILLCLERK_WALL_SECONDS"
        )
