"""The settings of reading and of keeping, each a BILLCLERK_* environment variable (README.md, "Settings").

The limits are for documents from strangers: a bill of 2 MB and 20 pages comes nowhere
near any of them, a summary statement of 300 services on 1,500 pages stays inside.

>>> ReaderSettings.model_fields["max_pages"].default
2000
"""

import os
from decimal import Decimal
from pathlib import Path

from pydantic import Field, SecretStr

from extractor.base.settings import ENVIRONMENT_ONLY, Settings


def _cores() -> int:
    return len(os.sched_getaffinity(0))


class ReaderSettings(Settings):
    """Limits and parallel work of `billclerk read`."""

    jobs: int = Field(default_factory=_cores, ge=1, le=256, description="documents read at the same time")
    max_pages: int = Field(default=2000, ge=1, description="pages a file may have")
    max_file_mb: int = Field(default=100, ge=1, description="size of a file, in millions of bytes")
    max_archive_mb: int = Field(
        default=500, ge=1, description="what an archive may unpack to, in millions of bytes"
    )
    max_page_megapixels: int = Field(
        default=50, ge=1, description="size of a page's picture, in millions of pixels"
    )
    wall_seconds: float = Field(default=300, gt=0, description="seconds one document may take")
    cpu_seconds: int = Field(default=240, ge=1, description="processor seconds one document may take")
    scanned_page_seconds: float = Field(
        default=10, ge=0, description="seconds more for each scanned page above the twentieth"
    )
    memory_mb: int = Field(
        default=2048, ge=256, description="memory of a worker process, in millions of bytes"
    )
    output_mb: int = Field(default=20, ge=1, description="size of a document's record, in millions of bytes")
    documents_per_worker: int = Field(
        default=500, ge=1, description="documents until a worker process is replaced"
    )


class JoinSettings(Settings):
    """How far a bill and its meter may be apart."""

    join_kwh: Decimal = Field(
        default=Decimal(1), ge=0, description="kWh by which a price period that ties out may be off"
    )
    join_percent: Decimal = Field(
        default=Decimal("0.5"), ge=0, le=100, description="percent by which a bill's kWh may be off"
    )
    join_kw: Decimal = Field(default=Decimal(1), ge=0, description="kW by which a bill may be off")


class CoverageSettings(Settings):
    """When a statement that did not come is late."""

    coverage_grace_days: int = Field(
        default=5, ge=0, le=365, description="days after a statement's expected date in which it is not late"
    )


class HomeSettings(Settings):
    """Where bills are kept."""

    home: Path | None = Field(default=None, description="the home folder", json_schema_extra=ENVIRONMENT_ONLY)
    database_url: SecretStr | None = Field(
        default=None,
        description="a PostgreSQL database instead of the home's own",
        json_schema_extra=ENVIRONMENT_ONLY,
    )
