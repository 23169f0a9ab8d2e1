"""Units of columns: MWh become kWh exactly, and what is named and is no kWh, kW or USD is never taken for it."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.billing_history.asking import read_by
from extractor.billing_history.cells import quantity_of
from extractor.billing_history.propose import Said
from extractor.intervals.formats import UnreadableIntervalsError
from tests.extractor.billing_history.told import looked, proposed, rows, table
from tests.extractor.intervals.mapped.written import Cell, xlsx_of

DAYS = "8000000001,12/14/2025,01/12/2026"
NEXT = "8000000001,01/13/2026,02/11/2026"
HEAD = "Service Account,Start Date,End Date"


def said(role: str = "kwh", column: str = "#4") -> Said:
    return Said(columns={role: [column]}, bounds="inclusive", charged="bundled")


def one_column(heading: str, value: str, more: str = "", cell: str = "") -> bytes:
    return table(
        f"{DAYS},{value}{cell},9.00", f"{NEXT},{value}{cell},9.00", head=f"{HEAD},{heading}{more},Amount"
    )


@pytest.mark.parametrize(
    ("heading", "value", "kwh"),
    [
        ("Usage MWh", "1.394", "1394"),
        ("UsageMWh", "1.394", "1394"),
        ("Energy (GWh)", "0.001394", "1394"),
        ("Usage_Wh", "1394000", "1394"),
        ("Usage_Wh", "1234567890", "1234567.89"),  # more than any service has, if it were kWh
        ("Megawatt-hours", "1.394", "1394"),
        ("MWHR", "1.394 MWh", "1394"),
        ("Usage", "1394", "1394"),
        ("kWh", "1394 kWh", "1394"),
    ],
)  # fmt: skip
def test_another_unit_becomes_kwh_and_is_said(heading: str, value: str, kwh: str) -> None:
    shown = looked(one_column(heading, value), said())
    assert shown.rows is not None, shown.proposal.refusals
    assert [str(row.kwh) for row in shown.rows.rows] == [kwh, kwh]
    told = [one.choice for one in shown.proposal.evidence if one.what == "unit of kwh"]
    assert (
        bool(told) is (value.split()[0] != kwh) and list(shown.proposal.mapping.units.get("kwh", ())) == told
    )


@pytest.mark.parametrize(
    ("heading", "value", "kw"), [("Demand MW", "0.0125", "12.5"), ("Watts", "12500", "12.5")]
)
def test_another_unit_becomes_kw(heading: str, value: str, kw: str) -> None:
    assert [str(row.kw) for row in rows(one_column(heading, value), said("kw")).rows] == [kw, kw]


@pytest.mark.parametrize(
    ("role", "heading", "unit"),
    [
        ("kwh", "Usage therms", "therms"),
        ("kwh", "Usage CCF", "CCF"),
        ("kwh", "Usage gallons", "gallons"),
        ("kwh", "Energy kVAh", "kVAh"),
        ("kwh", "kVARh", "kVARh"),
        ("kwh", "Usage TWh", "TWh"),
        ("kwh", "Usage kW", "kW"),
        ("kwh", "kWh (000)", "thousands"),
        ("kwh", "kWh x 1000", "thousands"),
        ("kwh", "kWh/day", "a rate"),
        ("kwh", "kWh Charges", "USD"),
        ("kw", "Max kVA", "kVA"),
        ("kw", "kVAR", "kVAR"),
        ("kw", "Total kWh", "kWh"),
        ("amount", "Amount (cents)", "cents"),
        ("amount", "Amount ($000)", "thousands"),
        ("amount", "Amount EUR", "EUR"),
        ("amount", "$/kWh", "kWh"),
        ("amount", "Total kWh", "kWh"),
    ],
)
def test_what_is_no_such_quantity_is_refused_by_its_heading(role: str, heading: str, unit: str) -> None:
    shown = looked(table(f"{DAYS},12", f"{NEXT},12", head=f"{HEAD},{heading}"), said(role))
    assert shown.rows is None
    (why,) = shown.proposal.refusals
    assert why.startswith(f"the heading {heading!r} names {unit}") and f"--set {role}=" in why, why


@pytest.mark.parametrize("heading", ["kWh Charges", "Billed Amount", "Net $", "Cost USD", "Demand Charge kW"])
def test_dollars_for_kwh_are_dollars(heading: str) -> None:
    found = rows(table(f"{DAYS},12", f"{NEXT},12", head=f"{HEAD},{heading}"), said("amount"))
    assert [row.amount for row in found.rows] == [12, 12]


@pytest.mark.parametrize("at", ["above", "below"])
def test_a_row_of_units_beside_the_heading_tells(at: str) -> None:
    def data(heading: str, unit: str) -> bytes:
        lines = [f"{HEAD},{heading},Amount", f",,,{unit},$"]
        return table(f"{DAYS},1.394,9.00", head="\n".join(lines if at == "below" else lines[::-1]))

    assert [row.kwh for row in rows(data("Usage", "MWh"), said()).rows] == [Decimal(1394)]
    assert [row.kwh for row in rows(data("kWh", "(kWh)"), said()).rows] == [Decimal("1.394")]
    (both,) = looked(data("kWh", "MWh"), said()).proposal.refusals
    assert both.startswith("'kWh' is named in several units: kWh by the heading 'kWh'; MWh by 'MWh' in line ")
    (gas,) = looked(data("Usage", "therms"), said()).proposal.refusals
    assert gas.startswith(f"'therms' in line {2 if at == 'below' else 1} names therms")


def test_a_line_above_the_table_or_the_sheets_name_tells_where_no_column_does() -> None:
    plain = one_column("Usage", "1.394").decode()
    above = f"Energy in MWh\n\n{plain}".encode()
    assert [row.kwh for row in rows(above, said()).rows] == [1394, 1394]
    (why,) = looked(above.replace(b",Usage,", b",Usage kWh,"), said()).proposal.refusals
    assert "MWh by 'Energy in MWh' beside the table" in why
    (gas,) = looked(f"Usage in therms\n\n{plain}".encode(), said()).proposal.refusals
    assert "names therms" in gas
    address = f"Reply for 1000 Main St W\n\n{plain}".encode()
    assert [str(row.kwh) for row in rows(address, said()).rows] == ["1.394", "1.394"]
    cells: list[list[Cell]] = [
        ["8000000001", dt.date(2025, 12, 14), dt.date(2026, 1, 12), Decimal("1.394"), Decimal(9)]
    ]
    book = xlsx_of({"MWh": ([*HEAD.split(","), "Usage", "Amount"], cells)})
    assert [row.kwh for row in rows(book, said(), "reply.xlsx").rows] == [1394]


@pytest.mark.parametrize("column", ["Unit", "UOM", "Units", "Usage UOM", "Unit of Measure"])
@pytest.mark.parametrize(
    ("word", "kwh"), [("MWH", 1394), ("kWh", Decimal("1.394")), ("KH", Decimal("1.394"))]
)
def test_a_column_of_units_tells_row_by_row(column: str, word: str, kwh: Decimal) -> None:
    found = rows(one_column("Usage", "1.394", f",{column}", f",{word}"), said())
    assert [row.kwh for row in found.rows] == [kwh, kwh]


@pytest.mark.parametrize(
    ("heading", "column", "words", "why"),
    [
        ("kWh", "UOM", ("MWh", "MWh"), "line 2: 'kWh' is named in several units: kWh by the heading 'kWh'; MWh by"),
        ("Usage", "UOM", ("kWh", "therms"), "line 3: 'therms' in the column 'UOM' names therms"),
        ("Usage", "Unit", ("kWh", "kW"), "line 3: 'kW' in the column 'Unit' names kW"),
        ("Usage", "Unit", ("kVARh", "kWh"), "line 2: 'kVARh' in the column 'Unit' names kVARh"),
        ("Usage", "Unit", ("USD", "kWh"), "line 2: 'USD' in the column 'Unit' names USD"),
        ("Usage", "UOM", ("kWh", "XX"), "line 3: 'XX' in the column 'UOM' is no unit that is known"),
        ("Usage", "UOM", ("MWh", ""), "line 3: nothing tells the unit of its kwh, and other rows have MWh"),
    ],
)  # fmt: skip
def test_a_column_of_units_that_says_otherwise_refuses_by_line(
    heading: str, column: str, words: tuple[str, str], why: str
) -> None:
    lines = (f"{days},1,{word},9.00" for days, word in zip((DAYS, NEXT), words, strict=True))
    (refusal,) = looked(table(*lines, head=f"{HEAD},{heading},{column},Amount"), said()).proposal.refusals
    assert refusal.startswith(why)


def test_a_unit_of_a_building_is_none_and_one_of_a_column_that_is_not_read_is_nothing() -> None:
    assert rows(one_column("kWh", "5", ",Unit", ",5B"), said()).rows[0].kwh == 5
    lines = (f"{DAYS},9.00,therms", f"{NEXT},9.00,kWh")
    found = rows(table(*lines, head=f"{HEAD},Amount,Unit"), said("amount"))
    assert [row.amount for row in found.rows] == [9, 9]


def test_a_unit_that_nobody_confirmed_is_not_taken_by_a_kept_mapping() -> None:
    def data(word: str) -> bytes:
        return one_column("Usage", "1.394", ",UOM", f",{word}")

    for known, other in (("kWh", "MWh"), ("MWh", "kWh")):
        mapping = proposed(data(known), said()).mapping.model_dump(mode="json")
        assert read_by(io.BytesIO(data(known)), "a.csv", [{"id": 4, "mapping": mapping}]).rows.rows
        with pytest.raises(
            UnreadableIntervalsError, match=rf"line 2: its kwh is in {other} .* billing-history map"
        ):
            read_by(io.BytesIO(data(other)), "a.csv", [{"id": 4, "mapping": mapping}])


def test_a_unit_in_the_cell_is_that_of_its_column() -> None:
    (why,) = looked(one_column("kWh", "1.394 MWh"), said()).proposal.refusals
    assert why == "line 2: '1.394 MWh' is in MWh where kWh should be"


@given(st.decimals(0, 10**5, places=5), st.sampled_from([("Wh", -3), ("kWh", 0), ("MWh", 3)]))
def test_a_conversion_is_exact(number: Decimal, unit: tuple[str, int]) -> None:
    name, power = unit
    assert quantity_of(f"{number:f}", "kwh", "point", name) == number.scaleb(power)
