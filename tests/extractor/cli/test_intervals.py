"""`billclerk intervals import`, and interval files among what `ingest` takes from a folder."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from extractor.cli.walk import taken_at
from extractor.home import created
from tests.extractor.intervals.formats import edi_files
from tests.extractor.intervals.taken.made import ACCOUNT, DAY, csv, named
from tests.extractor.intervals.taken.test_take import BOMB
from tests.extractor.law import SAMPLES

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
SOUND = csv([100_000 + at % 7 for at in range(2 * DAY)])
ROWS = [line for line in SOUND.splitlines(keepends=True) if b" to 2026" in line]
FEED = Path(__file__).parents[1] / "intervals/formats/samples/espi_xml/verdigris_BulkSCERetailCustomer.xml"
ROSTER = f"customer,customer_name,account,kind\nbakery,Example Bakery,{ACCOUNT},service\n"
EDI = edi_files.interchange(
    list(edi_files.usage([(1_741_500_000 + 900 * at, 900, None) for at in range(4)], edi_files.FORMS[0]))
).encode()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = created(tmp_path / "home", "").path
    (tmp_path / "roster.csv").write_text(ROSTER)
    assert run(home, "accounts", "import", tmp_path / "roster.csv").returncode == 0
    return home


def run(home: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *arguments, "--home", home], capture_output=True, text=True, check=False)


def test_what_is_new_changed_and_the_same_is_told(home: Path, tmp_path: Path) -> None:
    path = tmp_path / named()
    path.write_bytes(SOUND)
    first = run(home, "intervals", "import", path)
    told = f"{path}: SCE Green Button CSV, 1 service account, 2026-06-09 to 2026-06-10: "
    assert (first.returncode, first.stdout, first.stderr) == (
        0,
        f"{told}192 intervals new, 0 changed, 0 the same (import 1)\n",
        "",
    )
    assert path.read_bytes() == SOUND
    again = run(home, "intervals", "import", path)
    assert (again.returncode, again.stdout) == (
        0,
        f"{told}imported before as import 1, nothing is changed\n",
    )
    path.write_bytes(SOUND.replace(b'"0.100001"', b'"7"', 1))
    changed = run(home, "intervals", "import", path)
    assert (changed.returncode, changed.stdout) == (
        0,
        f"{told}0 intervals new, 1 changed, 191 the same (import 2)\n",
    )


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        (named(), SOUND + b"".join(ROWS[:DAY]), 0, "96 readings begin before an earlier one has ended"),
        (named(), SOUND.replace(ROWS[DAY - 1], ROWS[DAY - 1] * 2), 0, "1 readings begin before"),  # 97 that day
        (named(), SOUND + b"".join(ROWS[:DAY]).replace(b"0.100001", b"5"), 1, "different values"),
        (named(), SOUND.replace(ROWS[7], b""), 1, "line 22: delivered: readings are missing in 1 places"),
        (named("8000000999"), SOUND, 1, "service account 8000000999"),
        (named(), SOUND.replace(b"consumption", b"Delivered", 1), 1, "another heading"),
        (named(), SOUND.replace(b'"0.1"', b'"9999999999999"', 1), 3, "line 15: its usage is not a number"),
        (named(), SOUND[:-9], 3, "line 209"),
        (named(), SOUND.decode().encode("utf-16"), 0, ""),
        (named(), SOUND.decode().encode("utf-16")[:-1], 3, "line 209: it begins as UTF-16"),
        (named(), SOUND.decode().encode("cp037"), 3, "refused: it is text in EBCDIC"),
        ("usage.csv", SOUND, 3, "--service-account NUMBER"),
        ("empty.csv", b"", 3, "the file is empty"),
        ("bomb.xml", BOMB, 3, "document type"),
        ("cut.xml", b'<feed xmlns="http://naesb.org/espi"><entry>', 3, "line 1: the XML breaks off"),
        ("count.edi", EDI.replace(b"SE*", b"SE*9"), 3, "(SE): counts"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_told_with_its_line(
    home: Path, tmp_path: Path, name: str, data: bytes, status: int, said: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = run(home, "intervals", "import", tmp_path / name)
    assert (done.returncode, said in done.stderr) == (status, True), done.stderr
    assert ("intervals new" in done.stdout) == (status < 3)


def test_what_is_no_file_of_its_own_is_refused_and_the_others_are_taken(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    (folder / "deep" / "folder.csv").mkdir(parents=True)
    os.mkfifo(folder / "pipe.csv")
    with (folder / "large.xml").open("wb") as file:
        file.truncate(200_000_000)
    (folder / "deep" / named()).write_bytes(SOUND)
    (folder / "bill.pdf").write_bytes(b"%PDF-1.7")
    done = run(home, "intervals", "import", folder, tmp_path / "missing.csv")
    assert done.returncode == 3
    assert done.stdout.startswith(f"{folder / 'deep' / named()}: SCE Green Button CSV, ")
    assert done.stdout.count("\n") == 1
    refused = [line.split(": refused: ") for line in done.stderr.splitlines()]
    assert [(Path(name).name, why.partition(";")[0]) for name, why in refused] == [
        ("large.xml", "the file is larger than 100,000,000 bytes"),
        ("pipe.csv", "this is no regular file"),
        ("missing.csv", "there is no such file"),
    ]


def test_who_knows_whose_it_is_says_it(home: Path, tmp_path: Path) -> None:
    (tmp_path / "usage.csv").write_bytes(SOUND)
    done = run(home, "intervals", "import", tmp_path / "usage.csv", "--service-account", ACCOUNT)
    assert (done.returncode, "192 intervals new" in done.stdout, done.stderr) == (0, True, "")


def test_what_a_customer_feed_brings_is_told(home: Path) -> None:
    done = run(home, "intervals", "import", FEED)
    assert (done.returncode, done.stdout) == (
        0,
        f"{FEED}: Green Button XML, 0 service accounts, the account of 1 usage point:"
        " 0 intervals new, 0 changed, 0 the same (import 1)\n",
    )


def test_a_wrong_file_is_found_and_taken_back(home: Path, tmp_path: Path) -> None:
    """What was held before is held again; the list says what was there, who took it back and why."""
    path = tmp_path / named()
    for data in (SOUND, SOUND.replace(b'"0.100001"', b'"7"', 1)):
        path.write_bytes(data)
        run(home, "intervals", "import", path)
    listed = run(home, "intervals", "imports", "--format", "json").stdout.splitlines()
    assert [json.loads(line)["import"] for line in listed] == [1, 2]
    dry = run(home, "intervals", "undo", "2", "--dry-run")
    became = f"{ACCOUNT} delivered, 2026-06-09 to 2026-06-09: of 1 interval the reading before counts again\n"
    assert (dry.returncode, dry.stdout, dry.stderr) == (0, became, "nothing is changed: a dry run\n")
    unnamed = run(home, "intervals", "undo", "2")
    assert (unnamed.returncode, "--who" in unnamed.stderr) == (2, True)
    assert len(run(home, "intervals", "imports", "--format", "json").stdout.splitlines()) == 2
    done = run(home, "intervals", "undo", "2", "--who", "Pat", "--why", "not ours")
    assert (done.returncode, done.stdout, done.stderr) == (0, became, "import 2 is taken back\n")
    again = run(home, "intervals", "import", path)
    assert "0 intervals new, 1 changed, 191 the same (import 3)" in again.stdout
    table = " ".join(run(home, "intervals", "imports", "--all").stdout.split())
    assert f"{path.name}, SCE Green Button CSV, taken back " in table
    assert " by Pat: not ours" in table


@pytest.mark.parametrize("arguments", [["empty"], ["usage.csv", "--service-account", "mine"]])
def test_wrong_usage_ends_with_2(home: Path, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "usage.csv").write_bytes(SOUND)
    first, *others = arguments
    assert run(home, "intervals", "import", tmp_path / first, *others).returncode == 2


def test_ingest_takes_of_a_folders_tables_only_interval_files(tmp_path: Path) -> None:
    (tmp_path / named()).write_bytes(SOUND)
    for name in ("notes.txt", "customers.csv", "letter.xlsx", "bill.pdf", "all.zip"):
        (tmp_path / name).write_bytes(b"call me")
    os.mkfifo(tmp_path / "pipe.csv")
    assert {path.name for path in taken_at([tmp_path])} == {named(), "bill.pdf", "all.zip"}
    assert [path.name for path in taken_at([tmp_path / "notes.txt"])] == ["notes.txt"]


def test_ingest_takes_both_kinds_and_bills_first(home: Path, tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (drop / named()).write_bytes(SOUND)
    (drop / "z.pdf").write_bytes((SAMPLES / "d4-bundled-winter-2025.pdf").read_bytes())
    (drop / "notes.txt").write_bytes(b"call me")
    done = run(home, "ingest", drop)
    assert (done.returncode, done.stdout) == (0, f"z.pdf: verified\n{named()}: verified\n")
    assert [path.name for path in drop.iterdir()] == ["notes.txt"]
