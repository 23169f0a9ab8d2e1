"""What a person has to know of a transaction: said once for each thing, how often, and where first.

A stranger's file may hold a thing a million times; the record says so in one line.

>>> told = Told()
>>> told.add("edi_unknown", "error", "segments XYZ, which no rule knows", 7)
>>> told.add("edi_unknown", "error", "segments XYZ, which no rule knows", 9)
>>> [(finding.message, finding.page) for finding in told.findings()]
[('segments XYZ, which no rule knows (2 times)', 7)]
"""

from __future__ import annotations

from collections.abc import Iterator

from extractor.model import Finding, Severity

MOST = 200
"""Kinds of things told of one transaction; what is more is counted."""


class Told:
    """Gathers findings."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, Severity, str], tuple[int, int]] = {}
        self._more: tuple[int, int] | None = None

    def add(self, code: str, severity: Severity, message: str, segment: int) -> None:
        """Add one; of the same only the first place is kept."""
        key = code, severity, message
        if key not in self._found and len(self._found) >= MOST:
            first, before = self._more or (segment, 0)
            self._more = first, before + 1
            return
        first, before = self._found.get(key, (segment, 0))
        self._found[key] = first, before + 1

    def findings(self) -> Iterator[Finding]:
        """Give what was told, in the order in which it was met."""
        for (code, severity, message), (first, count) in self._found.items():
            said = message if count == 1 else f"{message} ({count} times)"
            yield Finding(code=code, severity=severity, message=said, page=first)
        if self._more:
            first, count = self._more
            yield Finding(
                code="edi_more", severity="error", message=f"and {count} things of other kinds", page=first
            )
