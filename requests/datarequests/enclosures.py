"""What may be enclosed: so much and no more, under names that tell nobody's account, of nobody else's.

An attachment that names an account which is neither asked for nor on the authorization is refused: another
customer's data would leave the house. Its name is always looked at, its text wherever somebody can read it.
A number counts as an account's by its form alone: nine to thirteen digits in one, or grouped as SCE prints
them (3-001-2345-67, 2-00-000-0019). A telephone number written in one looks the same; a person can say that
it may be named.

>>> account_numbers("service account 3-001-2345-67, telephone 213-555-0100, from 2025-03-01")
{'3001234567'}
>>> without_accounts("CISR_8000000001_2026-03-02.pdf")
'CISR_account_2026-03-02.pdf'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from datarequests.letter import Attachment, Letter
from datarequests.messages import MailError, safe_name

NUMBER = re.compile(r"(?<![\d-])(?:\d{9,13}|\d-\d{3}-\d{4}-\d{2}|\d-\d{2}-\d{3}-\d{4})(?![\d-]*\d)")

IN_NAME = re.compile(r"(?<!\d)\d(?:[-_. ]?\d){8,}")
"""Nine digits and more in a file's name, whatever stands between them."""

DAY = re.compile(r"(?<!\d)20\d\d-?[01]\d-?[0-3]\d(?!\d)")

MB = 1_000_000

TextOf = Callable[[Attachment], str | None]
"""Reads an attachment's text; None where it has none that can be read."""


def account_numbers(text: str) -> set[str]:
    """Return what looks like an account's number, digits alone."""
    return {one.replace("-", "") for one in NUMBER.findall(text)}


def without_accounts(name: str) -> str:
    """Return a file's name with numbers that may be accounts replaced; days stay."""
    days: list[str] = []

    def aside(found: re.Match[str]) -> str:
        days.append(found.group())
        return f"\0{chr(0xE000 + len(days) - 1)}\0"

    covered = IN_NAME.sub("account", DAY.sub(aside, name))
    return re.sub("\0(.)\0", lambda found: days[ord(found.group(1)) - 0xE000], covered)


def enclosable(letter: Letter, limit_mb: int, may_name: Collection[str], text_of: TextOf) -> Letter:
    """Return a letter as it may go out: names of files without accounts.

    Raises:
        MailError: if its attachments are too large, or name an account that is not in `may_name`.
    """
    size = sum(len(one.content) for one in letter.attachments)
    if size > limit_mb * MB:
        raise MailError(
            f"the attachments have {size / MB:.1f} MB, {limit_mb} MB may be sent; send less, or another way"
        )
    allowed = {one.replace("-", "").replace(" ", "") for one in may_name}
    for one in letter.attachments:
        _refuse_others(one, allowed, text_of)
    named = (replace(one, name=without_accounts(safe_name(one.name))) for one in letter.attachments)
    return replace(letter, attachments=tuple(named))


def _refuse_others(one: Attachment, allowed: Collection[str], text_of: TextOf) -> None:
    in_name = {re.sub(r"\D", "", each) for each in IN_NAME.findall(DAY.sub(" ", one.name))}
    others = sorted((in_name | account_numbers(text_of(one) or "")) - set(allowed))
    if others:
        name, numbers = without_accounts(safe_name(one.name)), ", ".join(others)
        raise MailError(
            f"attachment {name} names {numbers}, not of this request;"
            " take it out, or say --may-name if it may be named"
        )
