"""Where two readings of one bill differ, value by value."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.model import Bill, Finding, ReadResult

DISAGREEMENTS = 20
"""Findings at most about values that two readings read differently."""


def disagreements(first: ReadResult, again: ReadResult) -> Iterator[Finding]:
    """Give a finding for each value that the two text readers read differently."""
    one, other = _leaves(first.bill), _leaves(again.bill)
    differing = [pointer for pointer in one if pointer in other and one[pointer] != other[pointer]]
    for pointer in differing[:DISAGREEMENTS]:
        place = first.evidence.get(pointer)
        yield Finding(
            code="readers_disagree",
            severity="warning",
            message=f"the two text readers differ in {pointer.removeprefix('/bill/')}",
            page=place.page if place else None,
            bbox=place.bbox if place else None,
        )


def _leaves(bill: Bill | None) -> dict[str, object]:
    """Return a bill's scalar values by JSON pointer; evidence and verdicts are not values."""
    leaves: dict[str, object] = {}

    def walk(value: object, pointer: str) -> None:
        match value:
            case dict():
                for name, inner in value.items():
                    if name not in ("evidence", "status"):
                        walk(inner, f"{pointer}/{name}")
            case list() | tuple():
                for index, inner in enumerate(value):
                    walk(inner, f"{pointer}/{index}")
            case _:
                leaves[pointer] = value

    walk(bill.model_dump() if bill else None, "/bill")
    return leaves
