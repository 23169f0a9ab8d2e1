"""What a sample is drawn from and what comes of it, on both databases."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from extractor.model import ReadResult, Status
from extractor.portfolio.sampling.draw import NothingToDrawError
from extractor.portfolio.sampling.frame import Asked, framed, slots
from extractor.portfolio.sampling.values import found
from extractor.store.roster import Entry
from extractor.store.tables import Bill, ServiceStanding
from tests.extractor.portfolio.sampling.made import (
    GREEN,
    GS2,
    NEM,
    OLD,
    TRUSTED,
    TWO,
    changed,
    draw,
    put,
    put_all,
    read,
)
from tests.extractor.rosters import take_roster

KINDS = {"amount", "energy", "demand", "rate", "date", "number", "schedule", "quantity"}


def values_of(
    engine: Engine, size: int, seed: str = "7", asked: Asked = TRUSTED
) -> list[tuple[str, str, str]]:
    return [
        (one.bill.sha256, one.slot.target, one.found.value) for one in draw(engine, size, seed, asked).values
    ]


def test_every_value_that_is_counted_is_named_and_printed(kept: Engine) -> None:
    put_all(kept)
    kinds: set[str] = set()
    with reading(kept) as session:
        bills = framed(session, TRUSTED)
        assert [bill.source for bill in bills].count("ocr") == 2
        for bill in bills:
            of_bill = slots(session, TRUSTED, bill.bill_id)
            assert len(of_bill) == len({slot.target for slot in of_bill}) == bill.values
            text = session.exec(select(Bill.record).where(Bill.id == bill.bill_id)).one()
            record = ReadResult.model_validate_json(text)
            assert all(found(record, slot.target) for slot in of_bill)
            kinds |= {slot.kind for slot in of_bill}
    assert kinds == KINDS


def test_all_amounts_quantities_and_rates_of_charges_are_drawn_from(kept: Engine) -> None:
    put(kept, GS2)
    (result,) = read(GS2)
    assert result.bill is not None
    printed = {
        (f"/bill/services/{service}/charges/{at}/{field}", f"{value:f}")
        for service, one in enumerate(result.bill.services)
        for at, charge in enumerate(one.charges)
        for field in ("quantity", "rate", "amount")
        if (value := getattr(charge, field)) is not None
    }
    drawn = {(target, value) for _, target, value in values_of(kept, 2000)}
    assert printed == {one for one in drawn if "/charges/" in one[0]}
    assert ("/bill/amount_due", f"{result.bill.amount_due:f}") in drawn


def test_text_and_scans_both_come_up_and_no_value_twice(kept: Engine) -> None:
    put_all(kept)
    sample = draw(kept, 20)
    groups = Counter(value.stratum for value in sample.values)
    assert groups.total() == 20 and groups["scans"] >= 5 and groups["text"] >= 5
    assert len(set(values_of(kept, 20))) == 20
    assert {value.bill.source for value in sample.values if value.stratum == "scans"} == {"ocr"}


def test_the_same_seed_is_the_same_sample_on_either_database(kept: Engine, tmp_path: Path) -> None:
    put_all(kept)
    other = opened(f"sqlite:///{tmp_path}/other.db")
    upgrade(other)
    for name in (GREEN, OLD):  # in another order
        put(other, name, *(changed(result, source="ocr") for result in read(name)))
    for name in (NEM, GS2):
        put(other, name)
    assert values_of(kept, 20) == values_of(kept, 20) == values_of(other, 20)
    assert values_of(kept, 20) != values_of(kept, 20, "8")
    other.dispose()


def test_every_value_of_a_group_comes_up_about_as_often(kept: Engine) -> None:
    put_all(kept)
    seeds, size = 60, 100
    counts: Counter[tuple[str, str, str]] = Counter()
    drawn = 0
    for seed in range(seeds):
        sample = [one for one in draw(kept, size, str(seed)).values if one.stratum == "text"]
        drawn += len(sample)
        counts.update((one.bill.sha256, one.slot.target, one.found.value) for one in sample)
    length = next(one.values for one in draw(kept, size).strata if one.name == "text")
    expected = drawn / length
    assert expected > 5
    chi = sum((count - expected) ** 2 / expected for count in counts.values())
    chi += (length - len(counts)) * expected
    assert chi < length + 4 * (2 * length) ** 0.5  # four standard deviations; the seeds are fixed


def test_bills_in_review_are_drawn_only_if_asked_and_are_a_group_of_their_own(kept: Engine) -> None:
    put(kept, GS2)
    put(kept, NEM, *(one.model_copy(update={"status": Status.REVIEW}) for one in read(NEM)))
    assert {value.bill.state for value in draw(kept, 200).values} == {"verified"}
    assert {value.bill.state for value in draw(kept, 20, asked=Asked("review")).values} == {"review"}
    groups = {(value.stratum, value.bill.state) for value in draw(kept, 20, asked=Asked("all")).values}
    assert groups == {("text", "verified"), ("text, in review", "review")}


def test_what_does_not_count_is_not_drawn(kept: Engine) -> None:
    put(kept, GS2)
    put(kept, GS2, sha256="1" * 64)  # the same bill in another file
    before = set(values_of(kept, 2000))
    assert len({sha256 for sha256, *_ in before}) == 1
    with writing(kept) as session:
        for standing in session.exec(select(ServiceStanding)):
            standing.standing = "replaced"
    left = set(values_of(kept, 2000))
    assert left == {one for one in before if "/services/" not in one[1]}


def test_a_value_that_is_printed_nowhere_is_passed_over_and_counted(kept: Engine) -> None:
    (result,) = read(GS2)
    gone = ("/bill/amount_due", "/bill/due_date", "/bill/services/0/total")
    places = {name: place for name, place in result.evidence.items() if name not in gone}
    put(kept, GS2, result.model_copy(update={"evidence": places}))
    sample = draw(kept, 2000)
    (stratum,) = sample.strata
    assert (stratum.passed, len(sample.values)) == (3, stratum.values - 3)
    assert not {value.slot.target for value in sample.values} & set(gone)


def test_edi_invoices_are_counted_and_not_drawn(kept: Engine) -> None:
    put(kept, GS2)
    before = draw(kept, 2000)
    put(kept, NEM, *(changed(result, source="edi") for result in read(NEM)))
    sample = draw(kept, 2000)
    assert sample.no_pages > 50 and before.no_pages == 0
    assert len(sample.values) == len(before.values)


def test_one_customers_or_one_accounts_values(kept: Engine) -> None:
    put_all(kept)
    (gs2,), (nem,) = read(GS2), read(NEM)
    assert gs2.bill is not None and nem.bill is not None
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Bakery", gs2.bill.customer_account or "", "customer")])
    assert {one[0] for one in values_of(kept, 50, asked=Asked(customer="bakery"))} == {gs2.document.sha256}
    account = Asked(account=nem.bill.customer_account)
    assert {one[0] for one in values_of(kept, 50, asked=account)} == {nem.document.sha256}
    with pytest.raises(NothingToDrawError):
        draw(kept, 20, asked=Asked(account="1"))


def test_of_a_statement_with_many_services_one_accounts_values_alone(kept: Engine) -> None:
    (result,) = read(TWO)
    assert result.bill is not None
    numbers = [one.service_account for one in result.bill.services]
    assert len(set(numbers)) > 1
    put(kept, TWO)
    found_of = {target for _, target, _ in values_of(kept, 2000, asked=Asked(account=numbers[0]))}
    services = {target.split("/")[3] for target in found_of if "/services/" in target}
    assert services == {str(at) for at, number in enumerate(numbers) if number == numbers[0]}
