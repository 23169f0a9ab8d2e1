"""Writing the corpus: samples/<name>.pdf with <name>.json, samples/intervals/, and not_bills/ likewise."""

import json
from pathlib import Path

from corpus.cases import SAMPLES
from corpus.drawing.document import page_ranges, render
from corpus.golden import Record, golden_of, not_a_bill
from corpus.intervals import make_intervals
from corpus.model import Sample
from corpus.notices import NOTICES, render_notice


def make_all(out: Path) -> int:
    """Make every file under `out`; return how many samples there are."""
    for folder in (out / "samples", out / "not_bills"):
        folder.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        make_one(sample, out / "samples")
    make_intervals(out / "samples")
    for name in NOTICES:
        (out / "not_bills" / f"{name}.pdf").write_bytes(render_notice(name))
        write_golden(out / "not_bills" / f"{name}.json", not_a_bill())
    return len(SAMPLES)


def make_one(sample: Sample, folder: Path) -> None:
    """Make one sample's PDF and golden record."""
    (folder / f"{sample.name}.pdf").write_bytes(render(sample))
    write_golden(folder / f"{sample.name}.json", golden_of(sample, page_ranges(sample)))


def write_golden(path: Path, records: list[Record]) -> None:
    """Write golden records as indented JSON."""
    path.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n")
