"""`billclerk due`, as a person types it: what is added, what is shown beside it, and why that is not added."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from typer.testing import CliRunner, Result

import extractor.cli.due
from extractor.base.database import opened, writing
from extractor.base.schema import upgrade
from extractor.cli import app
from extractor.cli.settings import default_file
from extractor.home import created
from extractor.model import Status
from extractor.store.opening import made_privately
from tests.extractor.made_bills import record, service
from tests.extractor.portfolio.stored import put

NOW = "2026-06-15T17:00:00+00:00"

Types = Callable[..., Result]


@pytest.fixture
def types(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Type a command in a home with a proven statement, CPA's own bill, and bills in review."""
    monkeypatch.setattr(extractor.cli.due, "now", lambda: dt.datetime.fromisoformat(NOW))
    home = created(tmp_path / "bills", default_file())
    engine = opened(home.database)
    made_privately(engine)
    upgrade(engine)
    days = ("2026-05-03", "2026-06-01")
    generation = service(*days, provider="CPA", role="generation")
    rounded = service(*days, provider="CPA", role="generation", kwh="100.412")
    due_on: dict[str, Any] = {"due_date": dt.date(2026, 6, 22)}
    kept = {
        "a1": record("2026-06-02", service(*days), generation, **due_on),
        "b2": record("2026-06-01", rounded, account="900012345", issuer="CPA", **due_on),
        "c3": record("2026-06-12", service(*days), status=Status.REVIEW, **due_on),
        "d4": record("2062-06-02", service(*days), status=Status.REVIEW, **due_on),
    }
    with writing(engine) as session:
        for name, result in kept.items():
            put(session, result, name)
    engine.dispose()

    def typed(*words: str | Path) -> Result:
        result = CliRunner(env={"COLUMNS": "250"}).invoke(app, [*map(str, words), "--home", str(home.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return typed


def test_what_is_not_added_is_shown_with_the_reason(types: Types) -> None:
    result = types("due")
    assert [line.split()[2:4] for line in result.stdout.splitlines()[1:]] == [
        ["700200000001", "$20.00"],
        ["700200000001", "$10.00?"],
        ["900012345", "$10.00?"],
    ]
    assert "a later statement, of 2026-06-12, is in doubt" in result.stdout
    assert "generation of its days is on SCE's statement of 2026-06-02" in result.stdout
    assert (
        result.stderr.splitlines()[0] == "1 customer account, $20.00 to pay; 2 amounts not added (marked ?)"
    )
    assert re.search(r"1 statement in doubt, of a day to come .*: 2062-06-02 \(0+\);", result.stderr)


def test_rows_say_why_an_amount_is_not_certain(types: Types) -> None:
    rows = list(csv.DictReader(io.StringIO(types("due", "--format", "csv").stdout)))
    assert [(row["amount_due"], row["is_certain"], bool(row["remark"])) for row in rows] == [
        ("20.00", "true", True),
        ("10.00", "false", True),
        ("10.00", "false", True),
    ]


def test_a_calendar_marks_what_is_not_certain(types: Types, tmp_path: Path) -> None:
    types("due", "--ics", tmp_path / "due.ics")
    entries = Calendar.from_ical((tmp_path / "due.ics").read_bytes()).walk("VEVENT")
    assert sorted(str(one["SUMMARY"]) for one in entries) == [
        "CPA $10.00, nobody of the roster (paid with SCE's)",
        "SCE $20.00, nobody of the roster (another amount in doubt)",
    ]
    assert sum("in doubt: $10.00 by" in str(one["DESCRIPTION"]) for one in entries) == 1
