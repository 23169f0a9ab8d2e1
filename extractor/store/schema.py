"""The store's tables and their version; requests have theirs beside it in the same database."""

from __future__ import annotations

from pathlib import Path

from extractor.base.schema import Schema, SchemaError, changing

TABLES = ("tables", "people", "metered", "mappings", "sampled", "billing_history")
"""Modules of tables."""

STORE = Schema(
    "store",
    [f"{__package__}.{name}" for name in TABLES],
    Path(__file__).parent / "migrations",
    "store_version",
)
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
