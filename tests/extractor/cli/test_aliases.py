"""What `--account` takes along is said on standard error, once, with the alias that it is known by."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from extractor.base.database import reading
from extractor.home import created
from extractor.store.numbers import accounts_of, numbers_of
from extractor.store.opening import store
from tests.extractor.made_bills import record, service
from tests.extractor.store.test_standing import Kept

COMMAND = Path(__file__).parents[3] / ".venv" / "bin" / "billclerk"
OLD, NEW, NEXT = "3-008-0000-08", "8000000001", "8000000002"
SAID = f"{NEW} takes along {OLD} to 2026-06-30: alias 1, renumbered (letter by SCE)\n"
PARTLY = "1 service is left out, billed only partly within these days; `billclerk accounts` has them\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service account with an old number, and the next customer's at the same meter."""
    place = created(tmp_path_factory.mktemp("aliases") / "home", "")
    with store(place.database, place.path) as engine:
        kept = Kept(engine)
        kept.put(record("2026-06-02", service("2026-05-01", "2026-05-31", account=OLD)))
        kept.put(record("2026-07-12", service("2026-06-01", "2026-07-09", account=OLD)))
        kept.put(record("2026-08-02", service("2026-07-10", "2026-07-31", account=NEW)))
        kept.put(record("2026-09-02", service("2026-08-01", "2026-08-31", account=NEXT)))
    add = ("accounts", "link", "--who", "Pat", "--evidence", "letter by SCE")
    run(place.path, *add, "renumbered", OLD, NEW, "--to", "2026-06-30")
    run(place.path, *add, "succession", NEW, NEXT)
    return place.path


def run(home: Path, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([COMMAND, *arguments, "--home", home], capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done


def test_bills_and_charges_of_the_other_number_come_along_and_that_is_said(home: Path) -> None:
    listed = run(home, "bills", "--account", NEW, "--format", "json")
    statements = [json.loads(line)["statement"] for line in listed.stdout.splitlines()]
    assert (len(statements), listed.stderr) == (2, SAID + PARTLY)
    exported = run(home, "export", "charges", "--account", NEW)
    rows = csv.DictReader(io.StringIO(exported.stdout))
    assert [row["service_account"] for row in rows] == [OLD, NEW]
    assert exported.stderr == f"{SAID}{PARTLY}counts: 2 rows  0 kWh  20.00 USD\n"


def test_reprocessing_says_so_too(home: Path) -> None:
    done = run(home, "reprocess", "--account", NEW, "--dry-run", status=1)  # the originals are missing
    assert done.stderr.startswith(SAID)


def test_without_other_numbers_nothing_is_said(home: Path) -> None:
    assert run(home, "bills", "--account", NEXT, "--format", "json").stderr == ""
    assert run(home, "bills", "--format", "json").stderr == ""


def test_a_service_account_of_several_customer_accounts_is_said_to_be(tmp_path: Path) -> None:
    """CPA's account beside SCE's is no other customer's, nor is one that an alias joins."""
    place = created(tmp_path / "home", "")
    with store(place.database, place.path) as engine:
        kept = Kept(engine)
        kept.put(record("2026-06-02", service("2026-05-01", "2026-05-31"), account="1"))
        kept.put(
            record(
                "2026-06-02", service("2026-05-01", "2026-05-31", "9.00", "CPA"), issuer="CPA", account="2"
            )
        )
        with reading(engine) as session:
            assert accounts_of(session, numbers_of(session, NEW)) == []
        kept.put(record("2026-07-02", service("2026-06-01", "2026-06-30"), account="3"))
    listed = run(place.path, "bills", "--account", NEW)
    assert (
        f"{NEW} is billed to 2 customer accounts: 1, 3; --customer shows one customer's alone"
        in listed.stderr
    )
    run(place.path, "accounts", "link", "account", "1", "3", "--who", "Pat", "--evidence", "letter by SCE")
    assert run(place.path, "bills", "--account", NEW).stderr == "3 bills\n"
