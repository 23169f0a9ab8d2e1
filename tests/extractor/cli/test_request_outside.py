"""What happened by fax, post, portal or telephone, as a person types it; and what each end makes possible."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from datarequests.history import Happened, NobodyError, add, events_of, items_of, request_of
from datarequests.incoming.arrived import Found, Span, brought
from datarequests.messages import MailError
from datarequests.outside import RecordError, Told, possible
from datarequests.viewed import Viewed, viewed
from datarequests.workflow import Event, IllegalMoveError, State
from extractor.base.database import reading, writing
from extractor.cli import app
from extractor.cli.request import request as commands_of
from extractor.home import Home, created
from extractor.originals import place_by_hash
from extractor.store.opening import store
from extractor.store.people import Manager
from tests.datarequests.made import NOW, WHO, request
from tests.extractor.law import SAMPLES


class Clerk:
    """A person at a home with one request, checked and ready to go out."""

    def __init__(self, home: Home, engine: Engine) -> None:
        self.home, self.engine = home, engine
        with writing(engine) as session:
            session.add(Manager(key="kim", name="Kim", email="kim@example.com"))
            row = request(session)
            add(session, row.id or 0, Happened(Event.LINTED, NOW, WHO), NOW)

    def types(self, *words: str | Path) -> str:
        """Run `billclerk request` with words; return what it says, or raise what it raises."""
        result = CliRunner().invoke(app, ["request", *map(str, words), "--home", str(self.home.path)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    def sees(self) -> Viewed:
        with reading(self.engine) as session:
            return viewed(session, request_of(session, 1), dt.datetime(2026, 6, 1, 18, tzinfo=dt.UTC))


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    home = created(tmp_path / "home", "")
    with store(home.database, home.path) as engine:
        yield Clerk(home, engine)


def test_a_request_by_fax_from_its_sending_to_its_close(clerk: Clerk, tmp_path: Path) -> None:
    slip, data = tmp_path / "slip.pdf", tmp_path / "history.csv"
    slip.write_bytes(b"%PDF-1.4 transmission report")
    data.write_bytes(b"kwh\n1\n")
    said = clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02", "--at", "17:30", "--evidence", slip)
    assert "request 1: sent, the window until 2026-03-17; turn: counterparty" in said  # after the cut-off
    sent = clerk.sees().events[-1]
    assert sent.occurred_at == dt.datetime(2026, 3, 3, 1, 30, tzinfo=dt.UTC)
    assert sent.who == getpass.getuser()
    assert {*sent.detail} == {"by", "counterparty", "evidence"} and sent.detail["by"] == "fax"
    assert place_by_hash(clerk.home.originals, sent.detail["evidence"]) is not None

    clerk.types("ack", "1", "--case", "C-12", "--on", "2026-03-04", "--who", "Pat")
    clerk.types("process", "1", "--on", "2026-03-05")
    clerk.types("promise", "1", "2026-03-25", "--on", "2026-03-18")
    one = clerk.sees()
    assert (one.case, str(one.promised), one.state) == ("C-12", "2026-03-25", State.IN_PROCESS)

    part = clerk.types("receive", "1", data, "--item", "1", "--on", "2026-03-20")
    assert "received: option 1 of 8000000001, 2025-03-01 to 2026-02-28" in part
    assert "missing: option 5 of 8000000001" in part
    with reading(clerk.engine) as session:
        first, second = items_of(session, 1)
        assert first.received_sha256 == hashlib.sha256(b"kwh\n1\n").hexdigest()
        assert second.received_at is None
    rest = clerk.types("receive", "1", data, slip, "--all", "--on", "2026-03-23")
    assert "request" in rest and clerk.sees().state is State.COMPLETED
    assert "closed, completed" in clerk.types("close", "1")
    assert clerk.sees().side == "nobody" and clerk.sees().next_step == "nothing"


def test_a_file_that_nobody_tells_is_noted_and_moves_nothing(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"?")
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    said = clerk.types("receive", "1", tmp_path / "a.csv", "--on", "2026-03-03")
    assert "nothing was checked off" in said
    assert (clerk.sees().state, clerk.sees().events[-1].event) == (State.SENT, "note")


def test_a_correction_stops_the_clock_and_starts_it_again(clerk: Clerk) -> None:
    clerk.types("sent", "1", "--by", "mail", "--on", "2026-03-02")
    asked = clerk.types("correct", "1", "--asked", "name of record", "--on", "2026-03-05")
    assert "correction_needed; turn: us" in asked and "request correct 1 --sent" in asked
    assert "the window until 2026-03-19" in clerk.types("correct", "1", "--sent", "--on", "2026-03-10")
    anew = clerk.types("correct", "1", "--restarts", "--on", "2026-03-12")
    assert "the window until 2026-03-26" in anew
    with pytest.raises(IllegalMoveError, match="correction_sent is not possible while sent; possible: "):
        clerk.types("correct", "1", "--sent", "--on", "2026-03-13")


def test_sent_once_more_does_not_touch_the_clock(clerk: Clerk) -> None:
    clerk.types("sent", "1", "--by", "mail", "--on", "2026-03-02")
    assert "its clock goes on as it was" in clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-09")
    clock = clerk.sees().clock
    assert clock is not None and str(clock.day_zero) == "2026-03-02"


def test_what_is_said_to_be_possible_is_a_command(clerk: Clerk) -> None:
    commands = {one.name or one.callback.__name__ for one in commands_of.registered_commands if one.callback}
    for said in (each for state in State for each in possible(state, 7)):
        assert re.search(r"billclerk request ([a-z-]+)", said), said
        assert re.findall(r"billclerk request ([a-z-]+)", said)[0] in commands


@pytest.mark.parametrize("end", [("time-out", "1", "--why", "x"), ("reject", "1", "--reason", "x")])
def test_what_ended_unanswered_can_be_sent_again(clerk: Clerk, end: tuple[str, ...]) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    clerk.types(*end)
    with pytest.raises(MailError, match="request 1 must not be sent"):  # its made-up form has no file
        clerk.types("resend", "1", "--dry-run")
    with pytest.raises(MailError, match="nothing of it can be released"):
        clerk.types("release", "1", "--dry-run")


ENDS = (
    (("reject", "1", "--reason", "no such account"), "rejected", "billclerk request move 1"),
    (("time-out", "1", "--why", "they closed the desk"), "timed_out", "billclerk request resend 1"),
    (("withdraw", "1", "--why", "customer left"), "cancelled", "billclerk request receive 1 FILE"),
    (("cancel", "1"), "cancelled", "billclerk request close 1"),
    (("override", "1", "completed", "--why", "came by courier"), "completed", "billclerk request close 1"),
)


@pytest.mark.parametrize(("words", "state", "says"), ENDS)
def test_each_end_says_what_it_makes_possible(
    clerk: Clerk, words: tuple[str, ...], state: str, says: str
) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    said = clerk.types(*words)
    assert f"request 1: {state}" in said and "possible: " in said and says in said


WRONG = (
    (("time-out", "1"), "no time-out of request 1 was proposed; say by --why"),
    (("override", "1", "rejected"), "an override needs a reason"),
    (("assign", "1", "nobody"), "the roster has no manager 'nobody'"),
    (("promise", "1", "2026-03-01", "--on", "2026-03-05"), "lies before the promise"),
    (("ack", "1", "--on", "2199-01-01"), "is still to come"),
    (("receive", "1", __file__, "--item", "3"), "has 2 items, no item 3"),
)  # fmt: skip


@pytest.mark.parametrize(("words", "says"), WRONG)
def test_what_cannot_be_recorded_so_is_refused_and_leaves_nothing(
    clerk: Clerk, words: tuple[str, ...], says: str
) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    before = len(clerk.sees().events)
    with pytest.raises(RecordError, match=says):
        clerk.types(*words)
    assert len(clerk.sees().events) == before


def test_an_illegal_move_says_what_is_possible(clerk: Clerk) -> None:
    with pytest.raises(IllegalMoveError, match=r"acknowledged is not possible while ready; possible: .*sent"):
        clerk.types("ack", "1")
    with pytest.raises(IllegalMoveError, match="closed is not possible while ready"):
        clerk.types("close", "1")


def test_a_dry_run_records_nothing_and_keeps_nothing(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "slip.pdf").write_bytes(b"%PDF-1.4")
    words = ("sent", "1", "--by", "fax", "--on", "2026-03-02", "--evidence", tmp_path / "slip.pdf")
    said = clerk.types(*words, "--dry-run")
    assert "nothing was recorded; it would be:" in said and "request 1: sent" in said
    assert clerk.sees().state is State.READY
    assert not list(clerk.home.originals.rglob("*.pdf"))


def test_a_request_is_given_to_a_manager_of_the_roster(clerk: Clerk) -> None:
    clerk.types("assign", "1", "kim")
    assert (clerk.sees().manager, clerk.sees().events[-1].detail) == ("kim", {"manager": "kim", "was": WHO})
    with reading(clerk.engine) as session:
        assert [one.event for one in events_of(session, 1)][-1] == "assigned"


def test_a_rebase_only_where_something_else_is_known(clerk: Clerk) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    assert "nothing was recorded" in clerk.types("rebase", "1")


def test_what_has_not_happened_yet_is_refused() -> None:
    with pytest.raises(RecordError, match="is still to come"):
        Told("pat", NOW + dt.timedelta(seconds=1), NOW)


def asks_for(clerk: Clerk, account: str, first: dt.date, last: dt.date) -> None:
    """Let the request be for another account and its days."""
    with writing(clerk.engine) as session:
        for item in items_of(session, 1):
            item.service_account, item.first, item.last = account, first, last
            session.add(item)


BILL = SAMPLES / "d4-bundled-winter-2025.pdf"
READINGS = SAMPLES / "intervals" / "SCE_Usage_8000000140_03-12-25_to_04-10-25.csv"
BILLED = dt.date(2025, 3, 12), dt.date(2025, 4, 10)


def test_files_that_came_by_portal_are_read_and_checked_off(clerk: Clerk, tmp_path: Path) -> None:
    asks_for(clerk, "8000000140", *BILLED)
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    said = clerk.types("receive", "1", BILL, "--on", "2026-03-20")
    assert "received: option 1 of 8000000140" in said and "missing: option 5 of 8000000140" in said
    assert clerk.sees().state is State.PARTIAL
    other = tmp_path / "letter.txt"
    other.write_bytes(b"Dear Sir")
    said = clerk.types("receive", "1", other, READINGS, "--on", "2026-03-21")
    assert "received: option 5 of 8000000140" in said and "look at letter.txt" in said
    assert clerk.sees().state is State.COMPLETED
    assert place_by_hash(clerk.home.originals, hashlib.sha256(b"Dear Sir").hexdigest()) is not None
    assert sorted(path.name for path in clerk.home.path.glob(".mail-*")) == []


def test_files_of_another_account_check_nothing_off_unless_a_person_says_so(clerk: Clerk) -> None:
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    said = clerk.types("receive", "1", BILL, "--on", "2026-03-20")
    assert "look at d4-bundled-winter-2025.pdf: billing data of 8000000140, which was not asked for" in said
    assert "nothing was checked off: say by --item or --all what arrived" in said
    assert (clerk.sees().state, clerk.sees().events[-1].event) == (State.SENT, Event.NOTE)
    assert "received: option 1" in clerk.types("receive", "1", BILL, "--item", "1", "--on", "2026-03-20")


def test_two_files_that_came_on_two_days_make_a_whole_item(clerk: Clerk) -> None:
    asks_for(clerk, "8000000140", BILLED[0], dt.date(2025, 5, 9))
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    said = clerk.types("receive", "1", READINGS, "--on", "2026-03-20")
    assert (
        "missing: option 5 of 8000000140, 2025-03-12 to 2025-05-09: 2025-04-11 to 2025-05-09 missing" in said
    )
    span = Span("8000000140", "interval", dt.date(2025, 4, 11), dt.date(2025, 5, 9))
    with writing(clerk.engine) as session:
        told = Told(WHO, NOW + dt.timedelta(days=30), NOW + dt.timedelta(days=30))
        rest = brought(session, 1, [Found("b.csv", "b" * 64, "intervals", True, (span,))], told)
    assert rest.received == ("option 5 of 8000000140, 2025-03-12 to 2025-05-09",)
    assert "spans 8000000140 interval 2025-04-11 to 2025-05-09" in clerk.types("show", "1")


def test_a_file_that_came_again_is_said_to_have_arrived_before(clerk: Clerk) -> None:
    asks_for(clerk, "8000000140", *BILLED)
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    clerk.types("receive", "1", BILL, "--on", "2026-03-20")
    again = clerk.types("receive", "1", BILL, "--on", "2026-03-21")
    assert "missing: option 5 of 8000000140" in again
    before = "nothing was checked off: that had arrived before; the files are noted"
    assert before in again
    clerk.types("receive", "1", READINGS, "--on", "2026-03-22")
    assert clerk.sees().state is State.COMPLETED
    assert before in clerk.types("receive", "1", BILL, "--on", "2026-03-23")
    assert clerk.sees().events[-1].event == Event.NOTE


def test_nothing_is_read_of_a_day_before_the_request_went_out(clerk: Clerk) -> None:
    asks_for(clerk, "8000000140", *BILLED)
    clerk.types("sent", "1", "--by", "portal", "--on", "2026-03-02")
    with pytest.raises(
        RecordError, match="went out on 2026-03-02; data_received cannot have been on 2026-02-27"
    ):
        clerk.types("receive", "1", BILL, "--on", "2026-02-27")
    assert place_by_hash(clerk.home.originals, hashlib.sha256(BILL.read_bytes()).hexdigest()) is None
    span = Span("8000000140", "billing", *BILLED)
    with writing(clerk.engine) as session, pytest.raises(RecordError, match="went out on 2026-03-02"):
        told = Told(WHO, NOW - dt.timedelta(days=9), NOW)
        brought(session, 1, [Found("b.pdf", "b" * 64, "bill", True, (span,))], told)


def test_nothing_is_read_for_a_request_that_is_not_out(clerk: Clerk) -> None:
    with pytest.raises(IllegalMoveError, match="data_received is not possible while ready"):
        clerk.types("receive", "1", BILL)
    assert place_by_hash(clerk.home.originals, hashlib.sha256(BILL.read_bytes()).hexdigest()) is None


def test_what_ended_unanswered_stays_in_the_list_until_it_is_closed_and_names_no_due_date(
    clerk: Clerk,
) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    assert "2026-03-16" in clerk.types("list")
    clerk.types("reject", "1", "--reason", "form revision", "--on", "2026-03-04")
    said = clerk.types("list")
    assert "rejected" in said and "2026-03-16" not in said
    clerk.types("close", "1")
    assert "no requests are open" in clerk.types("list")
    clerk.types("override", "1", "bounced", "--why", "it came back")
    said = clerk.types("list")
    assert "bounced" in said and "2026-03-16" not in said


def test_an_estimate_is_shown_as_its_range_alone(clerk: Clerk) -> None:
    with writing(clerk.engine) as session:
        detail = {"low": "24.10", "high": "34.10"}
        add(session, 1, Happened(Event.FEE_ESTIMATED, NOW, WHO, detail, amount=Decimal("24.10")), NOW)
    assert "fee_estimated by pat (high 34.10, low 24.10)" in clerk.types("show", "1")


@pytest.mark.parametrize(
    "words",
    [
        ("ack", "1", "--on", "2026-03-01"),
        ("receive", "1", "{file}", "--all", "--on", "2026-02-27"),
        ("correct", "1", "--asked", "name", "--on", "2026-03-01"),
        ("promise", "1", "2026-03-25", "--on", "2026-03-01"),
        ("reject", "1", "--reason", "x", "--on", "2026-03-01"),
        ("sent", "1", "--by", "mail", "--on", "2026-03-01"),
    ],
)
def test_nothing_comes_of_a_request_before_it_went_out(
    clerk: Clerk, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "a.csv").write_bytes(b"kwh")
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02", "--at", "16:00")
    typed = [word.format(file=tmp_path / "a.csv") for word in words]
    with pytest.raises(RecordError, match=r"request 1 went out on 2026-03-02; .* cannot have been on 2026-0"):
        clerk.types(*typed)
    later = [word.replace("2026-03-01", "2026-03-02").replace("2026-02-27", "2026-03-02") for word in typed]
    assert "request 1: " in clerk.types(*later)  # the same day; at which hour was not said


def test_a_correction_is_not_sent_before_it_was_asked_for(clerk: Clerk) -> None:
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    clerk.types("correct", "1", "--asked", "name", "--on", "2026-03-05")
    with pytest.raises(RecordError, match="was to be corrected on 2026-03-05"):
        clerk.types("correct", "1", "--sent", "--on", "2026-03-04")


def test_what_had_arrived_before_is_said_to_have(clerk: Clerk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"kwh")
    clerk.types("sent", "1", "--by", "fax", "--on", "2026-03-02")
    clerk.types("receive", "1", tmp_path / "a.csv", "--item", "1", "--on", "2026-03-03")
    said = clerk.types("receive", "1", tmp_path / "a.csv", "--item", "1", "--on", "2026-03-04")
    assert "nothing was checked off: that had arrived before" in said


def test_nobody_says_nothing(clerk: Clerk) -> None:
    with pytest.raises(NobodyError, match="say who says so, by --who"):
        clerk.types("invoiced", "1", "5.00", "--who", " ")


def test_a_month_that_is_none_is_refused(clerk: Clerk) -> None:
    assert "'2026-13' is no month; write 2026-03" in clerk.types("fees", "--month", "2026-13")
