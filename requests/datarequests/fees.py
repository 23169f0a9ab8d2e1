"""What a request will cost, as a range with what it rests on; and what was invoiced for it.

The published table counts by schedule and date (`known/*.toml`). What its text leaves open, and what others
have used of the free fulfilments, keeps the range open: the low end is what it costs if all of that is in our
favour, the high end if nothing is. Source: SCE's questions and answers on Form 14-796, fees from 2025-01-02.

>>> from datarequests.counterparties import shipped
>>> asked = [(option, account) for option in "15" for account in "ABC"]
>>> first = estimate(shipped()["sce"], asked, dt.date(2026, 3, 2))
>>> first.low, first.high
(Decimal('35.10'), Decimal('50.10'))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from datarequests.counterparties import Counterparty, Fees, Range
from datarequests.validity import months_after
from extractor.base.errors import BillclerkError

NOTHING = Decimal("0.00")

SCHEDULE = "CISR-SF"
"""SCE's schedule for third parties that are no supplier."""


class FeeError(BillclerkError):
    """There is no such schedule of fees on that day; the message names those there are."""

    exit_code = 2


@dataclass(frozen=True)
class Estimate:
    """What a request will cost, in dollars."""

    low: Decimal
    high: Decimal | None
    """None: nobody has published what limits it."""
    schedule: str
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class Used:
    """Fulfilments of the free option that we know of, of one service account before a day."""

    rolling: int = 0
    """In the months before it."""
    calendar: int = 0
    """In its calendar year."""

    @property
    def fewest(self) -> int:
        """As many as count if the text is read in our favour."""
        return min(self.rolling, self.calendar)


def estimate(
    to: Counterparty,
    asked: Iterable[tuple[str, str]],
    on: dt.date,
    schedule: str | None = None,
    used: Mapping[str, Used] | None = None,
    is_first: bool = True,
) -> Estimate:
    """Return what options of service accounts cost when they are asked on a day.

    `used` are the free fulfilments of each account that are known of; `is_first` says whether it is the first
    request under its form.

    Raises:
        FeeError: if there is no such schedule then.
    """
    fees = _fees(to, on, schedule)
    if fees is None:
        return Estimate(NOTHING, None, "none", (f"no fee of {to.name} is published",))
    said: dict[str, None] = {f"schedule {fees.schedule} of {fees.begins}: {fees.source.text}": None}
    low, high = _base(fees, is_first, said)
    top: Decimal | None = high
    for account, options in _by_account(asked).items():
        for kind, names in _by_class(to, on, options).items():
            least, most = _of_class(fees, kind, names, (used or {}).get(account, Used()), said)
            low += least
            top = None if top is None or most is None else top + most
    return Estimate(low, top, fees.schedule, tuple(said))


def _fees(to: Counterparty, on: dt.date, schedule: str | None) -> Fees | None:
    """Return the fees that count: those named, else third parties' or the only ones; no alternative."""
    begun = [one for one in to.known.fees if one.begins <= on]
    usual = [one for one in begun if not one.alternative]
    if schedule is None and not usual:
        return None
    if schedule is None:
        names = {one.schedule for one in usual}
        schedule = SCHEDULE if SCHEDULE in names or len(names) > 1 else usual[0].schedule
    found = to.fees_on(on, schedule)
    if found is None:
        known = ", ".join(sorted({one.schedule for one in begun})) or "none"
        raise FeeError(f"{to.key} has no schedule {schedule!r} on {on}; there are: {known}")
    return found


def _base(fees: Fees, is_first: bool, said: dict[str, None]) -> tuple[Decimal, Decimal]:
    low, high = _range(fees.base)
    if is_first:
        return low, high
    said["whether the base fee is charged again for a later request under one form is not published"] = None
    return NOTHING, high


def _of_class(
    fees: Fees, kind: str, options: tuple[str, ...], used: Used, said: dict[str, None]
) -> tuple[Decimal, Decimal | None]:
    """Return the fees of the options of one class of one service account."""
    fee = {str(name): value for name, value in fees.per_account.items()}.get(kind)
    if fee is None:
        said[f"schedule {fees.schedule} has no row for {kind}: it may cost anything"] = None
        return NOTHING, None
    least, most = _range(fee)
    count = len(options)
    if count > 1:
        said["whether each option of a class is charged, or all of them once, is not published"] = None
    free = fees.free
    if free is None or free.option not in options:
        return least, most * count
    if used.fewest >= free.fulfilments:
        return least, most * count
    if max(used.rolling, used.calendar) >= free.fulfilments:
        said[f"whether {free.months} months are rolling or a calendar year is not published"] = None
    said[
        f"the first {free.fulfilments} fulfilments of option {free.option} in {free.months} months cost"
        " nothing; those that other agents have used are unknown"
    ] = None
    return (NOTHING if count == 1 else least), most * count


def _range(fee: Range) -> tuple[Decimal, Decimal]:
    return fee if isinstance(fee, tuple) else (fee, fee)


def _by_account(asked: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for option, account in asked:
        found.setdefault(account, []).append(option)
    return found


def _by_class(to: Counterparty, on: dt.date, options: Iterable[str]) -> dict[str, tuple[str, ...]]:
    form = to.form_on(on)
    found: dict[str, tuple[str, ...]] = {}
    for name in dict.fromkeys(options):
        option = form.option(name)
        if option is not None:
            found[option.kind] = (*found.get(option.kind, ()), name)
    return found


def used_of(fulfilled: Iterable[dt.date], on: dt.date, months: int = 12) -> Used:
    """Return how often the free option was fulfilled of an account, by the days on which that was.

    >>> used_of([dt.date(2025, 11, 3), dt.date(2026, 1, 9)], dt.date(2026, 3, 2))
    Used(rolling=2, calendar=1)
    """
    days = [day for day in fulfilled if day <= on]
    begin = months_after(on, -months)
    return Used(sum(day > begin for day in days), sum(day.year == on.year for day in days))
