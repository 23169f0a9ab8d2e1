"""Which days a request asks for by the roster, as a person types it: cut, refused, and refused anew at release."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.extractor.cli.test_drafting import SIGNER, TODAY, Desk

PASSES = TODAY - dt.timedelta(days=100)
BEFORE = PASSES - dt.timedelta(days=1)
ACCOUNT = "8000000001"
HEAD = "Customer,Service account,Managed from,Managed to\n"


def roster(desk: Desk, *rows: str) -> None:
    (desk.folder / "days.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows))
    desk.out("accounts", "import", desk.folder / "days.csv")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The bakery has an account since a day, and a laundry had it before."""
    desk = Desk(tmp_path)
    roster(desk, f"laundry,{ACCOUNT},,{BEFORE}", f"bakery,{ACCOUNT},{PASSES},")
    address = f"{ACCOUNT}=1 EXAMPLE ST, ANYTOWN CA 90000"
    names = ("--name", "ACME BAKERY LLC", "--mailing-address", "PO BOX 1", "--account", address)
    desk.out("authorizations", "draft", "--customer", "bakery", *names, *SIGNER)
    desk.signed()
    return desk


WORDS = ("request", "draft", "--customer", "bakery", "--option", "1", "--who", "pat")


def test_what_nobody_said_is_cut_at_the_rosters_days_and_that_is_said(desk: Desk) -> None:
    done = desk.run(*WORDS)
    first = f"{PASSES:%B} {PASSES.day}, {PASSES.year} to "
    assert (done.returncode, first in done.stdout) == (0, True)
    assert f"left out: {ACCOUNT} from " in done.stderr
    assert f" to {BEFORE}, by the roster another customer's, not bakery's\n" in done.stderr
    assert "days_are_the_customers" not in done.stderr + desk.run("request", "lint", "1").stdout


def test_days_that_were_said_and_are_anothers_are_refused(desk: Desk) -> None:
    since = PASSES - dt.timedelta(days=30)
    done = desk.run(*WORDS, "--from", str(since))
    assert "left out" not in done.stderr
    found = desk.out("request", "lint", "1", code=1)
    assert (
        f"refuse: by the roster {ACCOUNT} is another customer's from {since} to {BEFORE}; draft other"
        in found
    )
    assert "`billclerk request withdraw 1`" in found
    assert "laundry" not in done.stderr + found


def test_days_that_are_nobodys_are_cut_too_and_only_warned_of_where_they_are_said(desk: Desk) -> None:
    begin = PASSES - dt.timedelta(days=20)
    roster(desk, f"laundry,{ACCOUNT},,{begin}")
    rows = f"bakery,sce,1,,\nbakery,sce,1,{begin + dt.timedelta(days=1)},\nbakery,sce,1,{PASSES},\n"
    (desk.folder / "three.csv").write_text("customer,counterparty,option,from,to\n" + rows)
    done = desk.run("request", "draft", "--csv", "three.csv", "--who", "pat")
    after = begin + dt.timedelta(days=1)
    assert (
        f"three.csv, line 2: left out: {ACCOUNT} from {after} to {BEFORE}, by the roster not bakery's; "
        in done.stderr
    )
    warned = f"by the roster {ACCOUNT} is not bakery's from {after} to {BEFORE}, nor anybody's"
    assert f"three.csv, line 3: warn: {warned}" in done.stderr
    assert "line 4:" not in done.stderr
    assert "2 without a finding, 1 with warnings, 0 that would be refused" in done.stderr
    again = desk.run("request", "draft", "--csv", "three.csv", "--who", "pat")
    assert "left out" not in again.stderr  # nothing was drafted


def test_nothing_goes_out_once_the_roster_gives_the_days_to_somebody_else(desk: Desk) -> None:
    desk.out(*WORDS)
    desk.out("request", "lint", "1", "--accept-warnings", "--who", "pat")
    later = PASSES + dt.timedelta(days=50)
    roster(desk, f"bakery,{ACCOUNT},{PASSES},{later}", f"laundry,{ACCOUNT},{later + dt.timedelta(days=1)},")
    done = desk.run("request", "release", "1", "--yes")
    assert done.returncode != 0
    assert f"must not be sent: by the roster {ACCOUNT} is another customer's from" in done.stderr
    assert "refuse: by the roster" in desk.out("request", "lint", "1", "--who", "pat", code=1)
    assert "draft" in desk.out("request", "list")


def test_what_waits_for_another_customers_days_is_told_with_what_ends_it(desk: Desk) -> None:
    desk.out(*WORDS, "--from", str(PASSES - dt.timedelta(days=30)))
    desk.out(*WORDS)
    said = f"to {BEFORE}; draft other days and `billclerk request withdraw 1`, or mend the roster\n"
    for words in (
        ("close-covered",),
        ("close-covered", "--request", "1"),
        ("draft", "--missing", "--dry-run"),
    ):
        told = desk.run("request", *words).stderr
        assert "request 1 waits in vain: option 1 of 8000000001, " in told and said in told
        assert "request 2" not in told
    assert "in vain" not in desk.run("request", "close-covered", "--request", "2").stderr
    desk.out("request", "withdraw", "1", "--who", "pat")
    assert "in vain" not in desk.run("request", "close-covered").stderr
