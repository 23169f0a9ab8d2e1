"""On which days the roster has service accounts as a customer's and as others', for requests.

The days are those of the rows of the meter's service accounts, else of the customer accounts that it is
billed to, as coverage has them: a row of a service account says more than one of a customer account. Another
customer's account counts while the meter is billed to it: until its first bill on the next one.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from datarequests.on_roster import Held
from extractor.base.days import ONE, Days, outside
from extractor.store.numbers import customer_accounts_of, known_as, meters_of
from extractor.store.people import Account
from extractor.store.tables import Bill, CurrentReading, Service

ALWAYS: Days = (dt.date.min, dt.date.max)


class Row(NamedTuple):
    """Whose an account is by a row of the roster, and on which days."""

    customer: str
    days: Days


class RosterDays:
    """The roster's days; the roster and the bills are asked for once, as many requests are checked."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __call__(self, customer: str, accounts: Iterable[str]) -> Mapping[str, Held]:
        """Return whose some service accounts are; those of which nothing is known are left out."""
        found = {account: self._held(customer, known_as(self._meters, account)) for account in accounts}
        return {account: held for account, held in found.items() if held != Held()}

    def _held(self, customer: str, meter: str) -> Held:
        of_meter = self._rows["service", meter]
        own, others = _parted(customer, of_meter)
        accounts = [(turn, self._rows["customer", account]) for account, turn in self._turns[meter]]
        if not own:
            rows = [days for _, rows in accounts for days in _parted(customer, rows)[0]]
            own = [run for days in rows for run in outside(days, others)]
        theirs = [_shared(days, turn) for turn, rows in accounts for days in _parted(customer, rows)[1]]
        others += [days for days in theirs if days[0] <= days[1]]
        return Held(tuple(sorted(own)), tuple(sorted(others)))

    @cached_property
    def _meters(self) -> Mapping[str, str]:
        return meters_of(self._session)

    @cached_property
    def _accounts(self) -> Mapping[str, str]:
        return customer_accounts_of(self._session)

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], Sequence[Row]]:
        """The roster, by the kind of an account and the number that stands for all of its own."""
        found: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self._session.exec(select(Account).order_by(col(Account.id))):
            same = self._meters if row.kind == "service" else self._accounts
            days = row.valid_from or dt.date.min, row.valid_to or dt.date.max
            found[row.kind, known_as(same, row.number)].append(Row(row.customer_key, days))
        return found

    @cached_property
    def _turns(self) -> Mapping[str, Sequence[tuple[str, Days]]]:
        """The roster's customer accounts that a meter is billed to, by an issuer one after the other."""
        begun: dict[tuple[str, str | None], dict[str, dt.date]] = defaultdict(dict)
        for service, account, issuer, first in self._billed():
            name = known_as(self._accounts, account)
            if first is not None and ("customer", name) in self._rows:
                of = begun[known_as(self._meters, service), issuer]
                of[name] = min(first, of.get(name, first))
        found: dict[str, list[tuple[str, Days]]] = defaultdict(list)
        for (meter, _), accounts in begun.items():
            found[meter] += _in_turn(accounts)
        return found

    def _billed(self) -> Iterator[tuple[str, str, str | None, dt.date | None]]:
        """Give service and customer accounts as they stand together on bills, with their first day there."""
        keys = col(Service.plain_account), col(Bill.plain_account), col(Bill.issuer)
        first = func.min(func.coalesce(col(Service.period_start), col(Bill.statement_date)))
        asked = (
            sql_select(*keys, first)
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id))
            .where(keys[0].is_not(None), keys[1].is_not(None))
            .group_by(*keys)
        )
        for row in self._session.execute(asked):
            yield row[0], row[1], row[2], row[3]


def _parted(customer: str, rows: Iterable[Row]) -> tuple[list[Days], list[Days]]:
    """Return the days of a customer's rows, and those of others'."""
    every = list(rows)
    own = [row.days for row in every if row.customer == customer]
    return own, [row.days for row in every if row.customer != customer]


def _in_turn(begun: Mapping[str, dt.date]) -> Iterator[tuple[str, Days]]:
    """Give accounts with their days: each until the next one begins, the first and the last without end.

    >>> begun = {"b": dt.date(2026, 4, 6), "a": dt.date(2025, 1, 1)}
    >>> [(one, str(first), str(last)) for one, (first, last) in _in_turn(begun)]
    [('a', '0001-01-01', '2026-04-05'), ('b', '2026-04-06', '9999-12-31')]
    """
    order = sorted(begun, key=lambda account: (begun[account], account))
    for at, (account, after) in enumerate(zip_longest(order, order[1:])):
        last = ALWAYS[1] if after is None else begun[after] - ONE
        yield account, (begun[account] if at else ALWAYS[0], last)


def _shared(days: Days, other: Days) -> Days:
    return max(days[0], other[0]), min(days[1], other[1])
