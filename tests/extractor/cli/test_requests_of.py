"""A customer's requests are handed over and erased with him, also where a run of it was ended half-way."""

from __future__ import annotations

import csv
import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from datarequests.history import Happened, add
from datarequests.letter import Letter
from datarequests.outbox import Kind, queue_notice
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.workflow import Event
from extractor.base.database import reading, writing
from extractor.cli.requests_of import RequestsOf
from extractor.customers import forgetting
from extractor.customers.forgetting import forget
from extractor.customers.handover import hand_over
from extractor.home import Home, created
from extractor.originals import kept, place_by_hash
from extractor.settings import ReaderSettings
from extractor.store.documents import Arrival, take
from extractor.store.opening import store
from extractor.store.people import Customer
from extractor.store.said import NotKeptError, Saying
from tests.datarequests.incoming.mails import answer, outgoing
from tests.datarequests.made import NOW, WHO, authorization, sent
from tests.datarequests.mailed import COPY, OFFICE

FORM, SLIP, SHARED, MAIL = b"%PDF- signed", b"slip", b"of two", answer()
PAT = Saying("Pat", "a letter", NOW)
SETTINGS = ReaderSettings(jobs=1)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return created(tmp_path / "home", "")


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    """Acme's request with a form, a slip and mail both ways; one file is another customer's, too."""
    with store(home.database, home.path) as engine:
        with writing(engine) as session:
            _put(session)
        for data in (FORM, SLIP, SHARED, MAIL):
            kept(home.originals, data)
        yield engine


def _put(session: Session) -> None:
    from datarequests.incoming.known import ours_of
    from datarequests.incoming.parsed import parsed
    from datarequests.incoming.taken import take as take_mail

    for key, name in (("acme", "Acme"), ("other", "Other")):
        session.add(Customer(key=key, name=name))
    under = authorization(session, signed_sha256=sha(FORM))
    one = sent(session, authorization_id=under.id)
    outgoing(session, one)
    note = {"note": "rang twice", "evidence": sha(SLIP), "files": [sha(SHARED)]}
    add(session, one.id or 0, Happened(Event.NOTE, NOW, WHO, note), NOW)
    theirs = authorization(session, customer="other", signed_sha256="b" * 64)
    two = sent(session, customer="other", token="b", authorization_id=theirs.id)
    add(session, two.id or 0, Happened(Event.NOTE, NOW, WHO, {"evidence": sha(SHARED)}), NOW)
    message = parsed(MAIL)
    take(session, Arrival(message.sha256, "a.eml", 1, "mail", "message"), NOW)
    take_mail(session, message, ours_of(session), NOW)


def handed(home: Home, engine: Engine) -> tuple[dict[str, bytes], list[str]]:
    out = home.path / "a.tar.gz"
    told = hand_over(home, engine, "acme", out, SETTINGS, further=RequestsOf(home, "acme"))
    with tarfile.open(out) as archive:
        members = {one.name: archive.extractfile(one) for one in archive}
        found = {name: file.read() for name, file in members.items() if file is not None}
    return found, [one.why for one in told.left]


def rows(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode())))


def test_all_of_his_requests_is_handed_over_and_nothing_of_others(home: Home, engine: Engine) -> None:
    found, left = handed(home, engine)
    files = {name: data for name, data in found.items() if name.startswith("requests/files/")}
    assert sorted(files.values()) == sorted((FORM, SLIP, MAIL))
    assert left == ["a file that others' requests name, too"]
    (out,) = (data for name, data in found.items() if name.startswith("requests/mail_out/"))
    assert len(rows(found["requests/mail_out.csv"])) == 1 and out
    (paper,) = rows(found["requests/authorizations.csv"])
    assert (paper["customer_of_record"], paper["signed_sha256"]) == ("ACME BAKERY LLC", sha(FORM))
    (request,) = rows(found["requests/requests.csv"])
    assert (request["customer"], request["token"] != "b") == ("acme", True)
    events = rows(found["requests/request_events.csv"])
    assert [one["event"] for one in events][:4] == ["drafted", "linted", "sent", "note"]
    assert "rang twice" in events[3]["detail"]
    assert len(rows(found["requests/request_items.csv"])) == 2
    assert len(rows(found["requests/mail_in.csv"])) == 1
    assert b"3 files" not in found["README.txt"] and b"4 files of data requests" in found["README.txt"]


def test_a_file_of_his_that_is_gone_is_said(home: Home, engine: Engine) -> None:
    path = place_by_hash(home.originals, sha(SLIP))
    assert path is not None
    path.unlink()
    assert "a file of his requests is missing" in handed(home, engine)[1]


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("place", ["erase", "_remove", "sweep"])
def test_ended_anywhere_it_is_done_by_running_it_again(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    whole = getattr(forgetting, place)

    def ends(*given: object) -> None:
        raise Killed

    monkeypatch.setattr(forgetting, place, ends)
    with pytest.raises(Killed):
        forget(home, engine, "acme", PAT, False, further=RequestsOf(home, "acme"))
    with reading(engine) as session:
        is_there = session.get(Customer, "acme") is not None
        has_requests = any(one.customer == "acme" for one in session.exec(select(DataRequest)))
        assert is_there == has_requests == (place != "sweep")  # both or neither
    monkeypatch.setattr(forgetting, place, whole)
    if place == "sweep":
        with pytest.raises(NotKeptError):
            forget(home, engine, "acme", PAT, False, further=RequestsOf(home, "acme"))
    else:
        forget(home, engine, "acme", PAT, False, further=RequestsOf(home, "acme"))
    there = {data for data in (FORM, SLIP, SHARED, MAIL) if place_by_hash(home.originals, sha(data))}
    assert there == {SHARED}
    assert b"rang twice" not in (home.path / "billclerk.db").read_bytes()
    with reading(engine) as session:
        assert [one.customer for one in session.exec(select(DataRequest))] == ["other"]


def test_letters_that_name_him_go_in_the_same_transaction(
    home: Home, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The roster has his name no more when his letters are erased."""
    with writing(engine) as session:
        for name in ("ACME", "Other"):
            letter = Letter("Data requests: 1 open", f"{name} waits")
            queue_notice(session, letter, Kind.REPORT, OFFICE, [COPY], NOW, staff=[COPY])
    monkeypatch.setattr("extractor.customers.forgetting.erase", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        forget(home, engine, "acme", PAT, False, further=RequestsOf(home, "acme"))
    assert len(letters(engine)) == 2
    monkeypatch.undo()
    forget(home, engine, "acme", PAT, False, further=RequestsOf(home, "acme"))
    (left,) = letters(engine)
    assert b"Other waits" in left


def letters(engine: Engine) -> list[bytes]:
    with reading(engine) as session:
        return [one.message for one in session.exec(select(OutgoingMail)) if one.request_id is None]
