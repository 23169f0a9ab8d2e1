"""Answers to requests, from a real mailbox to items that are checked off, as a person runs it; killed, too."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from datarequests.history import events_of, items_of
from datarequests.tables import IncomingMail, MailboxMessage, RequestItem
from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from extractor.home import Home, created
from extractor.store.tables import Document
from tests.datarequests.incoming.mails import answer, block, mail, outgoing, report
from tests.datarequests.made import sent
from tests.extractor.law import SAMPLES
from tests.servers.imap import FOLDER, PASSWORD, USER, Imap, running

BILL = "d4-bundled-winter-2025"
INTERVALS = "SCE_Usage_8000000140_03-12-25_to_04-10-25.csv"
FIRST, LAST = dt.date(2025, 3, 12), dt.date(2025, 4, 10)
COMMAND = "from extractor.cli import main; main()"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    """A server of these tests."""
    with running(tmp_path_factory.mktemp("imap") / "log") as found:
        yield found


@pytest.fixture
def server(started: Imap) -> Imap:
    """The server, its folder empty."""
    started.numbered_anew()
    return started


@pytest.fixture
def asked(tmp_path: Path) -> Home:
    """A home with a request for a month of bills and of readings, sent."""
    home = created(tmp_path / "bills", "")
    engine = opened(home.database)
    upgrade(engine)
    with writing(engine) as session:
        one = sent(session)
        outgoing(session, one)
        for item in items_of(session, one.id or 0):
            item.service_account, item.first, item.last = "8000000140", FIRST, LAST
            session.add(item)
    engine.dispose()
    return home


def environment(home: Home, server: Imap | None) -> dict[str, str]:
    """Return the variables that a command is run with."""
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}",
        "BILLCLERK_HOME": str(home.path),
        "BILLCLERK_JOBS": "1",
    }
    if server is not None:
        given |= {
            "BILLCLERK_IMAP_SERVER": "127.0.0.1",
            "BILLCLERK_IMAP_PORT": str(server.port),
            "BILLCLERK_IMAP_TLS": "0",
            "BILLCLERK_IMAP_USER": USER,
            "BILLCLERK_IMAP_PASSWORD": PASSWORD,
            "BILLCLERK_IMAP_FOLDER": FOLDER,
        }
    return given


def run(home: Home, server: Imap | None, *arguments: str, **more: str) -> tuple[int, str]:
    """Run a command; return its exit status and all it says."""
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env=environment(home, server) | more,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def events(home: Home) -> list[str]:
    """Return what happened to the request since it was sent."""
    with looked(home) as session:
        return [str(one.event) for one in events_of(session, 1)][3:]


@contextmanager
def looked(home: Home) -> Iterator[Session]:
    """Give a session on a home's database."""
    engine = opened(home.database)
    with reading(engine) as session:
        yield session
    engine.dispose()


def mails(home: Home) -> list[IncomingMail]:
    """Return the messages that were taken."""
    with looked(home) as session:
        return list(session.exec(select(IncomingMail).order_by(col(IncomingMail.id))))


def attached(*names: str) -> dict[str, bytes]:
    """Return files of the samples."""
    return {Path(name).name: (SAMPLES / name).read_bytes() for name in names}


def test_an_answer_in_two_parts_completes_a_request(asked: Home, server: Imap) -> None:
    server.deliver(
        answer("Thank you. Your case number is 0012345.", Auto_Submitted="auto-replied"),
        answer("The bills are attached.", files=attached(f"{BILL}.pdf")),
    )
    code, said = run(asked, server, "mail", "fetch")
    assert (code, events(asked)) == (0, ["auto_reply", "data_received"]), said
    assert "received option 1 of 8000000140, 2025-03-12 to 2025-04-10" in said
    assert "missing option 5 of 8000000140, 2025-03-12 to 2025-04-10" in said
    assert server.flags() == [True, True]
    server.deliver(answer("And the readings.", files=attached(f"intervals/{INTERVALS}")))
    code, said = run(asked, server, "mail", "fetch")
    assert (code, events(asked)[2:]) == (0, ["completed"]), said
    with looked(asked) as session:
        assert all(one.received_sha256 for one in session.exec(select(RequestItem)))
        kinds = sorted(session.exec(select(Document.kind)).all())
        assert kinds == ["bill", "intervals", "message", "message", "message"]
    assert run(asked, server, "mail", "fetch") == (0, "no mail that is new\n")
    assert run(asked, server, "mail", "list") == (0, "no mail has to be looked at\n")


def test_a_dry_run_changes_nothing(asked: Home, server: Imap) -> None:
    server.deliver(answer(), report(block("failed", "5.1.1")))
    code, said = run(asked, server, "mail", "fetch", "--dry-run")
    assert (code, "acknowledged" in said, "bounced" in said) == (0, True, True)
    assert (mails(asked), events(asked), server.flags()) == ([], [], [False, False])
    assert list(asked.originals.iterdir()) == []


def test_an_orphan_is_listed_shown_assigned_and_confirmed(asked: Home, server: Imap) -> None:
    server.deliver(mail("The form of 8000000140 is not signed.", "pat@vendor.example"))
    assert "orphan" in run(asked, server, "mail", "fetch")[1]
    code, said = run(asked, server, "mail", "orphans")
    assert (code, "it may be for 1" in " ".join(said.split())) == (0, True)
    assert run(asked, server, "mail", "confirm", "1", "--who", "pat")[0] == 2
    code, said = run(asked, server, "mail", "assign", "1", "1", "--dry-run")
    assert (code, mails(asked)[0].state) == (0, "orphan")
    code, said = run(asked, server, "mail", "assign", "1", "1")
    assert (code, 'seems to say correction; "not signed"' in said) == (0, True), said
    code, said = run(asked, server, "mail", "show", "1")
    assert "The form of 8000000140 is not signed." in said
    assert events(asked) == []
    code, said = run(asked, server, "mail", "confirm", "1", "--who", "pat", "--dry-run")
    assert (said, events(asked)) == ("request 1: correction_asked\n", [])
    run(asked, server, "mail", "confirm", "1", "--who", "pat", "--reason", "sign page 2")
    assert events(asked) == ["correction_asked"]
    server.deliver(mail("Our newsletter", "news@example.net"))
    run(asked, server, "mail", "fetch")
    assert run(asked, server, "mail", "ignore", "2", "--who", "pat") == (0, "mail 2 is ignored\n")
    assert run(asked, server, "mail", "orphans") == (0, "no mail is without its request\n")
    assert "newsletter" not in run(asked, server, "mail", "list")[1]


def test_messages_in_the_inbox_and_a_maildir_answer_requests_as_well(asked: Home, tmp_path: Path) -> None:
    (asked.inbox / "answer.eml").write_bytes(answer(files=attached(f"{BILL}.pdf")))
    (asked.inbox / "bill.eml").write_bytes(mail("My bill.", "sam@customer.example"))
    code, said = run(asked, None, "ingest")
    assert (code, events(asked)) == (0, ["data_received"]), said
    states = {one.state: (one.sender, one.subject) for one in mails(asked)}
    assert states["ignored"] == ("", "")  # a customer's own mail is nobody's orphan
    box = tmp_path / "box"
    for name in ("new", "cur", "tmp"):
        (box / name).mkdir(parents=True)
    (box / "new" / "1").write_bytes(report(block("delayed", "4.4.1")))
    code, said = run(asked, None, "mail", "fetch", BILLCLERK_MAILDIR=str(box))
    assert (code, events(asked)) == (0, ["data_received", "delivery_delayed"]), said
    assert [one.name for one in (box / "cur").iterdir()] == ["1:2,S"]


def test_a_mailbox_that_cannot_be_read_is_said_without_the_password(asked: Home, server: Imap) -> None:
    code, said = run(asked, server, "mail", "fetch", BILLCLERK_IMAP_FOLDER="Nowhere")
    assert (code, PASSWORD in said, "cannot be read" in said) == (75, False, True)


def test_a_folder_numbered_anew_doubles_nothing(asked: Home, server: Imap) -> None:
    raws = [answer(), report(block("delayed", "4.4.1"))]
    server.deliver(*raws)
    run(asked, server, "mail", "fetch")
    server.numbered_anew()
    server.deliver(*raws)
    assert run(asked, server, "mail", "fetch") == (0, "no mail that is new\n")
    assert events(asked) == ["acknowledged", "delivery_delayed"]
    assert server.flags() == [True, True]
    with looked(asked) as session:
        assert len(session.exec(select(MailboxMessage)).all()) == 4


def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(asked: Home, server: Imap) -> None:
    raws = [answer(f"Thank you, {at}.", Auto_Submitted="auto-replied") for at in range(12)]
    raws.append(answer("Attached.", files=attached(f"{BILL}.pdf", f"intervals/{INTERVALS}")))
    server.deliver(*raws)
    command = [sys.executable, "-c", COMMAND, "mail", "fetch"]
    for pause in (0.7, 1.1, 1.5, 1.9, 2.3, 2.7):
        process = subprocess.Popen(
            command,
            env=environment(asked, server),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(pause)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        seen = sum(server.flags())
        assert seen <= len(mails(asked))  # nothing is marked that is not kept
    code, said = run(asked, server, "mail", "fetch")
    assert (code, len(mails(asked)), all(server.flags())) == (0, 13, True), said
    assert sorted(events(asked)) == ["auto_reply"] * 12 + ["completed"]
    kept = [path for path in asked.originals.rglob("*") if path.is_file()]
    with looked(asked) as session:
        assert len(kept) == len(session.exec(select(Document)).all()) == 15


def test_the_watch_takes_mail_in(asked: Home, server: Imap) -> None:
    server.deliver(answer())
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, "watch"],
        env=environment(asked, server),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        until = time.monotonic() + 60
        while "acknowledged" not in events(asked) and time.monotonic() < until:
            time.sleep(0.3)
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[0]
    assert "acknowledged" in events(asked), said  # on a working day it also writes what is overdue
    assert process.returncode == 0
    assert "mail 1: request 1: reply: acknowledged" in said


def test_fifty_megabytes_are_taken(asked: Home, server: Imap) -> None:
    server.deliver(answer("Attached.", files={"big.bin": os.urandom(50_000_000)}))
    code, said = run(asked, server, "mail", "fetch")
    assert (code, len(mails(asked))) == (0, 1), said
    assert "nobody reads files of this kind" in said
    assert events(asked) == []
