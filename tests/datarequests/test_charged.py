"""What requests cost: estimated by what we know of free fulfilments, invoiced, the difference, the totals."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.charged import (
    ChargeError,
    charge_of,
    charges,
    estimated,
    keep_estimate,
    keep_invoice,
    totals,
)
from datarequests.fees import Estimate
from datarequests.history import items_of, request_of
from datarequests.viewed import viewed
from datarequests.workflow import IllegalMoveError
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW

DAY = dt.timedelta(days=1)


def fulfilled(session: Session, at: dt.datetime) -> None:
    row = made.sent(session, at)
    for item in items_of(session, row.id or 0):
        item.received_at = at
    session.flush()


@pytest.mark.parametrize(
    ("before", "low", "high"),
    [
        ([], "13.10", "18.10"),  # 2.10 + 11.00, option 1 free or not
        ([NOW - 30 * DAY], "13.10", "18.10"),
        ([NOW - 30 * DAY, NOW - 20 * DAY], "18.10", "18.10"),
        ([NOW - 400 * DAY, NOW - 20 * DAY], "13.10", "18.10"),  # one of them is too long ago
        ([NOW - 90 * DAY, NOW - 20 * DAY], "13.10", "18.10"),  # of two calendar years
    ],
)
def test_an_estimate_counts_our_own_free_fulfilments(
    desk: Engine, before: list[dt.datetime], low: str, high: str
) -> None:
    with writing(desk) as session:
        for at in before:
            fulfilled(session, at)
        row = made.request(session, NOW)
        found = estimated(session, viewed(session, row, NOW))
        assert (found.low, found.high) == (Decimal(low), Decimal(high))


def test_what_a_request_itself_brought_does_not_make_it_dearer(desk: Engine) -> None:
    with writing(desk) as session:
        fulfilled(session, NOW - 20 * DAY)
        fulfilled(session, NOW)
        found = estimated(session, viewed(session, request_of(session, 2), NOW))
        assert (found.low, found.high) == (Decimal("13.10"), Decimal("18.10"))


def test_a_later_request_under_one_form_may_be_spared_the_base_fee(desk: Engine) -> None:
    with writing(desk) as session:
        first = made.sent(session, NOW)
        second = made.request(session, NOW + DAY, authorization_id=first.authorization_id)
        found = estimated(session, viewed(session, second, NOW + DAY))
        assert (found.low, found.high) == (Decimal("11.00"), Decimal("18.10"))


def test_estimated_invoiced_and_the_difference_by_customer_and_month(desk: Engine) -> None:
    with writing(desk) as session:
        estimate = Estimate(Decimal("13.10"), Decimal("18.10"), "CISR-SF", ())
        for at, customer in ((NOW, "acme"), (NOW + DAY, "acme"), (NOW + 40 * DAY, "acme"), (NOW, "bakery")):
            under = made.authorization(session, at, customer=customer).id
            row = made.sent(
                session, at, customer=customer, authorization_id=under, token=f"{customer[0]}{at:%m%d}"
            )
            keep_estimate(session, row.id or 0, estimate, "pat", at)
        keep_invoice(session, 1, Decimal("15.00"), "pat", NOW, NOW)
        keep_invoice(session, 2, Decimal("15.00"), "pat", NOW, NOW, "4711")
        keep_invoice(session, 2, Decimal("5.10"), "pat", NOW, NOW, rebill_to="nobody")
        keep_invoice(session, 4, Decimal("10.00"), "pat", NOW, NOW)
        found = list(charges(session, NOW + 50 * DAY))
        assert [(one.request, one.month, one.invoiced, one.difference) for one in found] == [
            (1, "2026-03", Decimal("15.00"), Decimal("0.00")),
            (2, "2026-03", Decimal("20.10"), Decimal("2.00")),
            (3, "2026-04", None, None),
            (4, "2026-03", Decimal("10.00"), Decimal("-3.10")),
        ]
        march, april, other = totals(found)
        assert (march.customer, march.month, march.requests, march.low, march.high) == (
            "acme",
            "2026-03",
            2,
            Decimal("26.20"),
            Decimal("36.20"),
        )
        assert (march.invoiced, march.difference, march.not_invoiced) == (
            Decimal("35.10"),
            Decimal("2.00"),
            0,
        )
        assert (april.month, april.not_invoiced, other.customer) == ("2026-04", 1, "bakery")
        assert (march.rebill_to, april.rebill_to) == ("acme 30.00, nobody 5.10", "acme")
        assert [one.request for one in charges(session, NOW, "acme", "2026-04")] == [3]


def test_what_was_not_sent_is_not_invoiced(desk: Engine) -> None:
    with writing(desk) as session:
        made.request(session)
        with pytest.raises(IllegalMoveError):
            keep_invoice(session, 1, Decimal("15.00"), "pat", NOW, NOW)


@pytest.mark.parametrize("amount", ["15.001", "NaN", "Infinity"])
def test_an_amount_is_dollars_and_cents(desk: Engine, amount: str) -> None:
    with writing(desk) as session:
        made.sent(session)
        with pytest.raises(ChargeError):
            keep_invoice(session, 1, Decimal(amount), "pat", NOW, NOW)


def test_an_estimate_without_an_end_has_no_difference_above_it(desk: Engine) -> None:
    with writing(desk) as session:
        made.sent(session)
        keep_estimate(session, 1, Estimate(Decimal(0), None, "none", ()), "pat", NOW)
        keep_invoice(session, 1, Decimal("500.00"), "pat", NOW, NOW)
        one = charge_of(session, 1, NOW)
        assert (one.high, str(one.difference)) == (None, "0.00")
        assert request_of(session, 1).id == 1
