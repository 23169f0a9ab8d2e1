"""A file that is lost or altered under the store is named, and no reading is told or copied of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.database import writing
from extractor.home import Home
from extractor.intervals.held.coverage import coverage
from extractor.intervals.held.erasing import erasing, holdings
from extractor.intervals.held.proven import DamagedReadingsError
from tests.extractor.intervals.held.stored import ACCOUNT, MARCH, QUARTER, held, run
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.intervals.joined import command

Harm = Callable[[Path], object]


def flip(path: Path) -> None:
    """Turn over one bit of a column: DuckDB gives other readings of it, or none."""
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    about = path.stat()
    path.write_bytes(damaged)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns + 1))


def garble(path: Path) -> None:
    path.write_bytes(b"no Parquet")


HARMS: list[Harm] = [Path.unlink, garble, flip]


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_lost_or_altered_is_named_and_never_read(
    home: Home, kept_in: Engine, address: str, harm: Harm
) -> None:
    [path] = (home.path / "intervals").glob("*/*.parquet")
    before = held(home, kept_in)
    harm(path)
    with pytest.raises(DamagedReadingsError, match=path.name):
        held(home, kept_in)
    with pytest.raises(DamagedReadingsError, match="put that file back from a backup"):
        list(coverage(home, kept_in))
    with pytest.raises(DamagedReadingsError, match=path.name):  # its harm is not copied and hashed anew
        keep(home, kept_in, "more", [run(MARCH + 10 * QUARTER, 3, 7)])
    with erasing(home, kept_in) as eraser, pytest.raises(DamagedReadingsError), writing(kept_in) as session:
        eraser.erase(session, holdings(session, [ACCOUNT]))
    said = command(home, address, "intervals", "coverage", status=2)
    assert (path.name in said, "Traceback" in said) == (True, False)
    assert len(before) == 4


def test_a_file_that_was_put_back_is_read_again(home: Home, kept_in: Engine) -> None:
    [path] = (home.path / "intervals").glob("*/*.parquet")
    before, written = held(home, kept_in), path.read_bytes()
    flip(path)
    with pytest.raises(DamagedReadingsError):
        held(home, kept_in)
    path.write_bytes(written)
    assert held(home, kept_in) == before


@pytest.fixture
def kept_in(home: Home, kept: Engine) -> Engine:
    """A store with four quarters of an hour."""
    keep(home, kept, "file", [run(MARCH, 4, 1)])
    return kept
