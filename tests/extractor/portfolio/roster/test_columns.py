"""What a column of a roster may be headed stands in the manual, and what is written out is read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.export.roster import ROSTER_COLUMNS
from extractor.portfolio.roster.columns import OF_CUSTOMER, OF_SERVICE, WORDS, folded, role_of

MANUAL = (Path(__file__).parents[4] / "README.md").read_text()
WRITTEN = {
    "customer_account": OF_CUSTOMER,
    "service_account": OF_SERVICE,
    "managed_from": "valid_from",
    "managed_to": "valid_to",
}


@pytest.mark.parametrize("name", [column.name for column in ROSTER_COLUMNS])
def test_a_column_that_is_written_is_known_and_its_other_headings_stand_in_the_manual(name: str) -> None:
    role = role_of(name)
    assert role == WRITTEN.get(name, name)
    (row,) = [
        line for line in MANUAL.splitlines() if line.startswith(f"| `{name}` |") and line.count("|") == 5
    ]
    headed = {folded(word) for word in row.split("|")[4].split(",")} | {folded(name)}
    assert {folded(word) for word in WORDS[role or ""]} <= headed
