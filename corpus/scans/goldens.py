"""The text bills that are scanned, and their golden records, which are the scans' too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "samples"


def sample(name: str) -> bytes:
    """Return a sample bill's PDF; raises FileNotFoundError when there is none of that name."""
    return (SAMPLES / f"{name}.pdf").read_bytes()


def golden(name: str) -> list[dict[str, Any]]:
    """Return a sample's golden records; their `page_range` is that of the text bill."""
    records: list[dict[str, Any]] = json.loads((SAMPLES / f"{name}.json").read_text())
    return records
