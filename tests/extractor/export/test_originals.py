"""Originals are handed out to the bill's customer: his pages only, under his name, and nothing is overwritten."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import Engine

from extractor.base.database import reading, writing
from extractor.cli.originals import handed_out
from extractor.export.originals import hand_out
from extractor.export.pages import NotHandedError, OwnPages
from extractor.home import Home, created
from extractor.intake.inbox import ingest
from extractor.model import Finding, ReadResult
from extractor.settings import ReaderSettings
from extractor.store.current import Wanted, current
from extractor.store.opening import store
from extractor.store.roster import Entry
from tests.extractor.law import SAMPLES
from tests.extractor.made_bills import record, service
from tests.extractor.rosters import take_roster
from tests.extractor.store.test_standing import NOW, Kept

SETTINGS = ReaderSettings(jobs=1)
BILL, OTHER, BOTH = "d4-bundled-winter-2025", "gs2e-cpa-clean-summer-2026", "two-customers-in-one-file-2025"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Engine]]:
    """A bill behind a page of somebody else's, a bill alone, and two bills in one file."""
    home = created(tmp_path_factory.mktemp("originals") / "home", "")
    with pikepdf.open(SAMPLES / f"{BILL}.pdf") as bill, pikepdf.open(SAMPLES / f"{OTHER}.pdf") as other:
        bill.pages.insert(0, other.pages[2])
        bill.save(home.inbox / "left over.pdf")
    for name in (OTHER, BOTH):
        shutil.copy(SAMPLES / f"{name}.pdf", home.inbox)
    with store(home.database, home.path) as engine:
        paths = sorted(home.inbox.iterdir())
        assert [filed.outcome for filed in ingest(home, engine, paths, SETTINGS, lambda: NOW)] == [
            "verified"
        ] * 3
        yield home, engine  # fmt: skip


def handed(filled: tuple[Home, Engine], out: Path, layout: str) -> list[Path]:
    home, engine = filled
    with reading(engine) as session:
        assert handed_out(session, home, current(session), layout, out, SETTINGS) == 0
    return sorted(path for path in out.rglob("*") if path.is_file())


def bill_of(filled: tuple[Home, Engine], name: str) -> ReadResult:
    with reading(filled[1]) as session:
        return next(kept.result for kept in current(session) if kept.name == name)


def test_pages_that_may_be_anybodys_are_not_handed_out(filled: tuple[Home, Engine], tmp_path: Path) -> None:
    result = bill_of(filled, "left over.pdf")
    assert (result.document.pages, result.document.page_range) == (5, (2, 5))
    handed(filled, tmp_path, "{document}.pdf")
    path = tmp_path / f"{str(result.document.sha256)[:12]}.pdf"
    with pikepdf.open(path) as pdf, pikepdf.open(SAMPLES / f"{BILL}.pdf") as bill:
        assert len(pdf.pages) == len(bill.pages) == 4
        assert [p.Contents.read_bytes() for p in pdf.pages] == [p.Contents.read_bytes() for p in bill.pages]


def test_the_same_export_again_changes_nothing(filled: tuple[Home, Engine], tmp_path: Path) -> None:
    layout = "{customer}/{service_account}/{statement_date}.pdf"
    first = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in handed(filled, tmp_path, layout)}
    assert len(first) == 4
    again = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in handed(filled, tmp_path, layout)}
    assert again == first


def test_another_file_in_the_place_of_a_bill_is_left(filled: tuple[Home, Engine], tmp_path: Path) -> None:
    layout = "{customer_account}.pdf"
    mine = handed(filled, tmp_path / "first", layout)[0]
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / mine.name).write_bytes(b"another customer's")
    (tmp_path / "elsewhere.pdf").write_bytes(b"kept")
    (tmp_path / "second" / f"{mine.stem}-2.pdf").symlink_to(tmp_path / "elsewhere.pdf")
    after = handed(filled, tmp_path / "second", layout)
    assert (tmp_path / "second" / mine.name).read_bytes() == b"another customer's"
    assert (tmp_path / "elsewhere.pdf").read_bytes() == b"kept"
    assert (tmp_path / "second" / f"{mine.stem}-3.pdf").read_bytes() == mine.read_bytes()
    assert len(after) == 4 + 2


def test_bills_of_one_name_in_one_export_get_numbers(filled: tuple[Home, Engine], tmp_path: Path) -> None:
    files = handed(filled, tmp_path, "{issuer}.pdf")
    assert [path.name for path in files] == ["SCE-2.pdf", "SCE-3.pdf", "SCE-4.pdf", "SCE.pdf"]
    assert len({path.read_bytes() for path in files}) == 4


def test_two_customers_of_one_name_have_a_folder_each(filled: tuple[Home, Engine], tmp_path: Path) -> None:
    _, engine = filled
    with reading(engine) as session:
        accounts = {kept.name: _account(kept.result) for kept in current(session)}
    name = "Example Bakery & Co. (日本)"
    entries = [
        Entry("north", name, accounts["left over.pdf"], "customer"),
        Entry("south", name, accounts[f"{OTHER}.pdf"], "customer"),
    ]
    with writing(engine) as session:
        take_roster(session, entries)
    files = handed(filled, tmp_path, "{customer}/{customer_account}.pdf")
    folders = {path.stem: path.parent.name for path in files}
    assert folders[accounts["left over.pdf"]] == f"{name} (north)"
    assert folders[accounts[f"{OTHER}.pdf"]] == f"{name} (south)"


def _account(result: ReadResult) -> str:
    assert result.bill is not None and result.bill.customer_account
    return result.bill.customer_account


# --- which pages of a file are a bill's ----------------------------------------------------------------


def of_file(total: int | None, *ranges: tuple[int, int] | None, left: str = "") -> tuple[ReadResult, ...]:
    results = []
    for number, pages in enumerate(ranges):
        result = record("2026-06-02", service("2026-05-01", "2026-05-31"), account=f"70020000000{number}")
        document = result.document.model_copy(update={"pages": total, "page_range": pages})
        findings = (Finding(code="pages_left_over", severity="warning", message=left),) if left else ()
        results.append(
            result.model_copy(update={"document": document, "findings": () if number else findings})
        )
    return tuple(results)


WHOLE: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("file", "given"),
    [
        (of_file(4, (1, 4)), [WHOLE]),
        (of_file(None, None), [WHOLE]),  # of a file without pages
        (of_file(5, (1, 4)), [(1, 2, 3, 4)]),  # one more behind it
        (of_file(5, (2, 5), left="pages of the file that belong to no bill: 1"), [(2, 3, 4, 5)]),
        (of_file(5, (1, 5), left="pages of the file that belong to no bill: 3"), [(1, 2, 4, 5)]),
        (of_file(8, (1, 4), (5, 8)), [(1, 2, 3, 4), (5, 6, 7, 8)]),
        (of_file(8, (1, 5), (5, 8)), [None, None]),  # a page of both
        (of_file(8, (1, 4), (1, 4)), [None, None]),
        (of_file(8, (1, 4), None), [None, None]),  # nobody knows where the other one is
    ],
)
def test_of_a_file_that_is_not_one_bill_only_its_own_pages_are_given(
    kept: Engine, tmp_path: Path, file: tuple[ReadResult, ...], given: list[tuple[int, ...] | None]
) -> None:
    Kept(kept).put(*file)
    path = tmp_path / "a.pdf"
    path.write_bytes(b"whole")

    def cut(_: Path, numbers: Sequence[int]) -> bytes:
        return bytes(numbers)

    found: list[tuple[int, ...] | None] = []
    with reading(kept) as session:
        own = OwnPages(session, lambda _: path, cut)
        for bill in current(session):
            try:
                mine = own.of(bill)
                found.append(WHOLE if mine.is_whole else tuple(mine.data))
            except NotHandedError:
                found.append(None)
    assert found == given


def test_what_cannot_be_cut_is_not_handed_out(kept: Engine, tmp_path: Path) -> None:
    """A TIFF of a bill and another page, say."""
    Kept(kept).put(*of_file(5, (1, 4)))
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0")
    with reading(kept) as session:
        own = OwnPages(session, lambda _: path, lambda *_: b"")
        bills = current(session, Wanted())
        (one,) = hand_out(bills, "{document}.pdf", tmp_path / "out", own, lambda _: "x")
    assert (one.path, "by hand" in one.why_not) == (None, True)
    assert not (tmp_path / "out").exists()
