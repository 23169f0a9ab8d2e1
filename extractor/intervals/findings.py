"""What a join says to people, as findings: beside a bill's own, never among them.

A bill that contradicts its meter by more than tolerated is for people to look at; nothing of what was read,
nor how far it may be trusted, is changed by that.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor.intervals.compared.verdict import PLAIN, Verdict, shifted
from extractor.intervals.join import Joined
from extractor.intervals.sources import PROVISIONAL
from extractor.model import Finding


def findings_of(joined: Joined, service: int) -> Iterator[Finding]:
    """Give what somebody should know of a service and its meter; `service` counts from 0, as findings do."""
    if joined.is_damaged:
        yield _finding("meter_damaged", "warning", joined.reason, service)
        return
    match joined.verdict:
        case Verdict.DIFFERS:
            yield _finding("meter_differs", "warning", joined.reason, service)
        case Verdict.INCOMPLETE:
            yield _finding("meter_incomplete", "info", joined.reason, service)
    if joined.shift != PLAIN:
        said = f"it ties out with its meter only when {shifted(joined.shift)}"
        yield _finding("meter_shifted", "info", said, service)
    if joined.unconfirmed:
        numbers = ", ".join(map(str, joined.unconfirmed))
        said = f"nobody has confirmed what the columns of the readings mean (import {numbers})"
        yield _finding("meter_unconfirmed", "info", said, service)
    if joined.is_provisional:
        yield _finding("meter_provisional", "info", PROVISIONAL, service)


def _finding(code: str, severity: str, message: str, service: int) -> Finding:
    return Finding.model_validate(
        {"code": code, "severity": severity, "message": message, "service": service}
    )
