"""What a person filled in: a table of answers, of which only rows with an answer are taken.

Columns `number`, `value`, `answer` and `printed`; others are left alone. A row's value shows that it is of
the value that was drawn; spreadsheets write it in their own way, so `$1,234.50` is `1234.5` and `6/5/2026` is
`2026-06-05`, and of a long number the digits that are left are compared.

>>> Given(1, "1234.50", "right").is_of("1234.5"), Given(1, "7.002E+11", "right").is_of("700200000118")
(True, True)
>>> Given(1, "6/5/2026", "right").is_of("2026-06-05"), Given(1, "12.35", "right").is_of("12.34")
(True, False)
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

from extractor.base.errors import BillclerkError
from extractor.export.files import cell

Said = Literal["right", "wrong", "unclear"]

COLUMNS = ("number", "value", "answer", "printed")

WORDS: dict[str, Said] = {
    "right": "right",
    "wrong": "wrong",
    "unclear": "unclear",
    "r": "right",
    "w": "wrong",
    "u": "unclear",
}
"""Answers, whole or by their first letters."""

DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y")


class AnswerError(BillclerkError):
    """A table of answers has no such columns, or an answer that is none; the message says where."""

    exit_code = 2


_DIGITS = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)


class Given(NamedTuple):
    """An answer to a value by its number."""

    number: int
    value: str | None
    """As the table has it, None if it does not say."""
    answer: Said
    printed: str | None = None

    def is_of(self, value: str) -> bool:
        """Tell whether it is of a value, however a spreadsheet wrote it."""
        if self.value is None:
            return True
        written = self.value
        return written == value or bool(_meant(written) & _meant(value)) or _is_cut(written, value)

    def contradicts(self, value: str) -> bool:
        """Tell whether a value is right and another is printed, or wrong and it is printed just so.

        Only of numbers it can be told that they differ, and of these not by their signs and units.

        >>> Given(1, None, "right", "6").contradicts("5"), Given(1, None, "wrong", "5.00").contradicts("5")
        (True, True)
        >>> Given(1, None, "right", "5.00 CR").contradicts("-5")
        False
        """
        if self.printed is None:
            return False
        if self.answer == "wrong":
            return self._replace(value=self.printed).is_of(value)
        printed, known = (_DIGITS.findall(text.replace(",", "")) for text in (self.printed, value))
        is_other = len(printed) == 1 and bool(_numbers(value)) and Decimal(printed[0]) != Decimal(known[0])
        return self.answer == "right" and is_other and not self._replace(value=self.printed).is_of(value)


def answer_of(word: str) -> Said:
    """Return an answer by its word or its first letter.

    Raises:
        AnswerError: if it is none.
    """
    try:
        return WORDS[word.strip().lower()]
    except KeyError:
        raise AnswerError(f"{word!r} is no answer; write right, wrong or unclear") from None


def table_of(rows: Iterable[tuple[int, str]]) -> str:
    """Return a table to be filled in, of numbers and values."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((number, value if _is_number(value) else cell(value), "", "") for number, value in rows)
    return held.getvalue()


def numbers_in(text: str) -> list[int]:
    """Return the numbers of the values that a table is of."""
    numbers = (row["number"] or "" for row in _rows(text))
    return [int(number) for number in numbers if number.isdecimal()]


def given_in(text: str) -> list[Given]:
    """Return the answers of a table, as commas, semicolons or tabs divide it.

    Raises:
        AnswerError: if a column is missing, a number or an answer is none, or a value is answered twice.
    """
    found: dict[int, Given] = {}
    for row in _rows(text):
        if row["answer"] is None:
            continue
        number = row["number"] or ""
        if not number.isdecimal() or int(number) in found:
            raise AnswerError(f"{number!r} is no number of a value, or is answered twice")
        found[int(number)] = Given(int(number), row["value"], _answer(row["answer"], number), row["printed"])
    return list(found.values())


def _rows(text: str) -> Iterator[dict[str, str | None]]:
    text = text.removeprefix("\ufeff")
    heading = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=heading.count))
    missing = [name for name in ("number", "answer") if name not in (reader.fieldnames or ())]
    if missing:
        raise AnswerError(f"the table has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}")
    for row in reader:
        yield {name: _plain(row.get(name)) for name in COLUMNS}


def _plain(text: str | None) -> str | None:
    """Return what a cell says, without the apostrophe by which a table keeps it from being a formula."""
    said = (text or "").strip()
    is_guarded = said.startswith("'") and cell(said[1:]) == said
    return (said[1:] if is_guarded else said) or None


def _answer(word: str, number: str) -> Said:
    try:
        return answer_of(word)
    except AnswerError as error:
        raise AnswerError(f"value {number}: {error}") from None


def _is_number(value: str) -> bool:
    return bool(_numbers(value))


def _numbers(text: str) -> set[Decimal]:
    with suppress(InvalidOperation):
        number = Decimal(text.replace("$", "").replace(",", ""))
        return {number} if number.is_finite() else set()
    return set()


def _meant(text: str) -> set[Decimal | dt.date]:
    """Return what a text may mean as a number or a day."""
    days: set[Decimal | dt.date] = set()
    for form in DAYS:
        with suppress(ValueError):
            days.add(dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date())
    return days | _numbers(text)


def _is_cut(written: str, value: str) -> bool:
    """Tell whether a long number lost digits to a spreadsheet: 7.002E+11."""
    digits, mark, _ = written.upper().partition("E+")
    return (
        bool(mark) and value.isdecimal() and value.lstrip("0").startswith(digits.replace(".", "").rstrip("0"))
    )
