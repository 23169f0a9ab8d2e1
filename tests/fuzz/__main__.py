"""A bounded fuzz run: `python -m tests.fuzz [SECONDS] [SEED]`, or `make fuzz`.

Sample bills are broken in every way that tests/fuzz/mutator.py knows and read through the guarded worker
processes, as a user's files are; each answer is held to the laws of tests/fuzz/laws.py. What breaks one is kept
under build/fuzz/ with the law in its name: make it small, and put it into tests/extractor/hostile/found/. Ends with exit
status 1 if a law was broken.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from extractor.guarded import read_lines
from extractor.settings import ReaderSettings
from tests.fuzz.laws import Record, broken_laws
from tests.fuzz.mutator import mutated

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "fuzz"
SEEDS = (
    "d4-bundled-winter-2025",
    "d4-cpa-clean-summer-2026",
    "cpa-only-gs2e-lean-season-split-bare-2026",
    "gs1e-cpa-lean-winter-2025",
    "old-d4-cpa-clean-2018",
)
"""Samples of every layout."""

SETTINGS = ReaderSettings(wall_seconds=20, cpu_seconds=15, memory_mb=1024)
JOBS = 2


def main(seconds: float = 120, seed: int | None = None) -> int:
    """Read broken bills for so many seconds; return the exit status."""
    seed = int(time.time()) if seed is None else seed
    print(f"fuzz: {seconds:g} s, seed {seed}", flush=True)
    statuses: Counter[str] = Counter()
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        files = _Files(Path(folder), Random(seed), time.monotonic() + seconds)
        before = time.monotonic()
        for path, lines in read_lines(files.paths(), JOBS, SETTINGS):
            statuses.update(_outcomes(lines))
            taken, before = time.monotonic() - before, time.monotonic()
            for law in broken_laws(lines, taken, SETTINGS.wall_seconds, files.goldens.pop(path)):
                broken += 1
                print(f"BROKEN: {law}: {_keep(path)}", flush=True)
            path.unlink()
        for path in files.goldens:
            broken += 1
            print(f"BROKEN: no answer: {_keep(path)}", flush=True)
    print(f"fuzz: {statuses.total()} records: {dict(statuses.most_common())}; laws broken: {broken}")
    return 1 if broken else 0


class _Files:
    """The broken bills, made as they are asked for, and the records of what they were made from."""

    def __init__(self, folder: Path, random: Random, end: float) -> None:
        self._folder, self._random, self._end = folder, random, end
        self.goldens: dict[Path, list[Record]] = {}

    def paths(self) -> Iterator[Path]:
        samples = [ROOT / "corpus" / "samples" / f"{name}.pdf" for name in SEEDS]
        sound = [(path.read_bytes(), json.loads(path.with_suffix(".json").read_text())) for path in samples]
        number = 0
        while time.monotonic() < self._end:
            number += 1
            data, golden = self._random.choice(sound)
            path = self._folder / f"{number:06}.pdf"
            path.write_bytes(mutated(data, self._random))
            self.goldens[path] = golden
            yield path


def _outcomes(lines: list[bytes]) -> Iterator[str]:
    for record in map(json.loads, lines):
        unreadable = record["status"] == "unreadable"
        yield record["findings"][0]["code"] if unreadable and record["findings"] else record["status"]


def _keep(path: Path) -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    kept = KEPT / f"{time.time_ns()}.pdf"
    kept.write_bytes(path.read_bytes())
    return kept


if __name__ == "__main__":
    arguments = sys.argv[1:]
    sys.exit(main(*(float(arguments[0]),) if arguments else (), *map(int, arguments[1:])))
