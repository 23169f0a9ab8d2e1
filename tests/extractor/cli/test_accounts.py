"""`billclerk accounts`, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from extractor.home import created
from extractor.intervals.given import Account, Series
from extractor.store.opening import store
from tests.extractor.intervals.held.stored import MARCH, run
from tests.extractor.intervals.held.stored import kept as keep
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
OLD, NEW, POD = "3-008-0000-08", "8000000001", "101760940000000118"
PAT = ("--who", "Pat", "--why", "called SCE")


def say(home: Path, *arguments: str, status: int = 0, width: int = 80) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, *arguments, "--home", home],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": str(width)},
    )
    assert done.returncode == status, done.stderr
    return done


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An old and a new number with one POD-ID, and a usage point that feeds give to both."""
    place = created(tmp_path / "home", "")
    with store(place.database, place.path) as engine:
        kept = Kept(engine)
        for month, number in (("2026-06", OLD), ("2026-07", NEW)):
            one = service(f"{month}-01", f"{month}-28", account=number).model_copy(update={"pod_id": POD})
            kept.put(record(f"{month}-28", one, customer_name="EXAMPLE BAKERY"))
        keep(place, engine, "feed", [Account("up-1", OLD), Account("up-1", NEW)])
        keep(place, engine, "usage", [run(MARCH, 4, 1, Series("delivered", usage_point="up-1"))])
    return place.path


def open_ones(home: Path) -> list[str]:
    """Return the names of the questions."""
    return [line[:8] for line in say(home, "questions").stdout.splitlines() if line[:1] not in " "]


def test_numbers_are_asked_about_answered_shown_and_taken_back(home: Path) -> None:
    assert say(home, "accounts").stderr == "2 services\n"
    assert say(home, "accounts", "suggest").stdout == f"renumbered {OLD} {NEW}: POD-ID {POD}\n"
    numbers, point = open_ones(home)
    say(home, "answer", numbers, "renumbered", *PAT)
    assert say(home, "accounts", "suggest").stdout == ""
    say(home, "answer", point, "the bakery", *PAT, status=2)
    say(home, "answer", point, NEW, *PAT)
    shown = say(home, "accounts", "--account", OLD)
    assert (shown.stderr, shown.stdout.splitlines()[0]) == ("1 service\n", f"{NEW}  of nobody in the roster")
    assert "2025-03..2025-03" in shown.stdout and "alias 1," in shown.stdout
    assert all(len(line) <= 80 for line in shown.stdout.splitlines())
    answers = say(home, "questions", "--answered")
    assert f"{numbers}  numbers {OLD} and {NEW}: renumbered, Pat on" in answers.stdout
    assert (f"{point}  usage point up-1: {NEW}, Pat on" in answers.stdout, answers.stderr) == (
        True,
        "2 answers hold\n",
    )
    for name in (numbers, point):
        assert say(home, "answer", name, "--undo", "--who", "Sam").stdout == "taken back; it is open again\n"
    assert open_ones(home) == [numbers, point]
    assert say(home, "accounts").stderr == "2 services\n"


def test_a_usage_point_is_said_and_taken_back_by_its_code(home: Path) -> None:
    say(home, "accounts", "point", "up-1", NEW, status=2)  # who says so?
    say(home, "accounts", "point", "up-1", *PAT, status=2)
    say(home, "accounts", "point", "up-1", NEW, *PAT)
    assert len(open_ones(home)) == 1
    say(home, "accounts", "point", "up-1", NEW, "--undo", "--who", "Sam", status=2)
    say(home, "accounts", "point", "up-1", "--undo", "--who", "Sam")
    assert len(open_ones(home)) == 2
    assert (
        "nobody has said" in say(home, "accounts", "point", "up-1", "--undo", "--who", "Sam", status=2).stderr
    )


def test_rows_are_json_lines_and_a_customer_that_is_not_there_is_named(home: Path) -> None:
    rows = [json.loads(line) for line in say(home, "accounts", "--format", "json").stdout.splitlines()]
    assert {row["number"] for row in rows if row["kind"] == "service account"} == {OLD, NEW}
    assert "no customer 'x'" in say(home, "accounts", "--customer", "x", status=2).stderr


def test_the_old_commands_are_gone(home: Path) -> None:
    for old in ("alias", "roster"):
        assert "No such command" in say(home, old, status=2).stderr
