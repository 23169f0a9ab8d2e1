"""Messages and archives taken apart in a guarded process: a stranger made them, too.

The parser of messages takes minutes for headers that are made for it, and as much memory as ten times the
message; so it runs where that costs one message, not the watch. The files inside come back through the
process's own folder, one at a time, which ends with it.

    request:  a line of JSON (which claimer, its limits, how the file came), then the file
    answer:   JSON: for each file inside where it lies, its name, how it came, whether it may be a bill
"""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from extractor.intake.archives import ZipArchives
from extractor.intake.claims import CannotUnpackError, Origin, Part, Unpacker
from extractor.intake.mail import Messages
from extractor.pages.child import Child
from extractor.pages.limits import ChildError, ChildFaultError, Limits

TARGET = "extractor.intake.unpacking:answer_request"

LONGEST_NAME = 255
"""Characters of a file's name, its end: what a message calls its files may be as long as it is."""


class Guarded:
    """Claims what another claimer claims, and has it taken apart in a guarded process."""

    def __init__(self, claimer: Unpacker, limits: Limits, max_file_mb: int, max_archive_mb: int) -> None:
        self._claimer = claimer
        self._said = {"kind": claimer.kind, "max_file_mb": max_file_mb, "max_archive_mb": max_archive_mb}
        child = self._child = Child(TARGET, limits)
        weakref.finalize(self, child.close)

    @property
    def kind(self) -> str:
        """What a document is kept as."""
        return self._claimer.kind

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes whether a file is of this kind."""
        return self._claimer.claims(name, head)

    def parts(self, data: bytes, origin: Origin) -> Iterator[Part]:
        """Give the files inside.

        Raises:
            CannotUnpackError: if it is damaged, a limit is broken, or it ends the process.
            OSError: if there is no room for what is inside.
        """
        question = json.dumps(self._said | {"origin": asdict(origin)}).encode()
        try:
            answer = json.loads(self._child.request(question + b"\n" + data))
        except ChildFaultError:
            raise
        except ChildError:
            raise CannotUnpackError(
                "it cannot be taken apart in the time and memory that it may take; unpack it by hand"
            ) from None
        if "refused" in answer:
            raise CannotUnpackError(answer["refused"])
        if "errno" in answer:
            raise OSError(answer["errno"], answer["strerror"])
        yield from self._brought(answer["parts"])

    def _brought(self, told: list[dict[str, Any]]) -> Iterator[Part]:
        """Give files that lie in the process's folder, and remove them there."""
        left = [Path(one["path"]) for one in told]
        try:
            for one in told:
                path = left[0]
                data = path.read_bytes()
                left.pop(0).unlink()
                yield Part(one["name"], data, Origin(**one["origin"]), one["wanted"])
        finally:  # also where nobody wants the rest
            for path in left:
                path.unlink(missing_ok=True)


def answer_request(request: bytes) -> bytes:
    """Answer a request inside a guarded process: where the files lie that are in a message or an archive."""
    head, _, data = request.partition(b"\n")
    asked = json.loads(head)
    limits = asked["max_file_mb"], asked["max_archive_mb"]
    claimer: Unpacker = Messages() if asked["kind"] == Messages.kind else ZipArchives(*limits)
    folder = Path(tempfile.mkdtemp())
    told: list[dict[str, Any]] = []
    try:
        for number, part in enumerate(claimer.parts(data, Origin(**asked["origin"]))):
            path = folder / str(number)
            told.append(_told(path, part))
            path.write_bytes(part.data)
        answer: dict[str, Any] = {"parts": told}
    except CannotUnpackError as error:
        answer = {"refused": str(error)}
    except OSError as error:
        answer = {"errno": error.errno, "strerror": error.strerror}
    if "parts" not in answer:
        shutil.rmtree(folder, ignore_errors=True)
    return json.dumps(answer).encode()


def _told(path: Path, part: Part) -> dict[str, Any]:
    return {
        "path": str(path),
        "name": part.name[-LONGEST_NAME:],
        "origin": asdict(part.origin),
        "wanted": part.wanted,
    }
