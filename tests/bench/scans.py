"""How well and how fast scans are read, beside plain tesseract on every page at 300 dpi in the same run.

Silent errors are values of a verified record that differ from the golden one, optional values that
were left open excepted; the goal is none.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2

from corpus.scans import KINDS, golden, sample, scan
from extractor.guarded import read_lines
from tests.bench.timing import seconds

BILLS = (
    "gs2e-cpa-35-days-2026",
    "d4-bundled-winter-2025",
    "prime-cpa-green-summer-2026",
    "gs3d-cpa-clean-summer-2025",
)
CLEAN = ("grey-200", "grey-300", "skewed", "turned-90", "landscape-rotate", "duplex")
HARD = ("fax", "fax-standard", "stamped", "stamped-grey", "stamped-charges", "pen")
OPTIONAL = {
    "kind", "customer_name", "mailing_address", "due_date", "next_cycle_end", "autopay", "date", "pod_id", "service_address",
    "rotating_outage_group", "product", "meter", "meters", "usage_kwh", "exported_kwh", "estimated", "max_demand_kw",
    "demands", "usage_history", "balances", "kwh", "days", "issuer", "meter start", "meter end",
}  # fmt: skip


def report() -> Iterator[str]:
    """Read scans of a few bills, and give what share is verified and exact, silent errors and the cost."""
    with tempfile.TemporaryDirectory() as folder:
        for group, kinds in (("clean scans", CLEAN), ("faxes, stamps and pens", HARD)):
            verified = silent = 0
            for name in BILLS:
                for kind in kinds:
                    path = Path(folder, f"{name}-{kind}{KINDS[kind].suffix}")
                    path.write_bytes(scan(sample(name), kind, seed=1))
                    ((_, lines),) = read_lines([path])
                    records = [json.loads(line) for line in lines]
                    closed = all(record["status"] == "verified" for record in records)
                    wrong = [
                        said
                        for record, bill in zip(records, golden(name), strict=False)
                        for said in differing(record["bill"], bill["bill"])
                    ]
                    verified += closed and not wrong
                    silent += closed and bool(wrong)
                    for said in wrong if closed else []:
                        yield f"  silent: {name} {kind} {said}"
            yield f"{group}: {verified} of {len(BILLS) * len(kinds)} verified and exact, {silent} with a silent error"
        yield from _cost(Path(folder))


def differing(ours: Any, theirs: Any, name: str = "") -> Iterator[str]:
    """Name what differs between a record and a golden one; what may be left open may be null."""
    if name in OPTIONAL and ours in (None, []):
        return
    if isinstance(theirs, dict):
        for key in theirs.keys() - {"evidence", "status"}:
            yield from differing((ours or {}).get(key), theirs[key], key)
    elif name == "usage_history" and isinstance(ours, list):
        told = {month["month"]: month for month in theirs}
        for mine in ours:
            yield from differing(mine, told.get(mine["month"]))
    elif isinstance(theirs, list) and isinstance(ours, list) and len(ours) == len(theirs):
        for mine, one in zip(ours, theirs, strict=True):
            yield from differing(mine, one, name)
    elif _plain(ours) != _plain(theirs):
        yield f"{name}: {ours!r} for {theirs!r}"


def _plain(value: Any) -> Any:
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return value.replace(" ", "") if isinstance(value, str) else value


def _cost(folder: Path) -> Iterator[str]:
    paths = [
        path for path in sorted(folder.iterdir()) if path.stem.endswith(("grey-200", "grey-300", "skewed"))
    ]
    plain = sum(seconds(partial(_tesseract, path, folder)) for path in paths)
    ours = sum(seconds(partial(_read, path)) for path in paths)
    yield f"{len(paths)} scans: tesseract on every page at 300 dpi {plain / len(paths):.1f} s a bill, ours {ours / len(paths):.1f} s"
    yield f"  a scanned bill costs {ours / plain:.2f} of it (goal: at most 0.6)"


def _read(path: Path) -> None:
    list(read_lines([path]))


def _tesseract(path: Path, folder: Path) -> None:
    """Recognise every page at 300 dpi, one after the other, without threads: they make it slower."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        picture = folder / "plain.pgm"
        page.render(scale=300 / 72, grayscale=True).to_pil().save(picture)
        subprocess.run(
            ["tesseract", picture, "-", "--dpi", "300"],
            check=True, capture_output=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )  # fmt: skip
