"""Requests drafted: what is asked, of which accounts, over which days, under which authorization.

A request asks each of its options of each of its accounts; that is an item, which arrives or is missing. What
nothing says is taken from the authorization: all its accounts, all its options. Days are the last twelve
months, as no more may be released (Form 14-796), of which those are left out that by the roster are not the
customer's, unless somebody says otherwise.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlmodel import Session, select

from datarequests.authorization_flow import HOLDS, NEVER_MORE
from datarequests.consents import Seen, all_seen, seen
from datarequests.counterparties import Counterparty
from datarequests.desks import desk
from datarequests.history import Happened, add, authorization_of
from datarequests.on_roster import Held, HeldOf, nothing_known
from datarequests.own_days import LeftOut, left_out, own_days
from datarequests.tables import DataRequest, RequestItem
from datarequests.validity import months_after
from datarequests.workflow import Event
from extractor.base.errors import BillclerkError

WANTS = ("billing_history", "interval", "bill_pdf", "generation")
"""What somebody is after, in words of ours: the linter compares it with the options that are asked."""

CHANNELS = ("email", "fax", "mail", "portal")

WITHOUT_PERIOD = ("rate_analysis", "rate_change")
"""Classes of options that are about no span of days."""


class DraftError(BillclerkError):
    """A request cannot be drafted so; the message says what to name, or where."""

    exit_code = 2


@dataclass(frozen=True)
class Ask:
    """An item as somebody asks for it: an option of one service account, over days of its own."""

    service_account: str
    option: str
    first: dt.date
    last: dt.date
    """Days, both inclusive."""


@dataclass(frozen=True)
class Wanted:
    """A request as somebody asks for it; what is empty is taken from the authorization."""

    customer: str
    counterparty: str
    authorization: int | None = None
    accounts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None
    """Days, both inclusive."""
    channel: str = "email"
    manager: str | None = None
    wants: tuple[str, ...] = ()
    """What of `WANTS` the customer is after."""
    batch: str | None = None
    items: tuple[Ask, ...] = ()
    """Just these, each with its days, rather than each option of each account."""


class Drafted(NamedTuple):
    """A request that is a draft."""

    row: DataRequest
    is_new: bool
    """False of a line of a file that was drafted before."""
    left_out: tuple[LeftOut, ...] = ()


def new_token() -> str:
    """Return what stands in a subject beside the number, which nobody can guess."""
    return secrets.token_hex(4)


def draft(
    session: Session,
    wanted: Wanted,
    who: str,
    now: dt.datetime,
    token: str,
    held_of: HeldOf = nothing_known,
) -> Drafted:
    """Keep the draft of a request; a line of a file is drafted once. `held_of` gives what the roster says.

    Raises:
        DraftError: if it cannot be asked so.
        CounterpartyError: if there is no such counterparty.
        UnknownRequestError: if there is no such authorization.
    """
    if wanted.batch is not None:
        there = session.exec(select(DataRequest).where(DataRequest.batch == wanted.batch)).first()
        if there is not None:
            return Drafted(there, False)
    to = desk(session, wanted.counterparty)
    today = now.astimezone(to.zone).date()
    under = authorization_for(session, wanted, to, now)
    not_asked: list[LeftOut] = []
    asks = tuple(_asks(wanted, under, to, today, held_of, not_asked))
    _refuse_odd(wanted)
    row = DataRequest(
        counterparty=to.key,
        authorization_id=under.number,
        customer=wanted.customer,
        manager=wanted.manager,
        channel=wanted.channel,
        token=token,
        batch=wanted.batch,
        created_at=now,
        who=who,
    )
    session.add(row)
    session.flush()
    for ask in asks:
        span = (ask.first, ask.last) if has_period(ask.option, to, today) else (None, None)
        session.add(
            RequestItem(
                request_id=row.id or 0,
                service_account=ask.service_account,
                option=ask.option,
                first=span[0],
                last=span[1],
            )
        )
    session.flush()
    detail = {"wants": list(wanted.wants)} if wanted.wants else {}
    add(session, row.id or 0, Happened(Event.DRAFTED, now, who, detail), now)
    return Drafted(row, True, tuple(not_asked))


def _asks(
    wanted: Wanted, under: Seen, to: Counterparty, today: dt.date, held_of: HeldOf, not_asked: list[LeftOut]
) -> Iterator[Ask]:
    """Give the items that are asked for, and add the days that the roster leaves out.

    Raises:
        DraftError: if the first day comes after the last, the counterparty has no such option, or no day is
            left.
    """
    if wanted.items:
        for one in wanted.items:
            days_of(replace(wanted, first=one.first, last=one.last), to, today)
            _known_option(one.option, to, today)
        yield from dict.fromkeys(wanted.items)
        return
    days = days_of(wanted, to, today)
    accounts, options = asked_of(wanted, under, to, today)
    held = {account: Held() for account in accounts} | dict(held_of(wanted.customer, accounts))
    is_said = {"is_first_said": wanted.first is not None, "is_last_said": wanted.last is not None}
    runs = {account: own_days(held[account], days, **is_said) for account in accounts}
    if runs and not any(runs.values()) and all(has_period(option, to, today) for option in options):
        raise DraftError(
            f"by the roster nothing that is asked is {wanted.customer}'s on a day from {days[0]}"
            f" to {days[1]}; name other accounts by --account, other days by --from and --to"
        )
    for account in accounts:
        not_asked += left_out(account, held[account], days, runs[account])
        for option in options:
            for first, last in runs[account] if has_period(option, to, today) else [days]:
                yield Ask(account, option, first, last)


def authorization_for(session: Session, wanted: Wanted, to: Counterparty, now: dt.datetime) -> Seen:
    """Return the authorization that a request is made under: the one named, else the only one that can be.

    Raises:
        DraftError: if there is none, or more than one and none is named, or it is another's.
    """
    if wanted.authorization is not None:
        found = seen(session, authorization_of(session, wanted.authorization), now)
        if (found.row.customer, found.row.counterparty) != (wanted.customer, to.key):
            raise DraftError(
                f"authorization {found.number} is {found.row.customer}'s for {found.row.counterparty},"
                f" not {wanted.customer}'s for {to.key}"
            )
        return found
    every = [
        one for one in all_seen(session, now, wanted.customer, to.key) if one.validity.state not in NEVER_MORE
    ]
    holding = [one for one in every if one.validity.holds]
    match holding or [one for one in every if one.validity.state not in HOLDS]:
        case [one]:
            return one
        case []:
            raise DraftError(
                f"{wanted.customer} has no authorization for {to.key} that holds or is being signed;"
                " draft one: `billclerk authorizations draft`"
            )
        case several:
            numbers = ", ".join(str(one.number) for one in several)
            raise DraftError(
                f"{wanted.customer} has several authorizations for {to.key} ({numbers}); name one"
            )


def days_of(wanted: Wanted, to: Counterparty, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the days that are asked for: by default as many months until yesterday as may be released.

    Raises:
        DraftError: if the first comes after the last.
    """
    last = wanted.last or today - dt.timedelta(days=1)
    months = to.known.look_back_months.value
    first = wanted.first or months_after(last + dt.timedelta(days=1), -months)
    if first > last:
        raise DraftError(f"the first day {first} comes after the last {last}")
    return first, last


def asked_of(
    wanted: Wanted, under: Seen, to: Counterparty, today: dt.date
) -> tuple[Sequence[str], Sequence[str]]:
    """Return accounts and options that are asked for, each once, in their order.

    Raises:
        DraftError: if the counterparty has no such option.
    """
    accounts = wanted.accounts or tuple(one["service_account"] for one in under.row.accounts)
    options = wanted.options or tuple(under.row.options)
    for option in options:
        _known_option(option, to, today)
    return tuple(dict.fromkeys(accounts)), tuple(dict.fromkeys(options))


def _known_option(option: str, to: Counterparty, today: dt.date) -> None:
    form = to.form_on(today)
    if form.option(option) is None:
        known = ", ".join(one.option for one in form.options)
        raise DraftError(f"{to.key} has no option {option!r}; known: {known}")


def has_period(option: str, to: Counterparty, today: dt.date) -> bool:
    """Tell whether an option is about a span of days; equipment and rates are about none."""
    known = to.form_on(today).option(option)
    return known is not None and known.kind not in WITHOUT_PERIOD and option != "8"


def _refuse_odd(wanted: Wanted) -> None:
    if wanted.channel not in CHANNELS:
        raise DraftError(f"{wanted.channel!r} is no channel; known: {', '.join(CHANNELS)}")
    for want in wanted.wants:
        if want not in WANTS:
            raise DraftError(f"{want!r} is nothing that can be wanted; known: {', '.join(WANTS)}")
