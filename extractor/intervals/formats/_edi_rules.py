"""What the codes of a utility's 867 mean: one table, each row with the grade of its evidence and since when.

No guide of California's 867 is published whole and no real interval 867 of SCE is known, so most rows are
second-hand (`3P`) or common knowledge of the trade (`MEM`); `O` was seen in a real file, `S` stands in a
published specification, `I` is inferred. While a row in use is neither `O` nor `S`, readings are given as not
confirmed. To correct a row, change it here, or add one with a later date: the latest row that was in force
when a transaction was made (BPT03) counts, the earliest where none was.

Sources: SCE's SGIP guide "867, version 006" of 28 April 2008 in excerpts; the Pennsylvania, New Jersey,
Delaware and Maryland guides; one 867 of ERCOT of 2016; X12 4010 for the time codes.

>>> Rules().meaning("QTY01", "87")
'received actual'
>>> Rules().meaning("QTY01", "ZZ") is None
True
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Literal, NamedTuple

Grade = Literal["O", "S", "3P", "MEM", "I"]

EARLY = dt.date(1999, 1, 1)
SGIP = dt.date(2008, 4, 28)


class Rule(NamedTuple):
    """What a code in an element means."""

    element: str
    code: str
    meaning: str
    grade: Grade
    since: dt.date = EARLY


RULES = (
    # What a transaction is: BPT01. What was cancelled is no reading.
    Rule("BPT01", "00", "original", "3P"),
    Rule("BPT01", "01", "cancelled", "MEM"),
    Rule("BPT01", "CO", "corrected", "3P", SGIP),
    Rule("BPT01", "52", "historical", "3P"),
    Rule("BPT01", "SU", "original", "O"),
    # Of what a loop's quantities are: PTD01. Sums over meters are not given beside the meters' own.
    Rule("PTD01", "SU", "metered", "3P"),
    Rule("PTD01", "BB", "billed", "3P"),
    Rule("PTD01", "PM", "meter", "3P"),
    Rule("PTD01", "BO", "account", "3P"),
    Rule("PTD01", "IA", "account", "3P"),
    Rule("PTD01", "BQ", "account", "3P"),
    Rule("PTD01", "BC", "unmetered", "3P"),
    Rule("PTD01", "BJ", "meter", "O"),
    # Direction and certainty of a quantity: QTY01.
    Rule("QTY01", "QD", "delivered actual", "MEM"),
    Rule("QTY01", "KA", "delivered estimated", "MEM"),
    Rule("QTY01", "87", "received actual", "3P"),
    Rule("QTY01", "9H", "received estimated", "MEM"),
    # Units: QTY03, MEA04, and the first two letters of REF MT. Others are told.
    Rule("unit", "KH", "Wh", "O"),
    Rule("unit", "K3", "VArh", "3P"),
    Rule("unit", "K1", "power", "MEM"),
    Rule("unit", "K2", "power", "MEM"),
    Rule("unit", "K4", "power", "MEM"),
    Rule("unit", "K7", "power", "MEM"),
    # Whose number it is: REF01.
    Rule("REF01", "12", "service account", "3P"),
    Rule("REF01", "Q5", "usage point", "O"),
    Rule("REF01", "10", "usage point", "3P", SGIP),
    Rule("REF01", "LU", "usage point", "MEM"),
    Rule("REF01", "MG", "meter", "3P"),
    Rule("REF01", "MT", "metering type", "3P"),
    Rule("REF01", "6W", "channel", "3P"),
    # What a date is: DTM01. A DTM 151 without a time is the last day, inclusive.
    Rule("DTM01", "150", "begin", "3P"),
    Rule("DTM01", "151", "end", "3P"),
    Rule("DTM01", "582", "end", "3P"),
    # What a measurement is: MEA02. A multiplier is taken to be in the quantities already.
    Rule("MEA02", "PRQ", "consumption", "MEM"),
    Rule("MEA02", "MU", "multiplier", "3P"),
    # Time of use: MEA07. Without one a quantity is the total.
    Rule("MEA07", "51", "total", "O"),
    Rule("MEA07", "41", "off-peak", "3P"),
    Rule("MEA07", "42", "on-peak", "3P"),
    Rule("MEA07", "43", "mid-peak", "3P"),
    # Clocks: DTM04. Hours from UTC, or a zone whose clock changes. "" is where no code is given.
    Rule("DTM04", "UT", "+0", "S"),
    Rule("DTM04", "GM", "+0", "S"),
    Rule("DTM04", "PS", "-8", "S"),
    Rule("DTM04", "PD", "-7", "S"),
    Rule("DTM04", "MS", "-7", "S"),
    Rule("DTM04", "MD", "-6", "S"),
    Rule("DTM04", "CS", "-6", "S"),
    Rule("DTM04", "CD", "-5", "S"),
    Rule("DTM04", "ES", "-5", "3P"),
    Rule("DTM04", "ED", "-4", "3P"),
    Rule("DTM04", "PT", "America/Los_Angeles", "MEM"),
    Rule("DTM04", "MT", "America/Denver", "MEM"),
    Rule("DTM04", "CT", "America/Chicago", "MEM"),
    Rule("DTM04", "ET", "America/New_York", "MEM"),
    Rule("DTM04", "LT", "America/Los_Angeles", "I"),
    Rule("DTM04", "", "America/Los_Angeles", "I"),
)


class Rules:
    """The rows in force on a day, and which of them have been used."""

    def __init__(self, on: dt.date = dt.date.max, rules: Iterable[Rule] = RULES) -> None:
        self._rows: dict[tuple[str, str], Rule] = {}
        for rule in sorted(rules, key=lambda rule: rule.since, reverse=True):
            self._add(rule, on)
        self.used: dict[tuple[str, str], Rule] = {}

    def _add(self, rule: Rule, on: dt.date) -> None:
        """Keep a row, the latest first, unless one that is already in force is there."""
        kept = self._rows.get((rule.element, rule.code))
        if kept is None or kept.since > on:
            self._rows[rule.element, rule.code] = rule

    def meaning(self, element: str, code: str) -> str | None:
        """Return what a code means; None if it is not in the table."""
        rule = self._rows.get((element, code))
        if rule is None:
            return None
        self.used[element, code] = rule
        return rule.meaning

    @property
    def is_confirmed(self) -> bool:
        """Whether each row that was used was seen in a real file or stands in a specification."""
        return all(rule.grade in {"O", "S"} for rule in self.used.values())

    def assumed(self) -> list[str]:
        """Return the rows that were used without being confirmed, for people."""
        rows = [rule for rule in self.used.values() if rule.grade not in {"O", "S"}]
        return [f"{one.element} {one.code or '(none)'} is {one.meaning} [{one.grade}]" for one in rows]
