"""What feeds say was billed, beside bills: their summary of just these days, or of days one off.

Feeds count the days of a period in their own way (SCE's begin at a midnight of UTC), so of an account the
summary of the same days is looked for, else the only one whose ends are each a day off at most. A summary
is information beside the bill: nothing of a bill, nor of its verdict, depends on it.

    said = summarised(session)
    for one in said.of("8000000001", first, last): one.kwh, one.amount
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from extractor.base.columns import held
from extractor.intervals.given import Summary
from extractor.store.metered import BillingSummary
from extractor.store.numbers import Aliases, aliases_that_hold
from extractor.store.plain import plain
from extractor.store.summaries import Summed, has_summaries, summaries_that_count

DAY = dt.timedelta(days=1)

MONEY, ENERGY = 5, 8
"""Places that are kept: money has five in feeds, energy what a multiplier makes of it."""


@dataclass(frozen=True)
class Summarised:
    """Summaries that count, to be asked for by any number of an account."""

    aliases: Aliases | None = None
    by_account: Mapping[str, Sequence[Summed]] = field(default_factory=dict)

    def of(self, service_account: str, first: dt.date, last: dt.date) -> tuple[Summed, ...]:
        """Return the summaries of an account's billing period, one for each usage point."""
        if self.aliases is None or not self.by_account:
            return ()
        names = {
            plain(one.number)
            for one in self.aliases.numbers_of(service_account)
            if (one.since is None or one.since <= first) and (one.until is None or last <= one.until)
        }
        every = [one for name in sorted(names) for one in self.by_account.get(name, ())]
        same = [one for one in every if (one.first, one.last) == (first, last)]
        near = [one for one in every if abs(one.first - first) <= DAY and abs(one.last - last) <= DAY]
        return tuple(same) or (tuple(near) if len(near) == 1 else ())


NOTHING_SAID = Summarised()


def summarised(session: Session, accounts: Iterable[str] | None = None) -> Summarised:
    """Return the summaries that count, of some accounts by any of their numbers, or of all."""
    if not has_summaries(session):
        return NOTHING_SAID
    aliases = aliases_that_hold(session)
    names = None
    if accounts is not None:
        names = {plain(one.number) for account in accounts for one in aliases.numbers_of(account)}
    by_account: dict[str, list[Summed]] = defaultdict(list)
    for one in summaries_that_count(session, names):
        if one.service_account is not None:
            by_account[one.service_account].append(one)
    return Summarised(aliases, by_account)


def rows_of(given: Iterable[Summary], import_id: int) -> list[BillingSummary]:
    """Return summaries as they are kept; a number that no column can hold exactly is left out."""
    return [
        BillingSummary(
            usage_point=one.usage_point,
            service_account=plain(one.service_account) if one.service_account else None,
            first=one.first,
            last=one.last,
            kwh=held(one.kwh, ENERGY),
            amount=held(one.total, MONEY),
            additional=held(one.additional, MONEY),
            kwh_since=held(one.kwh_since, ENERGY),
            amount_since=held(one.total_since, MONEY),
            currency=one.currency,
            rate_schedule=one.rate_schedule,
            costs=json.dumps([list(cost) for cost in one.costs], default=str),
            import_id=import_id,
        )
        for one in given
        if one.usage_point or one.service_account
    ]
