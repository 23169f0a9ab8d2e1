"""`billclerk accounts import`, `roster`, `set`, `end`, `managers`, `manager` and the list, as a person types them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.home import created

COMMAND = "from extractor.cli import main; main()"
POD = "101760940000000118"
ROSTER = f"""Customer;Site;Customer Account;Service Account #;POD ID;Provider;Manager;Cost Centre;Managed From;Managed-To;Region
bakery;Main;700200000008;8000000008;{POD};Clean Power Alliance;pat@example.com;4711;3/4/2025;;=West
school;Main;700200000009;8000000009.0;;sce;sam;;2025-01-01;;
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "roster.csv").write_text(ROSTER)
    return created(tmp_path / "home", "").path


def say(home: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "accounts", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=home.parent,
        env={**os.environ, "COLUMNS": "160", "BILLCLERK_HOME": str(home)},
    )
    assert done.returncode == status, done.stderr
    return done


def test_a_roster_is_looked_at_taken_in_changed_and_written_out(home: Path) -> None:
    looked = say(home, "import", "roster.csv", "--dry-run")
    assert looked.stdout.splitlines() == [
        "line 2: bakery 8000000008 new",
        "line 3: school 8000000009 new",
        "2 rows (2 new, 0 changed, 0 ended, 0 unchanged) of roster.csv; nothing is taken",
    ]
    assert looked.stderr.splitlines() == [
        "line 2: 3/4/2025 is read as 2025-03-04, the month first",
        "columns kept as the roster's own: Region",
    ]
    assert say(home, "roster").stdout.count("\n") == 1
    say(home, "import", "roster.csv")
    again = say(home, "import", "roster.csv").stdout
    assert again == "2 rows (0 new, 0 changed, 0 ended, 2 unchanged) of roster.csv\n"

    said = say(home, "set", "8000000009", "--cost-centre", "12", "--further", "Region=East", "--who", "Pat")
    assert said.stdout == "school 8000000009 changed: cost centre - -> 12, Region - -> East\n"
    ended = say(home, "end", "8-000000009", "--on", "2026-05-31", "--who", "Pat").stdout
    assert ended == "school 8000000009 ended: managed to - -> 2026-05-31\n"
    assert say(home, "manager", "sam", "--name", "Sam").stdout.endswith("-> sam  Sam  no e-mail address\n")
    assert say(home, "managers").stdout.splitlines()[1] == "sam  Sam  no e-mail address: 1 account"

    rows = list(csv.DictReader(io.StringIO(say(home, "roster").stdout)))
    assert [(row["service_account"], row["cost_center"], row["Region"]) for row in rows] == [
        ("8000000008", "4711", "'=West"),
        ("8000000009", "12", "East"),
    ]
    for form in ("csv", "xlsx"):
        say(home, "roster", "--format", form, "--output", f"out.{form}")
        assert "0 changed, 0 ended, 2 unchanged" in say(home, "import", f"out.{form}").stdout
    (line,) = say(home, "roster", "--format", "json", "--customer", "bakery").stdout.splitlines()
    assert json.loads(line)["Region"] == "=West"


def test_what_is_wrong_is_told_with_its_lines_and_nothing_is_taken(home: Path) -> None:
    bad = ROSTER + "b;;;8.0E+09;;;;;;;\nc;;;8000000008;;;;;2026-01-01;;\n"
    (home.parent / "bad.csv").write_text(bad)
    said = say(home, "import", "bad.csv", status=2).stderr.splitlines()
    assert said[0].startswith("bad.csv: lines 2 and 5: the account of 'bakery' (line 2) is that of 'c'")
    assert said[1].startswith("bad.csv: line 4: a spreadsheet has shortened")
    assert said[2] == "billclerk: nothing is taken: 2 things to mend, told above"
    assert say(home, "roster").stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("set", "8000000008", "--who", "Pat"), "say what to change"),
        (("set", "8000000008", "--site", "x"), "--who"),
        (("set", "8000000077", "--site", "x", "--who", "Pat"), "give --customer to add it"),
        (("set", "8000000008", "--provider", "PG&E", "--who", "Pat"), "is not known"),
        (("set", "8000000008", "--further", "Customer=x", "--who", "Pat"), "an option of its own"),
        (("set", "8000000008", "--further", "x", "--who", "Pat"), "NAME=VALUE"),
        (("set", "8000000008", "--from", "31/1/2026", "--who", "Pat"), "is no date"),
        (("manager", "kim"), "no manager 'kim'"),
        (("--manager", "kim"), "no manager 'kim'"),
        (("import", "nowhere.csv"), "there is no nowhere.csv"),
        (("roster", "--format", "xlsx"), "say where to write it"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_with_the_way_out(
    home: Path, arguments: tuple[str, ...], words: str
) -> None:
    say(home, "import", "roster.csv")
    before = say(home, "roster").stdout
    assert words in " ".join(say(home, *arguments, status=2).stderr.split())
    assert say(home, "roster").stdout == before


def test_the_list_has_a_line_for_each_service_and_follows_its_filters(home: Path) -> None:
    say(home, "import", "roster.csv")
    lines = say(home, "--manager", "sam").stdout.splitlines()
    assert lines[0].split() == [
        "service",
        "customer",
        "site",
        "manager",
        "cost",
        "centre",
        "sold",
        "by",
        "managed",
        "billed",
    ]
    assert lines[1].split() == [
        "8000000009",
        "school",
        "Main",
        "sam",
        "-",
        "SCE",
        "2025-01-01..",
        "no",
        "bill",
        "yet",
    ]
    assert len(lines) == 2
    (row,) = csv.DictReader(io.StringIO(say(home, "--customer", "bakery", "--format", "csv").stdout))
    assert [row[name] for name in ("manager", "cost_center", "sold_by", "managed")] == [
        "pat@example.com",
        "4711",
        "CPA",
        "2025-03-04..",
    ]
