"""Cells of a roster are read exactly or refused: numbers as spreadsheets leave them, days, providers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.roster.cells import day_of, number_of, provider_of
from extractor.portfolio.roster.columns import role_of
from extractor.store.plain import plain


@pytest.mark.parametrize(
    ("text", "what", "number"),
    [
        ("8000000001", "service account", "8000000001"),
        ("3-008-0000-08", "service account", "3-008-0000-08"),
        ("8000 000 001", "service account", "8000 000 001"),
        ("8000000001.0", "service account", "8000000001"),  # a number with its decimal
        ("8.000000001E+09", "service account", "8000000001"),  # all ten digits are there
        ("8,000,000,001", "service account", "8000000001"),  # a number with thousands set apart
        ("'8000000001", "service account", "8000000001"),  # a spreadsheet's mark of text
        ("7.00200000008E+11", "customer account", "700200000008"),
        ("2-01-234-5678", "customer account", "2-01-234-5678"),
        ("101760940000000118", "POD-ID", "101760940000000118"),
        ("101760940000000-000", "POD-ID", "101760940000000-000"),  # somebody says that the zeros are right
    ],
)
def test_a_number_that_has_all_its_digits_is_read(text: str, what: str, number: str) -> None:
    assert number_of(text, what) == number


@pytest.mark.parametrize(
    ("text", "what", "said"),
    [
        ("1.0176E+17", "POD-ID", "has shortened"),
        ("1.01760940000000E+17", "POD-ID", "has shortened"),  # fifteen digits of eighteen
        ("1.01760940000000118E+17", "POD-ID", "has shortened"),  # no spreadsheet keeps eighteen
        ("8E+09", "service account", "has shortened"),  # 8000000000, or anything near it
        ("8.00E+09", "service account", "has shortened"),
        ("101760940000000000", "POD-ID", "last digits lost"),
        ("10176094000000118", "POD-ID", "17 digits"),
        ("800000001", "service account", "9 digits"),  # a zero in front was dropped, or a digit not typed
        ("8000000001.5", "service account", "is no service account"),
        ("80000000010", "service account", "11 digits"),
        ("70020000000", "customer account", "11 digits"),
        ("n/a", "service account", "is no service account"),
        ("8000000001, 8000000002", "service account", "is no service account"),
        ("\u0668\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661", "service account", "is no service"),
    ],
)
def test_a_number_that_may_have_lost_digits_is_refused(text: str, what: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        number_of(text, what)


def test_a_number_that_bills_or_the_roster_have_may_have_any_length() -> None:
    assert number_of("101760940000000000", "POD-ID", {"101760940000000000"}) == "101760940000000000"
    assert number_of("80-01", "service account", {"8001"}) == "80-01"


@given(st.integers(10**9, 10**10 - 1))
def test_what_a_spreadsheet_makes_of_a_number_is_read_back_exactly_or_refused(number: int) -> None:
    for text in (
        str(number),
        f"{number}.0",
        f"{number:,}",
        f"{number:.9E}",
        f"{number:.5E}",
        repr(float(number)),
    ):
        try:
            assert plain(number_of(text, "service account")) == str(number)
        except ValueError:
            assert text == f"{number:.5E}"


@pytest.mark.parametrize(
    ("text", "day", "is_open"),
    [
        ("2025-03-04", dt.date(2025, 3, 4), False),
        ("2025-03-04 00:00:00", dt.date(2025, 3, 4), False),  # of a workbook
        ("3/4/2025", dt.date(2025, 3, 4), True),
        ("03/04/2025", dt.date(2025, 3, 4), True),
        ("3/3/2025", dt.date(2025, 3, 3), False),  # whichever is first
        ("3/14/2025", dt.date(2025, 3, 14), False),
    ],
)
def test_days_are_read_and_those_of_two_readings_said(text: str, day: dt.date, is_open: bool) -> None:
    assert day_of(text) == (day, is_open)


@pytest.mark.parametrize(
    "text", ["14/3/2025", "3/4/25", "2025-02-29", "45658", "today", "2025-13-01", "Mar 4, 2025"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no date"):
        day_of(text)


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("CPA", "CPA"),
        ("clean power alliance of southern california", "CPA"),
        ("SCE", "SCE"),
        ("Bundled", "SCE"),
        ("Direct Access", "ESP"),
        ("Orange County Power Authority", "OCPA"),
    ],
)
def test_providers_are_known_by_their_names(text: str, provider: str) -> None:
    assert provider_of(text) == provider


@pytest.mark.parametrize("text", ["PG&E", "SCE and CPA", "green"])
def test_a_provider_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not known; known are"):
        provider_of(text)


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Service Account Number", "account_of_service"),
        ("service-account #", "account_of_service"),
        ("SERVICE_ACCOUNT", "account_of_service"),
        ("SA No.", "account_of_service"),
        ("Customer Account", "account_of_customer"),
        ("POD-ID", "pod_id"),
        ("pod id", "pod_id"),
        ("Cost Center", "cost_center"),
        ("cost_centre", "cost_center"),
        ("Managed From", "valid_from"),
        ("valid_to", "valid_to"),
        ("customer_name", "customer_name"),
        ("Customer No.", None),  # somebody's own numbering
        ("Notes", None),
        ("", None),
    ],
)
def test_headings_are_known_however_they_are_written(heading: str, role: str | None) -> None:
    assert role_of(heading) == role
