"""The letter of a request: one subject line with its reference, what is asked, and the signed form as it was signed."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from datarequests.letter import Letter, one_line
from datarequests.letters import REFERENCE, LetterError, letter_of
from datarequests.tables import DataRequest, RequestItem
from datarequests.viewed import viewed
from extractor.base.database import writing
from extractor.base.templating import TemplateFaultError
from tests.datarequests import made

SIGNED = b"%PDF-1.7 signed"


def letter(desk: Engine, signed: bytes | None = SIGNED, own: Path | None = None, **fields: Any) -> Letter:
    with writing(desk) as session:
        given = {"signed_sha256": hashlib.sha256(SIGNED).hexdigest()} | fields
        row = made.request(session, authorization_id=made.authorization(session, **given).id)
        return letter_of(viewed(session, row, made.NOW), signed, own)


def test_a_letter_says_what_is_asked_of_whom_for_whom(desk: Engine) -> None:
    made_of = letter(desk)
    for words in (
        "ACME BAKERY LLC",
        "Service account 8000000001",
        "1 Example St, Los Angeles CA 90001",
        "Option 5: Special metering and interval usage data, March 1, 2025 to February 28, 2026",
        "executed on March 2, 2026",
        "Pat Example",
    ):
        assert words in made_of.text
    assert made_of == letter_again(desk)


def letter_again(desk: Engine) -> Letter:
    with writing(desk) as session:
        row = session.get_one(DataRequest, 1)
        return letter_of(viewed(session, row, made.NOW), SIGNED)


def test_the_subject_carries_the_number_and_the_token(desk: Engine) -> None:
    found = REFERENCE.search(letter(desk).subject)
    assert found is not None
    assert found.groups() == ("000001", f"t{made.NOW.timestamp():.0f}")


def test_a_firms_own_template_cannot_lose_the_reference(desk: Engine, tmp_path: Path) -> None:
    own = tmp_path / "mail"
    own.mkdir()
    (own / "cisr_instruction.txt.j2").write_text("Subject: Hello\n\nDear {{ counterparty }},\n")
    made_of = letter(desk, own=tmp_path)
    assert REFERENCE.match(made_of.subject)
    assert made_of.text == "Dear SCE 3rd Party Authorizations,\n"


def test_a_template_without_a_subject_is_refused(desk: Engine, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "cisr_instruction.txt.j2").write_text("Dear all,\nSubject: Hello\n")
    with pytest.raises(TemplateFaultError, match="first line"):
        letter(desk, own=tmp_path)


@pytest.mark.parametrize("missing", ["telephone", "email", "name"])
@pytest.mark.parametrize("empty", [None, "", " \n"])
def test_a_missing_value_is_an_error_and_never_a_blank(desk: Engine, missing: str, empty: str | None) -> None:
    agent = {
        "name": "Pat",
        "company": "E",
        "mailing_address": "2 St",
        "telephone": "1",
        "email": "p@example.com",
    }
    with pytest.raises(TemplateFaultError, match=missing):
        letter(desk, agent=agent | {missing: empty})


@pytest.mark.parametrize(
    "name",
    [
        "ACME\r\nBcc: everyone@example.com",
        "ACME\nBcc: everyone@example.com",
        "ACME\x0bBcc: everyone@example.com",
        "ACME\u2028Bcc: everyone@example.com",
        "ACME\x85Bcc: everyone@example.com",
        "ACME\x1bBcc: everyone@example.com",
    ],
)
def test_a_customers_name_adds_no_line_to_the_head_or_the_text(desk: Engine, name: str) -> None:
    made_of = letter(desk, customer_of_record=name)
    assert len(made_of.subject.splitlines()) == 1
    assert made_of.subject.endswith("ACME Bcc: everyone@example.com")
    assert made_of.subject.isprintable()
    assert not [line for line in made_of.text.splitlines() if line.startswith("Bcc")]


@given(st.text())
def test_whatever_a_value_says_is_one_line_of_what_can_be_printed(text: str) -> None:
    said = one_line(text)
    assert said.isprintable()
    assert len(said.splitlines()) <= 1
    assert one_line(said) == said


def test_a_file_that_is_not_the_one_that_was_signed_is_refused(desk: Engine) -> None:
    with pytest.raises(LetterError, match="void"):
        letter(desk, SIGNED + b" ")


def test_names_of_enclosed_files_carry_no_account_number(desk: Engine) -> None:
    (enclosed,) = letter(desk).attachments
    assert enclosed.mime == "application/pdf"
    assert enclosed.content == SIGNED
    assert enclosed.name == "authorization-CISR-000001.pdf"


def test_what_was_signed_is_a_pdf_or_a_picture(desk: Engine) -> None:
    program = b"MZ program"
    with pytest.raises(LetterError, match="PDF"):
        letter(desk, program, signed_sha256=hashlib.sha256(program).hexdigest())


def test_a_request_without_an_authorization_has_no_letter(desk: Engine) -> None:
    with writing(desk) as session:
        row = made.request(session, authorization_id=None)
        with pytest.raises(LetterError, match="no authorization"):
            letter_of(viewed(session, row, made.NOW))


def test_cpa_is_asked_for_generation_charges_by_its_own_letter(desk: Engine) -> None:
    with writing(desk) as session:
        row = made.authorization(session, counterparty="cpa", options=["generation"])
        asked = DataRequest(
            counterparty="cpa",
            customer="acme",
            channel="email",
            token="ab12",
            created_at=made.NOW,
            who="pat",
            authorization_id=row.id,
        )
        session.add(asked)
        session.flush()
        day = dt.date(2026, 1, 1)
        session.add(
            RequestItem(
                request_id=asked.id or 0,
                service_account="8000000001",
                option="generation",
                first=day,
                last=day,
            )
        )
        session.flush()
        made_of = letter_of(viewed(session, asked, made.NOW))
    assert made_of.subject.startswith("[CPA-000001-ab12] ")
    assert "Account number:   8000000001" in made_of.text
    assert "Generation charges, January 1, 2026 to January 1, 2026" in made_of.text
    assert made_of.attachments == ()
