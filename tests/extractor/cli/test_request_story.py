"""Whole requests as a person runs them: drafted, checked, signed, sent, answered in parts, followed up, complete.

Mail goes out to a real server and comes in from a real mailbox. What lies days ahead is told as an argument.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlmodel import col, select

from datarequests.history import events_of, request_of
from datarequests.tables import OutgoingMail
from datarequests.viewed import viewed
from extractor.base.database import opened, reading
from extractor.home import Home, created
from tests.extractor.law import SAMPLES
from tests.servers import imap, smtp
from tests.servers.imap import FOLDER, PASSWORD, USER, Imap
from tests.servers.smtp import Server

ROOT = Path(__file__).parents[3]
COMMAND = "from extractor.cli import main; main()"
DESKS = {"sce": "3rdparty@sce.com", "cpa": "customerconfidentiality@cleanpoweralliance.org"}
ACCOUNT, FIRST, LAST = "8000000140", "2025-03-12", "2025-04-10"
BILL = SAMPLES / "d4-bundled-winter-2025.pdf"
INTERVALS = SAMPLES / "intervals" / "SCE_Usage_8000000140_03-12-25_to_04-10-25.csv"
ROSTER = (
    "customer,customer_name,account,kind,site,site_name,manager,manager_name,manager_email\n"
    f"bakery,Example Bakery,{ACCOUNT},service,one,Main Street,pat,Pat Example,pat@example.com\n"
)


class Firm:
    """A firm's home, with a mail server and a mailbox of its own."""

    def __init__(self, home: Home, out: Server, box: Imap) -> None:
        self.home, self.out, self.box = home, out, box

    def __call__(self, *arguments: object, status: int = 0, **more: str) -> str:
        """Run a command; return all it says."""
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *map(str, arguments)],
            env=self._environment() | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'requests'}",
            "BILLCLERK_HOME": str(self.home.path),
            "BILLCLERK_JOBS": "1",
            "BILLCLERK_AGENT_NAME": "Pat Example",
            "BILLCLERK_AGENT_COMPANY": "Example Energy",
            "BILLCLERK_AGENT_ADDRESS": "2 Example St, Los Angeles CA 90001",
            "BILLCLERK_AGENT_TELEPHONE": "213-555-0100",
            "BILLCLERK_AGENT_EMAIL": "pat@example.com",
            "BILLCLERK_MAIL_LIVE": "1",
            "BILLCLERK_MAIL_SERVER": "127.0.0.1",
            "BILLCLERK_MAIL_PORT": str(self.out.port),
            "BILLCLERK_MAIL_TLS": "none",
            "BILLCLERK_MAIL_FROM": "Example Energy <desk@example.com>",
            "BILLCLERK_MAIL_REPLY_TO": "desk@example.com",
            "BILLCLERK_IMAP_SERVER": "127.0.0.1",
            "BILLCLERK_IMAP_PORT": str(self.box.port),
            "BILLCLERK_IMAP_TLS": "0",
            "BILLCLERK_IMAP_USER": USER,
            "BILLCLERK_IMAP_PASSWORD": PASSWORD,
            "BILLCLERK_IMAP_FOLDER": FOLDER,
        }

    def happened(self) -> list[str]:
        """Return what happened to the request, attempts of sending left out."""
        with reading(opened(self.home.database)) as session:
            return [one.event for one in events_of(session, 1) if one.event != "send_attempted"]

    def latest(self) -> dt.date:
        """Return the last day of the window."""
        with reading(opened(self.home.database)) as session:
            clock = viewed(session, request_of(session, 1), dt.datetime.now(dt.UTC)).clock
        assert clock is not None and clock.latest is not None
        return clock.latest

    def answer(self, desk: str, text: str, *files: Path, **headers: str) -> None:
        """Let a desk answer the first message that it got."""
        first = next(one for one in self.out.taken if DESKS[desk] in one.recipients)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = DESKS[desk], "desk@example.com", "RE: your request"
        mail["Message-ID"] = f"<{len(text)}.{len(files)}@{DESKS[desk].partition('@')[2]}>"
        mail["In-Reply-To"] = first.message_id
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        for file in files:
            mail.add_attachment(
                file.read_bytes(), maintype="application", subtype="octet-stream", filename=file.name
            )
        self.box.deliver(mail.as_bytes())

    def days_past(self, count: int) -> str:
        """Return ten o'clock of a business day so many after the window; what is between is SCE's calendar."""
        from datarequests.business_days import add_business_days
        from datarequests.counterparties import shipped

        day = add_business_days(self.latest(), count, shipped()["sce"].calendar)
        return f"{day}T10:00"


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    """A firm with one customer in its roster."""
    home = created(tmp_path / "bills", "")
    (tmp_path / "roster.csv").write_text(ROSTER)
    with smtp.running() as out, imap.running(tmp_path / "imap.log") as box:
        found = Firm(home, out, box)
        found("accounts", "import", tmp_path / "roster.csv")
        yield found


def asked(firm: Firm, desk: str, options: str, tmp_path: Path) -> None:
    """Draft an authorization, have it signed, draft a request under it, check it and send it."""
    who = ("--who", "pat")
    customer = ("--customer", "bakery", "--counterparty", desk)
    firm(
        *("authorizations", "draft", *customer, *who, "--name", "EXAMPLE BAKERY LLC"),
        *("--mailing-address", "1 Example St, Los Angeles CA 90001", "--signatory", "Sam Sample"),
        *("--title", "Owner", "--account", f"{ACCOUNT}=1 Example St, Los Angeles CA 90001"),
        *("--output", tmp_path / "sheet.pdf"),
    )
    said = firm(*("request", "draft", *customer, *who), *options.split(), "--from", FIRST, "--to", LAST)
    assert "is not signed and dated yet" in said
    assert "must not be sent" not in said
    firm("request", "release", 1, "--yes", status=2)  # a draft cannot be released
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(b"%PDF-1.4\n% stands for the signed form\n%%EOF\n")
    today = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=-8))).date()
    firm("authorizations", "sign", 1, signed, "--executed-on", today, "--kind", "wet", *who)
    assert "request 1 is ready" in firm("request", "lint", 1, "--accept-warnings", *who)
    assert firm.out.taken == []
    released = firm("request", "release", 1, "--yes")
    assert "sent: 250 taken" in released
    fee = {"sce": "$13.10 to $18.10, estimated", "cpa": "$0.00 or more, estimated"}[desk]
    assert f"fee          {fee}" in released
    (message,) = firm.out.taken
    assert message.recipients == [DESKS[desk], "pat@example.com"]
    assert b"authorization-" in message.content
    assert ACCOUNT.encode() not in message.content.partition(b"\r\n\r\n")[0]


def test_a_request_from_draft_to_complete(firm: Firm, tmp_path: Path) -> None:
    asked(firm, "sce", "--option 1,5", tmp_path)
    firm.answer("sce", "Thank you. Your case number is 0012345.", Auto_Submitted="auto-replied")
    firm("mail", "fetch")
    firm.answer("sce", "Two files are attached.", INTERVALS, ROOT / "templates" / "README.md")
    said = firm("mail", "fetch")
    assert f"received option 5 of {ACCOUNT}, {FIRST} to {LAST}" in said
    assert f"missing option 1 of {ACCOUNT}, {FIRST} to {LAST}" in said

    assert "nothing is due" in firm("request", "tick", "--now", f"{firm.latest()}T16:00")
    due = firm.days_past(1)
    assert "follow_up_drafted" in firm("request", "tick", "--now", due)
    assert "nothing is due" in firm("request", "tick", "--now", due)
    assert len(firm.out.taken) == 1  # it is a draft until a person releases it
    firm("request", "release", 1, "--yes")
    follow_up = firm.out.taken[1]
    assert follow_up.recipients == [DESKS["sce"], "pat@example.com"]
    references = follow_up.content.replace(b"\r\n ", b" ").partition(b"References: ")[2].partition(b"\r\n")[0]
    assert firm.out.taken[0].message_id.encode() in references
    assert b"=?utf-8" not in follow_up.content

    firm.answer("sce", "And the billing history.", BILL)
    assert "completed" in firm("mail", "fetch")
    assert firm.happened() == [
        *("drafted", "fee_estimated", "linted", "queued", "sent", "auto_reply", "data_received"),
        *("follow_up_drafted", "follow_up_sent", "completed"),
    ]
    shown = firm("request", "show", 1)
    assert "data_received_partial" not in shown
    assert "0012345" in shown
    assert "completed" in firm("request", "list", "--all")


def test_one_that_times_out_with_every_reminder_in_order(firm: Firm, tmp_path: Path) -> None:
    asked(firm, "sce", "--option 1,5", tmp_path)
    heard = []
    for days in range(12):
        said = (
            firm("request", "tick", "--now", firm.days_past(days))
            if days
            else firm("request", "tick", "--now", f"{firm.latest()}T10:00")
        )
        heard += [(days, line.split(": ")[1]) for line in said.splitlines() if line.startswith("request 1: ")]
    assert heard == [(1, "follow_up_drafted"), (3, "escalated"), (10, "time_out_proposed")]
    firm("mail", "send")
    assert len(firm.out.taken) == 1  # both letters wait for a person
    firm("request", "release", 1, "--yes")
    to = sorted(one.recipients for one in firm.out.taken[1:])
    assert to == [[DESKS["sce"], "pat@example.com"], ["pat@example.com"]]  # the manager was told
    firm("request", "time-out", 1, "--who", "pat")
    reminders = ["follow_up_drafted", "escalated", "time_out_proposed"]
    assert firm.happened()[-5:] == [*reminders, "follow_up_sent", "timed_out"]
    with reading(opened(firm.home.database)) as session:
        rows = session.exec(select(OutgoingMail).order_by(col(OutgoingMail.id))).all()
        assert [(one.kind, one.state, one.recipients) for one in rows] == [
            ("request", "sent", []),
            ("follow_up", "sent", []),
            ("escalation", "sent", []),
        ]
    assert "Our turn" in firm("report", "--all")


def test_cpa_publishes_no_term_and_is_never_overdue(firm: Firm, tmp_path: Path) -> None:
    asked(firm, "cpa", "", tmp_path)
    firm.answer("cpa", "We have received your request, reference number 77-123.")
    firm("mail", "fetch")
    said = firm("request", "tick", "--now", firm.days_past(1), "--dry-run")
    assert "follow_up_drafted" in said
    assert "after the internal target" in said
    firm.answer("cpa", "Please find the generation charges attached.", BILL)
    firm("mail", "fetch")
    firm("mail", "confirm", 2, "--as", "data", "--item", 1, "--who", "pat")
    assert firm.happened()[-1] == "completed"
    assert (
        "overdue"
        not in firm("report", "--all", "--format", "html", "--out", tmp_path / "r.html")
        + (tmp_path / "r.html").read_text()
    )
