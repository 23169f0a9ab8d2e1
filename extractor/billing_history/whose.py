"""Which service account a table without a column of them is of: by what is above it, or the file's name.

>>> numbers("Account 8-001-0000-50"), numbers("history_3-001-2345-67.csv"), numbers("700123456789")
({'8001000050'}, {'3001234567'}, set())
"""

from __future__ import annotations

import re
from typing import Literal

from extractor.billing_history.mapping import HistoryMapping
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.formats._sce_text import account_in
from extractor.intervals.mapped.roles import accounts_in
from extractor.intervals.mapped.tables import Table

_HYPHENS = re.compile(r"(?<![\d-])[38]-\d{3}-\d{4}-\d{2}(?![\d-])", re.ASCII)
"""Service accounts of either kind as people group their digits."""


def numbers(text: str) -> set[str]:
    """Return the service accounts that a text has, without hyphens."""
    return {one.replace("-", "") for one in (*accounts_in(text), *_HYPHENS.findall(text))}


def above(table: Table) -> set[str]:
    """Return the service accounts that stand above a table, or in its sheet's name."""
    return numbers("\n".join((table.sheet.name, *table.above)))


def in_name(name: str) -> str | None:
    """Return the service account in a file's name; None where there is none, or several."""
    told = account_in(name)
    found = {told.replace("-", "")} if told else set()
    found |= {one.replace("-", "") for one in _HYPHENS.findall(name)}
    return found.pop() if len(found) == 1 else None


def place_of(table: Table, name: str) -> Literal["preamble", "name"] | None:
    """Return where a table without a column of service accounts has its own; None where nothing is sure."""
    found, told = above(table), in_name(name)
    if len(found) == 1:
        return "preamble" if told is None or told in found else None
    return "name" if told is not None and (not found or told in found) else None


def why_open(table: Table, name: str) -> str:
    """Say why nothing names the service account of a table for sure."""
    found, told = sorted(above(table)), in_name(name)
    if len(found) > 1:
        return f"several stand above the table: {', '.join(found)}"
    if found:
        return f"{found[0]} stands above the table, and {told} in the file's name"
    return "none stands above the table or in the file's name"


def account_of_all(mapping: HistoryMapping, table: Table, name: str) -> str | None:
    """Return the account that all rows of a table are of, where no column says it.

    Raises:
        UnreadableIntervalsError: if nothing names one for sure.
    """
    if mapping.owner == "column":
        return None
    there = above(table)
    found = in_name(name) if mapping.owner == "name" else there.pop() if len(there) == 1 else None
    if found is None:
        where = "the file's name" if mapping.owner == "name" else "what stands above the table"
        raise UnreadableIntervalsError(f"{where} names no service account, or several")
    return found
