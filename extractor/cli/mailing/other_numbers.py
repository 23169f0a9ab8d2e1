"""Files that name a meter by another number than the request did: the old one, or the new one.

The store's aliases say which numbers are one meter's service, and on which days. What a file holds under such
a number counts for the number that was asked for, on those days: readings day by day, a bill where all of
its days are among them, as part of a bill is not known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlmodel import Session

from datarequests.history import items_of
from datarequests.incoming.arrived import Found, Span
from extractor.store.numbers import Number, aliases_that_hold
from extractor.store.plain import plain


def as_asked(session: Session, request: int, found: Sequence[Found]) -> list[Found]:
    """Return what files hold, under the service accounts too that a request asks for."""
    aliases = aliases_that_hold(session)
    asked = {plain(item.service_account) for item in items_of(session, request)}
    others = {account: aliases.numbers_of(account)[1:] for account in sorted(asked)}
    return [
        replace(one, spans=(*one.spans, *(span for each in one.spans for span in _also(each, others))))
        for one in found
    ]


def _also(span: Span, others: dict[str, list[Number]]) -> Iterator[Span]:
    """Give what a span is under the numbers that are asked for."""
    for account, numbers in others.items():
        for number in numbers:
            if plain(number.number) == plain(span.service_account):
                yield from _within(replace(span, service_account=account), number)


def _within(span: Span, number: Number) -> Iterator[Span]:
    """Give the days of a span on which a number is the account's."""
    first = max(span.first, number.since or dt.date.min)
    last = min(span.last, number.until or dt.date.max)
    is_whole = (first, last) == (span.first, span.last)
    if first <= last and (is_whole or span.holds == "interval"):
        yield replace(span, first=first, last=last)
