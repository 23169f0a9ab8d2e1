"""The commands of the desk, as a person types them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from tests.extractor.law import SAMPLES

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
BILL = SAMPLES / "d4-bundled-winter-2025.pdf"


def run(home: Path, *arguments: str, status: int = 0) -> str:
    done = subprocess.run([COMMAND, *arguments, "--home", home], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a bill, and the same bill with one digit printed wrong, in that order."""
    place = tmp_path_factory.mktemp("desk") / "home"
    subprocess.run([COMMAND, "init", place], check=True, capture_output=True)
    shutil.copy(BILL, place / "inbox" / "right.pdf")
    run(place, "ingest")
    with pikepdf.open(BILL) as pdf:
        page = pdf.pages[3]
        streams = list(page.Contents) if isinstance(page.Contents, pikepdf.Array) else [page.Contents]
        for stream in streams:
            stream.write(stream.read_bytes().replace(b"$34.68", b"$34.98"))
        pdf.save(place / "inbox" / "wrong.pdf")
    run(place, "ingest")
    return place


def listed(home: Path, *options: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run(home, "bills", "--format", "json", *options).splitlines()]


def test_a_bill_is_looked_at_corrected_accepted_and_all_of_it_taken_back(home: Path) -> None:
    (wrong,) = listed(home, "--status", "review")
    assert (wrong["file"], wrong["standing"]) == ("wrong.pdf", "asked")
    name = str(wrong["document"])
    shown = run(home, "show", name)
    (line,) = (row for row in shown.splitlines() if "$34.98" in row and row.strip().startswith("1."))
    number = line.split()[0]
    why = ("--who", "Pat", "--why", "read it on the paper")
    assert "who" in run(home, "correct", name, number, "34.68", status=2)
    assert "corrected, corrected-and-proven" in run(home, "correct", name, number, "34.68", *why)
    rows = {row["file"]: row for row in listed(home)}
    assert (rows["wrong.pdf"]["state"], rows["wrong.pdf"]["status"]) == ("corrected", "review")
    assert (rows["wrong.pdf"]["standing"], rows["right.pdf"]["standing"]) == ("same", "counts")
    history = run(home, "show", name)
    assert "correction 1: line.amount from 34.98 to 34.68, Pat on" in history
    assert "read it on the paper" in history
    assert "review" in run(home, "correct", name, "1", "--undo", "--who", "Pat")
    assert "taken back by Pat" in run(home, "show", name)
    assert "accepted, accepted-by-person" in run(home, "accept", name, *why)
    assert "review" in run(home, "accept", name, "--undo", "--who", "Pat")


def test_two_files_of_one_bill_that_differ_are_asked_and_answered(home: Path) -> None:
    asked = run(home, "questions")
    question = asked.split()[0]
    assert "$34.98" not in asked and "right" in asked
    right = next(str(row["document"]) for row in listed(home) if row["file"] == "right.pdf")
    assert right in asked
    assert "name the document that is right" in run(
        home, "answer", question, "adds", "--who", "Pat", "--why", "x", status=2
    )
    assert run(home, "answer", question, right, "--who", "Pat", "--why", "called SCE") == "answered\n"
    assert run(home, "questions") == ""
    assert {row["file"]: row["standing"] for row in listed(home)} == {
        "right.pdf": "counts",
        "wrong.pdf": "same",
    }
    (given,) = run(home, "questions", "--answered").splitlines()
    assert given.startswith(f"{question}  SCE ") and f"{right} is right, Pat on " in given
    assert given.endswith(": called SCE")
    assert "--who" in run(home, "answer", question, "--undo", status=2)
    assert "ANSWER" in run(home, "answer", question, right, "--undo", "--who", "Sam", status=2)
    assert "open again" in run(home, "answer", question, "--undo", "--who", "Sam")
    assert run(home, "questions") == asked
    assert "taken back by Sam on " in run(home, "questions", "--answered")
    assert "no answer to" in run(home, "answer", question, "--undo", "--who", "Sam", status=2)


def test_what_is_accepted_is_the_reading_that_show_names(home: Path) -> None:
    (wrong,) = listed(home, "--status", "review")
    name, why = str(wrong["document"]), ("--who", "Pat", "--why", "read it on the paper")
    seen = run(home, "show", name).partition("  reading ")[2].split()[0]
    assert "look at it again" in run(home, "accept", name, "--reading", "99", *why, status=2)
    assert "accepted" in run(home, "accept", name, "--reading", seen, *why)
    assert "review" in run(home, "accept", name, "--undo", "--who", "Pat")


def test_the_list_is_a_table_for_a_person(home: Path) -> None:
    said = run(home, "bills")
    assert "document" in said.splitlines()[0]
    assert len(said.splitlines()) == 3
    assert run(home, "bills", "--rate", "NONE") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "zz"), "names no document"),
        (("show", "ffff"), "no document begins with ffff"),
        (("answer", "12345678", "adds", "--who", "x", "--why", "y"), "no question"),
        (("reprocess", "--undo"), "no reprocessing"),
        (("customer", "forget", "nobody", "--who", "x", "--why", "y"), "no customer"),
        (("accounts", "unlink", "9", "--who", "x"), "no alias 9"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(home: Path, arguments: tuple[str, ...], said: str) -> None:
    message = run(home, *arguments, status=2)
    assert said in message and len(message.splitlines()) == 1


def test_a_roster_goes_in_and_comes_out(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text("customer,customer_name,account,kind,site,valid_from\nb,Bakery,1,customer,s,2026-01-01\n")
    assert "1 row (" in run(home, "accounts", "import", str(file))
    said = run(home, "accounts", "roster")
    assert "b,Bakery,s,s,,1,,,,,,,,2026-01-01," in said
    file.write_text("customer,account\nb,1\n")
    assert "columns missing" in run(home, "accounts", "import", str(file), status=2)
    file.write_text("customer,customer_name,account,kind\nb,Bakery,1,house\n")
    assert "line 2" in run(home, "accounts", "import", str(file), status=2)


@pytest.mark.parametrize("words", [("bills",), ("join",), ("export", "charges")])
def test_days_in_the_wrong_order_are_refused(home: Path, words: tuple[str, ...]) -> None:
    said = run(home, *words, "--from", "2026-07-02", "--to", "2026-07-01", status=2)
    assert "it lies before --from" in said
