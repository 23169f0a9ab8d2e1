"""What a person types to say what the columns of a file are, to list and to take it back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from extractor.base.database import opened
from extractor.cli import app
from extractor.home import Home
from extractor.intervals.held.keep import Source, import_
from extractor.store.opening import store
from tests.extractor.intervals.held.stored import MARCH, NOW, SERIES, run
from tests.extractor.intervals.mapped.written import xlsx_of

ROOT = Path(__file__).parents[3]
COMMAND = (sys.executable, "-c", "from extractor.cli import main; main()")
ROWS = [["8000000001", f"2/3/2025 {hour}:00", "1.5"] for hour in range(6)]
SAY = ("--label", "start", "--zone", "local", "--dates", "mdy", "--channel", "delivered")


def billclerk(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "intervals", *arguments, "--home", home],
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
    path = tmp_path / "reply.xlsx"
    path.write_bytes(xlsx_of({"Data": (("SA", "Date/Time", "kWh"), ROWS)}))
    return path


def test_what_is_open_is_asked_and_nothing_is_remembered(place: Path, file: Path) -> None:
    done = billclerk(place, "map", file, "--confirm", "--who", "Pat", "--why", "sure")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[:4] == ["heading in line 1 of sheet Data", "  #1 SA: account", "  #2 Date/Time: time", "  #3 kWh: value, channel ?, kWh"]  # fmt: skip
    asked = [line.partition(":")[0].strip() for line in lines[lines.index("to be said") + 1 :]]
    assert asked == ["label", "zone", "dates", "channel"]
    assert "  line 2: 8000000001 | 2/3/2025 0:00 | 1.5" in lines
    assert "nothing is remembered" in done.stderr
    assert billclerk(place, "mappings").stdout == ""


def test_a_mapping_is_confirmed_listed_and_taken_back(place: Path, file: Path) -> None:
    looked = billclerk(place, "map", file, *SAY)
    assert (looked.returncode, billclerk(place, "mappings").stdout) == (0, "")
    assert "  8000000001 delivered 2025-02-03 00:00:00-08:00 60 min 1.5 kWh" in looked.stdout.splitlines()
    assert (
        "  in all 6 delivered, 9 kWh, 2025-02-03 00:00:00-08:00 .. 2025-02-03 05:00:00-08:00" in looked.stdout
    )
    assert "--confirm --who NAME --why REASON" in looked.stderr
    done = billclerk(
        place, "map", file, *SAY, "--confirm", "--who", "Pat", "--why", "asked SCE", "--name", "CISR"
    )
    assert (done.returncode, done.stdout.splitlines()[-1][:10]) == (0, "mapping 1:")
    listed = billclerk(place, "mappings").stdout
    assert listed.startswith("1: CISR, 20") and listed.endswith(" by Pat: asked SCE\n")
    again = billclerk(place, "map", file, *SAY, "--confirm", "--who", "Pat", "--why", "asked SCE")
    assert (again.returncode, "billclerk intervals mappings --undo 1" in again.stderr) == (2, True)
    undone = billclerk(place, "mappings", "--undo", "1", "--who", "Kim")
    assert undone.stdout == "mapping 1 is taken back; unconfirmed by it: 0 imports\n"
    assert billclerk(place, "mappings").stdout == ""
    assert "by Kim" in billclerk(place, "mappings", "--all").stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--set", "time"), 2, "write ROLE=COLUMN"),
        (("--set", "time=When"), 2, "no column is headed 'When'"),
        (("--word", "quality=A"), 2, "write ROLE:WORD=MEANING"),
        (("--channel", "kWh=up"), 2, "'up' is none of delivered"),
        (("--confirm", "--who", "Pat"), 2, "say --who and --why"),
        (("--sheet", "May"), 2, "no sheet 'May'"),
    ],
)
def test_answers_that_cannot_be(
    place: Path, file: Path, arguments: tuple[str, ...], status: int, said: str
) -> None:
    done = billclerk(place, "map", file, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("note.txt", b"hello\n", "there is no table with dates and values"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "save it as .xlsx"),
        ("feed.csv", b"Energy consumption time period,Usage(Real energy in kilowatt-hours),Reading quality\n", "SCE Green Button CSV needs no mapping"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_mapped(place: Path, tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    done = billclerk(place, "map", tmp_path / name)
    assert (done.returncode, done.stdout) == (3, "")
    assert said in done.stderr


def test_rows_that_cannot_be_read_so_are_told_before_anything_is_remembered(
    place: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        xlsx_of({"Data": (("SA", "Date/Time", "kWh"), [*ROWS, ["8000000001", "2/3/2025 6:00", "x"]])})
    )
    done = billclerk(place, "map", path, *SAY, "--confirm", "--who", "Pat", "--why", "sure")
    assert (done.returncode, "cannot be read so: line 8: its value is not a number" in done.stdout) == (
        3,
        True,
    )
    assert billclerk(place, "mappings").stdout == ""


def test_characters_that_steer_a_terminal_are_not_printed(place: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("SA,Date/Time,kWh,\x1b[2J\n" + "".join(",".join([*row, "x\x07"]) + "\n" for row in ROWS))
    done = billclerk(place, "map", path)
    assert done.returncode == 1
    assert not {"\x1b", "\x07"} & set(done.stdout + done.stderr)


def test_a_format_known_second_hand_is_confirmed_by_an_import(home: Home, place: Path) -> None:
    engine = opened(home.database)
    block = run(MARCH, 4, 1)
    unsure = type(block)(SERIES, block.starts, block.seconds, block.thousandths, is_confirmed=False)
    import_(home, engine, [unsure], Source("a" * 64, "SCE EnergyManager CSV", 1, NOW))
    engine.dispose()
    done = billclerk(place, "confirm", "1", "--who", "Pat", "--why", "the bill ties out")
    assert (done.returncode, done.stdout) == (0, "SCE EnergyManager CSV, 1 import: confirmed\n")
    again = billclerk(place, "confirm", "1", "--who", "Pat", "--why", "the bill ties out")
    assert (again.returncode, "import 1 is confirmed already" in again.stderr) == (2, True)
    undone = billclerk(place, "confirm", "1", "--who", "Pat", "--undo")
    assert undone.stdout == "SCE EnergyManager CSV, 1 import: unconfirmed\n"
    assert billclerk(place, "confirm", "1", "--who", "Pat").returncode == 2


def report(day: str, kwh: int, *, unit: str = "(kWh)", is_end: bool = False) -> str:
    """Return an EnergyManager report of a day."""
    at = range(1, 97) if is_end else range(96)
    rows = "".join(f"{day},{one // 4:02}:{one % 4 * 15:02},{kwh}\n" for one in at)
    return f"Basic Usage {unit}\nDate,Time,8000000001\n{rows}"


def imported(place: Path, text: str) -> tuple[int, list[str]]:
    """Return the exit status of an import, and what is said of the file but that no bill names its account."""
    path = place / "usage.csv"
    path.write_text(text)
    done = billclerk(place, "import", path)
    return done.returncode, [line for line in done.stderr.splitlines() if "no bill and no row" not in line]


def test_what_was_confirmed_of_a_layout_is_not_asked_again_of_it(place: Path, tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "customer,customer_name,account,kind\nbakery,Bakery,8000000001,service\n"
    )
    roster = subprocess.run(
        [*COMMAND, "accounts", "import", tmp_path / "roster.csv", "--home", place],
        check=False,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", "PATH": "/usr/bin:/bin"},
    )
    assert roster.returncode == 0
    begins, unconfirmed = (
        "  a time is taken as the begin of its interval: is it?",
        "billclerk intervals confirm",
    )
    status, said = imported(place, report("07/01/2025", 1))
    assert (status, said[0], unconfirmed in said[-1]) == (1, begins, True)
    done = billclerk(place, "confirm", "1", "--who", "Pat", "--why", "the bill ties out")
    layout = "SCE EnergyManager CSV, in kWh, times are begins"
    assert (done.returncode, done.stdout) == (0, f"{layout}, 1 import: confirmed\n")
    assert imported(place, report("07/02/2025", 2)) == (0, [])
    assert imported(place, report("07/01/2025", 1)) == (0, [])  # the same file again
    for other, asked in (
        (report("07/03/2025", 3, is_end=True), "a time is taken as the end of its interval: is it?"),
        (
            report("07/04/2025", 3, unit="(kW)"),
            "numbers are kW, each taken as the mean of its interval: is it?",
        ),
        (report("07/05/2025", 3, unit=""), "does not say if it is kW or kWh; taken as kWh: is it?"),
    ):
        status, said = imported(place, other)
        assert (status, asked in said[0], unconfirmed in said[-1]) == (1, True, True), said
    assert (
        billclerk(place, "confirm", "1", "--who", "Pat", "--undo").stdout
        == f"{layout}, 2 imports: unconfirmed\n"
    )
    status, said = imported(place, report("07/06/2025", 2))
    assert (status, said[0], unconfirmed in said[-1]) == (1, begins, True)


def test_every_option_is_in_the_manual() -> None:
    manual = (ROOT / "README.md").read_text()
    group = typer.main.get_group(app).commands["intervals"]
    for name in ("map", "mappings", "confirm"):
        command = group.commands[name]  # type: ignore[attr-defined]
        assert f"$ billclerk intervals {name}" in manual and command.help
        for option in (one for part in command.params for one in part.opts if one.startswith("--")):
            assert option in manual, f"{option} of {name}"
