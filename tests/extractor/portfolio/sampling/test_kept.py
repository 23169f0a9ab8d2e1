"""Samples are kept once, answers are of what was shown, and nothing of a customer who left stays."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.customers.forgetting import forget
from extractor.export.rows import Row
from extractor.home import Home
from extractor.model import ReadResult
from extractor.portfolio.sampling.answers import Given, Said
from extractor.portfolio.sampling.frame import Asked
from extractor.portfolio.sampling.kept import NoSampleError, samples
from extractor.portfolio.sampling.results import Result, results
from extractor.store.about import sampled_of
from extractor.store.roster import Entry
from extractor.store.said import Saying
from extractor.store.sampled import Sample, SampleAnswer, SampleValue
from tests.extractor.portfolio.sampling.made import (
    GS2,
    NEM,
    NOW,
    answered,
    put,
    put_all,
    read,
    values,
)
from tests.extractor.portfolio.sampling.made import kept as drawn_and_kept
from tests.extractor.rosters import take_roster


def measured(engine: Engine) -> list[Result]:
    with reading(engine) as session:
        return list(results(session, samples(session)))


def with_first_rate(result: ReadResult, rate: str, line: int = 0) -> ReadResult:
    """Return a record in which the rate of a line of the first service reads otherwise."""
    assert result.bill is not None
    service = result.bill.services[0]
    charge = service.charges[line].model_copy(update={"rate": Decimal(rate)})
    charges = (*service.charges[:line], charge, *service.charges[line + 1 :])
    return with_charges(result, charges)


def with_charges(result: ReadResult, charges: tuple[Any, ...]) -> ReadResult:
    assert result.bill is not None
    services = (result.bill.services[0].model_copy(update={"charges": charges}), *result.bill.services[1:])
    return result.model_copy(update={"bill": result.bill.model_copy(update={"services": services})})


def test_a_sample_drawn_again_is_the_same_one(kept: Engine) -> None:
    put_all(kept)
    first, second = drawn_and_kept(kept, 20), drawn_and_kept(kept, 20)
    assert (first.id, first.name) == (second.id, "20-7")
    assert drawn_and_kept(kept, 20, "8").name == "20-8"
    assert (
        drawn_and_kept(kept, 20, asked=Asked("verified")).name == "20-7.2"
    )  # the same values, of another whole
    put(kept, GS2, with_first_rate(read(GS2)[0], "9.99999"))
    assert drawn_and_kept(kept, 20).name == "20-7.3"
    with reading(kept) as session:
        assert len(samples(session)) == 4


def test_the_latest_answer_counts_and_the_same_one_is_not_kept_twice(kept: Engine) -> None:
    put_all(kept)
    drawn_and_kept(kept, 20)
    answered(kept, "20-7", Given(1, None, "right"), Given(2, None, "unclear"))
    answered(kept, "20-7", Given(1, None, "wrong", "5"), Given(2, None, "unclear"))
    first, second, third, *_ = values(kept, "20-7")
    assert first.answer is not None and (first.answer.answer, first.answer.printed) == ("wrong", "5")
    assert second.answer is not None and second.answer.answer == "unclear"
    assert third.answer is None
    with reading(kept) as session:
        assert len(session.exec(select(SampleAnswer)).all()) == 3


@pytest.mark.parametrize(
    ("said", "printed", "value", "told"),
    [
        ("right", "6", "5", True),
        ("right", "5.00", "5", False),
        ("right", "$1,234.50", "1234.50", False),
        ("right", "12.00-", "-12.00", False),
        ("right", "(12.00)", "-12.00", False),
        ("right", "12.00 CR", "-12.00", False),
        ("right", "100 kWh", "100", False),
        ("right", "101 kWh", "100", True),
        ("right", "June 5, 2026", "2026-06-05", False),
        ("right", "3-001-2345-67", "3001234567", False),
        ("right", None, "5", False),
        ("unclear", "6", "5", False),
        ("wrong", "6", "5", False),
        ("wrong", "5.00", "5", True),
        ("wrong", None, "5", False),
    ],
)
def test_an_answer_contradicts_itself_only_where_numbers_say_so(
    said: Said, printed: str | None, value: str, told: bool
) -> None:
    assert Given(1, None, said, printed).contradicts(value) == told


def test_an_answer_that_contradicts_itself_is_refused(kept: Engine) -> None:
    put_all(kept)
    drawn_and_kept(kept, 20)
    one = next(value.row for value in values(kept, "20-7") if value.row.value.replace(".", "").isdecimal())
    given = Given(one.number, None, "right", f"1{one.value}")
    with pytest.raises(NoSampleError, match=f"answered right with 1{one.value} printed"):
        answered(kept, "20-7", given)
    assert all(value.answer is None for value in values(kept, "20-7"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Given(21, None, "right"), "no value 21"),
        (Given(1, "no such", "right"), "of another sample, or a spreadsheet changed it"),
    ],
)
def test_a_table_of_another_sample_is_refused_whole(kept: Engine, given: Given, says: str) -> None:
    put_all(kept)
    drawn_and_kept(kept, 20)
    with pytest.raises(NoSampleError, match=says):
        answered(kept, "20-7", Given(2, None, "right"), given)
    assert all(value.answer is None for value in values(kept, "20-7"))


def test_an_answer_is_outdated_when_the_value_reads_otherwise_and_not_when_it_only_moved(
    kept: Engine,
) -> None:
    put(kept, GS2)
    drawn_and_kept(kept, 2000)
    (target,) = (one for one in values(kept, "2000-7") if one.row.target == "/bill/services/0/charges/1/rate")
    answered(kept, "2000-7", *(Given(one.row.number, None, "right") for one in values(kept, "2000-7")))
    assert not any(one.is_outdated for one in values(kept, "2000-7"))
    (result,) = read(GS2)
    assert result.bill is not None
    charges = result.bill.services[0].charges
    put(kept, GS2, with_charges(result, charges[1:]))  # the first line is read no more: all others move
    outdated = {one.row.target: one.now for one in values(kept, "2000-7") if one.is_outdated}
    assert set(outdated) == {
        f"/bill/services/0/charges/0/{field}" for field in ("quantity", "rate", "amount")
    }
    assert set(outdated.values()) == {None}
    put(kept, GS2, with_first_rate(result, "9.5", line=1))
    (changed,) = (one for one in values(kept, "2000-7") if one.is_outdated)
    assert (changed.row.number, changed.now) == (target.row.number, "9.5")
    (whole,) = measured(kept)
    assert [one.row.number for one in whole.outdated] == [target.row.number]
    assert whole.counted.right == len(whole.values)  # what was shown was right, and that was measured


def test_what_is_corrected_afterwards_was_wrong_all_the_same(kept: Engine) -> None:
    (result,) = read(GS2)
    put(kept, GS2, with_first_rate(result, "9.99999"))
    drawn_and_kept(kept, 2000)
    wrong = next(one.row.number for one in values(kept, "2000-7") if one.row.value == "9.99999")
    answered(
        kept,
        "2000-7",
        *(
            Given(one.row.number, None, "wrong" if one.row.number == wrong else "right")
            for one in values(kept, "2000-7")
        ),
    )
    put(kept, GS2)
    (whole,) = measured(kept)
    assert (whole.counted.wrong, whole.wrong_though_verified[0]) == (1, 1)
    assert whole.wrong[0].is_outdated


def test_what_is_unclear_is_right_in_neither_reading(kept: Engine) -> None:
    put(kept, GS2)
    drawn_and_kept(kept, 20)
    answered(
        kept, "20-7", *(Given(number, None, "unclear" if number < 3 else "right") for number in range(1, 21))
    )
    (whole,) = measured(kept)
    without, as_wrong = whole.without_unclear, whole.with_unclear_as_wrong
    assert (without.looked_at, without.accuracy) == (18, 1.0)
    assert as_wrong.looked_at == 20
    assert as_wrong.accuracy == pytest.approx(0.9)
    assert without.most_wrong == pytest.approx(1 - 0.05 ** (1 / 18))
    assert as_wrong.most_wrong > 2 / 20


def test_samples_of_one_whole_are_counted_together_and_a_value_once(kept: Engine) -> None:
    put(kept, GS2)
    for size in (20, 30):  # the smaller is the beginning of the larger
        drawn_and_kept(kept, size)
        answered(kept, f"{size}-7", *(Given(number, None, "right") for number in range(1, size + 1)))
    drawn_and_kept(kept, 5, asked=Asked("verified"))
    first, second = measured(kept)
    assert (len(first.samples), first.counted.right) == (2, 30)
    assert (second.samples[0].of, second.counted.open) == ("verified", 5)


def test_scans_weigh_as_much_as_they_are_of_all_values(kept: Engine) -> None:
    put_all(kept)
    drawn_and_kept(kept, 40)
    answered(
        kept,
        "40-7",
        *(
            Given(one.row.number, None, "wrong" if one.row.stratum == "scans" else "right")
            for one in values(kept, "40-7")
        ),
    )
    (whole,) = measured(kept)
    _, length, weight = whole.groups["scans"]
    assert weight == length / sum(of for _, of, _ in whole.groups.values())
    assert whole.without_unclear.accuracy == pytest.approx(1 - weight)
    assert whole.without_unclear.low < 1 - weight < whole.without_unclear.high


def test_samples_go_with_the_customer(home: Home, kept: Engine) -> None:
    put_all(kept)
    bills = [read(name)[0].bill for name in (GS2, NEM)]
    accounts = [bill.customer_account or "" for bill in bills if bill is not None]
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Bakery", accounts[0], "customer")])
    drawn_and_kept(kept, 200)
    drawn_and_kept(kept, 5, asked=Asked(customer="bakery"))
    drawn_and_kept(kept, 5, "9", asked=Asked(account=accounts[0]))
    for name in ("200-7", "5-7", "5-9"):
        answered(kept, name, Given(1, None, "wrong", "seen by Pat"))
    his = {one.row.id for one in values(kept, "200-7") if one.sha256 == read(GS2)[0].document.sha256}
    assert his
    with reading(kept) as session:
        row: Row = {"answers": len(sampled_of(session, 1, (1,)))}
    assert row["answers"] == len(his) + 10
    forget(home, kept, "bakery", Saying("Pat", "asked", NOW), dry_run=False)
    with reading(kept) as session:
        assert {sample.name for sample in session.exec(select(Sample))} == {"200-7"}
        left = {value.id for value in session.exec(select(SampleValue))}
    assert left and not left & his
