"""`billclerk request release`, `resend`, `settle`, `mail` and the watch's outbox, as a person types them."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Engine, update

from datarequests.history import Happened, add
from datarequests.outbox import Kind, queue
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.workflow import Event, State
from extractor.base.database import opened, writing
from extractor.base.schema import upgrade
from extractor.cli.filed import now
from extractor.home import Home
from extractor.originals import kept
from extractor.store.people import Manager
from tests.datarequests.made import WHO, authorization
from tests.datarequests.mailed import LETTER, OFFICE, history, mail_of, ready, state
from tests.servers.smtp import Server, running

ROOT = Path(__file__).parents[3]
COMMAND = "from extractor.cli import main; main()"
Run = Callable[..., subprocess.CompletedProcess[str]]
TO, COPY = "3rdparty@sce.com", "pat@example.com"


@pytest.fixture(name="engine")
def _engine(home: Home) -> Iterator[Engine]:
    engine = opened(home.database)
    upgrade(engine)
    yield engine
    engine.dispose()


@pytest.fixture(name="server")
def _server() -> Iterator[Server]:
    with running() as server:
        yield server


def live(server: Server) -> dict[str, str]:
    return {
        "BILLCLERK_MAIL_LIVE": "1",
        "BILLCLERK_MAIL_SERVER": "127.0.0.1",
        "BILLCLERK_MAIL_PORT": str(server.port),
        "BILLCLERK_MAIL_TLS": "none",
        "BILLCLERK_MAIL_FROM": "Example Energy <desk@example.com>",
        "BILLCLERK_MAIL_REPLY_TO": "desk@example.com",
    }


@pytest.fixture(name="billclerk")
def _billclerk(home: Home) -> Run:
    def call(
        *arguments: object, status: int = 0, answer: str = "", **more: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *map(str, arguments), "--home", home.path],
            capture_output=True,
            text=True,
            check=False,
            input=answer,
            env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", **more},
        )
        assert done.returncode == status, done.stderr
        return done

    return call


def form(*numbers: str) -> bytes:
    """Return a signed form as PDF, which names some accounts."""
    canvas = Canvas("form.pdf", invariant=1)
    for at, number in enumerate(numbers):
        canvas.drawString(72, 700 - 20 * at, f"service account {number}, telephone 213-555-0100")
    return bytes(canvas.getpdfdata())


def request(engine: Engine, home: Home, token: str = "a", names: tuple[str, ...] = ("8000000001",)) -> int:
    """Keep a request that is ready, under a form that is kept, of a manager with an address."""
    data = form(*names)
    kept(home.originals, data)
    with writing(engine) as session:
        session.merge(Manager(key=WHO, name="Pat", email=COPY))
        signed = authorization(session, now(), signed_sha256=hashlib.sha256(data).hexdigest())
        return ready(session, now(), token=token, authorization_id=signed.id).id or 0


def test_what_goes_out_is_shown_and_asked_for_first(
    home: Home, engine: Engine, server: Server, billclerk: Run
) -> None:
    first, second = request(engine, home), request(engine, home, "b")
    no = billclerk("request", "release", first, second, status=1, answer="n\n", **live(server))
    assert f"request {first} of acme: request\n  to           {TO} (SCE 3rd Party" in no.stdout
    assert "\n  copy         pat@example.com\n  accounts     8000000001\n" in no.stdout
    assert re.search(r"\n  attachment   [\w.-]+\.pdf, application/pdf, [\d,]+ bytes\n", no.stdout)
    assert "send 2 messages?" in no.stderr
    assert (server.taken, state(engine, first)) == ([], State.READY)

    yes = billclerk("request", "release", first, second, answer="y\n", **live(server))
    assert f"request of request {first}: sent: 250 taken" in yes.stdout
    assert [state(engine, one) for one in (first, second)] == [State.SENT] * 2
    assert [one.recipients for one in server.taken] == [[TO, COPY]] * 2
    assert re.search(
        rb"\r\nReply-To:\s+desk\+r%d\.a\.[0-9a-f]{16}@example\.com\r\n" % first, server.taken[0].content
    )
    for path in (home.path / "mail.key",):
        assert path.stat().st_mode & 0o077 == 0
    assert "the outbox is empty" in billclerk("mail", "outbox").stderr
    assert f"{first}" in billclerk("mail", "outbox", "--all").stdout


def test_out_of_the_box_nothing_is_sent(home: Home, engine: Engine, server: Server, billclerk: Run) -> None:
    number = request(engine, home)
    done = billclerk("request", "release", number, "--yes", status=1)
    said = "NOTHING WILL BE SENT: mail is not live; it takes BILLCLERK_MAIL_LIVE=1, BILLCLERK_MAIL_SERVER"
    assert said in done.stderr
    assert "NOT SENT, written to" in done.stderr and "it does not count as sent" in done.stderr
    assert len(list((home.path / "outbox").glob("*.eml"))) == 1
    assert (home.path / "outbox").stat().st_mode & 0o077 == 0
    assert state(engine, number) is State.QUEUED
    assert "written" in billclerk("mail", "outbox").stdout
    assert "1 messages were written as files and not sent" in billclerk("status").stdout
    billclerk("mail", "send", **live(server))
    assert server.taken == []
    message_id = mail_of(engine, number).message_id
    billclerk("request", "release", number, "--yes", **live(server))
    assert [one.message_id for one in server.taken] == [message_id]
    assert b"\r\nFrom: Example Energy <desk@example.com>\r\n" in b"\r\n" + server.taken[0].content


def test_a_dry_run_changes_nothing(home: Home, engine: Engine, server: Server, billclerk: Run) -> None:
    number = request(engine, home)
    done = billclerk("request", "release", number, "--dry-run", **live(server))
    assert "dry run, nothing was sent" in done.stderr
    (path,) = (home.path / "outbox" / "dry-run").glob("*.eml")
    assert b"\r\nTo: 3rdparty@sce.com\r\n" in path.read_bytes()
    assert (server.taken, history(engine, number)) == ([], ["drafted", "linted"])
    assert "the outbox is empty" in billclerk("mail", "outbox", "--all").stderr


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (Event.CANCELLED, "is cancelled, nothing of it can be released"),
        (Event.CHANGED, "is draft, nothing of it can be released; next: check it and release it"),
    ],
)
def test_what_is_not_ready_stops_all(
    home: Home, engine: Engine, server: Server, billclerk: Run, to: Event, said: str
) -> None:
    good, bad = request(engine, home), request(engine, home, "b")
    with writing(engine) as session:
        add(session, bad, Happened(to, now(), WHO), now())
    done = billclerk("request", "release", good, bad, "--yes", status=2, **live(server))
    assert f"request {bad} {said}" in done.stderr
    assert (server.taken, state(engine, good)) == ([], State.READY)
    assert "there is no request 99" in billclerk("request", "release", 99, "--yes", status=2).stderr


def test_a_form_that_names_another_account_is_refused(
    home: Home, engine: Engine, server: Server, billclerk: Run
) -> None:
    number = request(engine, home, names=("8000000001", "8000000002"))
    done = billclerk("request", "release", number, "--yes", status=2, **live(server))
    assert "names 8000000002, not of this request" in done.stderr
    assert (server.taken, state(engine, number)) == ([], State.READY)
    billclerk("request", "release", number, "--yes", "--may-name", "8000000002", **live(server))
    assert len(server.taken) == 1


def test_a_message_in_doubt_is_settled(home: Home, engine: Engine, server: Server, billclerk: Run) -> None:
    number = request(engine, home)
    server.behaviour.drops = "taken"
    done = billclerk("request", "release", number, "--yes", status=1, **live(server))
    assert "UNKNOWN whether it arrived" in done.stderr
    assert "of 1 messages nobody knows whether they arrived" in billclerk("status").stdout
    server.behaviour.drops = None
    done = billclerk("mail", "send", **live(server))
    assert (done.stdout, "nothing is due" in done.stderr) == ("", True)
    assert "counts as sent" in billclerk("request", "settle", number, "--arrived", "--who", "pat").stdout
    assert state(engine, number) is State.SENT
    assert "no message of request" in billclerk("request", "settle", number, "--arrived", status=2).stderr
    assert len(server.taken) == 1


def test_a_message_in_doubt_is_released_again_under_its_id(
    home: Home, engine: Engine, server: Server, billclerk: Run
) -> None:
    first, second = request(engine, home), request(engine, home, "b")
    server.behaviour.drops = "taken"
    for number in (first, second):
        billclerk("request", "release", number, "--yes", status=1, **live(server))
    server.behaviour.drops = None
    done = billclerk("request", "release", first, "--yes", **live(server))
    assert "under the same Message-ID as before" in done.stdout
    for line in ("copy         pat@example.com", "subject      [CISR-", "attachment   authorization"):
        assert f"  {line}" in done.stdout
    billclerk("request", "settle", second, "--not-arrived")
    assert state(engine, second) is State.SEND_FAILED
    billclerk("request", "release", second, "--yes", **live(server))
    assert [state(engine, one) for one in (first, second)] == [State.SENT] * 2
    assert len(server.taken) == 4
    assert len({one.message_id for one in server.taken}) == 2


def test_a_resend_leaves_the_clock_and_one_after_a_bounce_starts_it(
    home: Home, engine: Engine, server: Server, billclerk: Run
) -> None:
    number = request(engine, home)
    billclerk("request", "resend", number, "--yes", status=2, **live(server))
    billclerk("request", "release", number, "--yes", **live(server))
    billclerk("request", "resend", number, "--yes", **live(server))
    with writing(engine) as session:
        add(session, number, Happened(Event.BOUNCED, now(), WHO), now())
    billclerk("request", "resend", number, "--yes", **live(server))
    assert history(engine, number)[2:] == ["queued", "sent", "resent", "bounced", "queued", "sent"]
    first, *others = server.taken
    assert all(f"References: {first.message_id}".encode() in one.content for one in others)


def test_drafts_of_follow_ups_are_released(
    home: Home, engine: Engine, server: Server, billclerk: Run
) -> None:
    number = request(engine, home)
    billclerk("request", "release", number, "--yes", **live(server))
    with writing(engine) as session:
        row = session.get(DataRequest, number)
        assert row is not None
        queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, now(), draft=True)
    billclerk("mail", "send", **live(server))
    assert len(server.taken) == 1
    assert "draft" in billclerk("mail", "outbox").stdout
    with writing(engine) as session:
        row = session.get(DataRequest, number)
        assert row is not None
        unwanted = queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, now(), draft=True).id
    assert f"(follow_up of request {number}) will not go out" in billclerk("mail", "drop", unwanted).stdout
    done = billclerk("request", "release", number, "--yes", **live(server))
    assert f"request {number} of acme: follow_up" in done.stdout
    assert history(engine, number)[-1] == "follow_up_sent"


def test_the_watch_sends_what_is_due(home: Home, engine: Engine, server: Server) -> None:
    with writing(engine) as session:
        row = ready(session, now())
        queue(session, row, LETTER, Kind.REQUEST, OFFICE, WHO, now())
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "watch", "--log", "json", "--home", home.path],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}", **live(server)},
    )
    until = time.monotonic() + 60
    while not server.taken and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, len(server.taken)) == (0, 1)
    assert '"event": "mail"' in said and '"result": "accepted"' in said
    assert TO not in said
    assert state(engine, row.id or 0) is State.SENT


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TLS", "none", "without TLS mail goes to a server on this machine only"),
        ("FROM", "desk", "this is no address"),
        ("REDIRECT", "a@example.com\nBcc: b@example.com", "this is no address"),
        ("OAUTH_URL", "http://login.example.com/token", "tokens are fetched by https only"),
        ("PORT", "99999", "less than or equal to 65535"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    home: Home, engine: Engine, billclerk: Run, name: str, value: str, said: str
) -> None:
    variable = f"BILLCLERK_MAIL_{name}"
    done = billclerk(
        "mail", "send", status=2, **{"BILLCLERK_MAIL_SERVER": "mail.example.com", variable: value}
    )
    assert variable in done.stderr and said in done.stderr


def test_a_password_in_a_file_is_refused(home: Home, engine: Engine, billclerk: Run) -> None:
    home.settings.write_text('mail_password = "secret"\n')
    assert "BILLCLERK_MAIL_PASSWORD" in billclerk("mail", "send", status=2).stderr


def test_an_expired_grant_is_critical(home: Home, engine: Engine, server: Server, billclerk: Run) -> None:
    from tests.datarequests.test_delivery import token_server

    with writing(engine) as session:
        queue(session, ready(session, now()), LETTER, Kind.REQUEST, OFFICE, WHO, now())
        session.execute(update(OutgoingMail).values(next_at=None))
    with token_server() as tokens:
        tokens.refresh = "another"
        more = {
            **live(server),
            "BILLCLERK_MAIL_OAUTH_URL": tokens.url,
            "BILLCLERK_MAIL_OAUTH_CLIENT": "c",
            "BILLCLERK_MAIL_OAUTH_REFRESH": "first",
        }
        done = billclerk("mail", "send", status=1, **more)
        assert (
            "not sent yet: the token server does not take the grant any more (invalid_grant)" in done.stderr
        )
        checked = billclerk("status", "--check", status=2, **more)
    assert "the token server does not take the grant any more" in checked.stdout
    assert server.taken == []


def test_a_file_that_a_person_mailed_counts_as_sent_and_its_answers_are_found(
    home: Home, engine: Engine, billclerk: Run
) -> None:
    number = request(engine, home)
    billclerk("request", "release", number, "--yes", status=1)
    assert state(engine, number) is State.QUEUED
    billclerk("request", "sent", number, "--by", "email")
    assert state(engine, number) is State.SENT
    row = mail_of(engine, number)
    assert (row.state, row.sent_at is not None) == ("sent", True)
    assert "the outbox is empty" in billclerk("mail", "outbox").stderr
