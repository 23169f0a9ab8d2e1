"""The tables of requests and their version; the store of bills has its own beside it in the same database."""

from __future__ import annotations

from pathlib import Path

from extractor.base.schema import Schema

REQUESTS = Schema(
    "requests", ["datarequests.tables"], Path(__file__).parent / "migrations", "requests_version"
)
