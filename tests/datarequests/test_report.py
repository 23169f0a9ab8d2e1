"""Reports: the order of what needs attention, counts, marks, old ones made again, and what no customer sees."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from datarequests.attention import Attention
from datarequests.business_days import working_day_before
from datarequests.counterparties import shipped
from datarequests.daily import daily
from datarequests.history import Happened, add, request_of
from datarequests.outbox import Kind, MailState, queue
from datarequests.outside import assign, override, promise, record
from datarequests.people import People
from datarequests.received import receive
from datarequests.reminders import Rules
from datarequests.report import Asked, Report, ReportError, refuse_unknown, report
from datarequests.report_columns import COLUMNS, columns, row_of
from datarequests.report_lines import Line
from datarequests.report_page import page
from datarequests.tables import IncomingMail, OutgoingMail
from datarequests.tick import Ways, tick
from datarequests.waiting import drop
from datarequests.workflow import Event, State
from extractor.base.database import reading, writing
from tests.datarequests.made import WHO, authorization, request, sent
from tests.datarequests.mailed import LETTER, OFFICE, queued
from tests.datarequests.portfolio import PEOPLE, TODAY, at, portfolio, told

RULES = Rules()


ALL = Asked()


def made(engine: Engine, asked: Asked = ALL, now: dt.datetime = TODAY) -> Report:
    with reading(engine) as session:
        return report(session, asked, PEOPLE, RULES, now)


def line(of: Report, number: int) -> Line:
    return next(one for one in of.lines if one.request == number)


@pytest.fixture
def numbers(desk: Engine) -> dict[str, int]:
    with writing(desk) as session:
        return portfolio(session)


def test_what_needs_attention_comes_first_and_is_counted(desk: Engine, numbers: dict[str, int]) -> None:
    names = {number: name for name, number in numbers.items()}
    found = made(desk)
    assert [(one.attention.name, names[one.request], one.turn) for one in found.lines] == [
        ("OURS", "timed_out", "us"),
        ("OURS", "draft", "us"),
        ("OURS", "correction", "us"),
        ("CUSTOMERS", "unsigned", "customer"),
        ("PAST_WINDOW", "past", "SCE"),
        ("PAST_TARGET", "target", "CPA"),
        ("DUE_SOON", "due_soon", "SCE"),
        ("DUE_SOON", "partial", "SCE"),
        ("WAITING", "waiting", "SCE"),
    ]
    assert found.counts == {
        "open": 8,
        "due soon": 2,
        "past the expected window": 1,
        "past our internal target": 1,
        "waiting on us": 3,
        "waiting on the customer": 1,
        "partial": 1,
        "timed out": 1,
    }
    assert len(made(desk, Asked(every=True)).lines) == 11


def test_a_line_has_what_managers_ask_of_it(desk: Engine, numbers: dict[str, int]) -> None:
    found = made(desk)
    past = line(found, numbers["past"])
    assert (past.elapsed, past.allowed, past.past) == (12, 10, 2)
    assert [str(day) for day in (past.sent, past.earliest, past.latest)] == [
        "2026-03-04",
        "2026-03-11",
        "2026-03-18",
    ]
    assert past.term == "expected window*"
    assert past.computed == "5 to 10 business days after 2026-03-04, without 4 weekend days"
    assert (past.fee_low, past.fee_high) == (Decimal("15.10"), Decimal("40.10"))
    assert (past.next_action, str(past.next_date)) == ("follow up", "2026-03-19")
    assert past.flags == ("nobody looks after it", "assumed dates")
    partial = line(found, numbers["partial"])
    assert (partial.received, partial.asked, partial.last_message) == (1, 2, "part received")
    assert partial.missing == "option 5 of 8000000001, 2025-03-01 to 2026-02-28"
    waiting = line(found, numbers["waiting"])
    assert (waiting.case, waiting.customer_name) == ("C-1", "Example Dairy & <Sons>")
    assert waiting.flags == ("authorization expires in 17 days", "assumed dates")
    target = line(found, numbers["target"])
    assert (target.term, str(target.promised)) == ("internal target*", "2026-03-18")
    assert "promised for 2026-03-18, not kept" in target.flags
    correction = line(found, numbers["correction"])
    assert (correction.latest, correction.computed.split("; ")[1]) == (
        None,
        "stands still, a correction is waited for",
    )


def test_what_a_tick_drafted_is_ours_to_release(desk: Engine, numbers: dict[str, int]) -> None:
    list(tick(desk, Ways(RULES, PEOPLE), TODAY))
    past = line(made(desk), numbers["past"])
    assert (past.attention, past.turn, past.level) == (Attention.OURS, "us", 1)
    assert (past.next_action, past.next_date) == ("release the follow-up", dt.date(2026, 3, 20))
    with writing(desk) as session:
        promise(session, numbers["past"], dt.date(2026, 4, 1), told("2026-03-20"))
    promised = line(made(desk, now=at("2026-03-20", "12:00")), numbers["past"])
    assert (promised.turn, promised.next_action, str(promised.next_date)) == (
        "SCE",
        "wait, then follow up",
        "2026-04-02",
    )


def test_a_follow_up_that_was_dropped_waits_for_nobody(desk: Engine, numbers: dict[str, int]) -> None:
    list(tick(desk, Ways(RULES, PEOPLE), TODAY))
    with writing(desk) as session:
        row = request_of(session, numbers["past"])
        mail = queue(session, row, LETTER, Kind.FOLLOW_UP, OFFICE, WHO, TODAY, draft=True)
        drop(session, mail.id or 0, WHO, TODAY)
    past = line(made(desk), numbers["past"])
    assert (past.turn, past.next_action) == ("SCE", "wait, then tell the manager")
    assert "follow-up waits for release" not in past.flags


def test_what_lies_in_a_file_is_ours_to_send(desk: Engine) -> None:
    number, mail = queued(desk)
    before = line(made(desk), number)
    assert (before.attention, before.next_action) == (Attention.WAITING, "nothing: it goes out by itself")
    with writing(desk) as session:
        session.get_one(OutgoingMail, mail).state = MailState.WRITTEN
    found = line(made(desk), number)
    assert (found.attention, found.turn) == (Attention.OURS, "us")
    assert found.next_action == "nothing was sent, it lies in a file: make mail live, and release it again"


def test_a_proposed_time_out_is_ours_to_confirm(desk: Engine, numbers: dict[str, int]) -> None:
    list(tick(desk, Ways(RULES, PEOPLE), at("2026-04-06")))
    past = line(made(desk, now=at("2026-04-06", "12:00")), numbers["past"])
    assert (past.turn, past.level, past.next_action) == (
        "us",
        3,
        "confirm the time-out, or record what they say",
    )
    assert "time-out proposed" in past.flags


def test_a_closed_request_leaves_the_report(desk: Engine, numbers: dict[str, int]) -> None:
    with writing(desk) as session:
        record(session, numbers["timed_out"], Event.CLOSED, told("2026-03-19"))
    assert numbers["timed_out"] not in {one.request for one in made(desk).lines}


def test_reports_of_one_manager_or_customer(desk: Engine, numbers: dict[str, int]) -> None:
    assert [one.request for one in made(desk, Asked(customer="dairy")).lines] == [numbers["waiting"]]
    assert [one.request for one in made(desk, Asked(manager="kim", every=True)).lines] == [numbers["done"]]
    assert made(desk, Asked(customer="dairy")).title == "Data requests for Example Dairy & <Sons>"


def test_an_old_report_is_the_same_when_it_is_made_again(desk: Engine, numbers: dict[str, int]) -> None:
    before = made(desk)
    later = replace(told("2026-03-25"), at=at("2026-03-19"))  # happened before, recorded after
    with writing(desk) as session:
        receive(session, numbers["past"], [1, 2], ["d" * 64], later)
        receive(session, numbers["partial"], [2], ["e" * 64], later)
        record(session, numbers["correction"], Event.CORRECTION_SENT, told("2026-03-25"))
        assign(session, numbers["waiting"], "kim", PEOPLE.managers, told("2026-03-25"))
        override(session, numbers["draft"], State.CANCELLED, told("2026-03-25", why="test"))
        sent(session, at("2026-03-24"), token="new")
    list(tick(desk, Ways(RULES, PEOPLE), at("2026-03-26")))
    now = at("2026-03-27")
    again = made(desk, Asked(as_of=TODAY), now)
    assert again.lines == before.lines
    assert (again.counts, again.turnarounds) == (before.counts, before.turnarounds)
    assert page(again) == page(before)
    assert made(desk, now=now).lines != before.lines
    assert [one.request for one in made(desk, Asked(as_of=TODAY, manager="kim", every=True), now).lines] == [
        numbers["done"]
    ]


def test_a_report_of_the_future_or_of_every_customer_is_refused(desk: Engine) -> None:
    with pytest.raises(ReportError, match="is still to come"):
        made(desk, Asked(as_of=TODAY + dt.timedelta(days=1)))
    with pytest.raises(ReportError, match="name whose by --customer"):
        made(desk, Asked(edition="customer"))


class Seen(HTMLParser):
    """What a page loads or runs, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [f"{name}={value}" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_is_one_file_that_says_how_sure_it_is(desk: Engine, numbers: dict[str, int]) -> None:
    seen = Seen(page(made(desk)))
    assert (seen.loads, {"script", "link", "iframe"} & seen.tags) == ([], set())
    assert "svg" in seen.tags
    for words in (
        "past expected window by 2 business days",
        "past internal target by 3 business days",
        "2026-03-11 to 2026-03-18*",
        "Example Dairy & <Sons>",
        "$15.10 to $40.10",
        "* assumed: 5 to 10 business days: second-hand",
        "not counted Sat 2026-03-07: Saturday",
        "9.5 business days",
        "25 % (1 of 4)",
    ):
        assert words in seen.text, words
    assert "overdue" not in seen.text.lower()


def test_a_customer_sees_nothing_that_is_ours_or_anybody_elses(desk: Engine, numbers: dict[str, int]) -> None:
    list(tick(desk, Ways(RULES, PEOPLE), TODAY))
    found = made(desk, Asked(customer="acme", edition="customer"))
    html = page(found)
    rows = str([row_of(one, "customer") for one in found.lines])
    for words in ("Dairy", "secret", "$", "15.10", "Pat Example", "nobody looks", "release", "kim"):
        assert words not in html, words
        assert words not in rows, words
    assert "Your turn (1)" in html and "waiting on you" in html
    assert numbers["waiting"] not in {one.request for one in found.lines}
    past = line(found, numbers["past"])
    assert (past.next_action, past.flags) == ("we take the next step", ("assumed dates",))
    assert {(one.fee_low, one.fee_high, one.manager, one.level) for one in found.lines} == {
        (None, None, "", 0)
    }
    assert {one.name for one in COLUMNS} - {one.name for one in columns("customer")} == {
        "manager",
        "level",
        "fee_low",
        "fee_high",
    }


def test_mail_that_waits_for_a_person_is_a_flag_of_a_report_of_now(
    desk: Engine, numbers: dict[str, int]
) -> None:
    with writing(desk) as session:
        for at_, (state, number, suggested) in enumerate(
            (
                ("orphan", None, [numbers["past"]]),
                ("matched", numbers["target"], []),
                ("done", numbers["draft"], []),
            )
        ):
            session.add(
                IncomingMail(
                    sha256=f"{at_}" * 64,
                    sender="a@sce.com",
                    subject="re",
                    received_at=TODAY,
                    kind="reply",
                    state=state,
                    request_id=number,
                    suggested={"requests": suggested},
                )
            )
    found = made(desk)
    assert "unmatched mail may be its answer" in line(found, numbers["past"]).flags
    assert "a reply waits" in line(found, numbers["target"]).flags
    assert line(found, numbers["draft"]).flags == ()
    assert "a reply waits" not in line(made(desk, Asked(as_of=TODAY)), numbers["target"]).flags


def test_a_request_whose_calendar_ends_keeps_its_line(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session, at("2030-12-20"), authorization_id=None).id or 0
        request(session, at("2030-12-20"), authorization_id=None, token="b")
    found = made(desk, now=at("2030-12-23"))
    assert "ends on 2030-12-31" in line(found, number).flags[0]
    assert line(found, number).next_action == "bring the calendar up to date"
    assert len(found.lines) == 2


CALENDAR = shipped()["sce"].calendar


def letter(
    session: Session, now: dt.datetime, manager: str = "pat", people: People = PEOPLE
) -> tuple[str, str] | None:
    found = daily(session, manager, people, RULES, working_day_before(now, CALENDAR), now)
    return None if found is None else (found.subject, found.text)


def test_a_daily_letter_tells_only_what_changed_or_is_to_be_done(desk: Engine) -> None:
    with writing(desk) as session:
        paper = authorization(session, at("2026-01-05")).id or 0
        quiet, news = (
            sent(session, at("2026-03-09"), authorization_id=paper, token=name).id or 0 for name in ("a", "b")
        )
        record(session, news, Event.ACKNOWLEDGED, told("2026-03-13"), {"case": "C-9"})
    with reading(desk) as session:
        monday = letter(session, at("2026-03-16", "07:00"))
        assert monday is not None
        assert monday[0] == "Requests on 2026-03-16: 0 to act on, 1 changed"
        assert f"{news}  Acme Bakery, SCE: acknowledged, 0 of 2 received" in monday[1]
        assert "2026-03-13 10:00 acknowledged (pat)" in monday[1]
        assert f"{quiet}  Acme" not in monday[1]
        assert letter(session, at("2026-03-17", "07:00")) is None
        assert letter(session, at("2026-03-16", "07:00"), manager="kim") is None
    list(tick(desk, Ways(RULES, PEOPLE), at("2026-03-24")))
    with reading(desk) as session:
        due = daily(session, "pat", PEOPLE, RULES, at("2026-03-24", "07:00"), at("2026-03-25", "07:00"))
        assert due is not None and due.recipients == ("pat@example.com",)
        assert due.subject == "Requests on 2026-03-25: 2 to act on, 0 changed"
        assert "! follow-up waits for release" in due.text and "To act on" in (due.html or "")


def test_a_daily_letter_says_once_that_an_authorization_expires(desk: Engine) -> None:
    with writing(desk) as session:
        paper = authorization(session, at("2025-04-16")).id or 0  # holds until 2026-04-15
        sent(session, at("2026-03-12"), authorization_id=paper)
    with reading(desk) as session:
        said = {day: letter(session, at(day, "07:00")) for day in ("2026-03-16", "2026-03-17", "2026-03-18")}
    assert said["2026-03-17"] is None and said["2026-03-18"] is None
    assert said["2026-03-16"] is not None and "authorization expires in 30 days" in said["2026-03-16"][1]


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-03-16", "2026-03-13"),  # Monday: since Friday
        ("2026-09-08", "2026-09-04"),  # the Tuesday after Labor Day: since Friday
        ("2045-03-13", "2045-03-10"),  # a Monday past the calendar
        ("2026-03-17", "2026-03-16"),
        ("2026-03-22", "2026-03-20"),  # Sunday: since Friday
        ("2026-03-21", "2026-03-20"),
    ],
)
def test_news_are_since_the_working_day_before(now: str, start: str) -> None:
    began = working_day_before(at(now), CALENDAR)
    assert (str(began.date()), began.time()) == (start, dt.time())


def test_a_report_of_many_requests_asks_the_database_as_often_as_one_of_few(desk: Engine) -> None:
    def statements(count: int) -> int:
        with writing(desk) as session:
            for number in range(count):
                sent(session, TODAY, token=f"{count}-{number}", customer=f"c{count}-{number}")
        asked: list[str] = []

        def listen(*given: object) -> None:
            asked.append(str(given[2]))

        event.listen(desk, "before_cursor_execute", listen)
        with reading(desk) as session:
            assert len(report(session, ALL, PEOPLE, RULES, TODAY).lines) >= count
        event.remove(desk, "before_cursor_execute", listen)
        return len(asked)

    assert statements(3) == statements(30)


def test_what_went_to_a_test_address_says_so(desk: Engine) -> None:
    with writing(desk) as session:
        number = sent(session, TODAY).id or 0
        detail = {"redirected_to": "test@example.com"}
        add(session, number, Happened(Event.RESENT, TODAY, WHO, detail), TODAY)
    flags = line(made(desk), number).flags
    assert "went to test@example.com instead, as on a test system" in flags
    assert not any("test@" in one for one in line(made(desk, THEIRS), number).flags)
    with writing(desk) as session:
        add(session, number, Happened(Event.RESENT, TODAY, WHO, {"by": "fax"}), TODAY)
    assert not any("test@" in one for one in line(made(desk), number).flags)


THEIRS = Asked(customer="acme", edition="customer")


def test_what_goes_out_by_itself_does_not_wait_on_us(desk: Engine) -> None:
    queued(desk, TODAY)
    found = made(desk)
    assert [one.attention for one in found.lines] == [Attention.WAITING]
    assert (found.counts["open"], found.counts["waiting on us"]) == (1, 0)


@pytest.mark.parametrize(
    ("manager", "customer", "says"),
    [
        ("nobody", None, "no manager 'nobody', and no request names one; known: kim, pat"),
        (None, "acmee", "no customer 'acmee'"),
        ("sam", "gone", None),  # no roster knows them any more, requests do
    ],
)
def test_of_a_name_that_is_misspelt_nothing_is_said(
    desk: Engine, manager: str | None, customer: str | None, says: str | None
) -> None:
    with writing(desk) as session:
        sent(session, TODAY, manager="sam", customer="gone")
        with pytest.raises(ReportError, match=says) if says else contextlib.nullcontext():
            refuse_unknown(session, manager, customer, PEOPLE)
