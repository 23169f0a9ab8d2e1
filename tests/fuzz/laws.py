"""What holds of every file, however broken: what a fuzz run looks for violations of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]


def broken_laws(
    lines: Sequence[bytes], seconds: float, limit: float, goldens: Sequence[Record]
) -> Iterator[str]:
    """Say which laws an answer breaks; `goldens` are the records of the sound file it was made from."""
    if seconds > limit + 1:
        yield f"it took {seconds:.1f} s, more than {limit:g} and one"
    if not lines:
        yield "there is no record"
    for record in map(json.loads, lines):
        codes = [finding["code"] for finding in record["findings"]]
        if "fault" in codes:
            yield f"a fault of ours: {record['findings'][codes.index('fault')]['message']}"
        if record["status"] == "unreadable" and (record["bill"] is not None or not codes):
            yield "unreadable, and no reason or a bill"
        if record["status"] == "verified" and not any(amounts(record) == amounts(one) for one in goldens):
            yield "verified, with amounts that the sound bill does not have"


def amounts(record: Record) -> list[str | None]:
    """Return every amount of money of a bill, in the order of the record."""
    bill = record["bill"]
    services = bill["services"]
    return [
        bill["previous_balance"],
        bill["balance_forward"],
        bill["new_charges"],
        bill["amount_due"],
        *(line["amount"] for line in bill["account_lines"]),
        *(charge["amount"] for service in services for charge in service["charges"]),
        *(service[name] for service in services for name in ("subtotal", "total")),
    ]
