"""An optional value that was recognised once is left open; a needed one is for a person to confirm."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.checks.recognised import _is_odd
from extractor.model import ReadResult, Status
from tests.extractor.scans.scanned import alike, read, sample, scanned, spots

BILL = "gs2e-cpa-clean-summer-2026"
TIERED, LAMPS = "d4-bundled-season-split-2025", "streetlight-unmetered-winter-2026"


def once(page: int, line: str, *texts: str) -> ReadResult:
    """Return what is read where the words of a line that say these texts were recognised once, and right."""
    bill = sample(BILL)
    words = {
        (one.page, one.at): one.word.text
        for one in spots(bill)
        if one.page == page - 1 and line in one.line.text and one.word.text in texts
    }
    assert len(words) == len(texts), f"{texts} on {line!r}"
    return read(scanned(bill, words))


def at(result: ReadResult, *path: str | int) -> Any:
    value: Any = result.model_dump(mode="json")["bill"]
    for step in path:
        value = value[step]
    return value


def told(result: ReadResult, severity: str) -> list[tuple[str, int | None]]:
    return [(found.code, found.page) for found in result.findings if found.severity == severity]


CERTAIN = read(scanned(sample(BILL), {}))

OPTIONAL: list[tuple[int, str, tuple[str, ...], tuple[str | int, ...]]] = [
    (1, "EXAMPLE BAKERY LLC / Page", ("BAKERY",), ("customer_name",)),
    (1, "101760940000000118", ("101760940000000118",), ("services", 0, "pod_id")),
    (1, "4100 W PLACEHOLDER", ("4100",), ("services", 0, "service_address")),
    (1, "Group A028", ("A028",), ("services", 0, "rotating_outage_group")),
    (1, "1234 N EXAMPLE", ("1234",), ("mailing_address",)),
    (4, "maximum demand reached", ("61",), ("services", 0, "max_demand_kw")),
]


@pytest.mark.parametrize(
    "said", ["1017609400.0000118", "1017609400", "10176094000000011", "1017609400000001181"]
)
def test_a_pod_id_that_is_not_whole_is_left_open(said: str) -> None:
    """Seen where half a digit was painted white: both readings said a point, and the digits before it were it."""
    bill = sample(BILL)
    (spot,) = [one for one in spots(bill) if one.page == 0 and one.word.text == "101760940000000118"]
    result = read(alike(bill, {(spot.page, spot.at): said}))
    assert result.status == Status.VERIFIED
    assert at(result, "services", 0, "pod_id") is None
    assert ("unread_field", 1) in told(result, "warning")


@pytest.mark.parametrize(
    ("page", "line", "texts", "path"), OPTIONAL, ids=[str(row[3][-1]) for row in OPTIONAL]
)
def test_an_optional_value_recognised_once_is_left_open(
    page: int, line: str, texts: tuple[str, ...], path: tuple[str | int, ...]
) -> None:
    assert at(CERTAIN, *path)
    result = once(page, line, *texts)
    assert at(result, *path) is None
    assert ("unread_field", page) in told(result, "warning")
    assert result.status == Status.VERIFIED  # nobody needs it


def test_a_month_of_the_usage_history_loses_what_was_recognised_once() -> None:
    before = at(CERTAIN, "services", 0, "usage_history")
    after = at(once(4, "Total kWh used", "15,787"), "services", 0, "usage_history")
    assert "15787" in [month["kwh"] for month in before]
    assert [month["kwh"] for month in after] == [
        None if month["kwh"] == "15787" else month["kwh"] for month in before
    ]


def test_a_payment_recognised_once_loses_its_date_and_keeps_its_amount() -> None:
    (before,) = at(CERTAIN, "account_lines")
    (after,) = at(once(1, "Payment Received", "07/21/26"), "account_lines")
    assert before["date"] == "2026-07-21"
    assert after == {**before, "date": None}


@pytest.mark.parametrize(
    ("page", "line", "text"),
    [
        (5, "Customer charge", "Customer"),
        (5, "On peak", "$0.48254"),
        (5, "On peak", "2,525"),
        (6, "Mid-Peak", "1120.186"),
    ],
)
def test_a_word_of_a_charge_line_recognised_once_is_unconfirmed(page: int, line: str, text: str) -> None:
    result = once(page, line, text)
    assert result.status == Status.REVIEW
    assert told(result, "error") == [("unconfirmed", page)]


def test_a_needed_value_recognised_once_and_printed_nowhere_else_is_unconfirmed() -> None:
    result = once(5, "Your rate", "TOU-GS-2-E")
    assert at(result, "services", 0, "rate_schedule") == "TOU-GS-2-E"
    assert set(told(result, "error")) <= {("unconfirmed", 5)}


def test_what_is_read_alike_twice_is_kept_and_confirmed() -> None:
    assert CERTAIN.status == Status.VERIFIED
    assert told(CERTAIN, "error") == []


def test_a_schedule_with_spaces_around_its_dash_is_for_a_person_though_read_alike_twice() -> None:
    bill = sample(BILL)
    named = [one for one in spots(bill) if one.word.text == "TOU-GS-2-E"]
    apart = {(one.page, one.at): "TOU-GS - 2-E" for one in named}
    result = read(alike(bill, apart))
    assert len(named) > 2
    assert at(result, "services", 0, "rate_schedule") == "TOU-GS - 2-E"
    assert ("unconfirmed", 5) in told(result, "error")


@pytest.mark.parametrize(
    ("street", "kept"),
    [
        ("BLVD #8", False),
        ("BLVD # B", False),
        ("APT 2B", False),
        ("APT 12", True),
        ("STE 200", True),
        ("RD", True),
        ("RD.", False),
        ("RD 12.N", False),
        ("RD7", False),
        ("5TH RD", True),
        ("P.O. BOX 600", True),
    ],
)
def test_an_address_that_readings_get_wrong_alike_is_left_open(street: str, kept: bool) -> None:
    bill = sample(BILL)
    roads = {(one.page, one.at): street for one in spots(bill) if one.word.text == "RD"}
    result = read(alike(bill, roads))
    assert len(roads) > 1
    assert (at(result, "services", 0, "service_address") is not None) is kept


def test_addresses_of_one_service_account_that_differ_are_left_open() -> None:
    bill = sample(BILL)
    last = {(one.page, one.at): "ST" for one in spots(bill) if one.word.text == "RD" and one.page == 5}
    result = read(alike(bill, last))
    assert len(last) == 1
    assert [at(result, "services", number, "service_address") for number in (0, 1)] == [None, None]
    assert at(CERTAIN, "services", 1, "service_address") is not None


@pytest.mark.parametrize(
    ("name", "line", "printed", "read_as", "status"),
    [
        (TIERED, "Baseline credit 216 kWh", "credit", "credit", Status.VERIFIED),
        (TIERED, "Baseline credit 216 kWh", "credit", "creditto", Status.REVIEW),  # two words without a space
        (TIERED, "Baseline credit 216 kWh", "Baseline", "2018Baseline", Status.REVIEW),  # a number and a word
        (
            TIERED,
            "Baseline credit 216 kWh",
            "credit",
            "credit.",
            Status.VERIFIED,
        ),  # a speck: no label ends so
        (TIERED, "Baseline credit 216 kWh", "credit", "cre.dit", Status.REVIEW),
        ("d4-cpa-green-winter-2025", "Energy Surcharge", "Energy", "Energy.", Status.VERIFIED),
        ("d4-cpa-green-winter-2025", "Energy Surcharge", "Energy", "Energy.x", Status.REVIEW),
        (LAMPS, "Lamp charge", "watt", "watt", Status.REVIEW),  # no rule knows the label
    ],
)
def test_a_label_that_two_readings_may_get_wrong_alike_is_for_a_person(
    name: str, line: str, printed: str, read_as: str, status: Status
) -> None:
    bill = sample(name)
    (place,) = (
        (one.page, one.at) for one in spots(bill) if line in one.line.text and one.word.text == printed
    )
    result = read(alike(bill, {place: read_as}))
    assert result.status == status
    assert (("unconfirmed", place[0] + 1) in told(result, "error")) == (status == Status.REVIEW)


@pytest.mark.parametrize(
    ("printed", "read_as", "status"),
    [
        ("surcharge", "surcharge", Status.VERIFIED),
        ("surcharge", "surcharge:", Status.REVIEW),
        ("responsibility", "responsibility.", Status.REVIEW),
        ("responsibility", "respons1bility", Status.REVIEW),
        ("cost", "costs", Status.REVIEW),
        ("cost", "a", Status.REVIEW),
    ],
)
def test_a_heading_that_no_rule_knows_is_one_that_bills_print_or_for_a_person(
    printed: str, read_as: str, status: Status
) -> None:
    bill = sample("gs2d-dce-desert-saver-2026")
    heading = "CCA cost responsibility surcharge"
    (place,) = (
        (one.page, one.at) for one in spots(bill) if one.line.text == heading and one.word.text == printed
    )
    result = read(alike(bill, {place: read_as}))
    assert result.status == status
    assert {line["group"] for line in at(result, "services", 0, "charges")} & {
        heading
    } or status == Status.REVIEW
    assert (("heading", place[0] + 1) in told(result, "error")) == (status == Status.REVIEW)


@pytest.mark.parametrize(
    ("name", "line", "printed", "read_as"),
    [
        ("gs2d-cpp-four-events-2025", "Your rate: TOU-GS-2-D CPP", "CPP", "Ql"),  # crossed out
        ("d4-cpa-green-winter-2025", "100% Green Power - Off-Peak", "Green", "a"),
        ("d4-cpa-green-winter-2025", "2025 Vintage CRS", "2025", "the"),  # the year is gone
        ("gs2d-cpp-four-events-2025", "Customer charge", "charge", "energy"),  # listed, and no such label
        ("gs2d-cpp-four-events-2025", "Payment Received", "Payment", "new"),
    ],
)
def test_what_a_pen_or_a_white_out_makes_of_a_line_is_for_a_person(
    name: str, line: str, printed: str, read_as: str
) -> None:
    bill = sample(name)
    places = [(one.page, one.at) for one in spots(bill) if line in one.line.text and one.word.text == printed]
    assert read(alike(bill, {})).status == Status.VERIFIED
    result = read(alike(bill, {places[0]: read_as}))
    assert result.status == Status.REVIEW
    assert "unconfirmed" in {code for code, _ in told(result, "error")}


def test_a_bill_whose_product_changes_names_each_product_at_the_same_periods() -> None:
    bill = sample("gs2e-cpa-product-change-2026")
    first = next(
        (one.page, one.at) for one in spots(bill) if "On-Peak" in one.line.text and one.word.text == "Lean"
    )
    assert read(alike(bill, {})).status == Status.VERIFIED
    assert read(alike(bill, {first: "Clean"})).status == Status.REVIEW


@pytest.mark.parametrize("on_page", [5, 6])
def test_a_schedule_recognised_once_is_confirmed_by_the_other_provider_at_the_same_account(
    on_page: int,
) -> None:
    bill = sample("d4-cpa-green-winter-2025")
    place = next(
        (one.page, one.at)
        for one in spots(bill)
        if one.line.text.startswith("Your rate:") and one.page == on_page - 1 and "TOU" in one.word.text
    )
    assert read(scanned(bill, {place: "TOU-D-4"})).status == Status.VERIFIED
    assert read(scanned(bill, {place: "TOU-D-9"})).status == Status.REVIEW


@pytest.mark.parametrize(
    ("pointer", "value", "odd"),
    [
        ("/bill/services/0/rate_schedule", "TOU-GS-2-E", False),
        ("/bill/services/0/rate_schedule", "TOU-8 DA NON-CON", False),
        ("/bill/services/0/rate_schedule", "TOU-GS-1-B (Direct Access)", False),
        ("/bill/services/0/rate_schedule", "TOU-D-4 NEM2", False),
        ("/bill/services/0/rate_schedule", "DOMESTIC", False),
        ("/bill/services/0/rate_schedule", "", True),
        ("/bill/services/0/rate_schedule", "CPP", True),
        ("/bill/services/0/rate_schedule", "TOU-D - PRIME", True),
        ("/bill/services/0/rate_schedule", "TOU-GS-2-D Ql", True),
        ("/bill/account_lines/0/label", "Payment Received", False),
        ("/bill/account_lines/0/label", "Direct payment we credited - thank you", False),
        ("/bill/account_lines/0/label", "Returned check charge", False),
        ("/bill/account_lines/0/label", "Received", True),
        ("/bill/account_lines/0/label", "forward", True),
        ("/bill/account_lines/0/label", "x Payment Received", True),
        ("/bill/customer_account", "700200000143", False),
    ],
)
def test_recognised_values_are_whole_ones_that_bills_print(pointer: str, value: str, odd: bool) -> None:
    assert _is_odd(pointer, value) is odd
