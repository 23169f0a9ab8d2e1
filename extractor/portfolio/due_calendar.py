"""Due dates as an iCalendar file: a day's entry for each account, which moves with its latest statement."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from icalendar import Alarm, Calendar, Event

from extractor.portfolio.due import Due
from extractor.store.plain import plain

REMIND = dt.timedelta(days=-3)
"""When a calendar reminds of a day, before it."""


def calendar(rows: Iterable[Due], now: dt.datetime) -> bytes:
    """Return a calendar of all that has a day and has to be paid.

    An entry is told by its account: taken in again it is brought up to date, not doubled, and it is that of a
    later statement once one has come. Of an account with nothing to pay there is none.
    """
    found = Calendar()
    found.add("prodid", "-//billclerk//due dates//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", "Electricity bills due")
    for key, (row, doubtful) in _by_account(rows).items():
        if row.bill.due_date is not None:
            found.add_component(_entry(key, row, doubtful, row.bill.due_date, now))
    return bytes(found.to_ical())


def _by_account(rows: Iterable[Due]) -> dict[str, tuple[Due, list[Due]]]:
    """Return each account's amount that has a day, the certain one if there is one, and others beside it."""
    found: dict[str, tuple[Due, list[Due]]] = {}
    with_day = (row for row in rows if row.bill.due_date is not None and row.amount > 0)
    for row in sorted(with_day, key=lambda one: (not one.bill.counts, one.bill.due_date)):
        key = f"{row.bill.issuer}|{plain(row.account)}"
        if key in found:
            found[key][1].append(row)
        else:
            found[key] = row, []
    return found


def _entry(key: str, row: Due, doubtful: Sequence[Due], day: dt.date, now: dt.datetime) -> Event:
    entry = Event()
    entry.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@billclerk")
    entry.add("dtstamp", now)
    entry.add("sequence", int(now.timestamp()) // 60)  # whatever the file of a later minute says goes before
    entry.add("dtstart", day)
    entry.add("dtend", day + dt.timedelta(days=1))
    nobody = "no one customer's alone" if row.acting.is_shared else "nobody of the roster"
    whose = row.owner.customer_name if row.owner is not None else nobody
    entry.add("summary", f"{row.bill.issuer} ${row.amount:,.2f}, {whose}{_mark(row, doubtful)}")
    lines = [
        f"customer account {row.account}, statement of {row.bill.statement_date}",
        row.said,
        f"billclerk show {row.bill.name}",
        *(
            f"in doubt: ${one.amount:,.2f} by {one.bill.due_date}, billclerk show {one.bill.name}"
            for one in doubtful
        ),
    ]
    entry.add("description", "\n".join(line for line in lines if line))
    entry.add("transp", "TRANSPARENT")
    if row.state != "autopay":
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", "electricity bill due")
        alarm.add("trigger", REMIND)
        entry.add_component(alarm)
    return entry


def _mark(row: Due, doubtful: Sequence[Due]) -> str:
    """Return what has to be seen without opening the entry."""
    marks = [] if row.state != "autopay" else ["autopay"]
    marks += [] if row.bill.counts else ["in doubt"]
    marks += ["another amount in doubt"] if doubtful else []
    marks += [] if row.supply is None else ["paid with SCE's"]
    return f" ({', '.join(marks)})" if marks else ""
