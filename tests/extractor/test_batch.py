"""Reading again: what changes is told, kept, let count in one step, held back where it is worse, and undone."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func
from sqlmodel import select

from extractor import batch
from extractor.base.database import reading
from extractor.batch import Accepted, Batch, Changed, NothingToUndoError, Report
from extractor.desk import Desk
from extractor.guarded import Asked, answers
from extractor.home import Home
from extractor.inbox import ingest
from extractor.model import ReadResult, Status
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, current
from extractor.store.runs import Choice
from extractor.store.said import Saying
from extractor.store.tables import Reading
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SETTINGS = ReaderSettings(jobs=1)
NAMES = ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "cpa-only-d4-clean-2026")
EVERYTHING, CAUTIOUS = Choice(), Accepted()
ROOT = Path(__file__).parents[2]

Alter = Callable[[ReadResult], ReadResult]


@pytest.fixture
def taken(home: Home, kept: Engine) -> Engine:
    """A store with three verified bills."""
    paths = [Path(shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)) for name in NAMES]
    assert [one.outcome for one in ingest(home, kept, paths, SETTINGS, lambda: NOW)] == ["verified"] * 3
    return kept


def newer(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch, alter: Alter, version: str = "1"
) -> Batch:
    """Return the reprocessing of another version of the program, which reads bills otherwise."""
    monkeypatch.setattr(batch, "fingerprint", lambda: version * 64)

    def read(wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        for asked, lines in answers(wanted, SETTINGS, 1, files):
            results = (ReadResult.model_validate_json(line) for line in lines)
            yield asked, [alter(result).model_dump_json().encode() for result in results]

    return Batch(home, engine, SETTINGS, read, lambda: NOW)


def same(result: ReadResult) -> ReadResult:
    return result


def renamed(result: ReadResult) -> ReadResult:
    """As if a layout read another customer's name on CPA's own bill, in everything else the same."""
    bill = result.bill
    if bill is None or bill.issuer != "CPA":
        return result
    return result.model_copy(update={"bill": bill.model_copy(update={"customer_name": "EXAMPLE, NEW"})})


def doubted(result: ReadResult) -> ReadResult:
    """As if a layout could not prove CPA's own bill any more."""
    is_cpa = result.bill is not None and result.bill.issuer == "CPA"
    return result.model_copy(update={"status": Status.REVIEW}) if is_cpa else result


def bills(engine: Engine) -> list[Kept]:
    with reading(engine) as session:
        return list(current(session))


def cpa(engine: Engine) -> Kept:
    (found,) = (bill for bill in bills(engine) if bill.result.bill and bill.result.bill.issuer == "CPA")
    return found


def readings(engine: Engine) -> int:
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(Reading)).one()


def run(of: Batch, accepted: Accepted = CAUTIOUS, choice: Choice = EVERYTHING) -> Report:
    report = Report()
    list(of.run(of.chosen(choice), "everything", accepted, report))
    return report


def test_a_version_that_reads_the_same_adds_nothing_and_is_not_asked_again(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bills(taken)
    of = newer(home, taken, monkeypatch, same)
    outdated = Choice(outdated_by="1" * 64)
    assert len(of.chosen(outdated)) == 3
    report = run(of, choice=outdated)
    assert report.counts == {"unchanged": 3}
    assert of.chosen(outdated) == []
    assert bills(taken) == before
    assert readings(taken) == 3


def test_altered_values_are_held_back_until_accepted_and_undone_in_one_step(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cpa(taken)
    of = newer(home, taken, monkeypatch, renamed)
    report = run(of)
    assert report.counts == {"unchanged": 2, "altered": 1}
    (changed,) = report.changed
    assert changed.held
    assert [(one.field, one.after) for one in changed.differences] == [("customer_name", "EXAMPLE, NEW")]
    assert cpa(taken).record == before.record

    report = run(newer(home, taken, monkeypatch, renamed), Accepted(changes=True))
    assert not report.changed[0].held
    now = cpa(taken).result.bill
    assert now is not None and now.customer_name == "EXAMPLE, NEW"
    assert cpa(taken).standing == "counts"

    number, moved, left = of.undo()
    assert (number, len(moved), left) == (2, 1, [])
    assert cpa(taken).record == before.record
    assert {bill.standing for bill in bills(taken)} == {"counts"}


def test_what_would_get_worse_is_held_back_and_the_rest_counts(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = run(newer(home, taken, monkeypatch, doubted))
    assert [(one.kind, one.held) for one in report.changed] == [("worse", True)]
    assert cpa(taken).state == "verified"
    report = run(newer(home, taken, monkeypatch, doubted), Accepted(regressions=True))
    assert [(one.kind, one.held) for one in report.changed] == [("worse", False)]
    assert cpa(taken).state == "review"
    report = run(newer(home, taken, monkeypatch, same, "2"))
    assert [one.kind for one in report.changed] == ["verified"]
    assert cpa(taken).state == "verified"


def test_a_dry_run_keeps_nothing(home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    of = newer(home, taken, monkeypatch, renamed)
    changed = list(of.dry(of.chosen(EVERYTHING), Accepted(changes=True)))
    assert sorted(one.kind for one in changed) == ["altered", "unchanged", "unchanged"]
    assert readings(taken) == 3
    assert len(of.chosen(Choice(outdated_by="1" * 64))) == 3
    with pytest.raises(NothingToUndoError):
        of.undo()


def test_corrections_of_people_survive(home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(home, taken, SETTINGS)
    bill = cpa(taken)
    desk.correct(bill.sha256, "customer_name", "EXAMPLE, BY PAT", Saying("Pat", "paper", NOW))
    report = run(newer(home, taken, monkeypatch, doubted), Accepted(regressions=True))
    assert report.counts["worse"] == 1
    after = cpa(taken)
    printed = after.result.bill
    assert printed is not None and printed.customer_name == "EXAMPLE, BY PAT"
    assert after.read_status == Status.REVIEW


def test_a_document_that_a_person_changed_meanwhile_is_left(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = newer(home, taken, monkeypatch, renamed)
    report = Report()
    seen: list[Changed] = []
    for changed in of.run(of.chosen(EVERYTHING), "everything", Accepted(changes=True), report):
        if changed.kind == "altered":
            desk = Desk(home, taken, SETTINGS)
            desk.correct(changed.sha256, "due_date", "2026-12-24", Saying("Pat", "paper", NOW))
        seen.append(changed)
    assert report.left == [one.sha256 for one in seen if one.kind == "altered"]
    printed = cpa(taken).result.bill
    assert printed is not None and str(printed.due_date) == "2026-12-24"


def test_a_run_that_breaks_off_goes_on_where_it_was(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = newer(home, taken, monkeypatch, renamed)
    going = of.run(of.chosen(EVERYTHING), "everything", Accepted(changes=True), Report())
    first = next(going)
    going.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    before = {bill.sha256: bill.record for bill in bills(taken)}
    again = newer(home, taken, monkeypatch, renamed)
    report = Report()
    rest = list(again.run(again.chosen(EVERYTHING), "everything", Accepted(changes=True), report))
    assert first.sha256 not in {one.sha256 for one in rest}
    assert (len(rest), report.counts.total()) == (2, 3)
    assert len(before) == 3


def test_an_original_that_is_gone_stops_nothing(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    next(home.originals.rglob("*.pdf")).unlink()
    assert run(newer(home, taken, monkeypatch, same)).counts == {"unchanged": 2}


COMMAND = [sys.executable, "-c", "from extractor.cli import main; main()"]


def billclerk(code: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(code), "BILLCLERK_JOBS": "1"}
    return subprocess.run(
        [*COMMAND, *arguments], env=environment, cwd=code, capture_output=True, text=True, check=False
    )


def test_a_changed_layout_shows_the_exact_differences_and_is_undone(tmp_path: Path) -> None:
    """The program itself, and a copy of it in which one table of the layouts says something else."""
    home = tmp_path / "home"
    for arguments in (("init", home), ("ingest", "--home", home, tmp_path / "bills")):
        (tmp_path / "bills").mkdir(exist_ok=True)
        for name in NAMES:
            if arguments[0] == "init":
                shutil.copy(SAMPLES / f"{name}.pdf", tmp_path / "bills")
        assert billclerk(ROOT, *arguments).returncode == 0
    other = tmp_path / "other"
    shutil.copytree(ROOT / "extractor", other / "extractor", ignore=shutil.ignore_patterns("__pycache__"))
    table = other / "extractor" / "layouts" / "sections" / "vocabulary.py"
    text = table.read_text()
    assert text.count("Component.WILDFIRE_FUND") >= 1
    table.write_text(text.replace("Component.WILDFIRE_FUND", "Component.OTHER_CRS"))

    nothing = billclerk(ROOT, "reprocess", "--home", home)
    assert "nothing to read again" in nothing.stderr
    dry = billclerk(other, "reprocess", "--dry-run", "--home", home)
    assert "component: wildfire_fund -> other_crs" in dry.stdout
    assert "held back" in dry.stdout
    done = billclerk(other, "reprocess", "--accept-changes", "--home", home)
    assert "component: wildfire_fund -> other_crs" in done.stdout, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert all(line.endswith("component: wildfire_fund -> other_crs") for line in lines)
    shown = billclerk(other, "bills", "--home", home, "--format", "json").stdout
    undone = billclerk(other, "reprocess", "--undo", "--home", home)
    assert "count as before" in undone.stdout
    assert billclerk(ROOT, "reprocess", "--outdated", "--home", home).stderr.startswith("dry run") is False
    assert billclerk(ROOT, "bills", "--home", home, "--format", "json").stdout == shown


def test_a_reprocessing_that_is_killed_is_finished_by_the_next(
    home: Home, address: str, taken: Engine
) -> None:
    program = """
import datetime as dt, sys
from pathlib import Path
from extractor import batch
from extractor.batch import Accepted, Batch, Report, local
from extractor.home import Home
from extractor.settings import ReaderSettings
from extractor.store.opening import store
from extractor.store.runs import Choice
batch.fingerprint = lambda: "9" * 64
with store(sys.argv[2], Path(sys.argv[1])) as engine:
    settings = ReaderSettings(jobs=1)
    of = Batch(Home(Path(sys.argv[1])), engine, settings, local(settings, 1), lambda: dt.datetime.now(dt.UTC))
    report = Report()
    for one in of.run(of.chosen(Choice(outdated_by="9" * 64)), "outdated", Accepted(), report):
        print(one.kind, flush=True)
    print(sum(report.counts.values()))
"""
    command = [sys.executable, "-c", program, str(home.path), address]
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert first.stdout.readline() == "unchanged\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(0.2)
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert second.stderr == ""
    assert second.stdout.splitlines()[-1] == "3"
    assert readings(taken) == 3
