"""What a person types to take in billing history, to look at it beside bills, and to take it back."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from extractor.home import Home
from extractor.store.opening import store
from tests.extractor.billing_history.told import FIRST, HEAD, OTHER, SECOND, table

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from extractor.cli import main; main()")
SAY = ("--charges", "bundled")
CONFIRM = (*SAY, "--confirm", "--who", "Pat", "--why", "asked SCE", "--name", "CISR")


def billclerk(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments, "--home", home],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", "PATH": "/usr/bin:/bin"},
    )


@pytest.fixture
def place(home: Home) -> Path:
    with store(home.database, home.path):
        return home.path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "reply.csv"
    path.write_bytes(table(FIRST, SECOND, OTHER, "Total,,,,3000,,699.37"))
    return path


def test_a_table_from_its_first_look_to_its_undo(place: Path, file: Path) -> None:
    def history(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return billclerk(place, "billing-history", *arguments)

    asked = history("map", file, "--confirm", "--who", "Pat", "--why", "sure")
    assert (asked.returncode, history("mappings").stdout) == (1, "")
    assert asked.stdout.splitlines()[-1].startswith("  charges: whose charges are it?")
    refused = history("import", file)
    assert (refused.returncode, "billclerk billing-history map FILE" in refused.stderr) == (3, True)
    looked = history("map", file, *SAY)
    assert (looked.returncode, history("mappings").stdout) == (0, "")
    lines = looked.stdout.splitlines()
    assert "  8000000002 2025-12-14 to 2026-01-12 (30 days) 500 kWh, 5 kW, -$12.30" in lines
    assert "  in all 3 rows of 2 service accounts, 3,000 kWh, $699.37" in lines
    assert history("map", file, *CONFIRM).stdout.splitlines()[-1].startswith("mapping 1: ")
    assert history("mappings").stdout.startswith("1: CISR, 20")
    dry = history("import", file, "--dry-run")
    assert (dry.returncode, "nothing is changed: a dry run" in dry.stdout) == (1, True)
    assert "1 row of sums is left out: line 5" in dry.stderr
    assert history("list").stdout == ""
    taken = history("import", file, "--who", "kim")
    assert (
        taken.stdout
        == f"{file}: 3 rows of 2 service accounts, 2025-12-14 to 2026-02-11: taken by mapping 1 (import 1)\n"
    )
    assert "imported before as import 1, nothing is changed" in history("import", file).stdout
    assert history("list").stdout.splitlines()[1].split()[2:7] == [
        "3",
        "2",
        "2025-12-14",
        "2026-02-11",
        "bundled",
    ]
    rows = list(csv.DictReader(io.StringIO(history("compare", "--format", "csv").stdout)))
    assert [(row["state"], row["kwh"], row["amount"]) for row in rows] == [
        ("history only", "1200", "345.67"),
        ("history only", "1300", "366.00"),
        ("history only", "500", "-12.30"),
    ]
    assert "3 history only; kWh and kW may differ by 0.5" in history("compare").stderr
    covered = billclerk(place, "coverage", "--months", "24", "--format", "csv").stdout
    assert [row["status"] for row in csv.DictReader(io.StringIO(covered)) if row["half"] == "delivery"].count(
        "history"
    ) == 3
    assert history("undo", "1").returncode == 2
    assert history("undo", "1", "--who", "kim").stdout == "import 1 is taken back; gone with it: 3 rows\n"
    assert (history("list").stdout, "by kim" in history("list", "--all").stdout) == ("", True)
    assert history("compare").stdout == ""
    assert "taken back" in history("mappings", "--undo", "1", "--who", "kim").stdout
    assert history("mappings").stdout == ""


def test_two_meters_of_one_account_are_two_rows_that_are_not_compared(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "meters.csv"
    file.write_bytes(table(f"{FIRST},M1", f"{FIRST},M2", f"{SECOND},M1", head=f"{HEAD},Meter"))
    billclerk(place, "billing-history", "map", file, *CONFIRM)
    taken = billclerk(place, "billing-history", "import", file)
    assert "it differs in 'Meter'" in taken.stderr
    told = billclerk(place, "billing-history", "compare", "--format", "csv").stdout
    found = [(row["state"], row["message"]) for row in csv.DictReader(io.StringIO(told))]
    assert [state for state, _ in found] == ["unclear", "history only"]
    assert found[0][1] == "2 rows have these days, lines 2, 3: none is compared"


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--set", "kwh"), 2, "write ROLE=COLUMN"),
        (("--set", "kwh=Usage"), 2, "no column is headed 'Usage'"),
        (("--set", "tax=#1"), 2, "a column can be no 'tax'"),
        (("--confirm", "--who", "Pat"), 2, "say --who and --why"),
        ((*SAY, "--set", "kwh=#6", "--set", "kw=#5"), 3, ""),
    ],
)
def test_what_cannot_be_said_is_refused(
    place: Path, file: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = billclerk(place, "billing-history", "map", file, *arguments)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
