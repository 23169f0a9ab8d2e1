"""A kind of file that is no bill: whoever is handed in claims it, and the inbox itself need not change for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.home import Home
from extractor.intake.claims import Look
from extractor.intake.inbox import Filed, ingest
from extractor.model import Status
from extractor.settings import ReaderSettings
from extractor.store.documents import Arrival
from extractor.store.tables import Document
from tests.extractor.intake.test_holders import BILL, NOW, UNPACKERS, documents, message, names, zipped

SOUND, DAMAGED = b"kWh,1\n", b"kWh,?\n"


@dataclass(frozen=True)
class Meters:
    """Claims tables of kWh; keeps how much they say as the document's subject."""

    kind: str = "meters"

    def claims(self, name: str, head: bytes) -> bool:
        return name.endswith(".csv") and head.startswith(b"kWh")

    def claims_whole(self, name: str, data: bytes) -> bool:
        return True

    def look(self, original: Path, arrival: Arrival, changed_at: int | None) -> Look:
        kwh = original.read_text().strip().partition(",")[2]
        if not kwh.isdigit():
            return Look(Status.UNREADABLE, (f"line 1: {kwh!r} is no number of kWh",))

        def keep(session: Session, document_id: int) -> None:
            document = session.get_one(Document, document_id)
            document.subject = f"{kwh} kWh"

        return Look(Status.VERIFIED, keep=keep)


def passed(home: Home, engine: Engine) -> list[Filed]:
    paths = sorted(home.inbox.iterdir())
    return list(ingest(home, engine, paths, ReaderSettings(jobs=1), lambda: NOW, UNPACKERS, [Meters()]))


def kept_as(engine: Engine) -> dict[str, tuple[str, str | None]]:
    return {one.name: (one.kind, one.subject) for one in documents(engine)}


def test_a_sound_file_is_kept_with_what_its_claimer_adds_and_once(home: Home, kept: Engine) -> None:
    (home.inbox / "a.csv").write_bytes(SOUND)
    assert passed(home, kept) == [Filed("a.csv", "verified", True, 0)]
    assert (names(home.inbox), kept_as(kept)) == (set(), {"a.csv": ("meters", "1 kWh")})
    (home.inbox / "again.csv").write_bytes(SOUND)
    assert passed(home, kept) == [Filed("again.csv", "verified", False, 0)]
    assert kept_as(kept) == {"a.csv": ("meters", "1 kWh")}


def test_a_damaged_file_is_kept_and_filed_away_with_the_reason(home: Home, kept: Engine) -> None:
    (home.inbox / "b.csv").write_bytes(DAMAGED)
    assert passed(home, kept) == [Filed("b.csv", "rejected", True, 0)]
    assert kept_as(kept) == {"b.csv": ("meters", None)}
    assert names(home.rejected) == {"b.csv", "b.csv.txt"}
    assert (home.rejected / "b.csv.txt").read_text() == "line 1: '?' is no number of kWh\n"


@pytest.mark.parametrize(
    ("data", "outcome"),
    [(SOUND, "verified"), (DAMAGED, "review")],
)
def test_in_a_message_or_an_archive_each_file_goes_to_who_claims_it(
    home: Home, kept: Engine, data: bytes, outcome: str
) -> None:
    (home.inbox / "mail.eml").write_bytes(message(("bill.pdf", BILL), ("all.zip", zipped(("kwh.csv", data)))))
    assert passed(home, kept) == [Filed("mail.eml", outcome, True, 1)]  # type: ignore[arg-type]  # of the table
    kinds = {name: kind for name, (kind, _) in kept_as(kept).items()}
    assert kinds == {"mail.eml": "message", "bill.pdf": "bill", "kwh.csv": "meters"}


def test_what_nobody_claims_is_refused_as_a_bill(home: Home, kept: Engine) -> None:
    (home.inbox / "c.csv").write_bytes(b"kW,1\n")
    assert passed(home, kept) == [Filed("c.csv", "rejected", True, 0)]
    assert kept_as(kept) == {"c.csv": ("bill", None)}
