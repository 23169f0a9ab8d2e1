"""Every bomb, ring and contradiction is one record that says what to do; the next file is read, the reader unharmed.

All files are read by one fresh program, each followed by a common bill, so that what it costs is seen where it counts.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.extractor.hostile.bombs import BOMBS
from tests.extractor.hostile.bulky_bills import BULKY
from tests.extractor.hostile.structures import STRUCTURES

ROOT = Path(__file__).parents[3]
BILL = ROOT / "corpus" / "samples" / "d4-bundled-winter-2025.pdf"

WALL_SECONDS = 3
LIMITS = {"wall_seconds": WALL_SECONDS, "cpu_seconds": 1, "memory_mb": 600}

MADE: tuple[Callable[[], bytes], ...] = (*BOMBS, *STRUCTURES, *BULKY)
REASONS = {
    "crashed",
    "damaged",
    "encrypted",
    "no_pages",
    "too_large",
    "too_long_an_answer",
    "too_many_pages",
    "too_much_memory",
    "too_slow",
    "unknown_layout",
    "unreadable",
}
"""Codes of findings that blame the document; `fault` would blame us."""

ADVICE = ("fetch", "split", "have a person", "print", "save it", "raise BILLCLERK_", "layout", "scan")
"""What a message must say one of: what a person can do."""


class Cost(NamedTuple):
    """What a file gave and took: records, seconds, and bytes that the program's memory rose by."""

    records: list[dict[str, Any]]
    seconds: float
    memory: int


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cost]:
    """Have all files read by a fresh program, a common bill after each."""
    folder, temporary = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("temporary")
    for make in MADE:
        (folder / make.__name__).write_bytes(make())
        (folder / f"{make.__name__}-after").symlink_to(BILL)
    command = [sys.executable, "-m", "tests.extractor.hostile.parent", str(folder), json.dumps(LIMITS)]
    environment = os.environ | {"TMPDIR": str(temporary)}
    said = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE).stdout
    assert list(temporary.iterdir()) == []
    return {name: Cost(*rest) for name, *rest in map(json.loads, said.splitlines())}


@pytest.mark.parametrize("name", [make.__name__ for make in MADE])
def test_one_record_that_says_what_to_do(costs: dict[str, Cost], name: str) -> None:
    (record,) = costs[name].records
    assert record["status"] != "verified"
    if record["status"] == "unreadable":
        (finding,) = record["findings"]
        assert finding["code"] in REASONS
        assert any(advice in finding["message"] for advice in ADVICE), finding["message"]
    assert (record["bill"] is None) == (record["status"] == "unreadable")


@pytest.mark.parametrize("name", [make.__name__ for make in MADE])
def test_no_longer_than_the_limit_and_a_second(costs: dict[str, Cost], name: str) -> None:
    assert costs[name].seconds <= WALL_SECONDS + 1


@pytest.mark.parametrize("name", [make.__name__ for make in MADE])
def test_the_next_file_is_read(costs: dict[str, Cost], name: str) -> None:
    (record,) = costs[f"{name}-after"].records
    assert record["status"] == "verified"


def test_the_readers_own_memory_does_not_rise(costs: dict[str, Cost]) -> None:
    assert max(cost.memory for cost in costs.values()) < 50_000_000
