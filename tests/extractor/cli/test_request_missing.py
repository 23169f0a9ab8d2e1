"""`billclerk request draft --missing` and `close-covered` as a person types them, on the made portfolio."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner, Result

from datarequests.tables import DataRequest
from extractor.base.database import opened, reading, writing
from extractor.cli import app
from extractor.home import Home
from tests.extractor.portfolio.cases import LAST
from tests.extractor.portfolio.from_gaps.arrivals import NOW, authorized, bill_comes
from tests.extractor.portfolio.made import PLANTED, SMALL, home_copied

LATE = PLANTED["late statement"].accounts[0]
HALF = PLANTED["missing half, never filled"].accounts[0]

Types = Callable[..., Result]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which tests of the portfolio keep the one that is made once."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def made(cache: Path, tmp_path: Path) -> Home:
    return home_copied(tmp_path / "home", cache, SMALL)


@pytest.fixture
def engine(made: Home) -> Iterator[Engine]:
    engine = opened(made.database)
    yield engine
    engine.dispose()


@pytest.fixture
def types(made: Home, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Type a command, on the Monday of the made portfolio."""
    for name in ("request.missing", "today"):
        module = __import__(f"extractor.cli.{name}", fromlist=["now"])
        monkeypatch.setattr(sys.modules[module.__name__], "now", lambda: NOW)

    def typed(*words: str | Path) -> Result:
        runner = CliRunner(env={"COLUMNS": "250"})
        result = runner.invoke(app, [*map(str, words), "--home", str(made.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return typed


def requests(engine: Engine) -> list[tuple[str, str, str, str | None]]:
    with reading(engine) as session:
        rows = session.exec(select(DataRequest)).all()
        return [(one.customer, one.counterparty, one.who, one.manager) for one in rows]


def test_a_dry_run_shows_what_is_missing_and_keeps_nothing(types: Types, engine: Engine) -> None:
    with writing(engine) as session:
        authorized(session, "fern", [LATE])
    said = types("request", "draft", "--missing", "--dry-run")
    lines = said.stdout.splitlines()
    assert lines[0].split() == ["customer", "account", "missing", "months", "asked", "of"]
    (line,) = [line for line in lines if "SCE option 1" in line and LATE in line]
    assert line.split()[:5] == ["fern", LATE, "billing", "history", "2026-11"]
    below = lines[lines.index(line) + 1]
    assert "request under authorization 1; leaves the window on 2027-10-04 (in 308 days) (assumed)" in below
    assert "billclerk authorizations draft --customer cedar --counterparty cpa --who NAME" in said.stdout
    assert (
        "no longer available this way: it left the window of 12 months on 2026-10-17 (assumed)" in said.stdout
    )
    assert said.stderr.startswith("1 to be asked, 3 by a letter to the customer, 2 without an authorization")
    assert "nothing was drafted: a dry run" in said.stderr
    assert not requests(engine)


def test_it_is_drafted_checked_and_not_asked_twice(types: Types, engine: Engine, tmp_path: Path) -> None:
    with writing(engine) as session:
        authorized(session, "fern", [LATE])
        authorized(session, "fern", [LATE], "cpa")
    words = ("request", "draft", "--missing", "--customer", "fern", "--who", "pat", "--letters", tmp_path)
    first, again = types(*words), types(*words)
    assert "request 1 to cpa for fern: 1 item" in first.stdout
    assert "request 2 to sce for fern: 1 item, $2.10" in first.stdout
    assert "request 2: refuse: the signed file is gone" in first.stderr
    assert requests(engine) == [("fern", "cpa", "pat", "cleo"), ("fern", "sce", "pat", "cleo")]
    assert "asked already: request 2 under authorization 1 is draft" in again.stdout
    assert "1 by a letter to the customer, 2 asked already" in again.stderr
    letter = tmp_path / "bills-wanted-fern.txt"
    assert f"Service account {LATE}" in letter.read_text()
    assert letter.stat().st_mode & 0o77 == 0
    assert str(letter) in first.stdout
    assert "written before, and nothing is new" in again.stderr


def test_a_letter_is_printed_where_no_folder_is_named(types: Types) -> None:
    said = types("request", "draft", "--missing", "--account", LATE).stdout
    assert "Subject: Electricity bills that we do not have: Fern Grocers" in said
    assert "October 3, 2026 to November 2, 2026" in said
    assert "Dune" not in said


def test_only_what_a_manager_looks_after(types: Types) -> None:
    said = types("request", "draft", "--missing", "--dry-run", "--manager", "ana").stdout
    assert "dune" in said
    assert not {"cedar", "elm", "fern"} & set(said.split())


def test_what_came_is_proposed_and_checked_off(types: Types, engine: Engine) -> None:
    with writing(engine) as session:
        authorized(session, "fern", [LATE])
    types("request", "draft", "--missing", "--customer", "fern")
    assert "no open request waits for anything" in types("request", "close-covered").stderr
    with writing(engine) as session:
        bill_comes(session, "late statement", LAST)
    proposed = types("request", "draft", "--missing", "--dry-run").stderr
    assert (
        f"request 1 waits for what is here: option 1 of {LATE}, 2026-10-03 to 2026-11-02: on bill "
        in proposed
    )
    tried = types("request", "close-covered", "--dry-run")
    assert f"request 1: option 1 of {LATE}" in tried.stdout
    assert "nothing was recorded" in tried.stderr
    assert types("request", "close-covered", "--request", "2").stdout == ""
    assert "request 1: cancelled, 0 items left" in types("request", "close-covered", "--who", "pat").stdout
    assert types("request", "close-covered").stdout == ""


@pytest.mark.parametrize(
    "more", [("--csv", "x.csv"), ("--option", "1"), ("--from", "2026-01-01"), ("--authorization", "1")]
)
def test_what_is_missing_alone_says_what_is_asked(types: Types, more: tuple[str, ...]) -> None:
    done = types("request", "draft", "--missing", *more)
    assert (done.exit_code, "what is missing says what is asked" in done.stderr) == (2, True)


def test_letters_go_into_a_folder_that_is_made(types: Types, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "letters"
    said = types("request", "draft", "--missing", "--customer", "fern", "--who", "pat", "--letters", folder)
    assert (said.exit_code, [path.name for path in folder.iterdir()]) == (0, ["bills-wanted-fern.txt"])
    assert folder.stat().st_mode & 0o77 == 0


def test_letters_need_a_folder_and_something_missing(types: Types, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = types("request", "draft", "--missing", "--letters", tmp_path / "file")
    assert (refused.exit_code, "is no folder" in refused.stderr) == (2, True)
    assert types("request", "draft", "--customer", "fern", "--letters", tmp_path).exit_code == 2


def test_the_work_list_ends_with_the_command_that_asks(types: Types) -> None:
    said = types("today").stdout
    assert f"{LATE}: statement of 2026-11 late  billclerk request draft --missing --customer fern" in said
    assert (
        f"{HALF}: generation of 2025-12 missing  billclerk request draft --missing --customer cedar" in said
    )
