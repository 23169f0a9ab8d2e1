"""Imports of interval files as rows."""

from __future__ import annotations

import datetime as dt

from extractor.export.rows import Column, Row
from extractor.intervals import clock
from extractor.intervals.held.imports import Import
from extractor.store.mappings import ACCOUNT, called
from extractor.store.metered import IntervalImport

IMPORT_COLUMNS = (
    Column("import", "whole", "number of the import: the higher one counts"),
    Column("imported_at", "text", "when it was imported, local"),
    Column("file", "text", "the file's own name"),
    Column("format", "text", "format it was read by, and what a person said of it"),
    Column("accounts", "text", "service accounts of its readings; else usage points or meters"),
    Column("first", "date", "local day of its first reading"),
    Column("last", "date", "local day of its last reading, inclusive"),
    Column("added", "whole", "intervals that were new"),
    Column("changed", "whole", "intervals of which it said something else than what was held"),
    Column("same", "whole", "intervals that were held just so"),
    Column("is_confirmed", "flag", "false where nobody confirmed what its columns mean"),
    Column("undone_at", "text", "when it was taken back, local"),
    Column("undone_by", "text", "who took it back"),
    Column("undone_why", "text", "why"),
    Column("sha256", "text", "hash of the file: the document's key"),
)


def import_row(one: Import) -> Row:
    """Return an import as a row."""
    row, undone = one.row, one.undone
    return {
        "import": row.id,
        "imported_at": _local(row.at),
        "file": one.name,
        "format": _format(row),
        "accounts": ", ".join(one.owners),
        "first": None if one.begin is None else clock.local(one.begin).date(),
        "last": None if one.end is None else clock.local(one.end - 1).date(),
        "added": row.added,
        "changed": row.changed,
        "same": row.same,
        "is_confirmed": row.is_confirmed,
        "undone_at": _local(undone.at) if undone else None,
        "undone_by": undone.who if undone else None,
        "undone_why": undone.why if undone else None,
        "sha256": row.sha256,
    }


def _format(row: IntervalImport) -> str:
    """Return the format's name, with the account only where a person said it."""
    format = row.format.removesuffix(f", taken back ({row.id})")
    _, _, account = format.partition(ACCOUNT)
    return f"{called(format)}{ACCOUNT}{account}" if account.endswith(" as a person says") else called(format)


def _local(at: dt.datetime) -> str:
    return clock.local(int(at.timestamp())).isoformat(timespec="minutes")
