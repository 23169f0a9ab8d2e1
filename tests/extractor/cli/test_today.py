"""The portfolio's commands from the command line: today, due, history and rates on the made portfolio."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlmodel import col, select
from typer.testing import CliRunner, Result

from datarequests.tables import OutgoingMail
from extractor.base.database import opened, reading, writing
from extractor.base.errors import BillclerkError
from extractor.cli import app
from extractor.home import Home
from extractor.portfolio.due_rows import DUE_COLUMNS
from extractor.portfolio.history.rows import ODD_COLUMNS
from extractor.store.people import Manager
from extractor.store.roster import RosterError
from tests.extractor.portfolio.made import PLANTED, SMALL, home_made

NOW = "2026-11-30T17:00:00+00:00"

Types = Callable[..., Result]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return home_made(tmp_path_factory.mktemp("today") / "bills", SMALL)


@pytest.fixture
def types(made: Home, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Type a command, on the Monday of the made portfolio."""
    import datetime as dt

    for name in ("due", "today"):
        module = __import__(f"extractor.cli.{name}", fromlist=["now"])
        monkeypatch.setattr(sys.modules[module.__name__], "now", lambda: dt.datetime.fromisoformat(NOW))

    def typed(*words: str | Path, width: int = 250) -> Result:
        runner = CliRunner(env={"COLUMNS": str(width)})
        result = runner.invoke(app, [*map(str, words), "--home", str(made.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return typed


@pytest.mark.parametrize("words", ["today", "today --send", "due", "history", "coverage"])
def test_of_a_manager_misspelt_it_is_not_said_that_there_is_nothing(types: Types, words: str) -> None:
    with pytest.raises(BillclerkError, match="the roster has no manager 'kmi'"):
        types(*words.split(), "--manager", "kmi")


def test_each_line_of_the_list_ends_with_a_command(types: Types) -> None:
    said = types("today").stdout
    lines = [line.rstrip() for line in said.splitlines() if line.strip() and line.startswith("  ")]
    ends = re.compile(r"billclerk [a-z]+( [-\w.]+)*$")
    commands = [line for line in lines if ends.search(line)]
    assert len(commands) >= 10
    for line in lines:
        assert ends.search(line) or lines[lines.index(line) + 1].startswith("    billclerk"), line


def test_what_is_printed_can_be_typed(types: Types, made: Home) -> None:
    said = types("today").stdout
    commands = {" ".join(found.split()[1:]) for found in re.findall(r"billclerk [a-z][-\w. ]*$", said, re.M)}
    assert {command.split()[0] for command in commands} >= {"bills", "show", "answer", "request", "due"}
    for command in commands:
        result = types(*command.split(), "--help")
        assert (result.exit_code, result.stdout[:6]) == (0, "Usage:"), command
    for command in (each for each in commands if each.startswith("answer ")):
        with pytest.raises(BillclerkError, match=r"name the document|to the earlier|answer one of"):
            types(*command.split())  # nothing is missing but what a person knows


def test_a_page_of_a_customer_names_nobody_else(types: Types, tmp_path: Path) -> None:
    types("today", "--customer", "elm", "--format", "html", "--output", tmp_path / "elm.html")
    page = (tmp_path / "elm.html").read_text()
    assert "Elm Dental Group" in page
    assert "Dune Hotels" not in page
    assert (tmp_path / "elm.html").stat().st_mode & 0o77 == 0


def test_a_letter_a_manager_goes_out_once_a_day(types: Types, made: Home) -> None:
    first = types("today", "--send")
    again = types("today", "--send")
    engine = opened(made.database)
    with reading(engine) as session:
        letters = session.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))).all()
    engine.dispose()
    sent = first.stdout.count("in the outbox for")
    assert (len(letters), sent) == (sent, 3)
    assert again.stdout.count("in the outbox for") == 0
    assert again.stderr.count("--again puts another there") == 3
    assert all(b"billclerk " in one.message and one.kind == "report" for one in letters)
    assert len({tuple(one.recipients) for one in letters}) == 3


def test_an_address_that_nobody_can_write_to_keeps_no_other_letter_back(types: Types, made: Home) -> None:
    """Such an address may have come with a table of the roster; by hand it is refused."""
    engine = opened(made.database)
    with writing(engine) as session:
        first = session.exec(select(Manager).order_by(col(Manager.key))).all()[0]
        key, address, first.email = first.key, first.email, "anaexample.com"
        session.add(first)
    engine.dispose()
    sent = types("today", "--send", "--again")
    assert sent.stdout.count("in the outbox for") == 2
    assert f"{key}: 'anaexample.com' is no e-mail address, and nothing is sent" in sent.stderr
    assert f"`billclerk accounts manager {key} --email ADDRESS`" in sent.stderr
    with pytest.raises(RosterError, match=r"'anaexample[.]com' is no e-mail address"):
        types("accounts", "manager", key, "--email", "anaexample.com")
    assert types("accounts", "manager", key, "--email", address).exit_code == 0


def test_due_as_each_format(types: Types, tmp_path: Path) -> None:
    table = types("due", "--within", "10d")
    assert "to pay" in table.stderr
    assert " past their day: whether they are paid the next statement shows" in table.stderr
    states = {row.split()[-1] for row in table.stdout.splitlines()[1:] if "past due" not in row}
    assert states == {"due", "autopay", "past"}
    rows = list(csv.DictReader(io.StringIO(types("due", "--format", "csv").stdout)))
    assert list(rows[0]) == [column.name for column in DUE_COLUMNS]
    past = [row for row in rows if Decimal(row["past_due"] or 0)]
    assert [row["customer_account"][-2:] for row in past] == [PLANTED["past due"].accounts[0][-2:]]
    assert json.loads(types("due", "--format", "json").stdout.splitlines()[0])["customer_account"]
    types("due", "--format", "xlsx", "--output", tmp_path / "due.xlsx", "--ics", tmp_path / "due.ics")
    assert load_workbook(tmp_path / "due.xlsx").active.max_row == len(rows) + 1
    entries = Calendar.from_ical((tmp_path / "due.ics").read_bytes()).walk("VEVENT")
    assert len(entries) == sum(
        row["due_date"] != "" and not row["amount_due"].startswith("-") for row in rows
    )
    assert types("due", "--within", "soon").exit_code == 2


def test_history_and_rates_as_rows(types: Types) -> None:
    rows = list(csv.DictReader(io.StringIO(types("history", "--all", "--format", "csv").stdout)))
    assert list(rows[0]) == [column.name for column in ODD_COLUMNS]
    assert {row["severity"] for row in rows} == {"warning", "info"}
    only = types("history", "--code", "rate_differs")
    lines = [row["message"] for row in rows if row["code"] == "rate_differs"]
    assert len(lines) == 2
    assert all(line in " ".join(only.stdout.split()) for line in lines)
    assert types("history", "--code", "nothing").exit_code == 2
    rates = list(
        csv.DictReader(io.StringIO(types("rates", "--rate", "TOU-GS-2-E", "--format", "csv").stdout))
    )
    assert {row["rate_schedule"] for row in rates} == {"TOU-GS-2-E"}
    table = types("rates")
    assert "2 lines with another than their peers" in table.stderr
    narrow = types("rates", "--rate", "TOU-GS-2-E", width=80).stdout.splitlines()
    assert max(len(line.rstrip()) for line in narrow) <= 80
    assert len(narrow) == 2 * len(rates) + 1


@pytest.mark.parametrize(
    "command",
    [
        ("today",),
        ("today", "--send"),
        ("due",),
        ("history",),
        ("coverage",),
        ("request", "draft", "--missing"),
    ],
)
def test_a_manager_whom_the_roster_has_not_is_refused(types: Types, command: tuple[str, ...]) -> None:
    with pytest.raises(RosterError, match="no manager 'nobody'"):
        types(*command, "--manager", "nobody")
