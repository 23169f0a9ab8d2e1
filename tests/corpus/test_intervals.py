"""The sample interval files: they are what is made today, and stand to their bills as they are meant to."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from corpus.intervals import CASES, Case, made, make_intervals, name_of
from extractor.intervals.columns import Column, prepared
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.formats import format_of
from extractor.intervals.given import Readings
from extractor.intervals.join import join
from tests.extractor.intervals.loads import services

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
MEANT = {
    "d4-bundled-winter-2025": Verdict.TIES_OUT,
    "d4-cpa-clean-summer-2026": Verdict.TIES_OUT,
    "gs2d-bundled-summer-2025": Verdict.TIES_OUT,
    "gs2e-cpa-clean-summer-2026": Verdict.INCOMPLETE,
    "d4-cpa-lean-summer-2025": Verdict.DIFFERS,
}


def load_of(path: Path) -> tuple[Column, ...]:
    data = path.read_bytes()
    given = list(format_of(path.name, data[:4096]).read(io.BytesIO(data), path.name))
    return prepared(one for one in given if isinstance(one, Readings))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.bill)
def test_a_file_stands_to_its_bill_as_it_is_meant_to(case: Case) -> None:
    service = services(case.bill)[0]
    assert service.service_account is not None
    (path,) = (SAMPLES / "intervals").glob(f"*_{service.service_account}_*.csv")
    found = join(service, load_of(path))
    assert found.verdict == MEANT[case.bill], found.reason
    if found.verdict == Verdict.TIES_OUT and service.demands:
        assert {(row.billed, row.metered) for row in found.demand} >= {(Decimal(92), Decimal(92))}


def test_the_files_are_what_is_made_today(tmp_path: Path) -> None:
    for path in SAMPLES.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert make_intervals(tmp_path) == len(CASES)
    committed, today = (
        {path.name: path.read_bytes() for path in (folder / "intervals").iterdir()}
        for folder in (SAMPLES, tmp_path)
    )
    assert committed == today
    assert sum(map(len, committed.values())) < 1_500_000


def test_names_and_rows_are_as_sce_writes_them() -> None:
    service = {
        "service_account": "8000000140",
        "period": {"start": "2025-03-12", "end": "2025-03-13"},
        "demands": [],
        "charges": [
            {"section": "delivery", "component": "energy", "tou": tou, "quantity": "9"}
            for tou in ("mid_peak", "off_peak", "super_off_peak")
        ],
    }
    assert name_of(service) == "SCE_Usage_8000000140_03-12-25_to_03-13-25.csv"
    rows = made(CASES[0], service).splitlines()
    assert rows[10] == '"Start date: 2025-03-12 00:00:00\N{NO-BREAK SPACE} for 2 days"'
    assert rows[14].startswith('"2025-03-12 00:00:00\N{NO-BREAK SPACE}to 2025-03-12 00:15:00","0.')
