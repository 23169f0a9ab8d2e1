"""What another reading changes is told field by field, and by what it means."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from extractor.model import Document, ReadResult, Status
from extractor.reprocessing.changes import Difference, Kind, differences, kind_of
from tests.extractor.made_bills import charge, record, service

MAY = ("2026-05-01", "2026-05-31")
PROVEN = record("2026-06-02", service(*MAY))
OTHER = record("2026-06-02", service(*MAY, "11.00"))
DOUBTED = record("2026-06-02", service(*MAY), status=Status.REVIEW)
OTHER_DOUBTED = record("2026-06-02", service(*MAY, "11.00"), status=Status.REVIEW)
WHOLLY_DOUBTED = record(
    "2026-06-02", service(*MAY).model_copy(update={"status": "review"}), status=Status.REVIEW
)
NOTHING = ReadResult(document=Document(path="a.pdf", reader="test"), status=Status.UNREADABLE)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([PROVEN], [PROVEN], "unchanged"),
        ([DOUBTED], [DOUBTED], "unchanged"),
        ([NOTHING], [NOTHING], "unchanged"),
        ([DOUBTED], [PROVEN], "verified"),
        ([NOTHING], [PROVEN], "verified"),
        ([NOTHING], [DOUBTED], "review"),
        ([DOUBTED], [OTHER_DOUBTED], "altered"),  # the service on it was proven
        ([WHOLLY_DOUBTED], [OTHER_DOUBTED], "changed"),
        ([DOUBTED], [NOTHING], "worse"),
        ([PROVEN], [OTHER], "altered"),
        ([PROVEN], [DOUBTED], "worse"),
        ([PROVEN], [NOTHING], "worse"),
        ([PROVEN, PROVEN], [PROVEN], "worse"),  # a bill of the file is lost
        ([PROVEN], [PROVEN, PROVEN], "verified"),  # and one is found
        ([DOUBTED, PROVEN], [PROVEN, OTHER], "altered"),  # the one that asks for most attention
    ],
)
def test_kinds(before: Sequence[ReadResult], after: Sequence[ReadResult], kind: Kind) -> None:
    assert kind_of(before, after) == kind


def with_lines(*amounts: str, **more: str) -> ReadResult:
    lines = tuple(charge(amount, at) for at, amount in enumerate(amounts, 1))
    return record("2026-06-02", service(*MAY, charges=lines), **more)  # type: ignore[arg-type]  # options of record


def test_a_field_is_told_with_both_values() -> None:
    before, after = with_lines("10.00", "20.00"), with_lines("10.00", "20.50")
    assert differences([before], [after]) == [Difference("service 1 line 2 amount", "20.00", "20.50")]


def test_a_line_that_is_new_moves_no_other() -> None:
    before, after = with_lines("10.00", "20.00"), with_lines("5.00", "10.00", "20.00")
    assert differences([before], [after]) == [Difference("service 1 line 1", None, "Energy 5.00")]
    assert differences([after], [before]) == [Difference("service 1 line 1", "Energy 5.00", None)]


def test_status_and_fields_of_the_bill_are_told_with_the_number_of_the_bill() -> None:
    bill = DOUBTED.bill
    assert bill is not None
    paid = DOUBTED.model_copy(update={"bill": bill.model_copy(update={"previous_balance": Decimal("1.50")})})
    assert differences([PROVEN, PROVEN], [PROVEN, paid]) == [
        Difference("bill 2 status", "verified", "review"),
        Difference("bill 2 previous_balance", None, "1.50"),
    ]


def test_where_a_value_stands_and_who_read_it_is_no_difference() -> None:
    line = charge("10.00")
    moved = line.model_copy(update={"evidence": line.evidence.model_copy(update={"page": 5})})
    other = record("2026-06-02", service(*MAY, charges=(moved,)))
    assert differences([PROVEN], [other]) == []
    assert kind_of([PROVEN], [other]) == "unchanged"
