"""`billclerk request tick`, and the same beside a watch: what is due is said, done once, and never ends a watch."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select
from typer.testing import CliRunner

from datarequests.attention import next_step, whose
from datarequests.history import events_of, request_of
from datarequests.reminders import Rules
from datarequests.tables import OutgoingMail
from datarequests.viewed import viewed
from datarequests.workflow import Side
from extractor.base.database import opened, reading, writing
from extractor.cli import app
from extractor.cli.request import ticking
from extractor.cli.request.ticking import Ticker
from extractor.home import Home, created
from extractor.store.opening import store
from extractor.store.people import Manager
from tests.datarequests.made import NOW, sent


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return created(tmp_path / "home", "")


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    with store(home.database, home.path) as found:
        with writing(found) as session:
            sent(session)
        yield found


def events(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [one.event for one in events_of(session, 1)][3:]


def tick(home: Home, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["request", "tick", *words, "--home", str(home.path)])
    return result.exit_code, result.output


def test_what_is_due_is_said_and_done_once(home: Home, engine: Engine) -> None:
    at = ("--now", "2026-03-17T08:00")
    due = "request 1: follow_up_drafted: SCE 3rd Party Authorizations: due 2026-03-17, after the expected window"
    assert tick(home, *at, "--dry-run") == (0, f"{due}\n")
    assert events(engine) == []
    assert tick(home, *at) == (0, f"{due}\n")
    assert tick(home, *at) == (0, "nothing is due\n")
    assert events(engine) == ["follow_up_drafted"]


def test_the_settings_say_when(home: Home, engine: Engine) -> None:
    home.settings.write_text("follow_up_days = 2\noffice_opens = 9\n")
    assert tick(home, "--now", "2026-03-17T10:00")[1] == "nothing is due\n"
    assert tick(home, "--now", "2026-03-18T08:30")[1] == "nothing is due\n"
    assert "follow_up_drafted" in tick(home, "--now", "2026-03-18T09:00")[1]


def test_what_cannot_be_done_is_said_and_is_the_exit_status(home: Home, engine: Engine) -> None:
    status, said = tick(home, "--now", "2031-01-02T10:00")
    assert status == 1 and "request 1: the calendar of sce ends on 2030-12-31" in said


def test_a_watch_does_what_is_due_every_few_minutes(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    moment = NOW + dt.timedelta(days=15)  # a Tuesday, 11:00 in Los Angeles
    monkeypatch.setattr(ticking, "now", lambda: moment)
    ticker = Ticker(home, engine, said.append)
    ticker.beat()
    ticker.beat()
    assert (len(said), events(engine)) == (1, ["follow_up_drafted"])


def test_a_database_that_is_gone_ends_no_watch(home: Home, tmp_path: Path) -> None:
    said: list[str] = []
    Ticker(home, opened(f"sqlite:///{tmp_path}/nowhere/a.db"), said.append).beat()
    assert said == ["requests: the database cannot be used; trying again in 300 s"]


@pytest.mark.parametrize(("auto_send", "state"), [(False, "draft"), (True, "queued")])
def test_a_letter_to_the_manager_waits_for_a_person_unless_letters_go_out_by_themselves(
    home: Home, engine: Engine, auto_send: bool, state: str
) -> None:
    home.settings.write_text(f"auto_send = {str(auto_send).lower()}\n")
    with writing(engine) as session:
        session.add(Manager(key="pat", name="Pat Example", email="pat@example.com"))
        request_of(session, 1).manager = "pat"
    tick(home, "--now", "2026-03-17T10:00")
    tick(home, "--now", "2026-03-19T10:00")
    with reading(engine) as session:
        letters = {one.kind: (one.state, one.recipients) for one in session.exec(select(OutgoingMail))}
        one = viewed(session, request_of(session, 1), NOW + dt.timedelta(days=17))
    assert letters["escalation"] == (state, ["pat@example.com"])
    assert one.has_held_letter is not auto_send
    assert whose(one) is Side.US  # by the follow-up, too, which is not sent yet
    after = dataclasses.replace(
        one, events=[each for each in one.events if each.event != "follow_up_drafted"]
    )
    assert (
        next_step(after, Rules()).words == "release the letter to the manager, or drop it"
    ) is not auto_send
