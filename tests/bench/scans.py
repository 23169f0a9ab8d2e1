"""How well and how fast scans are read, beside plain tesseract on every page at 300 dpi in the same run.

Bills are drawn by chance from the samples, the same ones every time. Silent errors are values of a
verified record that differ from the golden one, optional values that were left open excepted; the
goal is none. `SCANS=20 python -m tests.bench scans` reads so many bills of each kind.
"""

import json
import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pypdfium2

from corpus.scans import KINDS, batch, golden, sample, scan
from extractor.guarded import read_lines
from tests.bench.recognised import numbers_exact
from tests.bench.timing import seconds
from tests.corpus.scanned_records import differing

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"

EACH = int(os.environ.get("SCANS", "4"))
"""Bills of each kind."""

CLEAN = ("grey-200", "grey-300", "skewed", "turned-90", "turned-180", "landscape-rotate", "duplex", "mixed")
HARD = ("fax", "stamped", "stamped-grey", "stamped-charges", "pen", "pen-charges")

BATCH = 40
"""Bills of a copier's batch."""


class Scanned(NamedTuple):
    """A scan of a sample bill on disk."""

    name: str
    kind: str
    seed: int
    path: Path

    def __str__(self) -> str:
        """Name what is needed to make it again."""
        return f"{self.name} {self.kind} seed {self.seed}"


def report() -> Iterator[str]:
    """Read scans of bills: what share is verified and exact, silent errors, the work of repair, the cost."""
    names = single_bills()
    with tempfile.TemporaryDirectory() as folder:
        clean: list[Scanned] = []
        for group, kinds, goal in (
            ("clean scans", CLEAN, "at least 95 %"),
            ("faxes, stamps and pens", HARD, "at least 60 %"),
        ):
            scans = [one for kind in kinds for one in scans_of(names, kind, Path(folder))]
            clean = clean or scans
            yield from _accuracy(group, scans, goal)
        yield from _repair(names, Path(folder))
        yield from _cost(
            [one.path for one in clean if one.kind in ("grey-200", "grey-300", "skewed")], Path(folder)
        )
        yield from _batch(names, Path(folder))


def single_bills() -> list[str]:
    """Return the names of the samples with one bill."""
    return [
        path.stem
        for path in sorted(SAMPLES.glob("*.pdf"))
        if len(json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))) == 1
    ]


def scans_of(names: Sequence[str], kind: str, folder: Path) -> list[Scanned]:
    """Make scans of one kind of bills drawn by chance."""
    chance = Random(kind)
    found = []
    for name in chance.sample(list(names), EACH):
        seed = chance.randrange(1000)
        path = folder / f"{name}-{kind}-{seed}{KINDS[kind].suffix}"
        try:
            path.write_bytes(scan(sample(name), kind, seed=seed))
        except ValueError:  # a bill of one page cannot be mixed
            continue
        found.append(Scanned(name, kind, seed, path))
    return found


def _accuracy(group: str, scans: Sequence[Scanned], goal: str) -> Iterator[str]:
    verified = silent = placeless = 0
    said = []
    by_kind = {one.kind: [0, 0] for one in scans}
    for one, (_, lines) in zip(scans, read_lines([one.path for one in scans]), strict=True):
        records = [json.loads(line) for line in lines]
        closed = all(record["status"] == "verified" for record in records)
        wrong = list(_wrong(records, one.name)) if closed else []
        good = closed and not wrong
        verified, silent = verified + good, silent + bool(wrong)
        by_kind[one.kind][0] += good
        by_kind[one.kind][1] += 1
        placeless += not closed and not any(_has_place(record) for record in records)
        said += [f"  silent: {one}: {what}" for what in wrong]
        said += [] if closed else [f"  in doubt: {one}: {_first_error(records)}"]
    share = 100 * verified / len(scans)
    yield f"{group}: {verified} of {len(scans)} verified and exact, {share:.0f} % (goal: {goal})"
    yield "  " + ", ".join(f"{kind} {good} of {count}" for kind, (good, count) in by_kind.items())
    yield f"  with a silent error: {silent} (goal: 0); in doubt without a place: {placeless} (goal: 0)"
    yield from said


def _first_error(records: Sequence[dict[str, Any]]) -> str:
    errors = (said for record in records for said in record["findings"] if said["severity"] == "error")
    return next((f"page {said['page']}, {said['message']}" for said in errors), "nothing said")


def _wrong(records: Sequence[dict[str, Any]], name: str) -> Iterator[str]:
    for record, bill in zip(records, golden(name), strict=True):
        yield from differing(record["bill"], bill["bill"])


def _has_place(record: dict[str, Any]) -> bool:
    errors = [said for said in record["findings"] if said["severity"] == "error"]
    return any(said["page"] or said["code"] == "pages_missing" for said in errors)


def _repair(names: Sequence[str], folder: Path) -> Iterator[str]:
    """Count the numbers that are exact before and after repair, verified or not."""
    for kind in ("fax", "stamped-charges"):
        before = after = count = 0
        for one in scans_of(names, kind, folder):
            exact = numbers_exact(one.path, golden(one.name)[0]["bill"])
            before, after, count = before + exact.before, after + exact.after, count + exact.all
        yield f"{kind}: of {count} numbers {before} exact before repair, {after} after it"


def _cost(paths: Sequence[Path], folder: Path) -> Iterator[str]:
    """Compare one job's reading with tesseract on every page, in wall-clock and in processor time."""
    wall, cpu = _taken(lambda: _tesseract(paths, folder))
    own_wall, own_cpu = _taken(lambda: _read(paths, 1))
    wide_wall, _ = _taken(lambda: _read(paths, os.cpu_count() or 1))
    yield (
        f"{len(paths)} scans, seconds a bill: tesseract on every page at 300 dpi {wall / len(paths):.1f},"
        f" ours {own_wall / len(paths):.1f}"
    )
    yield f"  one job costs {own_wall / wall:.2f} of it, {own_cpu / cpu:.2f} in processor time (goal: at most 0.6)"
    yield f"  with a job for each core {wide_wall / wall:.2f} of it"


def _taken(work: Callable[[], object]) -> tuple[float, float]:
    """Return the wall-clock and the processor seconds that work takes, its child processes' with it."""
    before = _processor()
    wall = seconds(work)
    return wall, _processor() - before


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _read(paths: Sequence[Path], jobs: int) -> None:
    list(read_lines(paths, jobs))


def _tesseract(paths: Sequence[Path], folder: Path) -> None:
    """Recognise every page at 300 dpi, one after the other, without threads: they make it slower."""
    for page in (page for path in paths for page in pypdfium2.PdfDocument(path)):
        picture = folder / "plain.pgm"
        page.render(scale=300 / 72, grayscale=True).to_pil().save(picture)
        subprocess.run(
            ["tesseract", picture, "-", "--dpi", "300"],
            check=True,
            capture_output=True,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )


def _batch(names: Sequence[str], folder: Path) -> Iterator[str]:
    """Read a copier's batch as one file."""
    chosen = Random(BATCH).sample(list(names), BATCH)
    path = folder / "batch.pdf"
    path.write_bytes(batch([sample(name) for name in chosen], seed=1)[0])
    ((_, lines),) = read_lines([path])
    records = [json.loads(line) for line in lines]
    bills = {key(golden(name)[0]["bill"]): name for name in chosen}
    found = [(record, bills.get(key(record["bill"]))) for record in records if record["bill"]]
    verified = [(record, name) for record, name in found if name and record["status"] == "verified"]
    wrong = [said for record, name in verified if name for said in _wrong([record], name)]
    yield (
        f"a batch of {BATCH} bills, {records[0]['document']['pages']} pages: {len(records)} records,"
        f" {len(verified)} verified, {len(wrong)} silent errors"
    )
    yield from (f"  silent: batch: {said}" for said in wrong)


def key(bill: dict[str, Any] | None) -> tuple[Any, Any]:
    """Return what tells one bill of the samples from another."""
    return (bill or {}).get("customer_account"), (bill or {}).get("statement_date")
