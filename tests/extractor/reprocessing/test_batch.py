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
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func
from sqlmodel import select

from extractor import desk as desk_module
from extractor.base.database import reading, writing
from extractor.customers.forgetting import forget
from extractor.desk import Desk, OlderReadingError
from extractor.guarded import Asked, answers
from extractor.home import Home
from extractor.intake.inbox import ingest
from extractor.model import ReadResult, Status
from extractor.reprocessing import batch
from extractor.reprocessing.alone import ReprocessingError
from extractor.reprocessing.batch import Batch, NothingToUndoError, local
from extractor.reprocessing.report import Accepted, Changed, NoRunError, Report, report_of
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, current
from extractor.store.roster import Entry
from extractor.store.runs import Choice
from extractor.store.said import Saying
from extractor.store.tables import Reading
from tests.extractor.law import SAMPLES
from tests.extractor.rosters import take_roster

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SETTINGS = ReaderSettings(jobs=1)
NAMES = ("d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "cpa-only-d4-clean-2026")
EVERYTHING, CAUTIOUS = Choice(), Accepted()
ROOT = Path(__file__).parents[3]

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
    changed = list(of.dry(of.chosen(EVERYTHING), Accepted(changes=True), Report()))
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


def test_an_original_that_is_gone_stops_nothing_and_is_named(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = next(home.originals.rglob("*.pdf"))
    data = gone.read_bytes()
    gone.unlink()
    of = newer(home, taken, monkeypatch, same)
    dry = Report()
    assert len(list(of.dry(of.chosen(EVERYTHING), CAUTIOUS, dry))) == 2
    report = run(of)
    for said in (dry, report, again(taken)):
        assert (said.counts, said.missing) == ({"unchanged": 2}, [gone.stem])
    gone.write_bytes(data)
    outdated = Choice(outdated_by="1" * 64)
    assert [old.sha256 for old in of.chosen(outdated)] == [gone.stem]
    assert run(of, choice=outdated).counts == {"unchanged": 1}


def test_an_original_that_comes_back_is_read_when_the_run_goes_on(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = next(home.originals.rglob("*.pdf"))
    data = gone.read_bytes()
    gone.unlink()
    of = newer(home, taken, monkeypatch, renamed)
    going = of.run(of.chosen(EVERYTHING), "everything", CAUTIOUS, Report())
    next(going)
    going.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    gone.write_bytes(data)
    report = run(of)
    assert (report.run, report.counts.total(), report.missing) == (1, 3, [])


@pytest.mark.parametrize("is_corrected", [False, True])  # a corrected one is read a second time
def test_an_original_that_goes_while_it_is_read_makes_no_bill_unreadable(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch, is_corrected: bool
) -> None:
    newer(home, taken, monkeypatch, same)
    bill = cpa(taken)
    if is_corrected:
        Desk(home, taken, SETTINGS).correct(bill.sha256, "customer_name", "EXAMPLE", Saying("Pat", "x", NOW))
    before = cpa(taken)
    original = next(path for path in home.originals.rglob("*.pdf") if path.stem == bill.sha256)

    def read(wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        if not is_corrected:
            original.unlink()
        for asked, lines in answers(wanted, SETTINGS, 1, files):
            if asked.path == original:
                original.unlink(missing_ok=True)
            yield asked, lines

    report = run(Batch(home, taken, SETTINGS, read, lambda: NOW), Accepted(True, True))
    assert (report.counts, report.missing) == ({"unchanged": 2}, [bill.sha256])
    assert cpa(taken) == before


def again(engine: Engine, number: int | None = None) -> Report:
    with reading(engine) as session:
        return report_of(session, number)


def test_what_a_run_reported_is_told_again_just_so(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NoRunError, match="no reprocessing"):
        again(taken)
    held = run(newer(home, taken, monkeypatch, renamed))
    assert again(taken) == held
    of = newer(home, taken, monkeypatch, renamed)
    left = Report()
    for changed in of.run(of.chosen(EVERYTHING), "everything", Accepted(changes=True), left):
        if changed.kind == "altered":
            desk = Desk(home, taken, SETTINGS)
            desk.correct(changed.sha256, "due_date", "2026-12-24", Saying("Pat", "paper", NOW))
    assert left.left != [] and again(taken) == left
    moved = run(newer(home, taken, monkeypatch, renamed, "2"), Accepted(changes=True))
    assert not moved.changed[0].held and again(taken) == moved
    of.undo()
    assert again(taken, 3) == replace(moved, is_undone=True)
    assert [again(taken, number) for number in (1, 2)] == [held, left]
    with pytest.raises(NoRunError, match="there is no run 4"):
        again(taken, 4)


def test_a_run_that_was_broken_off_is_told_as_far_as_it_came(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = newer(home, taken, monkeypatch, renamed)
    for changed in of.run(of.chosen(EVERYTHING), "everything", Accepted(changes=True), Report()):
        if changed.kind == "altered":
            break
    found = again(taken, 1)
    assert found.is_broken_off
    assert ([one.kind for one in found.changed], found.left) == (["altered"], [])
    with pytest.raises(NoRunError, match="no reprocessing came to its end"):
        again(taken)


def test_what_is_undone_is_the_last_run_that_moved_something(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cpa(taken)
    run(newer(home, taken, monkeypatch, renamed), Accepted(changes=True))
    of = newer(home, taken, monkeypatch, same, "2")
    held = run(of)  # it reads the old name again, which is held back
    nothing = run(of, choice=Choice(named=(bills(taken)[0].sha256,)))
    assert (held.run, nothing.run) == (2, 3)
    number, moved, left = of.undo()
    assert (number, len(moved), left) == (1, 1, [])
    assert cpa(taken).record == before.record
    with pytest.raises(NothingToUndoError):
        of.undo()


@pytest.mark.parametrize(
    ("alter", "accepted", "option"),
    [
        (renamed, Accepted(changes=True), "--accept-changes"),
        (doubted, Accepted(regressions=True), "--accept-regressions"),
    ],
)
@pytest.mark.parametrize("is_undone", [False, True])
def test_what_was_held_back_or_undone_is_corrected_after_it_is_let_count_by_name(
    home: Home,
    taken: Engine,
    monkeypatch: pytest.MonkeyPatch,
    alter: Alter,
    accepted: Accepted,
    option: str,
    is_undone: bool,
) -> None:
    of = newer(home, taken, monkeypatch, alter)
    monkeypatch.setattr(desk_module, "fingerprint", lambda: "1" * 64)
    desk, bill = Desk(home, taken, SETTINGS), cpa(taken)
    command = f"`billclerk reprocess --document {bill.sha256[:12]}"

    def correct() -> Kept:
        return desk.correct(bill.sha256, "due_date", "2026-12-24", Saying("Pat", "paper", NOW))

    with pytest.raises(OlderReadingError, match=f"{command}` first"):
        correct()
    run(of, accepted if is_undone else CAUTIOUS)
    if is_undone:
        of.undo()
    why = "undone" if is_undone else "held back"
    with pytest.raises(OlderReadingError, match=rf"that was {why} \(run 1\).*{command} {option}`"):
        correct()
    choice = Choice(named=(bill.sha256[:12],))
    assert [one.held for one in run(of, choice=choice).changed] == [True]  # nothing comes in unasked
    with pytest.raises(OlderReadingError, match=rf"that was held back \(run 2\).*{command} {option}`"):
        correct()
    assert cpa(taken).record == bill.record
    assert run(of, accepted, choice).counts.total() == 1
    printed = correct().result.bill
    assert printed is not None and str(printed.due_date) == "2026-12-24"


def test_one_reprocessing_of_a_home_works_at_a_time(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = newer(home, taken, monkeypatch, renamed)
    going = of.run(of.chosen(EVERYTHING), "everything", CAUTIOUS, Report())
    next(going)
    with pytest.raises(ReprocessingError, match="wait until it is done"):
        run(of)
    with pytest.raises(ReprocessingError):
        of.undo()
    assert len(list(of.dry(of.chosen(EVERYTHING), CAUTIOUS, Report()))) == 3  # it keeps nothing
    assert len(list(going)) == 2
    assert run(of).counts.total() == 3


def forgotten(home: Home, engine: Engine, bill: Kept) -> None:
    """Erase the customer of a bill, who has left."""
    account = bill.result.bill.customer_account if bill.result.bill else None
    with writing(engine) as session:
        take_roster(session, [Entry("bakery", "Example Bakery", account or "", "customer")])
    erased = forget(home, engine, "bakery", Saying("Pat", "left", NOW), dry_run=False)
    assert erased.documents == (bill.sha256,)


@pytest.mark.parametrize("alter", [same, renamed])
@pytest.mark.parametrize("is_read", [False, True])  # erased before it is read, or between reading and keeping
def test_a_document_that_is_erased_meanwhile_is_left_and_the_rest_goes_on(
    home: Home, taken: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, alter: Alter, is_read: bool
) -> None:
    """Another document takes its number on SQLite, and has to stay as it is."""
    of, bill = newer(home, taken, monkeypatch, alter), cpa(taken)
    newcomer = Path(shutil.copy(SAMPLES / "gs2e-cpa-35-days-2026.pdf", home.inbox))

    def erase() -> None:
        forgotten(home, taken, bill)
        list(ingest(home, taken, [newcomer], SETTINGS, lambda: NOW))

    def read(wanted: Iterable[Asked], files: int) -> Iterator[tuple[Asked, list[bytes]]]:
        if not is_read:
            erase()
        for asked, lines in answers(wanted, SETTINGS, 1, files):
            if is_read and asked.path.stem == bill.sha256:
                erase()
            results = (ReadResult.model_validate_json(line) for line in lines)
            yield asked, [alter(result).model_dump_json().encode() for result in results]

    report = run(Batch(home, taken, SETTINGS, read, lambda: NOW), Accepted(True, True))
    assert (report.left, report.counts, report.missing) == ([bill.sha256], {"unchanged": 2}, [])
    assert readings(taken) == 3
    assert sorted(one.name for one in bills(taken)) == sorted(
        [f"{NAMES[0]}.pdf", f"{NAMES[1]}.pdf", newcomer.name]
    )
    assert bill.sha256 not in repr(again(taken))
    assert [old.sha256 for old in of.chosen(Choice(outdated_by="1" * 64))] == [
        one.sha256 for one in bills(taken) if one.name == newcomer.name
    ]


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

    assert billclerk(ROOT, "runs", "--home", home).stdout == ""
    nothing = billclerk(ROOT, "reprocess", "--home", home)
    assert "nothing to read again" in nothing.stderr
    dry = billclerk(other, "reprocess", "--dry-run", "--home", home)
    assert "component: wildfire_fund -> other_crs" in dry.stdout
    assert "held back" in dry.stdout
    document = dry.stdout.partition(":")[0]
    held = billclerk(other, "reprocess", "--home", home)
    assert "1 unchanged, 2 altered; 2 held back" in held.stderr
    said = ("due_date", "2026-12-24", "--who", "Pat", "--why", "x", "--home", home)
    refused = billclerk(other, "correct", document, *said)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (2, 1)
    assert f"`billclerk reprocess --document {document} --accept-changes`" in refused.stderr
    one = billclerk(other, "reprocess", "--document", document, "--accept-changes", "--home", home)
    assert "run 3: 1 altered\n" in one.stderr and one.stdout.startswith(f"{document}: altered\n")
    assert billclerk(other, "reprocess", "--undo", "--home", home).stdout.startswith("run 3 undone: 1 ")
    assert "that was undone (run 3)" in billclerk(other, "correct", document, *said).stderr

    done = billclerk(other, "reprocess", "--accept-changes", "--home", home)
    assert "component: wildfire_fund -> other_crs" in done.stdout, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert all(line.endswith("component: wildfire_fund -> other_crs") for line in lines)
    shown = billclerk(other, "bills", "--home", home, "--format", "json").stdout
    undone = billclerk(other, "reprocess", "--undo", "--home", home)
    assert "run 4 undone: 2 documents count as before" in undone.stdout
    for number, first in ((2, held), (4, done)):
        told = billclerk(other, "reprocess", "--report", str(number), "--home", home)
        assert (told.returncode, told.stdout) == (0, first.stdout)
        assert told.stderr.replace("; undone since", "") == first.stderr
    assert billclerk(other, "reprocess", "--report", "last", "--home", home).stdout == done.stdout
    runs = billclerk(other, "runs", "--home", home).stdout.splitlines()
    assert [line.split(":")[0] for line in runs] == ["run 4", "run 3", "run 2", "run 1"]
    assert "2 moved, undone " in runs[0] and runs[0].endswith("; 2 altered; --outdated --accept-changes")
    assert runs[1].endswith(f"; 1 altered; --document {document} --accept-changes")
    assert "0 moved; 1 unchanged, 2 altered; --outdated" in runs[2] and "nothing to read again" in runs[3]
    for wrong in ("5", "first", "9" * 30):
        assert billclerk(other, "reprocess", "--report", wrong, "--home", home).returncode == 2
    assert billclerk(ROOT, "reprocess", "--outdated", "--home", home).stderr.startswith("dry run") is False
    assert billclerk(ROOT, "bills", "--home", home, "--format", "json").stdout == shown

    next((home / "originals").rglob(f"{document}*.pdf")).unlink()
    for dry_run in (("--dry-run",), ()):
        missing = billclerk(ROOT, "reprocess", "--all", *dry_run, "--home", home)
        assert (missing.returncode, "2 unchanged, 1 missing\n" in missing.stderr) == (1, True)
        assert missing.stderr.endswith(f"restore them from a backup: {document}\n")
        assert missing.stdout == f"{document}: not read, its original is missing\n"


def test_a_reprocessing_that_is_killed_is_finished_by_the_next(
    home: Home, address: str, taken: Engine
) -> None:
    program = """
import datetime as dt, sys
from pathlib import Path
from extractor.reprocessing import batch
from extractor.reprocessing.batch import Batch, local
from extractor.reprocessing.report import Accepted, Report
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
    first.send_signal(signal.SIGSTOP)
    busy = Batch(home, taken, SETTINGS, local(SETTINGS, 1), lambda: NOW)
    with pytest.raises(ReprocessingError):
        run(busy)
    first.send_signal(signal.SIGKILL)
    first.wait()
    time.sleep(0.2)
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert second.stderr == ""
    assert second.stdout.splitlines()[-1] == "3"
    assert readings(taken) == 3
