"""A portfolio of requests in all kinds of states, made up, as of Friday 2026-03-20 in the morning."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session

from datarequests.history import Happened, add
from datarequests.outside import Told, assign, promise, record
from datarequests.people import People, Person
from datarequests.received import receive
from datarequests.workflow import Event
from tests.datarequests.made import WHO, authorization, request, sent

LA = ZoneInfo("America/Los_Angeles")

PEOPLE = People(
    {"pat": Person("pat", "Pat Example", "pat@example.com"), "kim": Person("kim", "Kim Example")},
    {"acme": "Acme Bakery", "dairy": "Example Dairy & <Sons>"},
)


def at(day: str, time: str = "10:00") -> dt.datetime:
    """A moment in Los Angeles."""
    return dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=LA).astimezone(dt.UTC)


TODAY = at("2026-03-20", "09:00")


def told(day: str, **fields: str) -> Told:
    """What a person says on a day."""
    return Told(WHO, at(day), at(day), **fields)


def portfolio(session: Session) -> dict[str, int]:
    """Keep requests of two customers; return their numbers by what they are."""
    paper = authorization(session, at("2026-01-05")).id or 0
    soon_gone = authorization(session, at("2025-04-07"), customer="dairy").id or 0

    def out(name: str, day: str, **fields: object) -> int:
        given: dict[str, object] = {"authorization_id": paper, "token": name, **fields}
        return sent(session, at(day), **given).id or 0

    numbers = {
        "draft": request(session, at("2026-03-18"), authorization_id=paper, token="draft").id or 0,
        "waiting": out("waiting", "2026-03-17", customer="dairy", authorization_id=soon_gone),
        "due_soon": out("due_soon", "2026-03-09"),
        "past": out("past", "2026-03-04", manager=None),
        "target": out("target", "2026-03-03", counterparty="cpa"),
        "partial": out("partial", "2026-03-10"),
        "correction": out("correction", "2026-03-11"),
        "done": out("done", "2026-02-10"),
        "done_late": out("done_late", "2026-02-10"),
        "timed_out": out("timed_out", "2026-01-12"),
        "unsigned": request(session, at("2026-03-19"), authorization_id=None, token="unsigned").id or 0,
    }
    fee = {"low": "15.10", "high": "40.10", "schedule": "CISR-SF"}
    low = Decimal("15.10")
    add(
        session, numbers["past"], Happened(Event.FEE_ESTIMATED, at("2026-03-04"), WHO, fee, amount=low), TODAY
    )
    record(session, numbers["past"], Event.NOTE, told("2026-03-05"), {"note": "a secret of ours"})
    record(session, numbers["waiting"], Event.ACKNOWLEDGED, told("2026-03-18"), {"case": "C-1"})
    promise(session, numbers["target"], dt.date(2026, 3, 18), told("2026-03-10"))
    receive(session, numbers["partial"], [1], ["b" * 64], told("2026-03-16"))
    record(session, numbers["correction"], Event.CORRECTION_ASKED, told("2026-03-13"), {"reason": "name"})
    receive(session, numbers["done"], [1, 2], ["c" * 64], told("2026-02-19"))
    receive(session, numbers["done_late"], [1, 2], ["c" * 64], told("2026-03-02"))
    record(session, numbers["timed_out"], Event.TIMED_OUT, told("2026-02-20", why="nobody answers"))
    assign(session, numbers["done"], "kim", PEOPLE.managers, told("2026-02-11"))
    return numbers
