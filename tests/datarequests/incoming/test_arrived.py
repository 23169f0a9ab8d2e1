"""What came is checked off: the right account, the right data, all of the days, and nothing that is in doubt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session, select

from datarequests.history import Happened, add, events_of, items_of, state_of
from datarequests.incoming.arrived import Found, Span, days_missing
from datarequests.incoming.confirmed import Word, assign, confirm, ignore
from datarequests.incoming.known import ours_of
from datarequests.incoming.parsed import parsed
from datarequests.incoming.reading import Read, read_in, unread
from datarequests.incoming.taken import take
from datarequests.outbox import Kind, queue
from datarequests.tables import DataRequest, RequestItem, Table
from datarequests.workflow import Event, State
from extractor.base.database import opened, writing
from tests.datarequests.incoming.mails import answer, outgoing
from tests.datarequests.made import NOW, WHO, sent
from tests.datarequests.mailed import LETTER, OFFICE

LATER = NOW + dt.timedelta(days=2)
FIRST, LAST = dt.date(2025, 3, 1), dt.date(2026, 2, 28)
DAY = dt.timedelta(days=1)
ACCOUNT = "8-000-000-001"
"""As a bill prints it."""


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Engine]:
    """A database with our tables alone, quickly made, and a request that was sent."""
    engine = opened(f"sqlite:///{tmp_path}/requests.db")
    Table.metadata.create_all(engine)
    with writing(engine) as session:
        outgoing(session, sent(session))
    yield engine
    engine.dispose()


def file(*spans: Span, name: str = "a.csv", is_sound: bool = True, said: str = "") -> Found:
    """Return a file as somebody has read it."""
    kind = "intervals" if spans and spans[0].holds == "interval" else "bill"
    return Found(name, f"{abs(hash((name, spans))):064x}"[:64], kind, is_sound, spans, said)


def bills(first: dt.date = FIRST, last: dt.date = LAST, account: str = ACCOUNT) -> Span:
    """Return billing history of some days."""
    return Span(account, "billing", first, last)


def readings(first: dt.date = FIRST, last: dt.date = LAST, account: str = ACCOUNT) -> Span:
    """Return readings of some days."""
    return Span(account, "interval", first, last)


def brought(session: Session, *files: Found, text: str = "Attached.") -> Read:
    """Take in a message with a file, and what its reading came to."""
    names = {f"{one.name}-{len(one.spans)}": one.name.encode() for one in files}
    came = take(session, parsed(answer(text, files=names)), ours_of(session), LATER)
    return read_in(session, came.mail.id or 0, files, LATER)


def one_of(session: Session) -> DataRequest:
    """Return the only request."""
    return session.exec(select(DataRequest)).one()


ALL = (bills(), readings())
HALF = dt.date(2025, 8, 31)


@pytest.mark.parametrize(
    ("files", "event", "received", "state"),
    [
        ([file(*ALL)], Event.COMPLETED, ["1", "5"], State.COMPLETED),
        ([file(bills()), file(readings())], Event.COMPLETED, ["1", "5"], State.COMPLETED),
        ([file(bills())], Event.DATA_RECEIVED, ["1"], State.PARTIAL),
        ([file(bills(FIRST, HALF)), file(bills(HALF + DAY))], Event.DATA_RECEIVED, ["1"], State.PARTIAL),
        ([file(bills(FIRST - 9 * DAY, LAST + 9 * DAY))], Event.DATA_RECEIVED, ["1"], State.PARTIAL),
        # a day is missing at the begin, in the middle, at the end
        ([file(bills(FIRST + DAY))], Event.DATA_RECEIVED, [], State.PARTIAL),
        ([file(bills(FIRST, HALF), bills(HALF + 2 * DAY))], Event.DATA_RECEIVED, [], State.PARTIAL),
        ([file(bills(FIRST, LAST - DAY))], Event.DATA_RECEIVED, [], State.PARTIAL),
        # of another account, of other data, in doubt, of no kind that is read
        ([file(bills(account="8000000002"))], None, [], State.SENT),
        ([file(Span(ACCOUNT, "generation", FIRST, LAST))], None, [], State.SENT),
        ([file(is_sound=False, said="lines add up to 1, not 2")], None, [], State.SENT),
        ([], None, [], State.SENT),
    ],
)
def test_items_are_checked_off(
    plain: Engine, files: list[Found], event: Event | None, received: list[str], state: State
) -> None:
    with writing(plain) as session:
        read = brought(session, *files)
        number = one_of(session).id or 0
        assert read.receipt.event is event
        there = [item for item in items_of(session, number) if item.received_at is not None]
        assert [item.option for item in there] == received
        assert {item.received_sha256 for item in there} <= {one.sha256 for one in files}
        assert state_of(events_of(session, number)) is state


def test_what_is_missing_is_named_by_its_days(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(bills(FIRST, HALF), bills(HALF + 2 * DAY)))
        missing = (
            "option 1 of 8000000001, 2025-03-01 to 2026-02-28: 2025-09-01 missing",
            "option 5 of 8000000001, 2025-03-01 to 2026-02-28",
        )
        assert read.receipt.missing == missing
        event = events_of(session, one_of(session).id or 0)[-1]
        assert tuple(event.detail["missing"]) == missing


def test_the_rest_that_comes_later_completes_it(plain: Engine) -> None:
    with writing(plain) as session:
        brought(session, file(bills(FIRST, HALF), readings()))
        read = brought(session, file(bills(HALF + DAY), name="b.csv"), text="The rest.")
        assert read.receipt.event is Event.COMPLETED
        events = [str(one.event) for one in events_of(session, one_of(session).id or 0)]
        assert events[-2:] == ["data_received", "completed"]
        assert read.mail.state == "done"


@pytest.mark.parametrize("before", [Event.TIMED_OUT, Event.CANCELLED, Event.REJECTED, Event.BOUNCED])
def test_data_that_comes_late_counts(plain: Engine, before: Event) -> None:
    with writing(plain) as session:
        number = one_of(session).id or 0
        add(session, number, Happened(before, NOW, WHO), NOW)
        assert brought(session, file(*ALL)).receipt.event is Event.COMPLETED
        assert state_of(events_of(session, number)) is State.COMPLETED


@pytest.mark.parametrize("by_hand", [False, True])
def test_what_is_complete_reminds_nobody_any_more(plain: Engine, by_hand: bool) -> None:
    with writing(plain) as session:
        one = one_of(session)
        draft = queue(session, one, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, NOW, draft=True)
        if by_hand:
            read = brought(session, file(is_sound=False, said="in doubt"))
            confirm(session, read.mail, Word(WHO, "data", items=[1, 2]), NOW)
        else:
            brought(session, file(*ALL))
        assert state_of(events_of(session, one.id or 0)) is State.COMPLETED
        assert draft.state == "cancelled"


def test_files_of_a_message_that_is_nothing_count_for_nothing(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(bills(FIRST, HALF)))
        ignore(session, read.mail, WHO)
        read = brought(session, file(bills(HALF + DAY), name="b.csv"), text="The rest.")
        assert [item.option for item in items_of(session, one_of(session).id or 0) if item.received_at] == []
        assert "option 1 of 8000000001, 2025-03-01 to 2026-02-28: 2025-03-01 to" in read.receipt.missing[0]


def test_more_after_it_is_complete_changes_nothing(plain: Engine) -> None:
    with writing(plain) as session:
        brought(session, file(*ALL))
        before = len(events_of(session, one_of(session).id or 0))
        assert brought(session, file(*ALL, name="b.csv"), text="Again.").receipt.event is None
        assert len(events_of(session, one_of(session).id or 0)) == before


def test_a_file_that_brings_nothing_leaves_the_message_to_a_person(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(*ALL), file(bills(account="8000000002"), name="other.csv"))
        assert read.mail.state == "matched"
        assert read.mail.suggested["unused"] == [
            "other.csv: billing data of 8000000002, which was not asked for"
        ]


def test_a_rejection_with_files_is_left_to_a_person(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(bills()), text="Your request for option 5 was denied.")
        assert (read.receipt.event, read.mail.state) == (Event.DATA_RECEIVED, "matched")


def test_files_are_read_once(plain: Engine) -> None:
    with writing(plain) as session:
        raw = answer("Attached.", files={"a.csv": b"1"})
        came = take(session, parsed(raw), ours_of(session), LATER)
        assert [one.id for one in unread(session)] == [came.mail.id]
        inside = file(bills(), name="inside.csv")
        read_in(session, came.mail.id or 0, [inside], LATER)
        assert unread(session) == []
        assert [one["name"] for one in came.mail.attachments] == ["a.csv", "inside.csv"]


def test_what_outlook_packs_for_itself_is_asked_for_anew(plain: Engine) -> None:
    raw = answer("Attached.", files={"winmail.dat": b"1"}).replace(b"octet-stream", b"ms-tnef")
    with writing(plain) as session:
        came = take(session, parsed(raw), ours_of(session), LATER)
        (one,) = came.mail.attachments
        read_in(session, came.mail.id or 0, [Found(one["name"], one["sha256"], "other", False)], LATER)
        assert "ordinary files" in came.mail.attachments[0]["said"]
        assert came.mail.state == "matched"


def test_what_another_program_has_read_is_not_checked_off_again(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(bills()))
        before = len(events_of(session, one_of(session).id or 0))
        assert read_in(session, read.mail.id or 0, [file(bills())], LATER).receipt.event is None
        assert len(events_of(session, one_of(session).id or 0)) == before


def test_files_under_the_id_of_another_message_wait_for_a_person(plain: Engine) -> None:
    with writing(plain) as session:
        take(session, parsed(answer("Hello.", Message_ID="<same@sce.com>")), ours_of(session), LATER)
        raw = answer("Data.", files={"a.csv": b"1"}, Message_ID="<same@sce.com>")
        came = take(session, parsed(raw), ours_of(session), LATER)
        assert unread(session) == []
        assign(session, came.mail, one_of(session).id or 0, parsed(raw), LATER)
        assert [one.id for one in unread(session)] == [came.mail.id]


def item(first: dt.date | None = FIRST, last: dt.date | None = LAST) -> RequestItem:
    """Return an item of billing history."""
    return RequestItem(id=1, request_id=1, service_account="8000000001", option="1", first=first, last=last)


def test_an_item_without_days_is_never_checked_off_by_itself() -> None:
    assert days_missing(item(None, None), {1: "billing"}, [bills()])


def test_an_option_that_no_file_shows_is_never_checked_off_by_itself() -> None:
    assert days_missing(item(), {1: None}, [bills(), readings()]) == [(FIRST, LAST)]


@given(st.lists(st.tuples(st.integers(-20, 400), st.integers(0, 90)), max_size=12))
def test_what_is_missing_is_what_no_span_has(pieces: list[tuple[int, int]]) -> None:
    spans = [bills(FIRST + at * DAY, FIRST + (at + long) * DAY) for at, long in pieces]
    had = {one.first + day * DAY for one in spans for day in range((one.last - one.first).days + 1)}
    every = {FIRST + day * DAY for day in range((LAST - FIRST).days + 1)}
    missing = days_missing(item(), {1: "billing"}, spans)
    told = {first + day * DAY for first, last in missing for day in range((last - first).days + 1)}
    assert told == every - had


def test_files_beside_words_that_say_more_leave_the_message_to_a_person(plain: Engine) -> None:
    with writing(plain) as session:
        read = brought(session, file(*ALL), text="Please find attached. The fee must be paid by check.")
        assert (read.receipt.event, read.mail.state) == (Event.COMPLETED, "matched")
