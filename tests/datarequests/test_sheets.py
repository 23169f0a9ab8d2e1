"""The papers: what stands on them, on every page what they are not, and the same bytes each time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from datarequests.counterparties import shipped
from datarequests.sheets.cisr import ATTACHED, INFORMATION, MARK, cisr_sheet, more_accounts
from datarequests.sheets.consent_letter import consent_letter
from datarequests.sheets.paper import SheetError
from datarequests.tables import Authorization
from extractor.base.templating import TemplateFaultError
from tests.datarequests.test_lint import TODAY, authorization

FORM = shipped()["sce"].form_on(TODAY)
CPA = shipped()["cpa"]


def accounts(count: int) -> list[dict[str, str]]:
    return [
        {"service_account": f"80000000{at:02d}", "service_address": f"{at} Example St"}
        for at in range(1, count + 1)
    ]


def pages(data: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(data)]


def sheet(**fields: Any) -> list[str]:
    return pages(cisr_sheet(authorization(**fields), FORM))


@pytest.mark.parametrize("count", [1, 7, 8, 60])
def test_every_page_says_that_it_is_not_the_form(count: int) -> None:
    assert all(page.startswith(MARK) for page in sheet(accounts=accounts(count)))


def test_the_sheet_has_the_words_of_the_form_and_what_belongs_into_it() -> None:
    said = " ".join(sheet(options=["1", "3b", "5"]))
    for words in (
        "AUTHORIZATION TO: RECEIVE CUSTOMER INFORMATION OR ACT ON A CUSTOMER'S BEHALF",
        "I, Sam Sample of ACME BAKERY LLC (Customer) have the following mailing address 1 Example St, and do"
        " hereby appoint Example Energy of 2 Example St to act as my agent and consultant (Agent)",
        INFORMATION,
        "[ x ] 1. Request and receive billing records, billing history and all meter usage data",
        "[ ] 2. EPA Benchmarking",
        "[ x ] 3. Request and receive copies",
        "[ ] a. Verification of rate, date of rate change, and related information;",
        "[ x ] b. Contracts and Service Agreements;\u2020",
        "[ x ] 5. Special metering and interval usage data\u2020",
        "[ x ] One year, 12 months from execution\u2020",
        "[ x ] Electronic, by e-mail\u2020 pat@example.com",
        "1 1 Example St 8000000001",
    ):
        assert words in said


def test_accounts_beyond_the_rows_of_the_form_stand_on_a_sheet_of_their_own() -> None:
    assert more_accounts(authorization(accounts=accounts(7)), FORM) is None
    one = authorization(accounts=accounts(60))
    first, *_, last = sheet(accounts=accounts(60))
    assert "7 7 Example St 8000000007" in first
    assert "8000000008" not in first
    assert "53 additional accounts on a separate sheet attached." in first
    assert "60 60 Example St 8000000060" in last
    attached = more_accounts(one, FORM)
    assert attached is not None
    listed = pages(attached)
    assert all(page.startswith(ATTACHED) for page in listed)
    assert [f"80000000{at:02d}" in " ".join(listed) for at in range(1, 61)] == [False] * 7 + [True] * 53


def test_the_same_authorization_makes_the_same_bytes() -> None:
    assert cisr_sheet(authorization(), FORM) == cisr_sheet(authorization(), FORM)
    assert consent_letter(authorization(), CPA) == consent_letter(authorization(), CPA)


def test_what_a_name_says_is_never_markup() -> None:
    assert (
        "A&B <b>BAKERY</b> <font size=99>" in sheet(customer_of_record="A&B <b>BAKERY</b> <font size=99>")[0]
    )
    assert "JOS\u00c9'S" in sheet(customer_of_record="JOS\u00c9'S")[0]


@pytest.mark.parametrize("name", ["\u5c71 BAKERY", "ACME \u202e YREKAB", "\u0141UKASZ"])
def test_a_letter_that_would_be_a_box_is_refused(name: str) -> None:
    with pytest.raises(SheetError, match="cannot be printed"):
        sheet(customer_of_record=name)


def test_a_name_longer_than_a_page_is_refused_or_laid_out_whole() -> None:
    name = "ACME " * 3000
    try:
        said = " ".join(sheet(customer_of_record=name))
    except SheetError:
        return
    assert said.count("ACME") >= 3000


def test_cpas_letter_says_who_allows_whom_what() -> None:
    (said,) = pages(consent_letter(letter(), CPA))
    for words in (
        "ACME BAKERY LLC (Customer) authorizes Example Energy, 2 Example St (Agent), to ask Clean Power Alliance",
        "Information: Generation charges.",
        "This authorization holds for twelve months from the day on which it is signed.",
        "March 2, 2026",
        "8000000001 1 Example St",
        "Name Sam Sample",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"duration": "one_time"}, "good for one request"),
        ({"duration": "until", "until": dt.date(2026, 12, 31)}, "holds until December 31, 2026."),
    ],
)
def test_cpas_letter_says_for_how_long(fields: dict[str, Any], words: str) -> None:
    assert words in pages(consent_letter(letter(**fields), CPA))[0]


def letter(**fields: Any) -> Authorization:
    return authorization(counterparty="cpa", options=["generation"], **fields)


def test_a_letter_that_misses_a_value_is_not_made() -> None:
    with pytest.raises(TemplateFaultError, match="company"):
        consent_letter(letter(agent={"name": "Pat"}), CPA)


def test_a_firm_writes_the_letter_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "customer_authorization.txt.j2").write_text("We allow {{ agent.company }}.\n")
    (said,) = pages(consent_letter(letter(), CPA, tmp_path))
    assert "We allow Example Energy. Accounts Service account" in said
