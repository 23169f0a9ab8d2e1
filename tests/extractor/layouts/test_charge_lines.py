"""One printed charge line, in every form that bills are known to print."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.layouts.sections.charge_lines import amount_at_end, looks_like_charge, parse


@pytest.mark.parametrize(
    ("text", "label", "quantity", "unit", "rate", "days", "amount"),
    [
        # SCE: x, dollar sign on the rate, thousands commas
        ("Mid peak 3,499 kWh x $0.07527 $263.37", "Mid peak", "3499", "kWh", "0.07527", None, "263.37"),
        (
            "Facilities rel demand 62 kW x $13.77000 x 27/30 days $768.37",
            "Facilities rel demand", "62", "kW", "13.77000", (27, 30), "768.37",
        ),
        ("CPP incentive 142 kW x -$6.85000 x 20/30 days -$648.47", "CPP incentive", "142", "kW", "-6.85000", (20, 30), "-648.47"),
        ("CPP event Jul 9 '25 503 kWh x $0.80000 $402.40", "CPP event Jul 9 '25", "503", "kWh", "0.80000", None, "402.40"),
        ("Base services charge 30 days x $0.76900 $23.07", "Base services charge", "30", "days", "0.76900", None, "23.07"),
        ("Anytown UUT $2,450.00 x 5.00000% $122.50", "Anytown UUT", "2450.00", "USD", "5.00000", None, "122.50"),
        ("Tier 1 (100% of baseline) 10 kWh x $0.13310 $1.33", "Tier 1 (100% of baseline)", "10", "kWh", "0.13310", None, "1.33"),
        ("Power factor adj 125 kVar x $0.52000 $65.00", "Power factor adj", "125", "kVar", "0.52000", None, "65.00"),
        # no arithmetic at all
        ("Customer charge $211.20", "Customer charge", None, None, None, None, "211.20"),
        ("CA Climate Credit -$36.00", "CA Climate Credit", None, None, None, None, "-36.00"),
        # a CCA: @, no dollar sign on the rate, zeros stripped, no commas
        (
            "Lean Power - Mid-Peak - Winter 161.14 kWh @ 0.2106 $33.94",
            "Lean Power - Mid-Peak - Winter", "161.14", "kWh", "0.2106", None, "33.94",
        ),
        ("Demand - On-Peak - Summer 13.6 kW @ 19.6 266.56", "Demand - On-Peak - Summer", "13.6", "kW", "19.6", None, "266.56"),
        (
            "100% Green Power - On-Peak 436.488 kWh @ 0.34035 $148.56",
            "100% Green Power - On-Peak", "436.488", "kWh", "0.34035", None, "148.56",
        ),
        ("Lean Power - Off-Peak - -170.918 kWh @ 0.04528 -$7.74", "Lean Power - Off-Peak -", "-170.918", "kWh", "0.04528", None, "-7.74"),
        # the dash promises a season word; it is no minus
        ("Lean Power - Super OfPk - 214.99 kWh @ 0.11733 $25.22", "Lean Power - Super OfPk -", "214.99", "kWh", "0.11733", None, "25.22"),
        # NEM bills of 2016, as a customer typed them
        ("Off peak: -142 kWh x 0.14912 = -$21.18", "Off peak:", "-142", "kWh", "0.14912", None, "-21.18"),
    ],
)  # fmt: skip
def test_line(
    text: str,
    label: str,
    quantity: str | None,
    unit: str | None,
    rate: str | None,
    days: tuple[int, int] | None,
    amount: str,
) -> None:
    line = parse(text)
    assert line is not None
    assert (line.label, line.unit, line.days) == (label, unit, days)
    assert line.quantity == (Decimal(quantity) if quantity else None)
    assert line.rate == (Decimal(rate) if rate else None)
    assert line.amount == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "Mid peak 3,499 kWh x $0.O7527 $263.37",  # a letter in the rate: not a label with an amount
        "Mid peak 3,49 kWh x $0.07527 $263.37",  # a digit lost at the comma
        "Mid peak 3,499 kWh x $263.37",  # the rate is missing
        "Mid peak 3,499 kWh x $0.07527",  # the amount is missing
        "Mid peak 3,499 kWh x $0.07527 $263.3",
        "Mid peak 3,499 kWh $0.07527 $263.37",  # the times sign is missing
        "Anytown UUT $2,450.00 x 5.00000 $122.50",  # of what: percent, or dollars a dollar
        "Energy-Winter",
    ],
)
def test_half_a_line_is_no_line(text: str) -> None:
    assert parse(text) is None


@given(st.integers(1, 999_999), st.integers(1, 99_999_99), st.integers(-10_000_000, 10_000_000))
def test_what_sce_prints_is_read_back(kwh: int, rate: int, cents: int) -> None:
    amount = Decimal(cents) / 100
    sign = "-" if cents < 0 else ""
    line = parse(f"Off peak {kwh:,} kWh x ${Decimal(rate) / 100_000:.5f} {sign}${abs(amount):,.2f}")
    assert line is not None
    assert (line.quantity, line.rate, line.amount) == (Decimal(kwh), Decimal(rate) / 100_000, amount)


def test_amount_at_end() -> None:
    assert amount_at_end("Payment Received 05/20/25 -$3,388.24") == "-$3,388.24"
    assert amount_at_end("Your bill is due 06/24/25") is None


@pytest.mark.parametrize("text", ["Total 12", "3 kWh", "x $0.07", "$12.00", "12.5"])
def test_numbers_in_the_charges_area_are_never_passed_over(text: str) -> None:
    assert looks_like_charge(text) is (text != "Total 12")
