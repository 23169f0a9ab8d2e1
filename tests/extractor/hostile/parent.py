"""A fresh program that reads files one after the other, and tells what each cost it: `python -m` this.

In: a folder of files and the limits. Out: a line of JSON per file, in the order of their names: its records, how many
seconds it took, and by how many bytes this process's memory rose at its highest.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from extractor.guarded import read_lines
from extractor.settings import ReaderSettings


def main(folder: str, limits: str) -> None:
    """Read the folder's files in the order of their names."""
    settings = ReaderSettings(**json.loads(limits))
    paths = sorted(Path(folder).iterdir())
    began, before = time.monotonic(), _memory("VmRSS")
    for path, lines in read_lines(paths, 1, settings):
        now, highest = time.monotonic(), _memory("VmHWM")
        records = [json.loads(line) for line in lines]
        print(json.dumps([path.name, records, now - began, highest - before]), flush=True)
        began = time.monotonic()


def _memory(name: str) -> int:
    """Return a value of /proc/self/status in bytes."""
    rows = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
    return int(rows[name].split()[0]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
