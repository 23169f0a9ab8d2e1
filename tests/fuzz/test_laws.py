"""Each law is broken by an answer that breaks it, and by no honest one."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fuzz.laws import broken_laws
from tests.fuzz.mutator import MUTATIONS, Mutation, mutated

SAMPLE = Path(__file__).parents[2] / "corpus" / "samples" / "d4-cpa-clean-summer-2026.pdf"
GOLDENS = json.loads(SAMPLE.with_suffix(".json").read_text())
HONEST = {"status": "verified", "findings": [], **GOLDENS[0]}


def _laws(record: dict[str, Any], seconds: float = 1) -> list[str]:
    return list(broken_laws([json.dumps(record).encode()], seconds, 20, GOLDENS))


def test_an_honest_record_breaks_none() -> None:
    assert _laws(HONEST) == []
    assert _laws({"status": "unreadable", "bill": None, "findings": [{"code": "damaged"}]}) == []
    assert _laws({**HONEST, "status": "review", "bill": None}) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"status": "unreadable", "bill": None}, "no reason"),
        ({"status": "unreadable", "findings": [{"code": "damaged"}]}, "a bill"),
        ({"findings": [{"code": "fault", "message": "ValueError"}]}, "fault of ours: ValueError"),
    ],
)
def test_a_dishonest_record_breaks_one(change: dict[str, Any], says: str) -> None:
    assert [says in law for law in _laws({**HONEST, **change})] == [True]


def test_a_verified_amount_that_is_not_printed_breaks_one() -> None:
    record = deepcopy(HONEST)
    record["bill"]["services"][1]["charges"][2]["amount"] = "31.41"
    assert _laws(record) == ["verified, with amounts that the sound bill does not have"]
    assert _laws({**record, "status": "review"}) == []


def test_too_late_or_nothing_breaks_one() -> None:
    assert ["it took 21.5 s" in law for law in _laws(HONEST, 21.5)] == [True]
    assert list(broken_laws([], 1, 20, GOLDENS)) == ["there is no record"]


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutation_changes_the_file(mutation: Mutation) -> None:
    sound = SAMPLE.read_bytes()
    data = bytearray(sound)
    for seed in range(5):
        mutation(data, Random(seed))
    assert bytes(data) != sound


def test_a_mutated_file_is_told_by_its_seed() -> None:
    sound = SAMPLE.read_bytes()
    made = [[mutated(sound, Random(seed)) for seed in range(20)] for _ in range(2)]
    assert made[0] == made[1]
    assert len({*made[0], sound}) > 15
