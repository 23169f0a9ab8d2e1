"""Printed text becomes exactly one value, or is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.values import UnreadableValueError, day, month, number, usd

CENTS = st.integers(-(10**11), 10**11).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("$1,089.62", "1089.62"),
        ("-$0.18", "-0.18"),  # SCE's own form
        ("$-648.47", "-648.47"),
        ("$12.00-", "-12.00"),
        ("($12.00)", "-12.00"),
        ("$12.00 CR", "-12.00"),
        ("266.56", "266.56"),  # CPA may leave the sign away
        ("$.36", "0.36"),
        ("\u2212$5.00", "-5.00"),  # a typographic minus
        ("$2451.20", "2451.20"),  # no comma at all is fine
    ],
)
def test_amount(text: str, worth: str) -> None:
    assert usd(text) == Decimal(worth)


@pytest.mark.parametrize(
    "text",
    [
        "$1,0O9.62",  # a letter O
        "$1,09.62",  # a comma out of place: a digit is lost
        "$12.0",  # cents cut off
        "$12",
        "12.000",
        "- $5.00",  # a dash that belongs to the label before it
        "$$5.00",
        "",
    ],
)
def test_text_that_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError, match="not an amount"):
        usd(text)


@given(CENTS)
def test_every_amount_that_sce_prints_is_read_back(amount: Decimal) -> None:
    sign = "-" if amount < 0 else ""
    assert usd(f"{sign}${abs(amount):,.2f}") == amount


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("3,499", "3499"),
        ("436.488", "436.488"),
        ("-$6.85000", "-6.85000"),
        (".02984", "0.02984"),
        ("0.2106", "0.2106"),
    ],
)
def test_number_keeps_its_digits(text: str, worth: str) -> None:
    assert str(number(text)) == worth


@pytest.mark.parametrize("text", ["1,29", "12a", "1.2.3", "$", "", "1,2345"])
def test_text_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        number(text)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("06/24/25", dt.date(2025, 6, 24)),
        ("5/17/19", dt.date(2019, 5, 17)),  # CPA's bills of 2019
        ("06/24/2025", dt.date(2025, 6, 24)),
        ("May 2 '08", dt.date(2008, 5, 2)),  # bills before 2019
        ("Jul 9 '25", dt.date(2025, 7, 9)),  # CPP events today
        ("Dec 31 '99", dt.date(1999, 12, 31)),
    ],
)
def test_date(text: str, date: dt.date) -> None:
    assert day(text) == date


@pytest.mark.parametrize("text", ["13/01/25", "02/30/25", "Foo 2 '08", "6-24-25", "24/06/25", ""])
def test_text_that_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        day(text)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2089, 12, 31)))
def test_every_date_that_is_printed_is_read_back(date: dt.date) -> None:
    assert day(date.strftime("%m/%d/%y")) == date
    assert day(f"{date:%b} {date.day} '{date:%y}") == date


def test_month() -> None:
    assert month("Jun '24") == "2024-06"
    with pytest.raises(UnreadableValueError):
        month("Jun*")
