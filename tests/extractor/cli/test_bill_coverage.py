"""`billclerk coverage`, as a person types it, on the made portfolio with few clean accounts."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import json
import re
import shutil
import stat
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner, Result

from extractor.base.settings import PREFIX
from extractor.cli import app
from extractor.export.rows import Column
from extractor.home import Home, created
from extractor.portfolio.coverage.rows import COVERAGE_COLUMNS
from extractor.portfolio.coverage.signs import legend
from extractor.store.said import NotKeptError
from tests.extractor.portfolio.conftest import cache, small
from tests.extractor.portfolio.made import PLANTED, SMALL

__all__ = ("cache", "small")
MANUAL = (Path(__file__).parents[3] / "README.md").read_text()
Run = Callable[..., Result]
NOW = dt.datetime(2026, 11, 30, 20, tzinfo=dt.UTC)


@pytest.fixture
def billclerk(small: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a home with the portfolio, on the portfolio's day."""
    home: Home = created(tmp_path / "home", "")
    small.dispose()
    shutil.copyfile(str(small.url.database), home.path / "billclerk.db")
    module = importlib.import_module("extractor.cli.bill_coverage")
    monkeypatch.setattr(module, "now", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "140")

    def call(*arguments: str | Path, status: int = 0) -> Result:
        found = CliRunner().invoke(app, ["coverage", "--home", str(home.path), *map(str, arguments)])
        assert found.exit_code == status, found.output
        return found

    return call


def of(name: str) -> str:
    return PLANTED[name].accounts[0]


def test_a_table_of_strips_with_what_is_open_and_the_gaps_below(billclerk: Run) -> None:
    found = billclerk()
    lines = found.stdout.splitlines()
    (missing,) = [
        line for line in lines if line.startswith(of("missing half, never filled")) and "vvv" in line
    ]
    assert missing.split() == [
        of("missing half, never filled"),
        "cedar",
        "v" * 24,
        "v" * 12 + "M" + "v" * 11,
        "missing",
        "generation",
        "2025-12",
    ]
    below = lines[lines.index("gaps and overlaps") :]
    (gap,) = [line for line in below if line.startswith(of("gap of days"))]
    assert "gap of 3 days of delivery" in gap
    assert gap.count("(statement 2025-") == 2
    assert f"{SMALL + 1} services, 2024-12 to 2026-11, as of 2026-11-30" in found.stderr
    assert "it could not be read; `billclerk show " in found.stderr
    assert all(f"{letter} {words}" in found.stderr for letter, words in legend())


@pytest.mark.parametrize("form", ["csv", "json", "xlsx"])
def test_a_row_for_each_month_and_half(billclerk: Run, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"rows.{form}"
    billclerk("--format", form, "--output", path, "--account", of("missing statement"))
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text())))
    elif form == "json":
        rows = [json.loads(line) for line in path.read_text().splitlines()]
    else:
        names, *cells = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
        rows = [dict(zip(names, row, strict=True)) for row in cells]
    assert list(rows[0]) == [column.name for column in COVERAGE_COLUMNS]
    assert len(rows) == 48
    missing = [row for row in rows if row["status"] == "missing"]
    assert [(row["month"], row["half"], row["documents"] or None) for row in missing] == [
        ("2025-10", "delivery", None),
        ("2025-10", "generation", None),
    ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("column", COVERAGE_COLUMNS, ids=lambda column: column.name)
def test_column_is_in_the_manual(column: Column) -> None:
    assert f"| `{column.name}` | {column.kind} | {column.about} |" in MANUAL


def test_letters_are_in_the_manual() -> None:
    named = set(re.findall(r"^\| `?(.|blank)`? \| (\w+) \| ", MANUAL, re.MULTILINE))
    assert {
        (letter, words.split()[-1] if letter == "blank" else words) for letter, words in legend()[:8]
    } <= named


def test_a_page_needs_nothing_else_and_escapes_what_is_printed(billclerk: Run) -> None:
    page = billclerk("--format", "html").stdout
    assert not re.findall(r"""(?:src|href)=|url\(|@import|<script""", page)
    assert page.count('<tr class="one') == SMALL + 1
    assert "missing generation 2025-12" in page
    assert "gap of 3 days of delivery" in page


def test_a_map_is_drawn_for_nobody_else_with_words_for_who_cannot_see_it(
    billclerk: Run, tmp_path: Path
) -> None:
    path = tmp_path / "map.svg"
    billclerk("--picture", path, "--account", of("missing half, never filled"))
    root = ElementTree.fromstring(path.read_text())
    space = "{http://www.w3.org/2000/svg}"
    assert [one.text for one in root.iter(f"{space}text") if one.get("class") == "on-missing"] == ["M", "M"]
    assert sum(one.get("class") == "verified" for one in root.iter(f"{space}path")) == 1
    assert "generation: 23 verified, 1 missing" in (root.findtext(f"{space}desc") or "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    billclerk("--picture", path, "--account", of("missing half, never filled"))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--picture", "map.png"), "name an .svg file"),
        (("--picture", "nowhere/map.svg"), "there is no folder"),
        (("--format", "xlsx"), "say where to write it"),
        (("--months", "0"), "--months"),
    ],
)
def test_what_cannot_be_done_is_said(billclerk: Run, arguments: tuple[str, ...], said: str) -> None:
    assert said in billclerk(*arguments, status=2).output


def test_a_customer_that_is_none_is_refused(billclerk: Run) -> None:
    found = billclerk("--customer", "nobody", status=1)
    assert isinstance(found.exception, NotKeptError)


def test_days_of_grace_are_a_setting(billclerk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    late = ("--account", of("late statement"))
    assert "late 2026-11" in billclerk(*late).stdout
    monkeypatch.setenv(f"{PREFIX}COVERAGE_GRACE_DAYS", "30")
    assert "expected 2026-11" in billclerk(*late).stdout
