"""Importers that are killed, and a disk that is really full: what was imported is whole, all else is not there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, func
from sqlmodel import select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intervals.held import files
from extractor.store.metered import IntervalFile, IntervalImport
from extractor.upkeep.backup import verify
from tests.extractor.intervals.held.stored import held

ROOT = Path(__file__).parents[4]
RUNS = int(os.environ.get("KILLS", "6"))
"""Importers that are killed, on each kind of database."""

IMPORTS = """
import sys
from pathlib import Path
from extractor.base.database import opened
from extractor.home import Home
from extractor.intervals.held import files
from tests.extractor.intervals.held.stored import MARCH, block, kept
files.HELD_BACK = 10
home, engine = Home(Path(sys.argv[1])), opened(sys.argv[2])
number = int(sys.argv[3])
print("begins", flush=True)
while True:
    kept(home, engine, str(number), [block({MARCH + at * 86400: number for at in range(200)})])
    print(number, flush=True)
    number += 1
"""
"""Each import sets readings of seven months, in as many files, to its own number."""


def test_importers_killed_at_any_moment_leave_whole_imports(home: Home, kept: Engine, address: str) -> None:
    chance, number, took = random.Random(7), 1, 0.0
    for _ in range(1 + RUNS):
        process = subprocess.Popen(
            [sys.executable, "-c", IMPORTS, home.path, address, str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        begun, said = time.monotonic(), ""
        if took:
            time.sleep(chance.uniform(0.05, 2 * took))
        else:  # how long an import takes on this machine, whatever else it does
            said = process.stdout.readline()
            took = time.monotonic() - begun
        process.send_signal(signal.SIGKILL)
        told = [int(line) for line in (said + process.communicate()[0]).splitlines()]
        with reading(kept) as session:
            done = session.exec(select(func.coalesce(func.max(IntervalImport.id), 0))).one()
        assert done >= max(told, default=number - 1)
        values = held(home, kept)
        assert (len(values), set(values.values())) == ((200, {done}) if done else (0, set()))
        number = done + 1
    assert number > 1
    files.sweep(home, kept)
    with reading(kept) as session:
        named = set(session.exec(select(IntervalFile.name)))
    folder = files.folder_of(home)
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.parquet")} == named
    assert len(named) == 7
    assert verify(home, kept).is_sound
    for at in range(1, number):
        assert set(held(home, kept, as_of=at).values()) == {at}


def test_two_processes_import_while_another_reads(home: Home, kept: Engine, address: str) -> None:
    """A reader sees all of one import or all of another; in the end each import is told as it was."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORTS, home.path, address, str(first)], stdout=subprocess.PIPE, text=True
        )
        for first in (1000, 2000)
    ]
    seen = set()
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.readline()  # its first import is done
    until = time.monotonic() + 3
    while time.monotonic() < until:
        (value,) = set(held(home, kept).values())
        seen.add(value)
    for process in processes:
        process.kill()
        process.communicate()
    assert len(seen) > 1
    with reading(kept) as session:
        done = session.exec(select(func.max(IntervalImport.id))).one()
    told = [set(held(home, kept, as_of=at).values()) for at in range(1, done + 1)]
    values = [value for one in told for value in one]
    assert len(values) == len(set(values)) == done
    assert {value // 1000 for value in values} == {1, 2}


FULL = """
import sys
from pathlib import Path
from sqlalchemy.exc import OperationalError
from extractor.base.database import opened
from extractor.home import created
from extractor.intervals.held import files
from extractor.store import schema
from tests.extractor.intervals.held.stored import MARCH, block, held, kept
place = Path(sys.argv[1])
home = created(place / "home", "")
engine = opened(home.database)
schema.upgrade(engine)
def a_file(number):
    return [block({MARCH + at * 900: number * 100_000 + at * at % 977 for at in range(30_000)})]
kept(home, engine, "0", a_file(0))
before, failed = held(home, engine), 0
for number, free in enumerate((0, 4, 16, 40, 64, 100, 150, 200, 250, 300, 400), 1):
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass
    with filler.open("r+b") as file:
        file.truncate(max(0, filler.stat().st_size - free * 1024))
    try:
        kept(home, engine, str(number), a_file(number))
    except (OSError, OperationalError) as error:
        assert isinstance(error, OperationalError) or error.errno == 28, repr(error)
        assert held(home, engine) == before, number
        failed += 1
    else:
        before = held(home, engine)
        assert before[MARCH] == number * 100_000
    filler.unlink()
    kept(home, engine, f"{number} again", a_file(number))
    before = held(home, engine)
    assert before[MARCH] == number * 100_000
    files.sweep(home, engine)
print(failed)
"""


def test_a_disk_that_is_full_means_that_nothing_is_imported(tmp_path: Path) -> None:
    """On a file system of six megabytes of its own, with more and more of it left."""
    mount = 'mount -t tmpfs -o size=6m none "$1" && exec "$2" -c "$3" "$1"'
    done = subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh", tmp_path, sys.executable, FULL],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}"},
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 3
