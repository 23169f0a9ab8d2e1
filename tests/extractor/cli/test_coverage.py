"""`billclerk intervals coverage`, as a person types it, on both kinds of database."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from extractor.base.database import opened
from extractor.cli.held import COVERAGE, REFETCH
from extractor.export.imported import IMPORT_COLUMNS
from extractor.export.rows import Column
from extractor.home import Home
from extractor.intervals.held.keep import Source, import_
from extractor.store import schema
from tests.extractor.intervals.held.stored import ACCOUNT, ESTIMATED, MARCH, QUARTER, run
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

COMMAND = "from extractor.cli import main; main()"
ROOT = Path(__file__).parents[3]
BEFORE = dt.datetime(2025, 4, 1, 12, tzinfo=dt.UTC)
Run = Callable[..., subprocess.CompletedProcess[str]]


def put(home: Home, engine: Engine) -> None:
    """Keep March with an hour missing, a day of it estimated, and a day of April; and a bill of March."""
    readings = [
        run(MARCH, 96, 1, quality=ESTIMATED),
        run(MARCH + 100 * QUARTER, 2972 - 100 + 96, 1),
    ]
    source = Source(hashlib.sha256(b"a").hexdigest(), "test", 1, BEFORE)
    import_(home, engine, readings, source)
    Kept(engine).put(record("2025-04-02", service("2025-03-01", "2025-03-31")))


@pytest.fixture
def billclerk(home: Home, address: str) -> Run:
    """The command in a home with readings and a bill, once with each kind of database."""
    is_server = not address.startswith("sqlite")
    engine = opened(address if is_server else home.database)
    schema.upgrade(engine)
    put(home, engine)
    engine.dispose()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}"}
    if is_server:
        environment["BILLCLERK_DATABASE_URL"] = address

    def call(*arguments: str | Path, status: int = 0) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-c", COMMAND, "intervals", "coverage", "--home", home.path, *arguments]
        done = subprocess.run(
            line, capture_output=True, text=True, timeout=120, env=environment, check=False, cwd=home.path
        )
        assert done.returncode == status, done.stderr
        return done

    return call


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_months_gaps_estimates_and_what_is_provisional_are_told(billclerk: Run) -> None:
    march, april = rows(billclerk("--format", "csv").stdout)
    assert (march["service_account"], march["month"], march["held"], march["expected"]) == (
        ACCOUNT,
        "2025-03",
        "2968",
        "2972",
    )
    assert (march["estimated"], march["estimated_share"]) == ("96", "0.0323")
    assert (march["gap_count"], march["gaps"]) == ("1", "2025-03-02 00:00 to 01:00")
    assert march["provisional"] == "2025-03-01 to 2025-03-31"  # imported before its bill
    assert (april["held"], april["gaps"]) == ("96", "2025-04-02 to 2025-04-30")
    assert april["provisional"] == "2025-04-01"  # not billed yet
    said = billclerk()
    assert "2025-03-02 00:00 to 01:00" in said.stdout
    assert "99.9 %" in said.stdout
    assert said.stderr == "2 months of meters: 2 with gaps, 2 provisional\n"
    lines = [
        json.loads(line) for line in billclerk("--format", "json", "--to", "2025-03-01").stdout.splitlines()
    ]
    assert [(one["month"], one["held"], one["expected"]) for one in lines] == [("2025-03", 96, 96)]
    nothing = billclerk("--account", "9")
    assert nothing.stdout == ""
    assert nothing.stderr.startswith(
        "no readings of service account 9 are held; `billclerk intervals imports`"
    )


def test_what_is_to_be_downloaded_again_is_listed_with_its_days_and_why(billclerk: Run) -> None:
    (one,) = rows(billclerk("--refetch", "--format", "csv").stdout)
    assert (one["service_account"], one["first"], one["last"]) == (ACCOUNT, "2025-03-01", "2025-03-31")
    why = "all 2,968 readings were imported before the bill posted; 1 gap: 2025-03-02 00:00 to 01:00"
    assert one["reason"] == why
    assert (one["readings"], one["early_readings"], one["gap_count"]) == ("2968", "2968", "1")
    assert one["imported_first"] == one["imported_last"] == "2025-04-01T05:00:00-07:00"
    assert (one["statement_date"], one["period_start"]) == ("2025-04-02", "2025-03-01")
    said = billclerk("--refetch")
    assert "2025-04-01 05:00" in said.stdout
    assert said.stderr == "1 billing period to download again\n"
    assert billclerk("--refetch", "--from", "2025-04-01").stderr == "0 billing periods to download again\n"


def test_a_picture_is_drawn_for_nobody_else_to_read(billclerk: Run, tmp_path: Path) -> None:
    for form, begins in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        path = tmp_path / f"map.{form}"
        said = billclerk("--picture", path).stderr
        assert f"drawn: {path}" in said
        assert path.read_bytes().startswith(begins)
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "column", [*COVERAGE, *REFETCH, *IMPORT_COLUMNS], ids=lambda column: str(column.name)
)
def test_columns_are_in_the_manual(column: Column) -> None:
    assert f"| `{column.name}` | {column.about} |" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--picture", "map.pdf"), ".svg or a .png"),
        (("--picture", "nowhere/map.svg"), "no folder nowhere"),
        (("--picture", "map.svg", "--refetch"), "no picture"),
        (("--from", "2025-03-02", "--to", "2025-03-01"), "before --from"),
    ],
)
def test_what_cannot_be_done_is_said(home: Home, arguments: tuple[str, ...], said: str) -> None:
    line = [sys.executable, "-c", COMMAND, "intervals", "coverage", "--home", str(home.path), *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=home.path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_an_empty_store_is_drawn_where_nobody_may_write_at_home(home: Home, tmp_path: Path) -> None:
    schema.upgrade(engine := opened(home.database))
    engine.dispose()
    environment = {
        **os.environ,
        "HOME": "/proc/nowhere",
        "XDG_CONFIG_HOME": "/proc/x",
        "XDG_CACHE_HOME": "/proc/x",
    }
    line = [sys.executable, "-c", COMMAND, "intervals", "coverage", "--home", str(home.path)]
    done = subprocess.run(
        [*line, "--picture", str(tmp_path / "map.svg")],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "no readings are held; `billclerk intervals import` takes them in",
        f"drawn: {tmp_path / 'map.svg'}",
    ]
    assert "No readings are held." in (tmp_path / "map.svg").read_text()
