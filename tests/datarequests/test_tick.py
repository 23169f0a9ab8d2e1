"""Reminders come in order, once, in office hours; what may not go is held; a second tick does nothing."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import Session

from datarequests.authorization_flow import AuthorizationEvent
from datarequests.history import Happened, add, add_to_authorization, authorization_events_of, events_of
from datarequests.notices import Notice
from datarequests.outside import Told, assign, promise, record, taken_back
from datarequests.people import People, Person
from datarequests.reminders import Rules
from datarequests.tables import DataRequest, OutgoingMail
from datarequests.tick import Done, Trouble, Ways, tick
from datarequests.workflow import Event, State
from extractor.base.database import opened, reading, writing
from extractor.base.schema import upgrade
from tests.datarequests.made import NOW, WHO, authorization, request, sent

LA = ZoneInfo("America/Los_Angeles")
PEOPLE = People({WHO: Person(WHO, "Pat Example", "pat@example.com")}, {"acme": "Acme Bakery"})


def at(day: str, time: str = "10:00") -> dt.datetime:
    """A moment in Los Angeles."""
    return dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=LA).astimezone(dt.UTC)


def told(moment: dt.datetime) -> Told:
    return Told(WHO, moment, moment)


class Outbox:
    """Keeps letters as the outbox does, in the transaction that it is given."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def __call__(self, session: Session, notice: Notice, now: dt.datetime) -> str:
        self.notices.append(notice)
        message_id = f"<r{notice.request}.{notice.kind}.{now.timestamp():.0f}@example.com>"
        session.add(
            OutgoingMail(
                request_id=notice.request,
                kind=notice.kind,
                message_id=message_id,
                message=notice.text.encode(),
                recipients=list(notice.recipients),
                state="queued" if notice.release else "draft",
                created_at=now,
            )
        )
        session.flush()
        return message_id


def ways(**changes: object) -> Ways:
    return replace(Ways(Rules(), PEOPLE, Outbox()), **changes)  # type: ignore[arg-type]


def done(engine: Engine, moment: dt.datetime, by: Ways | None = None) -> list[str]:
    return [one.event if isinstance(one, Done) else one.message for one in tick(engine, by or ways(), moment)]


class Step(NamedTuple):
    """What a tick does at a moment, with the reason."""

    day: str
    time: str
    does: list[str]
    why: str


STORY = (
    Step("2026-03-03", "10:00", [], "the day after it was sent"),
    Step("2026-03-16", "16:00", [], "the latest day itself"),
    Step("2026-03-17", "07:59", [], "the day after, before the office opens"),
    Step("2026-03-17", "08:00", ["follow_up_drafted"], "one business day past the window"),
    Step("2026-03-17", "08:05", [], "once"),
    Step("2026-03-18", "10:00", [], "two business days past"),
    Step("2026-03-19", "17:00", [], "three, but the office has closed"),
    Step("2026-03-20", "09:00", ["escalated"], "in the morning"),
    Step("2026-03-21", "10:00", [], "a Saturday"),
    Step("2026-03-30", "10:00", ["time_out_proposed"], "ten business days past"),
    Step("2026-03-31", "10:00", [], "nothing is left to do"),
    Step("2026-03-17", "10:00", [], "the computer's clock went back"),
    Step("2026-06-01", "10:00", [], "nor much later"),
)


def test_a_request_that_nobody_answers_is_reminded_of_in_order_and_once_each(desk: Engine) -> None:
    by = ways()
    with writing(desk) as session:
        number = sent(session).id or 0
    for step in STORY:
        assert done(desk, at(step.day, step.time), by) == step.does, step
    outbox = by.draft
    assert isinstance(outbox, Outbox)
    assert [(one.kind, one.recipients, one.release) for one in outbox.notices] == [
        ("follow_up", ("3rdparty@sce.com",), False),
        ("escalation", ("pat@example.com",), False),
    ]
    with reading(desk) as session:
        events = events_of(session, number)
        assert [(one.event, one.who) for one in events[3:]] == [
            ("follow_up_drafted", "billclerk"),
            ("escalated", "billclerk"),
            ("time_out_proposed", "billclerk"),
        ]
        assert [one.message_id for one in events[3:]] == [
            f"<r1.follow_up.{at('2026-03-17', '08:00').timestamp():.0f}@example.com>",
            f"<r1.escalation.{at('2026-03-20', '09:00').timestamp():.0f}@example.com>",
            None,
        ]
        assert State(str(_state(session, number))) is State.SENT


def _state(session: Session, number: int) -> State:
    from datarequests.history import state_of

    return state_of(events_of(session, number))


def test_letters_say_what_is_missing_and_whose_they_are(desk: Engine) -> None:
    by = ways()
    with writing(desk) as session:
        number = sent(session).id or 0
        record(session, number, Event.ACKNOWLEDGED, told(at("2026-03-04")), {"case": "C-77"})
    list(tick(desk, by, at("2026-03-20")))
    outbox = by.draft
    assert isinstance(outbox, Outbox)
    follow, escalation = outbox.notices
    assert follow.subject.startswith(f"[CISR-{number:06d}-") and "ACME BAKERY LLC" in follow.subject
    for words in ("your case C-77", "option 5 of 8000000001, 2025-03-01 to 2026-02-28", "Pat Example"):
        assert words in follow.text
    assert "overdue" not in follow.text
    assert escalation.text.startswith("Pat Example,\n")
    assert "window of 5 to 10 business days passed on 2026-03-16, 4 business days ago" in escalation.text


def test_of_cpa_an_escalation_names_our_own_target(desk: Engine) -> None:
    by = ways()
    with writing(desk) as session:
        sent(session, counterparty="cpa", now=at("2026-03-02"))
    list(tick(desk, by, at("2026-03-20")))
    outbox = by.draft
    assert isinstance(outbox, Outbox)
    assert "Our internal target was 2026-03-16" in outbox.notices[1].text
    assert "window" not in outbox.notices[1].text and "[CPA-" in outbox.notices[0].subject


CASES = (
    # a day on which a promise is recorded, the promised day; when a tick does what
    ("2026-03-10", "2026-03-25", {"2026-03-17": [], "2026-03-25": [], "2026-03-26": ["follow_up_drafted"], "2026-03-30": ["escalated"]}),
    ("2026-03-10", "2026-03-12", {"2026-03-13": [], "2026-03-17": ["follow_up_drafted"]}),  # lies within the window
    ("2026-03-10", "2026-03-28", {"2026-03-27": [], "2026-03-30": ["follow_up_drafted"]}),  # a Saturday: Monday is one day past
)  # fmt: skip


@pytest.mark.parametrize(("told_on", "promised", "ticks"), CASES)
def test_a_promised_date_holds_reminders_back(
    desk: Engine, told_on: str, promised: str, ticks: dict[str, list[str]]
) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
        promise(session, number, dt.date.fromisoformat(promised), told(at(told_on)))
    assert {day: done(desk, at(day)) for day in ticks} == ticks


def test_a_promise_that_was_broken_is_followed_up_once_more(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
    assert done(desk, at("2026-03-17")) == ["follow_up_drafted"]
    with writing(desk) as session:
        promise(session, number, dt.date(2026, 3, 24), told(at("2026-03-18")))
    assert done(desk, at("2026-03-20")) == []
    assert done(desk, at("2026-03-25")) == ["follow_up_drafted"]
    assert done(desk, at("2026-03-25", "11:00")) == []


def test_while_a_correction_is_waited_for_nobody_is_reminded_and_a_corrected_one_starts_anew(
    desk: Engine,
) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
    assert done(desk, at("2026-03-17")) == ["follow_up_drafted"]
    with writing(desk) as session:
        record(session, number, Event.CORRECTION_ASKED, told(at("2026-03-18")), {"reason": "name"})
    assert done(desk, at("2026-05-01")) == []
    with writing(desk) as session:
        record(session, number, Event.CORRECTED, told(at("2026-05-04")))
    assert done(desk, at("2026-05-18")) == []
    assert done(desk, at("2026-05-19")) == ["follow_up_drafted"]
    assert done(desk, at("2026-05-19", "11:00")) == []


def test_what_a_timer_missed_is_made_up_for_in_order(desk: Engine) -> None:
    with writing(desk) as session:
        sent(session)
    assert done(desk, at("2026-04-15")) == ["follow_up_drafted", "escalated", "time_out_proposed"]


def test_nobody_is_reminded_on_a_holiday_of_the_counterparty(desk: Engine) -> None:
    with writing(desk) as session:
        sent(session, now=at("2026-11-11"))  # Veterans Day, so day zero is the 12th
    assert done(desk, at("2026-11-26")) == []  # Thanksgiving
    assert done(desk, at("2026-11-30")) == ["follow_up_drafted"]


def test_letters_that_may_go_by_themselves_are_released(desk: Engine) -> None:
    by = ways(release=True)
    with writing(desk) as session:
        sent(session)
    list(tick(desk, by, at("2026-03-17")))
    outbox = by.draft
    assert isinstance(outbox, Outbox) and [one.release for one in outbox.notices] == [True]


def test_a_manager_without_an_address_is_no_obstacle(desk: Engine) -> None:
    by = ways(people=People())
    with writing(desk) as session:
        sent(session)
    assert done(desk, at("2026-03-20"), by) == ["follow_up_drafted", "escalated"]


def test_a_dry_run_says_it_all_and_does_nothing(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
        before = len(events_of(session, number))
    said = [one for one in tick(desk, ways(), at("2026-03-20"), dry_run=True) if isinstance(one, Done)]
    assert [one.event for one in said] == ["follow_up_drafted", "escalated"]
    with reading(desk) as session:
        assert len(events_of(session, number)) == before


def test_two_ticks_at_once_do_what_one_does(desk: Engine) -> None:
    by = ways()
    with writing(desk) as session:
        numbers = [sent(session, now=NOW + dt.timedelta(seconds=one)).id or 0 for one in range(4)]
    start = threading.Barrier(3)

    def run() -> None:
        start.wait()
        list(tick(desk, by, at("2026-04-15")))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with reading(desk) as session:
        for number in numbers:
            assert len([one for one in events_of(session, number) if one.once]) == 3
    outbox = by.draft
    assert isinstance(outbox, Outbox)
    assert len(outbox.notices) == 8


@pytest.mark.parametrize(
    ("event", "day", "says"),
    [
        (AuthorizationEvent.REVOKED, "2026-03-03", "is revoked"),
        (None, "2027-03-02", "is expired since 2027-03-01"),
        (None, "2027-03-01", ""),
    ],
)  # fmt: skip
def test_what_is_not_out_is_held_when_its_authorization_no_longer_holds(
    desk: Engine, event: AuthorizationEvent | None, day: str, says: str
) -> None:
    with writing(desk) as session:
        paper = authorization(session, NOW, who="x").id or 0
        draft = request(session, NOW, authorization_id=paper).id or 0
        ready = request(session, NOW + dt.timedelta(seconds=1), authorization_id=paper).id or 0
        add(session, ready, Happened(Event.LINTED, NOW, WHO), NOW)
        out = sent(session, NOW + dt.timedelta(seconds=2), authorization_id=paper).id or 0
        if event is not None:
            add_to_authorization(session, paper, event, WHO, NOW, NOW)
        queue(session, ready)
    held = [one for one in tick(desk, ways(), at(day, "23:00")) if isinstance(one, Done)]
    assert [(one.number, one.event) for one in held] == [
        (number, "blocked_by_authorization") for number in (draft, ready) if says
    ]
    assert all(says in one.said for one in held)
    with reading(desk) as session:
        state = State.BLOCKED if says else State.READY
        assert [_state(session, number) for number in (ready, out)] == [state, State.SENT]
        assert [row.state for row in mail_of(session, ready)] == ["cancelled" if says else "queued"]
    assert done(desk, at(day, "23:00")) == []


def queue(session: Session, number: int, state: str = "queued") -> None:
    session.add(
        OutgoingMail(
            request_id=number,
            kind="request",
            message_id=f"<{number}.{state}@example.com>",
            message=b"",
            recipients=[],
            state=state,
            created_at=NOW,
        )
    )
    session.flush()


def mail_of(session: Session, number: int) -> list[OutgoingMail]:
    from sqlmodel import select

    return list(session.exec(select(OutgoingMail).where(OutgoingMail.request_id == number)).all())


def test_what_is_being_sent_at_the_moment_is_not_held(desk: Engine) -> None:
    with writing(desk) as session:
        number = request(session).id or 0
        queue(session, number, "sending")
        assert not taken_back(session, number)
        paper = session.get(DataRequest, number)
        assert paper is not None and paper.authorization_id is not None
        add_to_authorization(session, paper.authorization_id, AuthorizationEvent.REVOKED, WHO, NOW, NOW)
    assert done(desk, at("2026-03-03")) == []
    with reading(desk) as session:
        assert [row.state for row in mail_of(session, number)] == ["sending"]


def test_that_an_authorization_expires_is_said_once_thirty_days_before(desk: Engine) -> None:
    with writing(desk) as session:
        paper = authorization(session).id or 0  # holds until 2027-03-01
    assert done(desk, at("2027-01-29")) == []
    assert done(desk, at("2027-02-01", "07:00")) == []
    assert done(desk, at("2027-02-01")) == ["authorization_expiring"]
    assert done(desk, at("2027-02-02")) == []
    with reading(desk) as session:
        assert authorization_events_of(session, paper)[-1].detail == {"last": "2027-03-01"}


def test_a_request_at_fault_does_not_stop_the_others(desk: Engine) -> None:
    with writing(desk) as session:
        sent(session, now=at("2030-12-20"))  # the calendar ends with that year
        sent(session, now=at("2026-03-02"))
    told_of = list(tick(desk, ways(), at("2030-12-27")))
    troubles = [one for one in told_of if isinstance(one, Trouble)]
    assert [one.number for one in troubles] == [1] and "ends on 2030-12-31" in troubles[0].message
    assert [one.number for one in told_of if isinstance(one, Done)] == [2, 2, 2]


def test_a_request_that_changes_hands_escalates_to_the_new_manager(desk: Engine) -> None:
    people = People({**PEOPLE.managers, "kim": Person("kim", "Kim", "kim@example.com")})
    by = ways(people=people)
    with writing(desk) as session:
        number = sent(session).id or 0
        assign(session, number, "kim", people.managers, told(at("2026-03-18")))
    list(tick(desk, by, at("2026-03-20")))
    outbox = by.draft
    assert isinstance(outbox, Outbox) and outbox.notices[1].recipients == ("kim@example.com",)


MOMENTS = st.integers(0, 24 * 90).map(lambda hours: NOW + dt.timedelta(hours=hours))


@given(st.lists(MOMENTS, min_size=1, max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_to_tick_twice_is_to_tick_once_in_whatever_order_of_moments(
    tmp_path_factory: pytest.TempPathFactory, moments: list[dt.datetime]
) -> None:
    def events(folder: Path, times: int) -> list[tuple[str, str | None, dt.datetime]]:
        engine = opened(f"sqlite:///{folder}/a.db")
        upgrade(engine)
        with writing(engine) as session:
            number = sent(session).id or 0
        for moment in moments:
            for _ in range(times):
                list(tick(engine, ways(), moment))
        with reading(engine) as session:
            found = [(one.event, one.once, one.occurred_at) for one in events_of(session, number)]
        engine.dispose()
        return found

    once, twice = (events(tmp_path_factory.mktemp("ticks"), times) for times in (1, 2))
    assert once == twice
    names = [name for _, name, _ in once if name]
    assert len(names) == len(set(names)) <= 3


def test_what_was_sent_again_after_its_time_out_is_reminded_of_anew(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session).id or 0
    assert len(done(desk, at("2026-03-30"))) == 3
    with writing(desk) as session:
        record(session, number, Event.TIMED_OUT, told(at("2026-03-31")))
    assert done(desk, at("2026-05-01")) == []
    with writing(desk) as session:
        record(session, number, Event.SENT, told(at("2026-05-04")))
    assert done(desk, at("2026-05-19")) == ["follow_up_drafted"]
