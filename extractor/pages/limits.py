"""What one document may cost, and the errors that say which limit it broke.

>>> ChildTimeoutError("300 s").exit_code, ChildFaultError("ZeroDivisionError").exit_code
(3, 70)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from extractor.settings import ReaderSettings


FAULT_CODE = "fault"
"""The code of the finding that says that we, not the document, are at fault."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request to a worker process may cost, and after how many the process is replaced."""

    wall_seconds: float = 300.0
    cpu_seconds: int = 240
    memory_bytes: int = 2_048_000_000
    output_bytes: int = 20_000_000
    requests_per_process: int = 500
    page_seconds: float = 10.0
    """Seconds more, of both kinds, for each scanned page above those that the limits are made for."""
    max_pages: int = 2000


def limits_of(settings: ReaderSettings) -> Limits:
    """Return the limits that the settings ask for."""
    return Limits(
        wall_seconds=settings.wall_seconds,
        cpu_seconds=settings.cpu_seconds,
        memory_bytes=settings.memory_mb * 1_000_000,
        output_bytes=settings.output_mb * 1_000_000,
        requests_per_process=settings.documents_per_worker,
        page_seconds=settings.scanned_page_seconds,
        max_pages=settings.max_pages,
    )


class ChildError(BillclerkError):
    """The worker process gave no answer to a request; `code` names the reason in the findings."""

    code: ClassVar[str] = "no_answer"
    exit_code = 3


class ChildCrashedError(ChildError):
    """The worker process died; the document is damaged or made to do harm."""

    code = "crashed"


class ChildTimeoutError(ChildError):
    """The document takes too long; split it, or raise BILLCLERK_WALL_SECONDS or BILLCLERK_CPU_SECONDS."""

    code = "too_slow"


class ChildMemoryError(ChildError):
    """The document needs too much memory; split it, or raise BILLCLERK_MEMORY_MB."""

    code = "too_much_memory"


class ChildOutputError(ChildError):
    """The answer is too long, or is none; split the document, or raise BILLCLERK_OUTPUT_MB."""

    code = "too_long_an_answer"


class ChildFaultError(ChildError):
    """The function raised: a fault of ours, which the log shows; report it."""

    code = FAULT_CODE
    exit_code = 70
