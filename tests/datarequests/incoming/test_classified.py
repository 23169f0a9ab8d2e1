"""What a reply seems to say; each row is a way to say something false."""

from __future__ import annotations

import datetime as dt

import pytest

from datarequests.incoming.classified import Says, case_in, promised_in, suggested
from datarequests.incoming.parsed import parsed
from datarequests.incoming.quoted import own_words
from tests.datarequests.incoming.mails import mail
from tests.datarequests.made import NOW


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (Says.ACKNOWLEDGED, "We have received your request."),
        (Says.ACKNOWLEDGED, "Thank you for your request. It is being looked at."),
        (Says.ACKNOWLEDGED, "Your data request has been logged."),
        (Says.UNKNOWN, "If you have received this e-mail in error, delete it."),
        (Says.UNKNOWN, "Hello.\n\n> We have received your request."),
        (Says.UNKNOWN, "Hello.\n\nOn Mon, Mar 2, 2026 at 10:00 AM Pat <pat@example.com>\nwrote:\n\nYour form is missing."),
        (Says.UNKNOWN, "Hello.\n\nFrom: Pat\nSent: Monday\nTo: Desk\n\nplease provide the data"),
        (Says.UNKNOWN, "Hello.\n-----Original Message-----\nplease provide the data"),
        (Says.ACKNOWLEDGED, "> is it there?\n\nWe have received your request."),  # below what it quotes
        (Says.REJECTED, "Your request has been rejected: the name differs."),
        (Says.REJECTED, "We are unable to process your request."),
        (Says.REJECTED, "The form cannot be accepted."),
        (Says.ACKNOWLEDGED, "We have received your request; it has not been rejected."),
        (Says.CORRECTION, "We received your request. Please resubmit the corrected form."),
        (Says.CORRECTION, "The form is not signed."),
        (Says.CORRECTION, "The name does not match our records."),
        (Says.REJECTED, "It was denied. Please resubmit a form."),  # the graver counts
        (Says.PORTAL, "You can download the file at https://files.example.com/x"),
        (Says.PORTAL, "You have a new secure message. Click here to view it."),
        (Says.UNKNOWN, "Regards\nhttps://www.sce.com"),  # a letter's foot
        (Says.PROMISED, "You should receive an answer by March 9, 2026."),
        (Says.UNKNOWN, "Please complete our customer survey."),
        (Says.UNKNOWN, "Hello."),
    ],
)  # fmt: skip
def test_words_suggest(says: Says, text: str) -> None:
    assert suggested(parsed(mail(text)), NOW).says is says


@pytest.mark.parametrize(
    ("says", "text"),
    [
        (Says.DATA, "Please find it attached."),
        (Says.DATA, ""),
        (Says.CORRECTION, "Attached is your form. Please correct it."),
        (Says.REJECTED, "Your request was declined, see the attached letter."),
        (Says.DATA, "It is attached; you can also download it at https://files.example.com/x"),
    ],
)
def test_files_are_data_where_nothing_graver_is_said(says: Says, text: str) -> None:
    assert suggested(parsed(mail(text, files={"usage.csv": b"1"})), NOW).says is says


def test_attached_is_a_word_only_where_something_is() -> None:
    assert suggested(parsed(mail("Please find it attached.")), NOW).says is Says.UNKNOWN


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("0012345", "Your case number is 0012345."),
        ("SR-20391", "Ticket #SR-20391 was opened."),
        ("0012345", "Case 0012345. Again: case no. 0012345"),
        (None, "Your request 2026-03-01 was received."),
        (None, "Your request of 03/01/2026."),
        (None, "In case 2026-03-01 is a holiday"),
        (None, "Confirmation: 213-555-0100 is our telephone."),
        (None, "Reference number 8000000001"),  # the account, not a case
        (None, "Reference: 8-000-000-001"),
        (None, "Re: [CISR-000001-k3v9] request #000001-k3v9"),  # ours
        (None, "Case 111111 replaces case 222222"),  # nobody can say which
        (None, "case closed"),
    ],
)
def test_a_case_number_is_theirs_and_only_one(case: str | None, text: str) -> None:
    assert case_in(text, ["8000000001", "1", "000001", "000001-k3v9"]) == case


@pytest.mark.parametrize(
    ("day", "text"),
    [
        ("2026-03-09", "You will have it by March 9, 2026."),
        ("2026-03-09", "It is expected on 3/9/2026."),
        ("2026-03-09", "Estimated completion date: 2026-03-09"),
        ("2026-03-09", "The data will be sent no later than Monday, Mar. 9, 2026"),
        (None, "We received your request on 03/09/2026."),
        (None, "Please resubmit it by 03/09/2026, or it will be closed."),  # ours to do
        (None, "You must reply by 03/09/2026 or it will be closed."),
        (None, "It will have been sent by 03/01/2026."),  # gone by
        (None, "It will be sent by 13/45/2026."),
        (None, "We will look at it."),
    ],
)
def test_a_promise_is_theirs_and_to_come(day: str | None, text: str) -> None:
    assert promised_in(text, NOW) == (dt.date.fromisoformat(day) if day else None)


def test_own_words_end_where_quoting_begins() -> None:
    assert own_words("a\n> b\nc\nOn Mon, Mar 2, 2026, Pat wrote:\nd") == "a\nc"
