"""From a customer's bills to a request that is ready, as a person types it."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pypdfium2
import pytest

from datarequests.business_days import LOS_ANGELES
from extractor.base.database import writing
from extractor.base.templating import environment
from extractor.cli import main
from extractor.cli.billed import manager_of
from extractor.cli.settings import default_file
from extractor.home import created
from extractor.store.opening import store
from extractor.store.roster import Entry
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import Kept

ROSTER = "customer,customer_name,account,kind\nbakery,Example Bakery,700200000001,customer\n"
AGENT = {
    "BILLCLERK_AGENT_NAME": "Pat Example",
    "BILLCLERK_AGENT_COMPANY": "Example Energy",
    "BILLCLERK_AGENT_ADDRESS": "2 Example St, Los Angeles CA 90001",
    "BILLCLERK_AGENT_TELEPHONE": "213-555-0100",
    "BILLCLERK_AGENT_EMAIL": "pat@example.com",
}
SIGNER = ("--signatory", "Sam Sample", "--title", "Owner", "--who", "pat")
TODAY = dt.datetime.now(LOS_ANGELES).date()


class Said(NamedTuple):
    """What the command said."""

    returncode: int
    stdout: str
    stderr: str


class Desk:
    """A home with a customer's bills, and the command in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = created(folder / "home", default_file()).path
        with store(f"sqlite:///{self.home}/billclerk.db", self.home) as engine:
            kept = Kept(engine)
            for number in ("8000000001", "8000000002"):
                one = service("2026-05-01", "2026-05-31", account=number)
                placed = one.model_copy(
                    update={"service_address": f"{number[-1]} EXAMPLE ST, ANYTOWN CA 90000"}
                )
                names: dict[str, Any] = {
                    "customer_name": "ACME BAKERY LLC",
                    "mailing_address": "PO BOX 1, ANYTOWN CA 90000",
                }
                kept.put(record(f"2026-06-0{number[-1]}", placed, **names))
        (folder / "roster.csv").write_text(ROSTER)
        assert self.run("accounts", "import", folder / "roster.csv").returncode == 0

    def run(self, *arguments: str | Path) -> Said:
        """Run the command in this process: starting one takes longer than all it does."""
        out, err = StringIO(), StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name, value in AGENT.items():
                patch.setenv(name, value)
            patch.chdir(self.folder)
            patch.setattr("sys.argv", ["billclerk", *map(str, arguments), "--home", str(self.home)])
            with pytest.raises(SystemExit) as left:
                main()
        return Said(int(left.value.code or 0), out.getvalue(), err.getvalue())

    def out(self, *arguments: str | Path, code: int = 0) -> str:
        done = self.run(*arguments)
        assert done.returncode == code, done.stderr
        return done.stdout

    def signed(self, number: int = 1, content: bytes = b"%PDF-1.7 signed") -> None:
        (self.folder / "signed.pdf").write_bytes(content)
        day = str(TODAY - dt.timedelta(days=2))
        self.out(
            "authorizations",
            "sign",
            str(number),
            "signed.pdf",
            "--executed-on",
            day,
            "--kind",
            "wet",
            "--who",
            "pat",
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_request_goes_from_the_bills_to_ready(desk: Desk) -> None:
    said = desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    assert "authorization 1: ACME BAKERY LLC, for sce" in said
    assert "account 8000000002  2 EXAMPLE ST, ANYTOWN CA 90000" in said
    page = pypdfium2.PdfDocument(desk.folder / "authorization-1.pdf")[0].get_textpage().get_text_range()
    assert "PREPARATION SHEET - NOT THE OFFICIAL FORM" in page
    assert "PO BOX 1, ANYTOWN CA 90000" in " ".join(page.split())
    assert (desk.folder / "authorization-1.pdf").stat().st_mode & 0o077 == 0

    letter = desk.out("request", "draft", "--customer", "bakery", "--who", "pat")
    assert letter.startswith("To: 3rdparty@sce.com\nSubject: [CISR-000001-")
    assert "Attachment: none" in letter
    found = desk.out("request", "lint", "1", code=1)
    assert "refuse: authorization 1 is not signed and dated yet. A form without signature" in found

    desk.signed()
    assert re.search(r"bakery +executed", desk.out("authorizations", "list"))
    assert desk.out("backup", desk.folder / "b.tar", code=1).startswith(
        f"{desk.folder}/b.tar: 1 originals"
    )  # the form
    verified = desk.run("verify").stderr
    assert verified == "2 documents, 2 wrong\n"  # the made bills have no files; the form belongs to something
    desk.out("authorizations", "submitted", "1", "--who", "pat")
    desk.out("authorizations", "approve", "1", "--who", "pat", "--on", str(TODAY - dt.timedelta(days=1)))
    shown = desk.out("authorizations", "show", "1")
    assert "state: active, until" in shown and "approved by pat" in shown
    assert desk.out("request", "lint", "1", "--dry-run") == ""
    assert "draft" in desk.out("request", "list")
    assert desk.out("request", "lint", "1") == ""
    assert re.search(r"bakery +ready", desk.out("request", "list"))
    assert "$24.10 to $34.10" in desk.out("request", "fees", "--customer", "bakery")


def test_an_altered_form_is_void_and_nothing_goes_out_under_it(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    desk.signed()
    desk.out("request", "draft", "--customer", "bakery", "--who", "pat")
    assert desk.out("authorizations", "check") == "all signed forms are as they were signed\n"
    (kept,) = (path for path in desk.home.rglob("originals/*/*") if path.read_bytes().endswith(b"signed"))
    kept.write_bytes(b"%PDF-1.7 signed, 2nd page added")
    assert "changed: would be void" in desk.out("authorizations", "check", "--dry-run", code=1)
    assert "file_is_as_signed" in desk.out("request", "lint", "1", code=1)
    assert "changed: void" in desk.out("authorizations", "check", code=1)
    assert re.search(r"bakery +void", desk.out("authorizations", "list"))
    assert (
        "has no authorization for sce"
        in desk.run("request", "draft", "--customer", "bakery", "--who", "pat").stderr
    )


def test_a_form_that_is_gone_is_void_but_not_when_the_originals_are_away(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    desk.signed()
    (desk.home / "originals").rename(desk.home / "away")
    assert "mount it" in desk.run("authorizations", "check").stderr
    (desk.home / "away").rename(desk.home / "originals")
    for path in desk.home.rglob("originals/*/*.pdf"):
        path.unlink()
    assert "gone: void" in desk.out("authorizations", "check", code=1)


def test_a_dry_run_keeps_nothing(desk: Desk) -> None:
    assert "authorization 1" in desk.out(
        "authorizations", "draft", "--customer", "bakery", *SIGNER, "--dry-run"
    )
    assert desk.out("authorizations", "list") == ""
    assert not list(desk.folder.glob("authorization*"))
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    (desk.folder / "many.csv").write_text("customer,counterparty\nbakery,sce\n")
    for arguments in (("--customer", "bakery"), ("--csv", "many.csv")):
        assert (
            "nothing was kept" in desk.run("request", "draft", *arguments, "--who", "pat", "--dry-run").stderr
        )
    assert desk.out("request", "list") == ""


def test_what_bills_do_not_say_or_say_twice_a_person_says(desk: Desk) -> None:
    with store(f"sqlite:///{desk.home}/billclerk.db", desk.home) as engine:
        kept = Kept(engine)
        kept.count = 5
        kept.put(record("2026-07-01", service("2026-06-01", "2026-06-30"), customer_name="ACME INC"))
    said = desk.run("authorizations", "draft", "--customer", "bakery", *SIGNER)
    assert (
        said.returncode,
        "several names of record: ACME INC; ACME BAKERY LLC; say --name" in said.stderr,
    ) == (2, True)
    said = desk.run("authorizations", "draft", "--customer", "stranger", "--account", "8000000009", *SIGNER)
    assert "verified bills print no names of record; say it by --name" in said.stderr
    named = ("--name", "STRANGER LLC", "--mailing-address", "1 St", "--account", "8000000009=9 St")
    assert "account 8000000009  9 St" in desk.out(
        "authorizations", "draft", "--customer", "stranger", *named, *SIGNER
    )


def test_cpa_is_asked_by_its_own_letter_and_a_name_adds_no_header(desk: Desk) -> None:
    named = (
        "--name",
        "ACME\nBcc: all@example.com",
        "--mailing-address",
        "1 St",
        "--account",
        "8000000001=1 St",
    )
    desk.out("authorizations", "draft", "--customer", "bakery", "--counterparty", "cpa", *named, *SIGNER)
    text = pypdfium2.PdfDocument(desk.folder / "authorization-1.pdf")[0].get_textpage().get_text_range()
    assert "AUTHORIZATION TO RELEASE CUSTOMER INFORMATION" in text
    desk.signed()
    letter = desk.out("request", "draft", "--customer", "bakery", "--counterparty", "cpa", "--who", "pat")
    head = letter.partition("\n\n")[0].splitlines()
    assert [line.partition(":")[0] for line in head] == ["To", "Subject", "Attachment"]
    assert head[1].endswith("ACME Bcc: all@example.com")
    assert head[2] == "Attachment: authorization-CPA-000001.pdf, 15 bytes"


@pytest.mark.parametrize(
    ("managers", "found"), [(("pat",), "pat"), (("pat", "pat"), "pat"), (("pat", "sam"), None), ((), None)]
)
def test_the_customers_manager_looks_after_a_request(
    tmp_path: Path, managers: tuple[str, ...], found: str | None
) -> None:
    with store(f"sqlite:///{tmp_path}/billclerk.db", tmp_path) as engine, writing(engine) as session:
        entry = Entry("bakery", "Bakery", "7001", "customer")
        take_roster(session, [entry, Entry("other", "Other", "7009", "customer", site="x", manager="kim")])
        for at, manager in enumerate(managers):
            own = replace(entry, account=f"700{at}", site=f"site{at}", manager=manager)
            take_roster(session, [own])
        assert manager_of(session, "bakery") == found


def test_many_are_drafted_from_a_file_or_none(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    desk.signed()
    rows = "".join(
        f"bakery,sce,8000000001,5,2026-0{1 + at % 5}-{1 + at % 28:02d},2026-06-{1 + at % 30:02d}\n"
        for at in range(60)
    )
    (desk.folder / "many.csv").write_text(
        "customer,counterparty,account,option,from,to\n" + rows + "bakery,sce,,9,,\nbakery,sce,,1,soon,\n"
    )
    bad = desk.run("request", "draft", "--csv", "many.csv", "--who", "pat")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert "many.csv, line 62: sce has no option '9'" in bad.stderr
    assert "many.csv, line 63: 'soon' is no date" in bad.stderr
    (desk.folder / "few.csv").write_text("customer,counterparty\nbakery,sce\n")
    never = desk.run("request", "lint", "--csv", "few.csv").stderr
    assert "few.csv, line 2: not drafted; `billclerk request draft --csv few.csv` does" in never
    assert desk.out("request", "list") == ""
    (desk.folder / "many.csv").write_text("customer,counterparty,account,option,from,to\n" + rows)
    good = desk.run("request", "draft", "--csv", "many.csv", "--who", "pat")
    assert good.stdout.splitlines()[59] == "line 61: request 60 to sce, $13.10"
    assert "60 requests drafted, 0 known before; 60 without a finding" in good.stderr
    again = desk.run("request", "draft", "--csv", "many.csv", "--who", "pat")
    assert "0 requests drafted, 60 known before" in again.stderr
    early = desk.run("request", "release", "--csv", "many.csv", "--yes")
    assert (early.returncode, early.stderr.count("is draft, nothing of it can be released")) == (2, 60)
    ready = desk.run("request", "lint", "--csv", "many.csv", "--who", "pat")
    assert (ready.returncode, ready.stderr.count("is ready")) == (0, 60)
    assert desk.run("request", "sent", "3", "--by", "fax").returncode == 0
    gone = desk.run("request", "release", "--csv", "many.csv", "--yes")
    assert "1 of the 60 requests of many.csv went out or ended before" in gone.stderr
    assert gone.stderr.count("NOT SENT, written to") == 59
    assert desk.run("request", "release", "1", "--csv", "many.csv").returncode == 2
    assert "request 3 is sent, not a draft" in desk.run("request", "lint", "3").stderr


def test_renewals_are_drafted_once_from_the_form_that_was_signed(desk: Desk) -> None:
    until = str(TODAY + dt.timedelta(days=40))
    desk.out(
        "authorizations", "draft", "--customer", "bakery", "--duration", "until", "--until", until, *SIGNER
    )
    desk.signed()
    none = desk.run("authorizations", "expiring", "--within", "30d")
    assert (none.stdout, none.stderr) == ("", "no authorization expires within 30 days, or did\n")
    assert "no renewal is drafted" in desk.out("authorizations", "expiring")
    assert "renewal 2 drafted" in desk.out("authorizations", "expiring", "--who", "pat")
    assert (desk.folder / "authorization-2.pdf").exists()
    assert "renewal 2 is being signed" in desk.out("authorizations", "expiring", "--who", "pat")
    desk.signed(2, b"%PDF-1.7 signed anew")
    listed = desk.out("authorizations", "list")
    assert "superseded" in listed and "executed" in listed
    assert desk.run("authorizations", "expiring", "--within", "soon").returncode == 2


def test_a_file_that_is_no_form_is_not_taken_as_one(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    sheet = (desk.folder / "authorization-1.pdf").read_bytes()
    (desk.folder / "on-screen.pdf").write_bytes(sheet + b"\n% signed on a screen\n")
    signed = (
        "authorizations",
        "sign",
        "1",
        "on-screen.pdf",
        "--executed-on",
        "2026-01-01",
        "--kind",
        "electronic",
    )
    assert "the preparation sheet, which no counterparty takes" in desk.run(*signed, "--who", "pat").stderr
    (desk.folder / "signed.txt").write_text("I agree")
    said = desk.run(
        "authorizations",
        "sign",
        "1",
        "signed.txt",
        "--executed-on",
        "2026-01-01",
        "--kind",
        "wet",
        "--who",
        "pat",
    )
    assert (said.returncode, "a signed form is a PDF" in said.stderr) == (2, True)


def test_a_letter_that_cannot_be_made_is_told_before_it_is_to_go_out(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    desk.signed()
    desk.out("request", "draft", "--customer", "bakery", "--who", "pat")
    (desk.home / "templates" / "mail").mkdir(parents=True)
    (desk.home / "templates" / "mail" / "cisr_instruction.txt.j2").write_text(
        "Subject: Data\n\n{{ colour }}\n"
    )
    environment.cache_clear()  # as another process would see it
    found = desk.out("request", "lint", "1", code=1)
    assert "refuse: template mail/cisr_instruction.txt.j2: 'colour' is undefined." in found


def test_whose_turn_a_form_is_while_it_is_being_signed(desk: Desk) -> None:
    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    assert "awaiting_customer_signature" in desk.out("authorizations", "given", "1", "--who", "pat")
    assert "awaiting_agent_signature" in desk.out("authorizations", "returned", "1", "--who", "pat")
    desk.signed()
    assert "rejected" in desk.out("authorizations", "reject", "1", "--reason", "name", "--who", "pat")
    assert "revoked is not possible" in desk.run("authorizations", "revoke", "1", "--who", "pat").stderr


def test_the_official_form_is_filled_in_where_the_user_has_it(desk: Desk) -> None:
    from tests.datarequests.test_acroform import form

    desk.out("authorizations", "draft", "--customer", "bakery", *SIGNER)
    (desk.folder / "form.pdf").write_bytes(form(["Text1", "Signatory", "Other"]))
    (desk.folder / "fields.toml").write_text('Text1 = "service_account_2"\n')
    done = desk.run(
        "authorizations",
        "sheet",
        "1",
        "--form",
        "form.pdf",
        "--fields",
        "fields.toml",
        "--output",
        "filled.pdf",
    )
    assert done.returncode == 0
    assert "2 fields were filled in" in done.stderr and "field 'Other' is empty" in done.stderr
    assert "no field takes agent_name" in done.stderr
    assert (desk.folder / "filled.pdf").read_bytes().startswith(b"%PDF")
