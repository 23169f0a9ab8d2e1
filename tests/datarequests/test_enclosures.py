"""What may be enclosed, and what may not."""

from __future__ import annotations

import pytest

from datarequests.enclosures import account_numbers, enclosable, without_accounts
from datarequests.letter import Attachment, Letter
from datarequests.messages import MailError

OWN = {"8000000001"}


def letter(name: str = "form.pdf", content: bytes = b"") -> Letter:
    return Letter("Data", "Hello", (Attachment(name, "text/plain", content),))


def text_of(one: Attachment) -> str | None:
    return one.content.decode() or None


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("CISR_8000000001.pdf", "CISR_account.pdf"),
        ("8-000-0000-01 signed.pdf", "account signed.pdf"),
        ("8000_000_001.pdf", "account.pdf"),
        ("CISR 2026-03-02.pdf", "CISR 2026-03-02.pdf"),
        ("CISR 20260302.pdf", "CISR 20260302.pdf"),
        ("8000000001-2026-03-02.pdf", "account-2026-03-02.pdf"),
        ("CISR-000012-k3v9.pdf", "CISR-000012-k3v9.pdf"),
    ],
)
def test_names_of_files_are_free_of_account_numbers(name: str, sent: str) -> None:
    (one,) = enclosable(letter(name), 10, OWN, text_of).attachments
    assert one.name == sent == without_accounts(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("CISR_8000000002.pdf", b""),
        ("8 000 000 002.pdf", b""),
        ("form.pdf", b"and 8000000002"),
        ("form.pdf", b"SA 3-001-2345-67"),
        ("form.pdf", b"account 2-00-000-0019,"),
        ("form.pdf", b"700200000143."),
        ("form.pdf", b"8000000001 8000000002"),
    ],
)
def test_another_account_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(MailError, match="not of this request"):
        enclosable(letter(name, content), 10, OWN, text_of)


@pytest.mark.parametrize(
    "content",
    [
        b"service account 8000000001",
        b"8-000-0000-01",
        b"telephone 213-555-0100",
        b"from 2025-03-01 to 2026-02-28",
        b"POD-ID 100100010001000100",
        b"total 1234567.89",
    ],
)
def test_its_own_account_and_other_numbers_may_be_named(content: bytes) -> None:
    assert enclosable(letter(content=content), 10, OWN, text_of).attachments


def test_a_number_may_be_named_where_a_person_says_so() -> None:
    with pytest.raises(MailError, match="2135550100"):
        enclosable(letter(content=b"2135550100"), 10, OWN, text_of)
    assert enclosable(letter(content=b"2135550100"), 10, {*OWN, "213-555-0100"}, text_of)


def test_attachments_that_are_too_large_together_are_refused() -> None:
    half = Attachment("a.bin", "application/octet-stream", bytes(500_000))
    exact = Letter("s", "t", (half, half))
    assert enclosable(exact, 1, OWN, lambda _: None) == exact
    more = Letter("s", "t", (half, half, Attachment("b", "application/pdf", b"x")))
    with pytest.raises(MailError, match=r"the attachments have 1\.0 MB, 1 MB may be sent"):
        enclosable(more, 1, OWN, lambda _: None)


def test_numbers_are_told_by_their_form() -> None:
    assert account_numbers("8000000001, 3-001-2345-67 x1234567890123456789 12345678") == {
        "8000000001",
        "3001234567",
    }
