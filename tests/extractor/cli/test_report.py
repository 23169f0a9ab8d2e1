"""`billclerk report` as a person types it: each format, what is sent, and what it refuses."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from datarequests.notices import Notice
from datarequests.report import ReportError
from datarequests.report_columns import COLUMNS
from datarequests.tables import OutgoingMail
from extractor.base.database import reading, writing
from extractor.cli import app
from extractor.cli.request import posting
from extractor.home import Home, created
from extractor.store.opening import store
from extractor.store.people import Customer, Manager
from tests.datarequests.made import NOW
from tests.datarequests.portfolio import portfolio

ROOT = Path(__file__).parents[3]


class Clerk:
    """A person at a home with the portfolio."""

    def __init__(self, home: Home, engine: Engine) -> None:
        self.home, self.engine = home, engine
        with writing(engine) as session:
            session.add(Manager(key="pat", name="Pat Example", email="pat@example.com"))
            session.add(Manager(key="kim", name="Kim Example", email=""))
            session.add(Customer(key="acme", name="Acme Bakery"))
            session.add(Customer(key="dairy", name='=HYPERLINK("http://example.com","Dairy")'))
            self.numbers = portfolio(session)

    def types(self, *words: str | Path) -> str:
        runner = CliRunner(env={"COLUMNS": "250"})
        result = runner.invoke(app, ["report", *map(str, words), "--home", str(self.home.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    home = created(tmp_path / "home", "")
    with store(home.database, home.path) as engine:
        yield Clerk(home, engine)


THEN = ("--as-of", "2026-03-25")


def test_a_report_as_each_format(clerk: Clerk, tmp_path: Path) -> None:
    table = clerk.types(*THEN)
    assert "3 past the expected window" in table and "Our turn" in table
    assert "past expected window by 5 business days" in " ".join(table.split())

    rows = list(csv.DictReader(io.StringIO(clerk.types(*THEN, "--format", "csv"))))
    assert [*rows[0]] == [one.name for one in COLUMNS]
    dairy = next(row for row in rows if row["customer"] == "dairy")
    assert dairy["customer_name"].startswith("'=HYPERLINK")
    assert (dairy["received"], dairy["asked"], dairy["authorization_expires"]) == ("0", "2", "2026-04-06")

    found = json.loads(clerk.types(*THEN, "--format", "json"))
    assert found["as_of"] == "2026-03-26T06:59:59+00:00"
    past = next(one for one in found["requests"] if one["request"] == clerk.numbers["past"])
    assert (past["fee_low"], past["latest"], past["assumed"]) == ("15.10", "2026-03-18", True)
    assert found["turnaround"][1]["median"] == "9.5"

    clerk.types(*THEN, "--format", "xlsx", "--out", tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in next(sheet.iter_rows())] == [one.name for one in COLUMNS]

    clerk.types(*THEN, "--format", "html", "--out", tmp_path / "a.html")
    assert "&lt;" not in (tmp_path / "a.html").read_text().split("<h1>")[0]
    assert "=HYPERLINK(&#34;http" in (tmp_path / "a.html").read_text()


def test_a_customers_edition_names_nobody_else(clerk: Clerk) -> None:
    said = clerk.types(*THEN, "--edition", "customer", "--customer", "acme", "--format", "html")
    assert "Acme Bakery" in said and "HYPERLINK" not in said and "Pat Example" not in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--format", "xlsx"), "a workbook needs a file"),
        (("--edition", "customer"), "name whose by --customer"),
        (("--edition", "customer", "--customer", "acme", "--send"), "only a manager's report of now"),
        ((*THEN, "--send"), "only a manager's report of now"),
        (("--as-of", "2199-01-01"), "is still to come"),
    ],
)
def test_what_cannot_be_reported_is_refused(clerk: Clerk, words: tuple[str, ...], says: str) -> None:
    with pytest.raises(ReportError, match=says):
        clerk.types(*words)


def test_reports_go_to_the_managers_that_have_an_address(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Notice] = []

    def keep(session: Session, notice: Notice, now: object) -> str:
        sent.append(notice)
        return "<a@example.com>"

    monkeypatch.setattr(posting, "drafter_of", lambda *_: keep)
    said = clerk.types("--send", "--all")
    assert "pat: Data requests of Pat Example" in said and "in the outbox for pat@example.com" in said
    assert "kim: the roster has no e-mail address" in said
    assert [(one.kind, one.recipients, one.release) for one in sent] == [
        ("report", ("pat@example.com",), True)
    ]
    assert "<title>Data requests of Pat Example" in (sent[0].html or "")

    daily = clerk.types("--daily", "--manager", "pat", "--since", "2026-03-01")
    assert "To: pat@example.com\nSubject: Requests on " in daily and "part received" in daily
    clerk.types("--daily", "--send", "--since", "2026-03-01")
    assert sent[-1].subject.startswith("Requests on ") and sent[-1].html is not None


LETTERS = [("report", "--send"), ("report", "--daily", "--send"), ("report", "--send", "--customer", "acme")]


@pytest.mark.parametrize("words", LETTERS)
def test_a_managers_letter_of_a_day_is_put_into_the_outbox_once(clerk: Clerk, words: tuple[str, ...]) -> None:
    def letters() -> list[OutgoingMail]:
        with reading(clerk.engine) as session:
            return list(session.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))))

    assert "pat: " in clerk.types(*words[1:]) and len(letters()) == 1
    assert "pat: today's waits in the outbox; --again puts another there" in clerk.types(*words[1:])
    for state, sent_at, answer, says in (
        ("sent", NOW, "250 taken", "was sent at 18:00 UTC"),
        ("written", None, "mail is not live", "was not sent: it lies in a file, as mail is not live"),
        ("failed", None, "550 no", "could not be sent (550 no)"),
        ("unknown", None, "cut", "may have arrived, nobody knows (cut)"),
        ("cancelled", None, "dropped by Pat", "was not sent (dropped by Pat)"),
    ):
        with writing(clerk.engine) as session:
            (row,) = session.exec(select(OutgoingMail)).all()
            row.state, row.sent_at, row.answer = state, sent_at, answer
            session.add(row)
        assert f"pat: today's {says}; --again" in clerk.types(*words[1:])
    assert len(letters()) == 1
    clerk.types(*words[1:], "--again")
    assert len({one.message_id for one in letters()}) == 2


def test_letters_of_another_kind_customer_or_day_are_others(
    clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (*LETTERS, ("report", "--send", "--all")):
        clerk.types(*words[1:])
    monkeypatch.setenv("BILLCLERK_MAIL_FROM", "desk@other.example.com")
    assert "today's waits" in clerk.types("--send")  # whoever they are from
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    monkeypatch.setattr(importlib.import_module("extractor.cli.report"), "now", lambda: tomorrow)
    clerk.types("--send")
    with reading(clerk.engine) as session:
        assert len(session.exec(select(OutgoingMail)).all()) == 5


def test_again_without_send_is_refused(clerk: Clerk) -> None:
    assert "it goes with --send" in clerk.types("--again")


def test_a_firms_own_template_comes_first(clerk: Clerk) -> None:
    folder = clerk.home.path / "templates" / "reports"
    folder.mkdir(parents=True)
    (folder / "status.html.j2").write_text("<p>{{ title }} of ours</p>")
    assert clerk.types(*THEN, "--format", "html").strip() == "<p>Data requests of ours</p>"


@pytest.mark.parametrize("column", COLUMNS, ids=lambda one: one.name)
def test_each_column_is_in_the_manual(column: object) -> None:
    name, about = getattr(column, "name", ""), getattr(column, "about", "")
    assert f"| `{name}` | {about}" in (ROOT / "README.md").read_text()
