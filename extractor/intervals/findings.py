"""What the join says of a bill, as findings beside those of the reader: they change nothing printed.

A contradiction by more than is tolerated is a warning, for a person to look into; all else is information,
since readings that are missing say nothing against a bill.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.intervals.compared.verdict import PLAIN, Verdict
from extractor.intervals.join import Joined
from extractor.model import Finding, Severity

SAID: dict[Verdict, tuple[str, Severity]] = {
    Verdict.DIFFERS: ("meter_differs", "warning"),
    Verdict.INCOMPLETE: ("meter_incomplete", "info"),
    Verdict.WITHIN_TOLERANCE: ("meter_near", "info"),
}


def findings(joined: Sequence[Joined]) -> Iterator[Finding]:
    """Give what the meters say of each service of a bill; nothing where they agree, or have no readings."""
    for number, one in enumerate(joined):
        code, severity = SAID.get(one.verdict, ("meter_shifted", "info"))
        if one.verdict in SAID or one.shift != PLAIN:
            yield Finding(code=code, severity=severity, message=one.reason, service=number)
        if one.unconfirmed:
            yield Finding(code="meter_unconfirmed", severity="info", message=unconfirmed(one), service=number)


def unconfirmed(one: Joined) -> str:
    """Say that readings are of a format that nobody confirmed, and of which imports."""
    imports = ", ".join(map(str, one.unconfirmed))
    return f"readings are of a format that nobody confirmed (import {imports}); compare them with the file"
