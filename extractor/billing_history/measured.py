"""In which unit the numbers of a column are: what is named, and is not kWh, kW or USD, is never taken for it.

A unit is named by the heading of a column, by its cell in the row right above or below the heading, by a
column of units (`UOM`), row by row, and, where none of these does, above the table or by its sheet. Wh, MWh
and GWh are converted, W and MW too, which a person confirms with the mapping. What is no such quantity
(therms, kVA, a rate), and what is named in two ways, is refused by the place that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from extractor.billing_history.cells import is_nothing
from extractor.billing_history.units import BASE, FACTORS, MONEY, RATE, SCALES, named, said
from extractor.intervals.mapped.roles import folded
from extractor.intervals.mapped.tables import Table

_UNITS = re.compile(r"(.*?) ?\b(?:units?|uom|units? of measure(?:ment)?)(?: code)?(?: \d{1,2})?")
_OF: dict[str, str] = {
    **dict.fromkeys(("usage", "use", "energy", "consumption", "kwh"), "kwh"),
    **dict.fromkeys(("demand", "kw", "max", "maximum"), "kw"),
    **dict.fromkeys(("amount", "charge", "charges", "cost", "bill"), "amount"),
}
"""Of which column a column of units tells, by words of its heading."""
_WITH = frozenset({"billed", "billing", "quantity", "qty", "read", "reading", "meter", "metered", "measured"})
_MONEY = re.compile(r"\b(?:charges?|costs?|amount|amt|bill|billed|revenue)\b")
_PRICED = re.compile(r"\b(?:charges?|costs?)\b")
_QUANTITIES = frozenset({*FACTORS["kwh"], *FACTORS["kw"]})
_SCALED = re.compile(r"\bin (?:thousands|hundreds|millions)\b|\(\$?000s?\)", re.IGNORECASE)


class UnitError(ValueError):
    """A column is named in a unit that it cannot be taken in, or in several; convert it in the file."""


class Told(NamedTuple):
    """The unit of a number, and what says so."""

    unit: str | None
    """None: nothing names one."""
    where: str = ""


def unit_of(table: Table, role: str, at: int) -> Told:
    """Return the unit of a column, but for what a column of units says.

    Raises:
        UnitError: if it is no unit of its quantity, or there are several.
    """
    heading = _heading(table, at)
    own = [*_headed(role, heading), *_near(table, at)]
    found = own or list(_beside(table, role))
    one = _only(role, heading, found)
    if own and role != "amount":
        other = [told for told in _beside(table, role) if told.unit in FACTORS[role]]
        if other and one.unit not in {told.unit for told in other}:
            raise _several(heading, [one, *other])
    return one


def _heading(table: Table, at: int) -> str:
    return table.heading[at] if at < len(table.heading) else ""


def _headed(role: str, heading: str) -> Iterator[Told]:
    units, where = named(heading), f"the heading {heading!r}"
    if role == "amount" and RATE not in units and ("USD" in units or _MONEY.search(folded(heading))):
        units = [unit for unit in units if unit not in _QUANTITIES]
    elif role != "amount" and _PRICED.search(folded(heading)):
        units = [*units, "USD"]
    return (Told(unit, where) for unit in units)


def _near(table: Table, at: int) -> Iterator[Told]:
    for line, row in table.near:
        if at < len(row):
            yield from (Told(unit, f"{row[at]!r} in line {line}") for unit in said(row[at]))


def _beside(table: Table, role: str) -> Iterator[Told]:
    """Give what a sheet's name and the lines above a table name, but for units of other columns."""
    others = {unit for one, units in FACTORS.items() if one != role for unit in units} | {RATE, "W"}
    for text in (table.sheet.name, *table.above):
        units = [unit for unit in named(text) if unit not in others]
        if not _SCALED.search(text):
            units = [unit for unit in units if unit not in SCALES]
        yield from (Told(unit, f"{text!r} beside the table") for unit in units)


def _only(role: str, heading: str, found: Sequence[Told]) -> Told:
    heading = heading or "the column"
    for told in found:
        if told.unit not in FACTORS[role]:
            raise UnitError(
                f"{told.where} names {_word(told.unit)}, and {heading!r} would be taken as {BASE[role]}:"
                f" convert that column to {BASE[role]} in the file, or leave it out with --set {role}="
            )
    if len({told.unit for told in found}) > 1:
        raise _several(heading, found)
    return found[0] if found else Told(None)


def _several(heading: str, found: Iterable[Told]) -> UnitError:
    named_so = "; ".join(dict.fromkeys(f"{told.unit} by {told.where}" for told in found))
    return UnitError(f"{heading!r} is named in several units: {named_so}; leave the right one in the file")


def _word(unit: str | None) -> str:
    return "a rate (so much of one for each other)" if unit == RATE else str(unit)


class Measures:
    """The units of a table's numbers, row by row."""

    def __init__(self, table: Table, groups: Sequence[Mapping[str, int]]) -> None:
        """Look at the columns of values.

        Raises:
            UnitError: if one cannot be taken.
        """
        self._table, self._heading = table, table.heading
        self._groups = groups
        self._columns = {
            at: unit_of(table, role, at) for group in groups for role, at in group.items() if role in BASE
        }
        taken = {at for group in groups for at in group.values()}
        self._units = [(at, of) for at, of in _unit_columns(table.heading) if at not in taken]

    def unit(self, cells: Sequence[str], group: Mapping[str, int], role: str) -> Told:
        """Return the unit of a row's number.

        Raises:
            UnitError: if its column of units names another quantity, or another unit than the column.
        """
        one = self._columns[group[role]]
        found = [one] if one.unit else []
        for at, of in self._units:
            text = cells[at].strip() if at < len(cells) else ""
            unit = self._worded(text, at)
            if unit and self._concerned(unit, at, of, group) == role:
                found.append(Told(unit, f"{text!r} in the column {self._heading[at]!r}"))
        return _only(role, _heading(self._table, group[role]), found)

    def _worded(self, text: str, at: int) -> str | None:
        """Return the unit that a cell of a column of units says; None where that is no unit at all."""
        if is_nothing(text):
            return None
        units = said(text)
        if len(units) == 1:
            return units[0]
        is_other = not units and (any(map(str.isdigit, text)) or len(text) < 2)
        if is_other and "unit" in folded(self._heading[at]) and "measure" not in folded(self._heading[at]):
            return None  # of a building
        raise UnitError(f"{text!r} in the column {self._heading[at]!r} is no unit that is known")

    def _concerned(self, unit: str, at: int, of: str | None, group: Mapping[str, int]) -> str | None:
        """Return the role that a unit of a column tells of."""
        left = next((role for role, place in group.items() if place == at - 1 and role in BASE), None)
        if of is not None:
            return of if of in group else left
        if left is not None and unit in FACTORS[left]:
            return left
        first = next((role for role in BASE if role in group), None)
        return None if first == "amount" and unit not in MONEY else first

    def confirmed(self, rows: Iterable[tuple[int, Sequence[str]]]) -> Iterator[tuple[str, Told]]:
        """Give the unit of each number of rows that has one, by role, each once.

        Raises:
            UnitError: if one cannot be taken, by its line.
        """
        met: set[tuple[str, Told]] = set()
        for line, cells in rows:
            for group in self._groups:
                for role in BASE:
                    if role not in group or is_nothing("".join(cells[group[role] : group[role] + 1])):
                        continue
                    try:
                        told = self.unit(cells, group, role)
                    except UnitError as error:
                        raise UnitError(f"line {line}: {error}") from None
                    if told.unit and (role, told) not in met:
                        met.add((role, told))
                        yield role, told


def _unit_columns(heading: Sequence[str]) -> Iterator[tuple[int, str | None]]:
    """Give the columns of units, each with the role that its heading says."""
    for at, one in enumerate(heading):
        match = _UNITS.fullmatch(folded(one))
        words = match[1].split() if match else []
        if match and set(words) <= {*_OF, *_WITH}:
            yield at, next((_OF[word] for word in words if word in _OF), None)
