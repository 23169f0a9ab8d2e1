"""What the cells of a row say, by a mapping: of which series they are, how sure, and what was counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import cast

from extractor.intervals.formats._sce_text import damaged
from extractor.intervals.formats._tally import Tally
from extractor.intervals.given import Channel, Series
from extractor.intervals.mapped.mapping import IGNORED, MISSING, QUALITIES, Mapping, UnitName, Value
from extractor.intervals.mapped.numbers import FACTORS, Amount, amount_of
from extractor.intervals.mapped.roles import ACCOUNT_HERE, accounts_in, folded
from extractor.intervals.mapped.slots import DAY
from extractor.intervals.mapped.tables import Table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _./:-]{0,63}", re.ASCII)
_SHORTENED = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d+", re.ASCII)
_SERVICE = re.compile(r"\d[\d-]{4,24}\d", re.ASCII)

Key = tuple[object, ...]
Amounts = list[tuple[int, int | None]]
"""The place among the mapping's slots, 0 where there are none, and thousandths."""


class Cells:
    """Reads the cells of a table's rows."""

    def __init__(self, mapping: Mapping, table: Table, account: str | None, tally: Tally) -> None:
        self._mapping = mapping
        self._account = account
        self._tally = tally
        self._values = (
            self._of_heading(table) if mapping.owner == "heading" else [(one, None) for one in mapping.values]
        )
        self._series = lru_cache(4096)(self._made)

    def _of_heading(self, table: Table) -> list[tuple[Value, str | None]]:
        """Return the columns that are headed by service accounts, however many this file has."""
        like = self._mapping.values[0]
        found: list[tuple[Value, str | None]] = []
        for at, heading in enumerate(table.heading):
            if folded(heading) == ACCOUNT_HERE:
                found.append((like.model_copy(update={"at": at}), accounts_in(heading)[0]))
        if len({account for _, account in found}) < len(found):
            raise damaged(table.line, "a service account has two columns")
        return found

    def of(self, line: int, row: Sequence[str]) -> Iterator[tuple[Key, Series, int, Amounts]]:
        """Give for each column of values its series, the quality, and what was counted.

        Raises:
            UnreadableIntervalsError: if a cell is not what the mapping says.
        """
        said = tuple(self._cell(row, role) for role in ("account", "point", "meter", "channel", "unit"))
        quality = self._quality(line, row)
        for value, account in self._values:
            found = self._series_of(line, said, value, account)
            if found is None:
                self._tally.add("left_out", line)
                continue
            series, unit = found
            amounts = self._amounts(line, row, value, unit)
            if quality is None:
                amounts = [(at, None) for at, _ in amounts]
            yield (said, value.at), series, quality or 0, amounts

    def _cell(self, row: Sequence[str], role: str) -> str | None:
        at = self._mapping.columns.get(role)
        return None if at is None else row[at] if at < len(row) else ""

    def _series_of(
        self, line: int, said: tuple[str | None, ...], value: Value, account: str | None
    ) -> tuple[Series, UnitName] | None:
        try:
            return self._series(said, value, account)
        except ValueError as error:
            raise damaged(line, str(error)) from None

    def _made(
        self, said: tuple[str | None, ...], value: Value, account: str | None
    ) -> tuple[Series, UnitName] | None:
        """Return the series that cells name, and the unit of its column; None if it is not to be read."""
        told, point, meter, channel_word, unit_word = said
        channel = value.channel if channel_word is None else self._meaning("channel", channel_word)
        unit = value.unit if unit_word is None else self._meaning("unit", unit_word)
        if IGNORED in (channel, unit):
            return None
        account = account or self._account
        if told is not None:
            account = _number(told)
        series = Series(
            cast(Channel, channel),  # a mapping is checked to have no other, nor another unit
            FACTORS[cast(UnitName, unit)][0],
            account,
            None if point is None else _name("usage point", point),
            None if meter is None else _name("meter", meter),
        )
        return series, cast(UnitName, unit)

    def _meaning(self, role: str, word: str) -> str:
        meaning = self._mapping.words.get(role, {}).get(folded(word) or word)
        if not meaning:
            raise ValueError(f"the {role} has a word that was not confirmed; map the file again")
        return meaning

    def _quality(self, line: int, row: Sequence[str]) -> int | None:
        """Return how sure a row is; None where it says that there is no reading."""
        word = self._cell(row, "quality")
        if not word:
            return 0
        try:
            meaning = self._meaning("quality", word)
        except ValueError as error:
            raise damaged(line, str(error)) from None
        return None if meaning == MISSING else int(QUALITIES[meaning])

    def _amounts(self, line: int, row: Sequence[str], value: Value, unit: UnitName) -> Amounts:
        seconds, decimal = self._mapping.seconds or DAY, self._mapping.decimal or "point"
        amount = amount_of(unit, seconds, decimal)
        ats = [slot.at for slot in self._mapping.slots] or [value.at]
        amounts: Amounts = []
        for place, at in enumerate(ats):
            try:
                found = amount(row[at]) if at < len(row) else Amount(None)
            except ValueError as error:
                raise damaged(line, f"its value {error}") from None
            if found.is_word or found.is_rounded:
                self._tally.add("word_for_nothing" if found.is_word else "rounded", line)
            amounts.append((place, found.thousandths))
        return amounts


def _number(text: str) -> str:
    """Return the number of a service account as a cell has it."""
    if _SHORTENED.fullmatch(text):
        raise ValueError("a spreadsheet has shortened the service account; format its column as text")
    if _SERVICE.fullmatch(text) is None:
        raise ValueError("it has no service account where one should be")
    return text


def _name(what: str, text: str) -> str:
    if _SHORTENED.fullmatch(text):
        raise ValueError(f"a spreadsheet has shortened the {what}; format its column as text")
    if _NAME.fullmatch(text) is None:
        raise ValueError(f"it has no {what} where one should be")
    return text
