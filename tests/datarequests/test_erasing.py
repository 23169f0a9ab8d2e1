"""A customer's requests are erased with all that is theirs, and nothing of anybody else's."""

from __future__ import annotations

import html

import pytest
from sqlalchemy import Engine, func, text
from sqlmodel import Session, select

from datarequests.erasing import belongings, erase
from datarequests.history import Happened, add
from datarequests.letter import Letter
from datarequests.outbox import Kind, queue_notice
from datarequests.tables import (
    Authorization,
    AuthorizationEventRow,
    DataRequest,
    IncomingMail,
    OutgoingMail,
    RequestEvent,
    RequestItem,
)
from datarequests.workflow import Event
from extractor.base.database import reading, writing
from tests.datarequests.made import NOW, WHO, authorization, sent
from tests.datarequests.mailed import COPY, OFFICE

TABLES = (
    DataRequest,
    RequestItem,
    RequestEvent,
    Authorization,
    AuthorizationEventRow,
    IncomingMail,
    OutgoingMail,
)


def kept(session: Session, customer: str, token: str, files: list[str]) -> None:
    """Keep a request of a customer with mail both ways, that names files."""
    signed = authorization(session, customer=customer, signed_sha256=token * 64)
    one = sent(session, customer=customer, token=token, authorization_id=signed.id)
    add(session, one.id or 0, Happened(Event.NOTE, NOW, WHO, {"evidence": files[0], "files": files[1:]}), NOW)
    session.add(
        IncomingMail(
            sha256=(token + "f") * 32,
            sender="3rdparty@sce.com",
            subject="RE",
            received_at=NOW,
            kind="reply",
            state="done",
            request_id=one.id,
            attachments=[{"sha256": (token + "c") * 32, "name": "a"}, {"sha256": "6" * 64, "name": "logo"}],
        )
    )
    session.add(
        OutgoingMail(
            request_id=one.id,
            kind="request",
            message_id=f"<{token}@example.com>",
            message=b"x",
            recipients=[],
            state="sent",
            created_at=NOW,
        )
    )
    session.flush()


def counts(session: Session) -> list[int]:
    return [session.execute(select(func.count()).select_from(table)).scalar_one() for table in TABLES]


def test_one_customer_goes_and_the_other_stays_whole(desk: Engine) -> None:
    shared = "5" * 64
    with writing(desk) as session:
        kept(session, "acme", "a", ["1" * 64, "2" * 64, shared])
    with reading(desk) as session:
        alone = counts(session)
    with writing(desk) as session:
        kept(session, "other", "b", [shared, "3" * 64])
        what = belongings(session, "acme")
        assert what.files == {"a" * 64, "af" * 32, "ac" * 32, "1" * 64, "2" * 64}
        assert what.message_ids == ("<a@example.com>",)
        erase(session, what)
    with reading(desk) as session:
        assert counts(session) == alone
        assert {one.customer for one in session.exec(select(DataRequest))} == {"other"}
        assert not belongings(session, "acme")
        if desk.dialect.name == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []


@pytest.mark.parametrize(
    ("says", "is_his"),
    [
        ("1 open\nExample Dairy & <Sons> waits", True),  # in the page, its signs are written otherwise
        ("ACME\n BAKERY  llc", True),
        ("option 1 of 8000000001 is missing", True),
        ("[CISR-000001-tokenofhis] waits", True),
        ("Another Bakery, 8000000002", False),
    ],
)
def test_letters_to_managers_that_name_him_go_too(desk: Engine, says: str, is_his: bool) -> None:
    page = f"<p>{html.escape(says)}</p>"
    with writing(desk) as session:
        sent(session, token="tokenofhis")
        letter = Letter("Data requests: 1 open", says if "&" not in says else "", html=page)
        row = queue_notice(session, letter, Kind.REPORT, OFFICE, [COPY], NOW, staff=[COPY])
        what = belongings(session, "acme", {"Example Dairy & <Sons>"})
        assert (row.message_id in what.message_ids, row in what.letters) == (is_his, is_his)
        erase(session, what)
        assert (session.exec(select(OutgoingMail)).first() is None) == is_his
