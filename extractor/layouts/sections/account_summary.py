"""`Your account summary` on page 1: what was owed, paid, charged, and is owed now.

    Previous Balance                    $25,677.53
    Payment Received 02/03/23          -$25,383.24      any number of these
    Credit balance                     -$22,675.92      or `Balance forward`, or no such row at all
    Your new charges                    $27,256.52
    Late payment charge                      $1.67      of the account, outside the new charges
    Total amount you owe by 03/13/23     $4,582.36

Older bills say `Amount of your last bill`, `Payment we received on Apr 14 '08 - thank you`.
Rows of the past-due format (2021) stand here too. Sources: 21 real bills; a business bill of
February 2023; samples of 2008, 2014, 2020 and 2021.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

from extractor.draft import AccountLineDraft, Aside, Draft, Row, Witness
from extractor.layouts.sections.charge_lines import amount_at_end, amount_of, text_before
from extractor.model import Finding
from extractor.paper import Line, Printed, box_of, printed
from extractor.sheet import Page
from extractor.values import DATE, UnreadableValueError, day

HEADING = re.compile(r"(?:your account|(?<!your )account|billing) summary\b")
END = re.compile(
    r"cost (?:varies|periods)|please return|tear here|compare the electricity"
    r"|details of your|summary of your",
    re.I,
)
PREVIOUS = re.compile(
    r"^previous balance\b|^amount of your last bill\b|^balance from (?:your )?last bill\b", re.I
)
FORWARD = re.compile(r"^balance forward\b|^balance carried forward\b", re.I)
NEW = re.compile(r"^(?:your )?(?:total )?new charges\b(?! - pay)", re.I)
OWED = re.compile(r"^total amount (?:you owe|due|owed)\b|^total amount\b|^amount due\b|^total credit\b", re.I)
LIKE_DATE = re.compile(r"\d\s?/\s?\d|\S/\d\d/")
COLUMN = 15.0
"""Points by which a row may begin to the left of the summary's heading."""

_DATE = re.compile(rf"(?<!\S)(?:on |by )?({DATE})(?!\S)")


def read_summary(page: Page, draft: Draft, aside: Aside) -> None:
    """Read the rows of the account summary into the draft; all of them serve the proof."""
    for line in _rows(page):
        amount = amount_of(line)
        if amount is None or not text_before(line, amount):  # an amount without words says nothing
            aside.findings.append(_unread_row(line))
            continue
        label, date = _label(line, amount)
        if LIKE_DATE.search(label.value):
            aside.findings.append(_unread_date(line))
        _place(draft, aside, label, date, amount)
        aside.summary.append(Row(label.value, amount))


def _rows(page: Page) -> Iterator[Line]:
    """Give the lines of the summary: from its heading to the total owed, and all between."""
    headings = {found.at: found.words()[0].x0 for found in page.find(HEADING)}
    left = 0.0
    for at in range(min(headings, default=len(page.lines)), len(page.lines)):
        left = headings.get(at, left)
        line = _from(page.lines[at], left)
        if line is None or at in headings:
            continue
        if END.search(line.text):
            return
        elif amount_at_end(line.text) is not None:
            yield line
            if OWED.match(line.text):
                return
        elif _is_row(line) or _mentions_amount(line):
            yield line


def _from(line: Line, left: float) -> Line | None:
    """Return the part of a line that stands below the heading, not in a column to its left."""
    words = [word for word in line.words if word.x0 > left - COLUMN]
    return line if len(words) == len(line.words) else Line(words, line.page) if words else None


def _unread_date(line: Line) -> Finding:
    return Finding(
        code="unread_field",
        severity="warning",
        message=f"the date of the row {line.text!r} could not be read",
        page=line.page,
        bbox=box_of(line.words),
    )


def _unread_row(line: Line) -> Finding:
    return Finding(
        code="unread_account_row",
        severity="error",
        message=f"a row of the account summary could not be read: {line.text!r}",
        page=line.page,
        bbox=box_of(line.words),
    )


def _mentions_amount(line: Line) -> bool:
    return re.search(r"\$\s?\d|\d\.\d\d$", line.text) is not None and not _is_message(line)


def _is_row(line: Line) -> bool:
    """Tell whether a line begins like a row that we know: without an amount at its end it was misread."""
    return any(words.match(line.text) for words in (PREVIOUS, FORWARD, NEW))


def _is_message(line: Line) -> bool:
    """Tell whether a line is a sentence about an amount (`You saved $21.34 this month ...`), not a row."""
    return len(line.words) > 4 and amount_at_end(line.text) is None


def _label(line: Line, amount: Printed[Decimal]) -> tuple[Printed[str], Printed[dt.date] | None]:
    text = text_before(line, amount) or line.text
    words = line.between(0, len(text))
    match = _DATE.search(text)
    if match is None:
        return printed(text, words, line.page), None
    try:
        date = printed(day(match[1]), line.between(*match.span(1)), line.page)
    except UnreadableValueError:
        return printed(text, words, line.page), None
    label = " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())
    return printed(label, words, line.page), date


def _place(
    draft: Draft, aside: Aside, label: Printed[str], date: Printed[dt.date] | None, amount: Printed[Decimal]
) -> None:
    if PREVIOUS.match(label.value) and draft.previous_balance is None:
        draft.previous_balance = amount
    elif FORWARD.match(label.value) and draft.balance_forward is None:
        draft.balance_forward = amount
    elif NEW.match(label.value) and draft.new_charges is None:
        draft.new_charges = amount
    elif OWED.match(label.value):
        _owed(draft, aside, date, amount)
    else:
        draft.account_lines.append(AccountLineDraft(label, date, amount))


def _owed(draft: Draft, aside: Aside, date: Printed[dt.date] | None, amount: Printed[Decimal]) -> None:
    if draft.amount_due is None:
        draft.amount_due = amount
    else:
        aside.witnesses.append(Witness("/bill/amount_due", amount))
    if date is not None and draft.due_date is None:
        draft.due_date = date
    elif date is not None:
        aside.witnesses.append(Witness("/bill/due_date", date))
