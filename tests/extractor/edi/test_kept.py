"""EDI invoices go the way of all bills: the command, the inbox, the store, people's work, exports."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

import extractor
from extractor.base.database import reading
from extractor.cli.walk import bills_at
from extractor.desk import Desk
from extractor.export.pages import NotHandedError, OwnPages
from extractor.home import Home
from extractor.intake.archives import ZipArchives
from extractor.intake.claims import Unpacker
from extractor.intake.inbox import Filed, ingest
from extractor.intake.mail import Messages
from extractor.originals import place_by_hash
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, current
from extractor.store.said import Saying
from extractor.store.tables import Charge
from tests.extractor.edi.made import LINES, TOTAL, USAGE, File, Invoice, file
from tests.extractor.intake.test_claimers import Meters
from tests.extractor.intake.test_holders import message
from tests.extractor.law import SAMPLES
from tests.extractor.reprocessing.test_batch import newer, same
from tests.extractor.reprocessing.test_batch import run as again

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
SETTINGS = ReaderSettings(jobs=1)
PAT = Saying("Pat", "compared with the paper bill", NOW)
PDF = SAMPLES / "d4-bundled-winter-2025.pdf"
ROOT = Path(__file__).parents[3]
UNPACKERS: tuple[Unpacker, ...] = (Messages(), ZipArchives(100, 20))


def taken(home: Home, engine: Engine, name: str, data: bytes) -> Filed:
    (home.inbox / name).write_bytes(data)
    (filed,) = ingest(home, engine, [home.inbox / name], SETTINGS, lambda: NOW, UNPACKERS, [Meters()])
    return filed


def bills(engine: Engine) -> list[Kept]:
    with reading(engine) as session:
        return list(current(session))


def one(engine: Engine) -> Kept:
    (bill,) = bills(engine)
    return bill


def test_a_guarded_process_reads_it_like_any_bill(tmp_path: Path) -> None:
    (tmp_path / "bill.edi").write_bytes(file())
    result = extractor.read_bill(tmp_path / "bill.edi")
    assert (result.document.source, result.status) == ("edi", "review")
    assert result.bill is not None
    assert result.bill.new_charges == TOTAL


def test_in_the_inbox_it_waits_for_a_person_with_a_note(home: Home, kept: Engine) -> None:
    assert taken(home, kept, "bill.edi", file()) == Filed("bill.edi", "review", True, 1, one(kept).sha256)
    note = (home.review / "bill.edi.txt").read_text()
    assert "compare it with the paper bill" in note
    assert "page" not in note
    bill = one(kept)
    assert (bill.state, bill.result.document.source) == ("review", "edi")
    original = place_by_hash(home.originals, bill.sha256)
    assert original is not None
    assert (original.suffix, original.read_bytes()) == (".edi", file())
    assert taken(home, kept, "again.edi", file()).is_new is False


def test_its_segments_stand_in_the_table_of_charges(home: Home, kept: Engine) -> None:
    taken(home, kept, "bill.edi", file())
    with reading(kept) as session:
        rows = session.exec(select(Charge).order_by(Charge.line)).all()  # type: ignore[arg-type]
    assert (rows[0].page, rows[0].box, rows[0].amount) == (22, None, Decimal("263.37"))
    assert len(rows) == len(LINES)


def test_a_person_takes_it_as_it_is_and_may_take_that_back(home: Home, kept: Engine) -> None:
    taken(home, kept, "bill.edi", file())
    desk = Desk(home, kept, SETTINGS)
    bill = desk.accept(one(kept).sha256, PAT)
    assert (bill.state, bill.result.status, bill.standing) == ("accepted", "review", "counts")
    assert desk.undo_acceptance(bill.sha256, "Pat", NOW).state == "review"


def test_a_correction_finds_its_segment_again_and_proves_nothing_alone(home: Home, kept: Engine) -> None:
    wrong = file().replace(b"*26337*", b"*26347*")
    taken(home, kept, "bill.edi", wrong)
    desk = Desk(home, kept, SETTINGS)
    failing = {row.identity for row in one(kept).result.proof if not row.holds}
    assert failing == {"invoice_total", "total", "line_product"}
    bill = desk.correct(one(kept).sha256, "1.1.amount", "263.37", PAT)
    assert all(row.holds for row in bill.result.proof)
    assert bill.result.bill is not None
    assert [line.amount for line in bill.result.bill.services[0].charges][:2] == [
        Decimal("263.37"),
        Decimal("681.10"),
    ]
    assert bill.state == "review"
    assert desk.correct(bill.sha256, "1.total", str(TOTAL), PAT).state == "review"
    assert desk.accept(bill.sha256, PAT).state == "accepted"


def test_a_correction_of_one_bill_of_a_file_leaves_the_other(home: Home, kept: Engine) -> None:
    other = Invoice(big="BIG*20250803*INV2", due="")
    taken(home, kept, "bills.edi", File().data(Invoice(), other))
    Desk(home, kept, SETTINGS).correct(f"{bills(kept)[0].sha256}:2", "1.3.amount", "5", PAT)
    amounts = [bill.result.bill.services[0].charges[2].amount for bill in bills(kept) if bill.result.bill]
    assert amounts == [Decimal("211.20"), Decimal("5")]


def test_another_version_reads_it_again_just_so(
    home: Home, kept: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken(home, kept, "bill.edi", file())
    Desk(home, kept, SETTINGS).accept(one(kept).sha256, PAT)
    report = again(newer(home, kept, monkeypatch, same))
    assert (report.counts, one(kept).state) == ({"unchanged": 1}, "accepted")


def test_usage_in_the_same_file_does_not_keep_the_bill_out_and_usage_alone_is_no_bill(
    home: Home, kept: Engine
) -> None:
    assert taken(home, kept, "both.edi", File(others=[USAGE]).data(Invoice())).bills == 1
    assert taken(home, kept, "usage.edi", File(others=[USAGE]).data()).outcome == "rejected"
    assert "1 of 867" in (home.rejected / "usage.edi.txt").read_text()


def test_beside_the_proven_pdf_of_the_same_bill_it_is_asked_about_and_the_pdf_counts(
    home: Home, kept: Engine
) -> None:
    taken(home, kept, "bill.pdf", PDF.read_bytes())
    printed = one(kept).result.bill
    assert printed is not None and printed.statement_date and printed.customer_account
    header = [one.replace("700200000001", printed.customer_account) for one in Invoice().header]
    big = f"BIG*{printed.statement_date:%Y%m%d}*INV"
    taken(home, kept, "bill.edi", file(Invoice(header=header, big=big, due="")))
    assert {bill.name: bill.standing for bill in bills(kept)} == {"bill.pdf": "counts", "bill.edi": "asked"}


def test_by_mail_it_comes_too(home: Home, kept: Engine) -> None:
    assert taken(home, kept, "mail.eml", message(("bill.edi", file()))).bills == 1
    assert one(kept).name == "bill.edi"


def test_the_file_of_one_bill_is_handed_out_and_one_of_several_customers_is_not(
    home: Home, kept: Engine
) -> None:
    def cut(path: Path, numbers: object) -> bytes:
        return b""

    other = Invoice(header=[one.replace("700200000001", "700200000002") for one in Invoice().header])
    taken(home, kept, "one.edi", file())
    taken(home, kept, "two.edi", File().data(Invoice(big="BIG*20250803*I", due=""), other))
    with reading(kept) as session:
        own = OwnPages(session, lambda sha256: place_by_hash(home.originals, sha256), cut)
        mine, *theirs = sorted(current(session), key=lambda bill: bill.name)
        assert own.of(mine).data == file()
        for bill in theirs:
            with pytest.raises(NotHandedError, match="cannot be cut apart"):
                own.of(bill)


# --- the command, in its own process -----------------------------------------------------------------------


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    code = "from extractor.cli import main; main()"
    asked = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(asked, capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_command_reads_it_and_counts_segments(tmp_path: Path) -> None:
    (tmp_path / "bill.edi").write_bytes(file(Invoice(items=2)))
    said = command("read", tmp_path / "bill.edi", "--explain")
    assert said.returncode == 1
    assert "segments 1-32" in said.stdout
    assert "error item_count, segment 29" in said.stdout
    assert "page" not in said.stdout
    rows = list(csv.DictReader(io.StringIO(command("read", tmp_path, "--format", "csv").stdout)))
    assert [(row["page"], row["amount"]) for row in rows][:2] == [("22", "263.37"), ("23", "681.10")]


def test_there_is_no_page_to_draw(tmp_path: Path) -> None:
    (tmp_path / "bill.edi").write_bytes(file())
    said = command("read", tmp_path / "bill.edi", "--format", "json", "--draw", tmp_path / "out")
    assert json.loads(said.stdout)["document"]["source"] == "edi"
    assert "not drawn: it is an EDI invoice: there is no page to draw" in said.stderr
    assert said.returncode == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_stands_for_the_edi_in_it_that_holds_an_invoice(tmp_path: Path) -> None:
    files = {
        "a/bill.EDI": file(),
        "b.x12": File(others=[USAGE]).data(Invoice()),
        "usage.edi": File(others=[USAGE]).data(),
        "notes.txt": file(),
        "c.810": file(),
    }
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    found = [str(path.relative_to(tmp_path)) for path in bills_at([tmp_path])]
    assert found == ["a/bill.EDI", "b.x12", "c.810"]


def test_a_pipe_among_them_is_passed_on_and_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.edi")
    assert list(bills_at([tmp_path])) == [tmp_path / "pipe.edi"]


def test_show_and_exports(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert command("init", home).returncode == 0
    (home / "inbox" / "bill.edi").write_bytes(file())
    assert command("ingest", "--home", home).returncode == 0
    listed = json.loads(command("bills", "--home", home, "--format", "json").stdout)
    shown = command("show", "--home", home, listed["document"])
    assert shown.returncode == 0
    assert "segment" in shown.stdout
    assert "22" in shown.stdout
    assert (
        command("accept", "--home", home, listed["document"], "--who", "Pat", "--why", "it is so").returncode
        == 0
    )
    for what in ("charges", "bills", "findings"):
        rows = list(csv.DictReader(io.StringIO(command("export", what, "--home", home).stdout)))
        assert {row["trust"] for row in rows} == {"accepted-by-person"}
    exported = command(
        "export", "charges", "--home", home, "--format", "parquet", "--output", tmp_path / "c.parquet"
    )
    assert exported.returncode == 0
