"""`billclerk request list` and `show`: requests as they stand now, and how each date came about."""

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from datarequests.viewed import Viewed

HASH = re.compile(r"[0-9a-f]{64}")

Number = Annotated[int, typer.Argument(metavar="REQUEST", help="The number of a request.")]
Customer = Annotated[str | None, typer.Option("--customer", help="Of this customer of the roster.")]
Manager = Annotated[str | None, typer.Option("--manager", help="Looked after by this manager of the roster.")]


def listed(
    customer: Customer = None,
    manager: Manager = None,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    home: HomeOption = None,
) -> None:
    """List the requests that have not ended, or ended unanswered; whose turn it is, and by when."""
    from rich.table import Table

    from datarequests.report import is_shown, refuse_unknown
    from datarequests.viewed import all_viewed
    from extractor.base.database import reading
    from extractor.cli.noted import console
    from extractor.cli.request.told import people_of
    from extractor.cli.wording import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    titles = ("request", "to", "customer", "state", "sent", "days", "latest", "turn", "received", "next")
    for title in titles:
        table.add_column(title)
    with opened(home) as at, reading(at.engine) as session:
        refuse_unknown(session, manager, customer, people_of(session))
        for one in all_viewed(session, now(), [customer] if customer else [], [manager] if manager else []):
            if every or is_shown(one):
                table.add_row(*(clean(str(value)) for value in _row(one)))
    if table.row_count:
        console().print(table)
    else:
        print("no requests are open", file=sys.stderr)


def _row(one: "Viewed") -> tuple[Any, ...]:
    clock = one.clock
    sent = f"{clock.started.astimezone(clock.window.zone):%Y-%m-%d}" if clock else "-"
    days = f"{clock.elapsed(one.today)} of {clock.window.latest}" if clock else "-"
    latest = f"{clock.latest or 'paused'}" if clock and clock.stopped is None else "-"
    state = f"{one.state}, {past(one)}" if one.is_past else str(one.state)
    received = f"{one.received} of {len(one.items)}"
    to, customer = one.request.counterparty, one.request.customer
    return one.number, to, customer, state, sent, days, latest, one.side, received, one.next_step


def past(one: "Viewed") -> str:
    """Return what a window that has passed is called: no counterparty has published a binding term."""
    assert one.clock is not None
    return "past internal target" if one.clock.window.is_target else "past expected window"


def show(number: Number, home: HomeOption = None) -> None:
    """Show a request: what is asked, what happened, and how each due date came about, day by day."""
    from datarequests.history import request_of
    from datarequests.viewed import viewed
    from extractor.base.database import reading
    from extractor.cli.wording import clean

    with opened(home) as at, reading(at.engine) as session:
        for line in _lines(viewed(session, request_of(session, number), now())):
            print(clean(line))


def _lines(one: "Viewed") -> "list[str]":
    from datarequests.explained import explained

    lines = [f"request {one.number} to {one.counterparty.name}, for {one.request.customer}: {one.state}"]
    if one.validity is not None:
        until = f", until {one.validity.last}" if one.validity.last else ""
        lines.append(f"authorization {one.request.authorization_id}: {one.validity.word}{until}")
    else:
        lines.append("no authorization")
    lines.append(f"turn: {one.side}; next: {one.next_step}")
    for at, item in enumerate(one.items, 1):
        span = f", {item.first} to {item.last}" if item.first and item.last else ""
        received = f"received {item.received_at:%Y-%m-%d}" if item.received_at else "missing"
        lines.append(f"item {at}: option {item.option} of {item.service_account}{span}: {received}")
    lines.append("")
    lines += _events(one)
    if one.clock is not None:
        lines += ["", *explained(one.clock, one.today)]
    return lines


def _events(one: "Viewed") -> "list[str]":
    from datarequests.workflow import Event

    zone = one.counterparty.zone
    lines = []
    for event in one.events:
        detail = ", ".join(f"{name} {_shown(value)}" for name, value in sorted(event.detail.items()))
        is_invoice = event.amount is not None and event.event != Event.FEE_ESTIMATED  # that has low and high
        amount = f", ${event.amount}" if is_invoice else ""
        at = event.occurred_at.astimezone(zone)
        lines.append(
            f"{at:%Y-%m-%d %H:%M} {event.event} by {event.who}{amount}{f' ({detail})' if detail else ''}"
        )
    return lines


def _shown(value: object) -> str:
    """Return a detail of an event for a person; of a file's hash its first digits, as elsewhere."""
    if isinstance(value, dict):  # what a file holds
        return "{service_account} {holds} {first} to {last}".format_map(value)
    if isinstance(value, list):
        return "; ".join(_shown(one) for one in value) or "-"
    text = str(value)
    return text[:12] if HASH.fullmatch(text) else text
