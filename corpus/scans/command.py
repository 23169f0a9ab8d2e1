"""`python -m corpus scans OUT_DIR [--kinds ...] [--bills ...]`: write scans, each beside its golden."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from corpus.scans.batch import batch
from corpus.scans.goldens import SAMPLES, golden, sample
from corpus.scans.kinds import KINDS, scan

BATCH = "batch"  # all the bills in one file: no kind, since a kind is of one bill
_FEW = ("gs2e-cpa-lean-season-split-2025", "prime-cpa-green-summer-2026", "gs3d-bundled-summer-2026")


def main(arguments: Sequence[str]) -> None:
    """Write the scans that the arguments ask for; exits with status 2 where they are wrong."""
    asked = _parser().parse_args(arguments)
    out: Path = asked.out
    for kind in asked.kinds:
        made = (
            _write_batch(out, asked.bills, asked.seed)
            if kind == BATCH
            else _write(out, kind, asked.bills, asked.seed)
        )
        sys.stderr.write(f"{kind}: {made} files in {out / kind}\n")


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m corpus scans", description="Make scans of the sample bills.")
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    names = sorted(path.stem for path in SAMPLES.glob("*.pdf"))
    parser.add_argument("--kinds", nargs="+", choices=[*KINDS, BATCH], default=[*KINDS], metavar="KIND")
    parser.add_argument("--bills", nargs="+", choices=names, default=_FEW, metavar="NAME")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _write(out: Path, kind: str, bills: Sequence[str], seed: int) -> int:
    made = 0
    for name in bills:
        try:
            data = scan(sample(name), kind, seed)
        except ValueError as error:
            sys.stderr.write(f"{name}: left out, {error}\n")
            continue
        _write_file(out / kind / f"{name}{KINDS[kind].suffix}", data, golden(name))
        made += 1
    return made


def _write_batch(out: Path, bills: Sequence[str], seed: int) -> int:
    data, order = batch([sample(name) for name in bills], seed)
    _write_file(
        out / BATCH / "batch.pdf", data, [record for index in order for record in golden(bills[index])]
    )
    return 1


def _write_file(path: Path, data: bytes, records: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n")
