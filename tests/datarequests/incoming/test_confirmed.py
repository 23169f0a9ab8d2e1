"""What a person says of a message happens to its request, and nothing that cannot."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from datarequests.history import UnknownRequestError, events_of, items_of
from datarequests.incoming.confirmed import SAID, MailError, Word, assign, confirm, ignore, mail_of, waiting
from datarequests.incoming.known import ours_of
from datarequests.incoming.parsed import parsed
from datarequests.incoming.taken import take
from datarequests.tables import DataRequest, IncomingMail, Table
from datarequests.workflow import IllegalMoveError
from extractor.base.database import opened, writing
from extractor.cli.mailing.received import Says
from tests.datarequests.incoming.mails import answer, mail, outgoing
from tests.datarequests.made import NOW, WHO, sent

LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Engine]:
    """A database with our tables alone, quickly made, and a request that was sent."""
    engine = opened(f"sqlite:///{tmp_path}/requests.db")
    Table.metadata.create_all(engine)
    with writing(engine) as session:
        outgoing(session, sent(session))
    yield engine
    engine.dispose()


def taken(session: Session, raw: bytes) -> IncomingMail:
    """Take a message in."""
    return take(session, parsed(raw), ours_of(session), LATER).mail


def last(session: Session) -> tuple[str, dict[str, Any], str]:
    """Return what happened last, what belongs to it, and who did it."""
    number = session.exec(select(DataRequest.id)).one() or 0
    row = events_of(session, number)[-1]
    return row.event, {name: value for name, value in row.detail.items() if name != "mail"}, row.who


DENIED = answer("Your request was denied.")
UNSIGNED = answer("The form is not signed. Case number is 0012345.")
SOON = answer("You will have it by March 9, 2026.")


@pytest.mark.parametrize(
    ("raw", "word", "event", "detail"),
    [
        (DENIED, {}, "rejected", {"why": "was denied"}),
        (DENIED, {"reason": "name differs"}, "rejected", {"why": "name differs"}),
        (UNSIGNED, {}, "correction_asked", {"why": "not signed", "case": "0012345"}),
        (SOON, {}, "promised_date_set", {"why": "2026-03-09", "date": "2026-03-09"}),
        (SOON, {"date": dt.date(2026, 3, 10)}, "promised_date_set", {"why": "2026-03-09", "date": "2026-03-10"}),
        (DENIED, {"says": "acknowledged", "case": "7"}, "acknowledged", {"case": "7"}),
        (answer("Hello."), {"says": "in_process"}, "in_process", {}),
        (answer("Hello."), {"says": "note", "reason": "called back"}, "note", {"why": "called back"}),
        (
            answer("Download it at https://files.example.com/x"),
            {},
            "note",
            {"why": "https://files.example.com/x", "note": "the data lies behind a link: fetch it by hand"},
        ),
    ],
)  # fmt: skip
def test_what_is_confirmed_happens(
    plain: Engine, raw: bytes, word: dict[str, Any], event: str, detail: dict[str, Any]
) -> None:
    with writing(plain) as session:
        row = taken(session, raw)
        confirm(session, row, Word(WHO, **word), LATER)
        assert last(session) == (event, detail, WHO)
        assert row.state == "done"


@pytest.mark.parametrize(
    ("raw", "word", "said"),
    [
        (answer("Hello."), {}, "nothing is suggested"),
        (answer("Hello."), {"says": "rejected"}, "--reason"),
        (answer("Hello."), {"says": "promised"}, "--date"),
        (
            answer("Hello."),
            {"says": "promised", "date": dt.date(2026, 3, 2)},
            "before the message, which came on",
        ),
        (answer("Hello."), {"says": "data", "items": [1]}, "no file came"),
        (answer("Hello.", files={"a.csv": b"1"}), {"says": "data"}, "--item which items"),
        (answer("Hello.", files={"a.csv": b"1"}), {"says": "data", "items": [3]}, "no item 3"),
        (mail(), {}, "mail assign"),
        (answer(), {}, "is done"),
    ],
)
def test_what_is_not_enough_is_refused(plain: Engine, raw: bytes, word: dict[str, Any], said: str) -> None:
    with writing(plain) as session:
        row = taken(session, raw)
        before = last(session)
        with pytest.raises(MailError, match=said):
            confirm(session, row, Word(WHO, **word), LATER)
        assert last(session) == before


def test_items_that_a_person_says_came_are_checked_off(plain: Engine) -> None:
    with writing(plain) as session:
        row = taken(session, answer("Hello.", files={"a.xlsx": b"1"}))
        confirm(session, row, Word(WHO, "data", items=[2]), LATER)
        event, detail, _ = last(session)
        assert (event, detail["missing"]) == (
            "data_received",
            ["option 1 of 8000000001, 2025-03-01 to 2026-02-28"],
        )
        first, second = items_of(session, row.request_id or 0)
        assert first.received_at is None
        assert (
            second.received_sha256 == parsed(answer("Hello.", files={"a.xlsx": b"1"})).attachments[0].sha256
        )
        row = taken(session, answer("The rest.", files={"b.xlsx": b"2"}))
        confirm(session, row, Word(WHO, "data", items=[1, 2]), LATER)
        assert last(session)[0] == "completed"
        row = taken(session, DENIED)
        with pytest.raises(IllegalMoveError):
            confirm(session, row, Word(WHO), LATER)


def test_an_acknowledgement_takes_nothing_back(plain: Engine) -> None:
    with writing(plain) as session:
        row = taken(session, answer("Hello.", files={"a.xlsx": b"1"}))
        confirm(session, row, Word(WHO, "data", items=[2]), LATER)
        row = taken(session, answer("We have received your request."))
        with pytest.raises(MailError, match="further than acknowledged"):
            confirm(session, row, Word(WHO), LATER)


def test_an_orphan_is_assigned_once(plain: Engine) -> None:
    with writing(plain) as session:
        number = session.exec(select(DataRequest.id)).one() or 0
        raw = mail(Auto_Submitted="auto-replied")
        row = taken(session, raw)
        assert [one.id for one in waiting(session)] == [row.id]
        with pytest.raises(UnknownRequestError):
            assign(session, row, number + 9, parsed(raw), LATER)
        assert list(assign(session, row, number, parsed(raw), LATER)) == ["auto_reply"]
        assert list(waiting(session)) == []
        with pytest.raises(MailError, match="already"):
            assign(session, row, number, parsed(raw), LATER)


def test_what_did_something_stays_with_its_request(plain: Engine) -> None:
    with writing(plain) as session:
        row = taken(session, answer())
        other = sent(session, NOW + dt.timedelta(minutes=1))
        with pytest.raises(MailError, match="did something to it already"):
            assign(session, row, other.id or 0, parsed(answer()), LATER)


def test_a_person_can_say_all_that_happens() -> None:
    assert set(get_args(Says)) == set(SAID)


def test_what_is_ignored_is_kept(plain: Engine) -> None:
    with writing(plain) as session:
        row = taken(session, mail())
        ignore(session, row, WHO)
        assert list(waiting(session)) == []
        assert mail_of(session, row.id or 0).suggested["ignored_by"] == WHO
        with pytest.raises(MailError, match="mail list"):
            mail_of(session, 99)
