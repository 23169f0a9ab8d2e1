"""A record in short says all that a join asks of it."""

from __future__ import annotations

import pytest

from extractor.intervals.join import join
from extractor.intervals.records import NOWHERE, bill_of
from extractor.model import Service
from tests.extractor.intervals.joined import bill
from tests.extractor.intervals.loads import load_of, made, services

DATED = [one for one in services() if one.period]


def in_short(service: Service) -> Service:
    found = bill_of(bill(service).model_dump_json())
    assert found is not None
    [short] = found.services
    return short


@pytest.mark.parametrize("service", DATED[::5], ids=lambda one: f"{one.rate_schedule} {one.period.start}")
def test_a_service_in_short_is_joined_as_it_is_in_full(service: Service) -> None:
    short = in_short(service)
    load = [made(load_of(service) or {})]
    assert join(short, load) == join(service, load)
    assert join(short, []) == join(service, [])


def test_what_is_printed_where_is_passed_over_and_nothing_else() -> None:
    service = max(DATED, key=lambda one: len(one.charges))
    short = in_short(service)
    assert {line.evidence for line in short.charges} == {NOWHERE}
    full = service.model_dump(exclude={"usage_history", "balances"})
    charges = [{**line, "evidence": NOWHERE.model_dump()} for line in full["charges"]]
    assert short.model_dump(exclude={"usage_history", "balances"}) == {**full, "charges": tuple(charges)}


def test_a_record_without_a_bill_has_none() -> None:
    assert bill_of('{"status": "unreadable", "bill": null}') is None
