"""A program that sends, killed at every step: nothing goes twice under another id, nothing is lost or made up.

The server is a real one in this process; it tells which step the sender has come to, and the sender is killed
there, or at a random moment. In the end a person settles what is in doubt, and all requests have arrived.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from datarequests.history import events_of
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.waiting import again
from datarequests.workflow import State
from extractor.base.database import reading, writing
from tests.datarequests.made import NOW, WHO
from tests.datarequests.mailed import queued, state
from tests.servers.smtp import Server, running

ROOT = Path(__file__).parents[2]
RUNS = int(os.environ.get("KILLS", "3"))
"""Programs that are killed at random moments, on each kind of database."""

SENDS = """
import datetime as dt, sys
from pathlib import Path
from datarequests.postman import Post, work_outbox
from datarequests.settings import MailSettings
from extractor.base.database import opened
engine = opened(sys.argv[1])
settings = MailSettings(mail_live=True, mail_server="127.0.0.1", mail_port=int(sys.argv[2]), mail_tls="none",
    mail_from="desk@example.com", mail_timeout_seconds=5)
later = dt.timedelta(hours=int(sys.argv[4]))
post = Post(settings, Path(sys.argv[3]), lambda: dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC) + later)
print("begins", flush=True)
for one in work_outbox(engine, post):
    print(one.mail, one.result, flush=True)
"""


def started(address: str, server: Server, home: Path, hour: int) -> subprocess.Popen[str]:
    """Start a program that sends what is due, `hour` hours after the last one's leases began."""
    return subprocess.Popen(
        [sys.executable, "-c", SENDS, address, str(server.port), str(home), str(hour)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}"},
    )


def check(desk: Engine, server: Server) -> None:
    """What counts as sent has arrived, what arrived counts as sent or is in doubt, each under its one id."""
    ids = defaultdict(set)
    for taken in server.taken:
        ids[int(taken.message_id.split(".")[0][2:])].add(taken.message_id)
    with reading(desk) as session:
        rows = {row.request_id: row for row in session.exec(select(OutgoingMail))}
        assert len(rows) == len(session.exec(select(DataRequest)).all())
        for number, row in rows.items():
            sent = [one for one in events_of(session, number or 0) if one.event == "sent"]
            assert ids[number or 0] <= {row.message_id}, "under another id"
            assert len(sent) == (row.state == "sent")
            if row.state == "sent":
                assert ids[number or 0], "counted as sent when it was not"
            elif ids[number or 0]:
                assert row.state == "unknown" or (row.state == "sending" and row.given_at), "lost sight of"


def finished(desk: Engine, address: str, server: Server, home: Path, hour: int) -> None:
    """Let a program do the rest, settle what is in doubt, and see that all arrived."""
    for later in (hour, hour + 1):
        process = started(address, server, home, later)
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
        check(desk, server)
        with reading(desk) as session:
            numbers = [one.id or 0 for one in session.exec(select(DataRequest))]
        doubtful = [one for one in numbers if state(desk, one) is State.SEND_UNKNOWN]
        for number in doubtful:
            with writing(desk) as session:
                again(session, number, WHO, NOW)
    assert not doubtful
    assert {state(desk, one) for one in numbers} == {State.SENT}
    assert len({one.message_id for one in server.taken}) == len(numbers)


@pytest.mark.parametrize(
    ("step", "state_after"),
    [
        ("connect", State.QUEUED),
        ("mail", State.QUEUED),
        ("rcpt", State.QUEUED),
        ("data", State.SEND_UNKNOWN),
        ("taken", State.SEND_UNKNOWN),
    ],
)
def test_killed_at_a_step(desk: Engine, address: str, tmp_path: Path, step: str, state_after: State) -> None:
    numbers = [queued(desk, token=token)[0] for token in "ab"]
    reached = threading.Event()
    with running() as server:

        def heard(at: str) -> None:
            if at == step and not reached.is_set():
                server.behaviour.slow = {step: 0.5}  # it is killed before it hears of it
                reached.set()

        server.behaviour.heard = heard
        process = started(address, server, tmp_path, 0)
        assert reached.wait(60)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        server.behaviour.slow = {}
        time.sleep(0.7)
        check(desk, server)
        process = started(address, server, tmp_path, 1)
        process.communicate(timeout=60)
        check(desk, server)
        expected = State.SENT if state_after is State.QUEUED else state_after
        assert [state(desk, one) for one in numbers] == [expected, State.SENT]
        finished(desk, address, server, tmp_path, 2)


def test_killed_at_any_moment(desk: Engine, address: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    for number in range(4 * RUNS):
        queued(desk, token=f"t{number}")
    killed = 0
    with running() as server:
        server.behaviour.slow = {"mail": 0.02, "data": 0.03, "taken": 0.05}
        for hour in range(4 * RUNS):
            process = started(address, server, tmp_path, hour)
            assert process.stdout is not None
            assert process.stdout.readline() == "begins\n"
            time.sleep(chance.uniform(0.02, 0.8))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.communicate()
            time.sleep(0.1)  # the server may still be at what it was given
            check(desk, server)
            if killed >= RUNS:
                break
        server.behaviour.slow = {}
        finished(desk, address, server, tmp_path, 90)
    assert killed >= RUNS
