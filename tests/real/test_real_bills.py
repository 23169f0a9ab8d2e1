"""What SCE really printed reads exactly: every dumped bill, rebuilt, against its golden record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.real.goldens import EXPECTED

BILLS = sorted(path.stem for path in EXPECTED.glob("*.json"))


def expected(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((EXPECTED / f"{name}.json").read_text(encoding="utf-8"))
    return records


def differences(wanted: Any, got: Any, at: str = "") -> Iterator[str]:
    """Yield what differs, by JSON pointer; keys that `wanted` leaves out are not compared."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key, value in wanted.items():
            yield from differences(value, got.get(key), f"{at}/{key}")
    elif isinstance(wanted, list) and isinstance(got, list):
        for index in range(max(len(wanted), len(got))):
            pair = [side[index] if index < len(side) else None for side in (wanted, got)]
            yield from differences(pair[0], pair[1], f"{at}/{index}")
    elif wanted != got:
        yield f"{at}: wanted {wanted!r}, read {got!r}"


@pytest.mark.parametrize("name", BILLS)
def test_bill_reads_as_its_golden_record(name: str, rebuilt: dict[str, Path]) -> None:
    from extractor.reading import read_document

    results = [result.model_dump(mode="json") for result in read_document(rebuilt[name])]
    found = [
        f"{f['severity']} {f['code']} p{f['page']}: {f['message']}" for r in results for f in r["findings"]
    ]
    failed = [
        f"{row['identity']}: printed {row['printed']}, computed {row['computed']}, gate {row['gate']}"
        for result in results
        for row in result["proof"]
        if not row["holds"]
    ]
    got = [result | {"page_range": result["document"]["page_range"]} for result in results]
    report = [
        *differences(expected(name), got),
        *[f"finding: {text}" for text in found if not text.startswith("info")],
    ]
    wrong = list(differences(expected(name), got))
    assert not wrong, "\n".join(
        [name, *wrong, "-- findings", *report[len(wrong) :], "-- failing identities", *failed]
    )


@pytest.mark.parametrize("name", BILLS)
def test_every_charge_names_the_place_it_is_printed(name: str, rebuilt: dict[str, Path]) -> None:
    from extractor.reading import read_document

    for result in read_document(rebuilt[name]):
        assert result.bill is not None
        charges = [charge for service in result.bill.services for charge in service.charges]
        boxes = [(charge.evidence.page, charge.evidence.bbox) for charge in charges]
        assert len(set(boxes)) == len(boxes)
        outside = [
            box
            for _, box in boxes
            if not box or not (0 <= box[0] < box[2] <= 425 and 0 <= box[1] < box[3] <= 792)
        ]
        assert not outside  # amounts end at 420; beyond 425 stands the sidebar, which is no charge


SUMS = (  # what facts of the source name: file, subtotal, total
    ("sce_tougs2e_120424-010325", "3429.44", "3434.82"),
    ("sce_tougs2e_010425-02022", "3364.00", "3369.13"),
    ("sce_tougs2e_020325-030425", "3268.02", "3272.87"),
    ("sce_tougs2e_050525-060325", "3987.57", "3992.95"),
    ("sce_tougs2e_060425-070225", "7249.45", "7254.94"),
    ("sce_tougs2e_090425-100225", "6037.97", "6042.67"),
    ("sce_domestic_2026_07", "353.86", "354.15"),
)


@pytest.mark.parametrize(("name", "subtotal", "total"), SUMS)
def test_subtotal_and_tax_make_the_total(
    name: str, subtotal: str, total: str, rebuilt: dict[str, Path]
) -> None:
    from extractor.reading import read_document

    (result,) = read_document(rebuilt[name])
    assert result.bill is not None
    (service,) = result.bill.services
    before = sum((c.amount for c in service.charges if c.section != "tax"), Decimal(0))
    taxes = sum((c.amount for c in service.charges if c.section == "tax"), Decimal(0))
    assert (before, before + taxes) == (Decimal(subtotal), Decimal(total))
    assert (service.subtotal, service.total) == (Decimal(subtotal), Decimal(total))


PAGE_THREE = (  # bill, energy, demand and other charges as page 3 prints them: exact on every real bill
    ("sce_tougs2e_120424-010325", "2266.22", "797.96", "370.64"),
    ("sce_tougs2e_010425-02022", "2234.42", "763.90", "370.81"),
    ("sce_tougs2e_020325-030425", "2110.58", "799.10", "363.19"),
    ("sce_tougs2e_050525-060325", "2633.92", "985.63", "373.40"),
    ("sce_tougs2e_060425-070225", "5682.98", "1201.94", "370.02"),
    ("sce_tougs2e_090425-100225", "4536.15", "1154.78", "351.74"),
)


@pytest.mark.parametrize(("name", "energy", "demand", "other"), PAGE_THREE)
def test_charges_add_up_to_the_cost_box_of_page_three(
    name: str, energy: str, demand: str, other: str, rebuilt: dict[str, Path]
) -> None:
    from extractor.reading import read_document

    (result,) = read_document(rebuilt[name])
    assert result.bill is not None
    sums = {"energy": Decimal(0), "demand": Decimal(0), "other": Decimal(0)}
    for charge in result.bill.services[0].charges:
        kind = str(charge.component).rpartition("_")[2]
        sums[kind if kind in ("energy", "demand") else "other"] += charge.amount
    assert sums == {"energy": Decimal(energy), "demand": Decimal(demand), "other": Decimal(other)}
    assert any(row.gate and row.holds and row.printed == Decimal(energy) for row in result.proof)
