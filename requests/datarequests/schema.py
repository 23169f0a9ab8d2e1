"""The tables of requests and their version; the store of bills has its own beside it in the same database."""

from __future__ import annotations

from pathlib import Path

from datarequests.tables import Table
from extractor.base.schema import Schema

REQUESTS = Schema("requests", Table.metadata, Path(__file__).parent / "migrations", "requests_version")
