"""The store's tables and their version; requests have theirs beside it in the same database."""

from __future__ import annotations

from pathlib import Path

from extractor.base.schema import Schema, SchemaError, changing
from extractor.store import billing_history, mappings, metered, people, sampled
from extractor.store.tables import Table

_ = (billing_history, mappings, metered, people, sampled)  # their tables are in the same metadata

STORE = Schema("store", Table.metadata, Path(__file__).parent / "migrations", "store_version")
VERSION_TABLE = STORE.version_table

version, newest, check, upgrade, refuse_newer = (
    STORE.version,
    STORE.newest,
    STORE.check,
    STORE.upgrade,
    STORE.refuse_newer,
)

__all__ = [
    "STORE",
    "VERSION_TABLE",
    "SchemaError",
    "changing",
    "check",
    "newest",
    "refuse_newer",
    "upgrade",
    "version",
]
