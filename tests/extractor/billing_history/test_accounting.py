"""Numbers as spreadsheets and people write them: exact, or no number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.billing_history.cells import amount_of, quantity_of
from extractor.billing_history.propose import Said
from tests.extractor.billing_history.told import looked, rows, table

HEAD = "Service Account;Start Date;End Date;kWh;Amount"
DAYS = (
    "8000000001;12/14/2025;01/12/2026",
    "8000000001;01/13/2026;02/11/2026",
    "8000000001;02/12/2026;03/13/2026",
)


def told(*values: str) -> bytes:
    return table(*(f"{days};{one}" for days, one in zip(DAYS, values, strict=False)), head=HEAD)


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("$(12.34)", "-12.34"),
        ("$ (1,212.34)", "-1212.34"),
        ("($ 12.34)", "-12.34"),
        ("$ -", "0"),
        ("$-", "0"),
        ("$ 1,212.34", "1212.34"),
        ("USD 12.34", "12.34"),
        ("usd -12.34", "-12.34"),
        ("12.34 USD", "12.34"),
        ("US$12.34", "12.34"),
        ("$12.34 CR", "-12.34"),
        ("12.34-", "-12.34"),
        ("\u2212120", "-120"),
        ("$\u2212120.50", "-120.50"),
        ("$\u00a01\u202f234.50", "1234.50"),
        ("1\u00a0234\u00a0567.50", "1234567.50"),
    ],
)
def test_dollars_are_read_as_they_are_written(text: str, dollars: str) -> None:
    assert str(amount_of(text, "point")) == dollars


@pytest.mark.parametrize(
    "text",
    [
        *("(-12)", "$(-12)", "--12", "-12 CR", "(12", "12)", "()", "$", "$$12", "EUR 12", "1_234"),
        *("1 234", "1\u00a023", "01\u00a0234", "1,234\u00a0567", "12 $ 34", "\u2212\u22121", "$ - 5 -"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no number"):
        amount_of(text, "point")


@pytest.mark.parametrize(
    ("text", "kwh"),
    [("\u2212120", -120), ("1\u202f200", 1200), ("(120)", -120), ("-", None), ("\u2212", None)],
)
def test_kwh_are_read_so_and_a_dash_is_no_value(text: str, kwh: int | None) -> None:
    assert quantity_of(text, "kwh", "point") == kwh


@pytest.mark.parametrize("text", ["$ -", "USD 12.34", "$(12.34)"])
def test_dollars_are_no_kwh(text: str) -> None:
    with pytest.raises(ValueError, match="dollars where kwh should be"):
        quantity_of(text, "kwh", "point")


@given(
    st.integers(0, 10**8),
    st.sampled_from("\u00a0\u202f\u2007\u2009"),
    st.sampled_from(["$ ({})", "\u2212{}"]),
)
def test_thousands_by_a_space_that_does_not_break_are_exact(cents: int, space: str, form: str) -> None:
    dollars = Decimal(cents).scaleb(-2)
    assert amount_of(form.format(f"{dollars:,.2f}".replace(",", space)), "point") == -dollars
    swapped = f"{dollars:,.2f}".replace(",", space).replace(".", ",")
    assert amount_of(form.format(swapped), "comma") == -dollars


@pytest.mark.parametrize("first", ["$ 12.34", "$ (12.34)", "$(12.34)", "$ -"])
def test_a_dash_is_zero_among_dollars_of_the_accounting_format_and_said(first: str) -> None:
    found = rows(told("9;-", f"9;{first}", "-;\u2212"), Said(charged="bundled"))
    assert [str(row.amount) for row in found.rows][::2] == ["0", "0"]
    assert found.rows[2].kwh is None
    (said,) = [one for one in found.problems if one.code == "dash"]
    assert (said.severity, said.message.rpartition(": ")[2]) == ("info", "lines 2, 4")


@pytest.mark.parametrize("first", ["$12.34", "12.34", "($12.34)", "(12.34)"])
def test_a_dash_is_no_value_elsewhere(first: str) -> None:
    found = rows(told("9;-", f"9;{first}", "-;-"), Said(charged="bundled"))
    assert [row.amount for row in found.rows][:1] == [None]
    assert ("empty", 4) in [(one.code, one.line) for one in found.problems]
    assert "dash" not in [one.code for one in found.problems]


def test_the_comma_is_proven_beside_such_spaces() -> None:
    shown = looked(told("9;1\u202f234,50", "9;USD 99,5"), Said(charged="bundled"))
    assert shown.proposal.mapping.decimal == "comma"
    assert shown.rows is not None
    assert [row.amount for row in shown.rows.rows] == [Decimal("1234.50"), Decimal("99.5")]
