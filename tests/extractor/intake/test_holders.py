"""Messages and archives in the inbox: each file inside is taken, whatever else is in them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import tarfile
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from extractor.base.database import reading
from extractor.home import Home
from extractor.intake.archives import ZipArchives
from extractor.intake.claims import CannotUnpackError, Origin, Unpacker, all_parts
from extractor.intake.inbox import Filed, ingest
from extractor.intake.mail import Messages
from extractor.intake.watch import files_in
from extractor.settings import ReaderSettings
from extractor.store.tables import Document
from tests.extractor.law import SAMPLES

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
BILL = (SAMPLES / "d4-bundled-winter-2025.pdf").read_bytes()
OTHER = (SAMPLES / "cpa-only-d4-clean-2026.pdf").read_bytes()
LOGO = b"\x89PNG\r\n\x1a\n" + bytes(200)

UNPACKERS: tuple[Unpacker, ...] = (Messages(), ZipArchives(100, 20))


def message(*files: tuple[str, bytes], subject: str = "Your bill") -> bytes:
    mail = EmailMessage()
    mail["From"] = "Pat Example <pat@example.com>"
    mail["To"] = "bills@example.org"
    mail["Subject"] = subject
    mail["Message-ID"] = "<1@example.com>"
    mail.set_content("Attached is the bill.")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def zipped(*files: tuple[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return held.getvalue()


def passed(home: Home, engine: Engine) -> list[Filed]:
    paths = sorted(path for path, _ in files_in(home.inbox))
    return list(ingest(home, engine, paths, ReaderSettings(jobs=1), lambda: NOW, UNPACKERS))


def documents(engine: Engine) -> list[Document]:
    with reading(engine) as session:
        return list(session.exec(select(Document).order_by(col(Document.id))))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_attachments_of_a_message_are_documents_of_their_own(home: Home, kept: Engine) -> None:
    (home.inbox / "mail.eml").write_bytes(message(("bill.pdf", BILL), ("notes.txt", b"call me")))
    assert passed(home, kept) == [Filed("mail.eml", "verified", True, 1)]
    mail, notes, bill = sorted(documents(kept), key=lambda one: ("message", "other", "bill").index(one.kind))
    assert [(one.kind, one.came_by, one.name) for one in (mail, bill, notes)] == [
        ("message", "inbox", "mail.eml"),
        ("bill", "mail", "bill.pdf"),
        ("other", "mail", "notes.txt"),
    ]
    assert (bill.sender, bill.subject, bill.message_id) == ("pat@example.com", "Your bill", "<1@example.com>")
    assert bill.parent_id == notes.parent_id == mail.id
    kept_hashes = {hashlib.sha256(path.read_bytes()).hexdigest() for path in home.originals.rglob("*.*")}
    assert {one.sha256 for one in (mail, bill)} <= kept_hashes | {
        path.name for path in home.originals.rglob("*")
    }
    assert names(home.inbox) == set()


def test_a_picture_in_the_text_of_a_message_is_kept_and_not_read(home: Home, kept: Engine) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "pat@example.com", "bill"
    mail.set_content("see below")
    mail.add_attachment(LOGO, maintype="image", subtype="png", filename="logo.png", disposition="inline")
    mail.add_attachment(BILL, maintype="application", subtype="pdf", filename="bill.pdf")
    (home.inbox / "mail.eml").write_bytes(mail.as_bytes())
    assert passed(home, kept) == [Filed("mail.eml", "verified", True, 1)]
    assert [(one.name, one.kind) for one in documents(kept)][1:] == [
        ("logo.png", "other"),
        ("bill.pdf", "bill"),
    ]


def test_a_forwarded_message_with_an_archive_gives_its_bills_once(home: Home, kept: Engine) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "sam@example.com", "two bills"
    inner.set_content("both")
    archive = zipped(("may/a.pdf", BILL), ("june/b.pdf", OTHER), ("c.pdf", BILL), ("__MACOSX/._a.pdf", b"x"))
    inner.add_attachment(archive, maintype="application", subtype="zip", filename="bills.zip")
    outer = EmailMessage()
    outer["From"], outer["Subject"] = "pat@example.com", "Fwd: two bills"
    outer.set_content("forwarded")
    outer.add_attachment(inner)
    (home.inbox / "mail.eml").write_bytes(outer.as_bytes())
    assert passed(home, kept) == [Filed("mail.eml", "verified", True, 2)]
    assert [one.name for one in documents(kept)] == ["mail.eml", "a.pdf", "b.pdf"]
    (home.inbox / "again.eml").write_bytes(outer.as_bytes())
    assert passed(home, kept) == [Filed("again.eml", "verified", False, 2)]
    assert len(documents(kept)) == 3


def test_a_maildir_in_the_inbox_is_emptied_of_its_messages(home: Home, kept: Engine) -> None:
    for folder in ("cur", "new", "tmp"):
        (home.inbox / "mail" / folder).mkdir(parents=True)
    name = "1732500000.M1P2.host"
    (home.inbox / "mail" / "new" / name).write_bytes(message(("bill.pdf", BILL)))
    (home.inbox / "mail" / "tmp" / "unfinished").write_bytes(b"From: x")
    (filed,) = passed(home, kept)
    assert (filed.name, filed.outcome, filed.bills) == (name, "verified", 1)
    assert names(home.inbox / "mail" / "new") == set()
    assert names(home.inbox / "mail" / "tmp") == {"unfinished"}


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("empty.eml", message(), "no PDF, no picture"),
        ("broken.zip", zipped(("a.pdf", BILL))[:3000], "it is damaged"),
        ("bomb.zip", zipped(("a.pdf", bytes(30_000_000))), "BILLCLERK_MAX_ARCHIVE_MB"),
        ("many.zip", zipped(*((f"{at}.txt", b"") for at in range(2001))), "more than 2,000 files"),
        (
            "nested.zip",
            zipped(("b.zip", zipped(("c.zip", zipped(("d.zip", zipped(("a.pdf", BILL)))))))),
            "deep",
        ),
    ],
)
def test_what_holds_no_bill_that_can_be_had_is_rejected_and_kept(
    home: Home, kept: Engine, name: str, data: bytes, note: str
) -> None:
    (home.inbox / name).write_bytes(data)
    (filed,) = passed(home, kept)
    assert (filed.outcome, filed.bills) == ("rejected", 0)
    assert note in (home.rejected / f"{name}.txt").read_text()
    assert (home.rejected / name).read_bytes() == data
    assert names(home.inbox) == set()


def test_an_archive_that_lies_about_its_sizes_is_counted_as_it_unpacks() -> None:
    data = bytearray(zipped(("a.pdf", bytes(30_000_000))))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")  # its directory says 100 bytes
    with pytest.raises(CannotUnpackError):
        list(all_parts("a.zip", bytes(data), Origin(), UNPACKERS))


@pytest.mark.parametrize(
    ("name", "head", "claimed"),
    [
        ("a.eml", b"From: a@example.com\nSubject: x\n\n", True),
        ("17.M1.host", b"Return-Path: <a@example.com>\nReceived: from b\n\tby c\n\n", True),
        ("a.txt", b"Note: buy milk\n", False),
        ("a.csv", b"Account,Amount\n1,2\n", False),
        ("a.eml", b"<html>", False),
    ],
)
def test_messages_are_told_by_how_they_begin(name: str, head: bytes, claimed: bool) -> None:
    assert Messages().claims(name, head) is claimed


def test_a_word_document_is_no_archive() -> None:
    assert not ZipArchives(1, 1).claims("letter.docx", b"PK\x03\x04")


def test_a_message_with_a_bill_in_review_says_which(home: Home, kept: Engine) -> None:
    (home.inbox / "mail.eml").write_bytes(message(("bill.pdf", BILL), ("scrap.pdf", b"%PDF-1.7 no more")))
    (filed,) = passed(home, kept)
    assert (filed.outcome, filed.bills) == ("review", 1)
    assert names(home.review) == {"mail.eml", "mail.eml.txt"}


@pytest.mark.parametrize(
    "data",
    [
        zipped(("a.pdf", BILL)).replace(b"a.pdf", b"\xff\xfe.pd"),
        zipped(
            ("a.zip", zipped(("1.txt", bytes(15_000_000)))), ("b.zip", zipped(("2.txt", bytes(15_000_000))))
        ),
    ],
    ids=["name", "many small bombs"],
)
def test_a_hostile_archive_ends_nothing(home: Home, kept: Engine, data: bytes) -> None:
    (home.inbox / "a.zip").write_bytes(data)
    (home.inbox / "b.pdf").write_bytes(BILL)
    outcomes = {filed.name: filed.outcome for filed in passed(home, kept)}
    assert outcomes["b.pdf"] == "verified"
    assert names(home.inbox) == set()


def test_a_message_of_nothing_but_boundaries_is_refused_at_once() -> None:
    data = (
        b"From: a@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"--b\n\n" * 200_000
    )
    with pytest.raises(CannotUnpackError, match="more parts"):
        list(Messages().parts(data, Origin()))


def stored(*files: tuple[str, bytes]) -> bytes:
    """Return an archive that does not compress: the first file begins a few bytes behind its beginning."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return held.getvalue()


def test_every_bill_of_an_archive_that_only_stores_them_is_taken(home: Home, kept: Engine) -> None:
    """It was read as a PDF with something before its beginning, which has one bill."""
    (home.inbox / "bills.zip").write_bytes(stored(("a.pdf", BILL), ("b.pdf", OTHER)))
    assert passed(home, kept) == [Filed("bills.zip", "verified", True, 2)]


def test_an_archive_by_another_name_is_no_bill(home: Home, kept: Engine) -> None:
    (home.inbox / "bills.docx").write_bytes(stored(("a.pdf", BILL), ("b.pdf", OTHER)))
    assert passed(home, kept) == [Filed("bills.docx", "rejected", True, 0)]


def test_an_archive_of_another_kind_is_no_bill(home: Home, kept: Engine) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, data in (("a.pdf", BILL), ("b.pdf", OTHER)):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    (home.inbox / "bills.tar").write_bytes(held.getvalue())
    (home.inbox / "bills.rar").write_bytes(b"Rar!\x1a\x07\x01\x00 a.pdf " + BILL)
    assert {(one.name, one.outcome) for one in passed(home, kept)} == {
        ("bills.tar", "rejected"),
        ("bills.rar", "rejected"),
    }


def test_a_mailbox_of_several_messages_is_refused_not_read_as_its_first(home: Home, kept: Engine) -> None:
    line = b"From a@example.com Mon Nov 30 01:00:00 2026\n"
    mails = [message((name, data)) for name, data in (("a.pdf", BILL), ("b.pdf", OTHER))]
    (home.inbox / "inbox").write_bytes(b"".join(line + mail + b"\n" for mail in mails))
    assert passed(home, kept) == [Filed("inbox", "rejected", True, 0)]
    assert "mailbox of several messages" in (home.rejected / "inbox.txt").read_text()
    (home.inbox / "one").write_bytes(line + mails[0])
    assert passed(home, kept) == [Filed("one", "verified", True, 1)]


def test_an_attachment_that_is_sent_as_it_is_does_not_make_the_message_a_bill(
    home: Home, kept: Engine
) -> None:
    head = b"From: a@example.com\r\nSubject: bills\r\nContent-Type: multipart/mixed; boundary=b\r\n"
    of_part = b"\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    sent = head + b"".join(of_part + data for data in (BILL, OTHER)) + b"\r\n--b--\r\n"
    (home.inbox / "mail.eml").write_bytes(sent)
    ((name, outcome, bills),) = [(one.name, one.outcome, one.bills) for one in passed(home, kept)]
    assert (name, outcome, bills) == ("mail.eml", "verified", 2)
