"""Who looks after a service: its own rows of the roster say it, else those of its customer account.

As in `extractor.portfolio.owners`: what the row of the service account does not say of the site with its
manager, and of the cost centre, the same customer's row of the customer account does, on its days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from extractor.store.people import Account
from extractor.store.roster import Listed

Span = tuple[dt.date, dt.date]
"""First and last day, both inclusive."""

DAY = dt.timedelta(days=1)


def looked_after(rows: Iterable[Listed], heads: Sequence[Listed]) -> Iterator[Listed]:
    """Give the rows of service accounts with what those of their customer accounts add, the first one first.

    A row is divided where another one begins to say it.
    """
    for row in rows:
        near = [head for head in heads if head.customer.key == row.customer.key]
        pieces = [(span, _filled(row, _holding(near, span[0]))) for span in _spans(row, near)]
        for _, same in groupby(pieces, key=lambda piece: _said(piece[1])):
            of = list(same)
            yield _cut(of[0][1], (of[0][0][0], of[-1][0][1]))


def _days(row: Listed) -> Span:
    return row.account.valid_from or dt.date.min, row.account.valid_to or dt.date.max


def _spans(row: Listed, heads: Iterable[Listed]) -> list[Span]:
    """Return the days of a row, divided where others begin and end."""
    first, last = _days(row)
    begins = {first}
    for head in heads:
        begin, end = _days(head)
        begins |= {begin} if end == dt.date.max else {begin, end + DAY}
    starts = sorted(day for day in begins if first <= day <= last)
    return list(zip(starts, [*(day - DAY for day in starts[1:]), last], strict=True))


def _holding(heads: Iterable[Listed], day: dt.date) -> list[Listed]:
    return [head for head in heads if _days(head)[0] <= day <= _days(head)[1]]


def _filled(row: Listed, heads: Iterable[Listed]) -> Listed:
    for head in heads:
        if row.site is None:
            row = row._replace(site=head.site, manager=row.manager or head.manager)
        if row.account.cost_center is None and head.account.cost_center is not None:
            row = row._replace(account=_changed(row.account, cost_center=head.account.cost_center))
    return row


def _said(row: Listed) -> tuple[str | None, ...]:
    site, manager = row.site.key if row.site else None, row.manager.key if row.manager else None
    return site, manager, row.account.cost_center


def _cut(row: Listed, span: Span) -> Listed:
    if span == _days(row):
        return row
    first, last = span
    days = {
        "valid_from": None if first == dt.date.min else first,
        "valid_to": None if last == dt.date.max else last,
    }
    return row._replace(account=_changed(row.account, **days))


def _changed(account: Account, **values: str | dt.date | None) -> Account:
    """Return a copy of a row that no database knows."""
    return Account(**account.model_dump() | values)
