"""A form with fields is filled in as the user says, and where names are the same; nothing is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import pypdfium2
import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from datarequests.counterparties import shipped
from datarequests.sheets.acroform import fill, form_values, read_mapping
from datarequests.sheets.paper import SheetError
from tests.datarequests.test_lint import TODAY, authorization

FORM = shipped()["sce"].form_on(TODAY)
VALUES = form_values(authorization(), FORM)


def form(texts: list[str], boxes: Sequence[str] = ()) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, invariant=1)
    for at, name in enumerate(texts):
        canvas.acroForm.textfield(name=name, x=50, y=700 - 30 * at, width=300, height=20, borderStyle="inset")
    for at, name in enumerate(boxes):
        canvas.acroForm.checkbox(name=name, x=400, y=700 - 30 * at, buttonStyle="check")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def values_in(data: bytes) -> dict[str, str]:
    fields = PdfReader(BytesIO(data)).get_fields() or {}
    return {name: str(field.get("/V", "")) for name, field in fields.items()}


def test_a_form_is_filled_in_as_the_user_says() -> None:
    blank = form(["Text1", "Text2", "Text3"], ["Check Box5", "Check Box6"])
    told = {"Text1": "customer_of_record", "Text2": "service_account_1", "Check Box5": "option_5"}
    done = fill(blank, VALUES, told)
    found = values_in(done.data)
    assert (found["Text1"], found["Text2"], found["Text3"]) == ("ACME BAKERY LLC", "8000000001", "")
    assert found["Check Box5"] not in ("", "/Off")
    assert found["Check Box6"] in ("", "/Off")
    assert done.filled == told
    assert done.empty == ("Text3", "Check Box6")
    assert "agent_name" in done.unused and "option_5" not in done.unused


def test_what_is_filled_in_can_be_seen() -> None:
    done = fill(form(["Customer of record"]), VALUES)
    document = pypdfium2.PdfDocument(done.data)
    document.init_forms()
    ink = document[0].render(scale=1, may_draw_forms=True).to_numpy()
    document = pypdfium2.PdfDocument(form(["Customer of record"]))
    document.init_forms()
    blank = document[0].render(scale=1, may_draw_forms=True).to_numpy()
    assert (ink != blank).sum() > 200


def test_fields_of_the_same_name_are_filled_by_themselves_and_no_others() -> None:
    done = fill(
        form(["NAME OF CUSTOMER RECORD", "Service Account 1", "Customer", "Name"], ["Option 1", "Option 2"]),
        VALUES,
    )
    assert done.filled == {
        "NAME OF CUSTOMER RECORD": "customer_of_record",
        "Service Account 1": "service_account_1",
        "Option 1": "option_1",
    }
    assert done.empty == ("Customer", "Name", "Option 2")


def test_of_two_fields_of_one_meaning_the_second_is_left_to_a_person() -> None:
    done = fill(form(["Customer of record", "Name of customer record"]), VALUES)
    assert (list(done.filled), done.empty) == (["Customer of record"], ("Name of customer record",))


def test_a_field_that_the_user_wants_empty_stays_empty() -> None:
    assert fill(form(["until", "Signatory"]), VALUES, {"Signatory": ""}).filled == {}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"Text9": "customer_of_record"}, "no field 'Text9'; it has: Text1, Box"),
        ({"Text1": "customer"}, "no value 'customer'"),
        ({"Box": "customer_of_record"}, "fill it in by hand"),
    ],
)
def test_a_mapping_that_names_what_is_not_there_is_refused(told: dict[str, str], words: str) -> None:
    with pytest.raises(SheetError, match=words):
        fill(form(["Text1"], ["Box"]), VALUES, told)


def test_a_pdf_without_fields_or_no_pdf_at_all_is_filled_in_by_hand() -> None:
    with pytest.raises(SheetError, match="no fields"):
        fill(form([]), VALUES)
    for broken in (b"", b"%PDF-1.4 broken", form(["Text1"])[:600]):
        with pytest.raises(SheetError, match="by hand"):
            fill(broken, VALUES)


def test_a_mapping_is_a_line_for_each_field() -> None:
    assert read_mapping('"Text 1" = "until"\n', "a.toml") == {"Text 1": "until"}
    for text in ("Text 1 = until", "a = 1", "[a]\nb = 'c'"):
        with pytest.raises(SheetError, match=r"a\.toml"):
            read_mapping(text, "a.toml")


def test_values_are_those_of_the_rows_of_the_form() -> None:
    many = [{"service_account": f"80000000{at:02d}", "service_address": "St"} for at in range(1, 10)]
    found = form_values(authorization(accounts=many), FORM)
    assert [name for name in found if name.startswith("service_account_")] == [
        f"service_account_{at}" for at in range(1, 8)
    ]
    assert (found["release_email_to"], found["duration_one_year"], found["agent_address"]) == (
        "pat@example.com",
        "x",
        "2 Example St",
    )
