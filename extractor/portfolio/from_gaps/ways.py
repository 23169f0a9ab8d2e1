"""Which way what is missing can be had: who is asked by which option, under which authorization, until when.

SCE gives billing history (option 1) and readings (option 5), never bills: those only the customer has. A
supplier is asked for its generation where somebody knows how. What an open request has is not asked again.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from datarequests.counterparties import Counterparty
from datarequests.incoming.arrived import BILLING
from extractor.portfolio.from_gaps import window
from extractor.portfolio.from_gaps.days import least, left
from extractor.portfolio.from_gaps.model import AskedFor, Days, Line, Missing, Month, Paper, Way, What
from extractor.store.plain import plain


@dataclass(frozen=True)
class Known:
    """What is known of counterparties, authorizations and requests."""

    desks: Mapping[str, Counterparty]
    papers: Sequence[Paper]
    items: Sequence[AskedFor]
    today: dt.date
    _items: dict[tuple[str, str], list[AskedFor]] = field(default_factory=lambda: defaultdict(list))
    _papers: dict[tuple[str, str], list[Paper]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        """Put items under their accounts, and authorizations under their customers."""
        for item in self.items:
            self._items[item.counterparty, item.account].append(item)
        for paper in sorted(self.papers, key=lambda one: (one.last or dt.date.max, one.number), reverse=True):
            self._papers[paper.customer, paper.counterparty].append(paper)

    def desk(self, seller: str | None) -> Counterparty | None:
        """Return who is asked for what somebody bills, by that one's name on bills; None if nobody is."""
        name = (seller or "").casefold()
        for desk in self.desks.values():
            if name and name in (desk.key.casefold(), desk.known.utility.casefold()):
                return desk
        return None

    def items_of(self, one: Missing, desk: Counterparty, option: str) -> list[AskedFor]:
        """Return what was asked for its customer of a service by an option, the latest request last.

        Of a service that is nobody's it is what was asked for anybody.
        """
        numbers = {plain(number) for number in (*one.service.numbers, one.account)}
        owner = one.service.owner
        items = [
            item
            for number in numbers
            for item in self._items[desk.key, number]
            if item.option == option and (owner is None or item.customer == owner.customer)
        ]
        return sorted(items, key=lambda item: item.request)

    def paper(self, one: Missing, desk: Counterparty, option: str) -> tuple[Paper, str] | None:
        """Return the authorization that covers a service and an option, and the account as it stands there.

        Of several it is the one that holds longest.
        """
        owner = one.service.owner
        numbers = dict.fromkeys(plain(number) for number in (one.account, *one.service.numbers))
        for paper in self._papers[owner.customer, desk.key] if owner else ():
            for number in numbers:
                if number in paper.accounts and paper.covers(option) and not paper.is_used_up:
                    return paper, paper.accounts[number]
        return None


def ways(missing: Iterable[Missing], known: Known) -> list[Line]:
    """Return what is missing with the way it can be had, months that follow on each other together."""
    found = [line for one in missing for line in _lines(one, known)]
    return sorted(_together(found), key=_order)


def option_of(what: What, desk: Counterparty, today: dt.date) -> str | None:
    """Return the option by which a counterparty gives something; None if it gives none of it."""
    if what == "bill_pdf":
        return None
    form = desk.form_on(today)
    if what == "billing_history":
        return BILLING if form.option(BILLING) is not None else None
    return next((one.option for one in form.options if one.kind == what), None)


def _lines(one: Missing, known: Known) -> Iterator[Line]:
    """Give the lines of a month: what of it is asked, and what is to be."""
    if one.what == "bill_pdf":
        yield _line(one, "letter" if one.service.owner else "nobody")
        return
    desk = known.desk(one.seller)
    option = option_of(one.what, desk, known.today) if desk else None
    if desk is None or option is None:
        note = f"{one.seller} is not asked here" if one.seller else "nobody knows who sells the energy"
        yield _line(one, "elsewhere", note=note)
        return
    items = known.items_of(one, desk, option)
    rest = [one.month[1]]
    for item in items:
        if item.is_open and item.days and rest:
            before = rest
            rest = [run for days in before for run in left(days, [item.days], least(one.what))]
            if rest != before:
                days = _shared(one.month[1], item.days)
                line = _line(one, "asked", days, counterparty=desk.key, option=option)
                note = item.state.replace("_", " ")
                yield replace(line, request=item.request, under=item.under, note=note)
    for days in rest:
        yield _to_ask(one, days, desk, option, known, items)


def _to_ask(
    one: Missing, days: Days, desk: Counterparty, option: str, known: Known, items: Sequence[AskedFor]
) -> Line:
    """Return how days are asked for of which no open request is."""
    months = desk.known.look_back_months
    begin = window.begins(known.today, months.value)
    line = replace(
        _line(one, "outside", days, counterparty=desk.key, option=option), is_assumed=months.source.assumed
    )
    if days[1] < begin:
        left_on = window.leaves(days[1], months.value)
        return replace(line, note=f"left the window of {months.value} months on {left_on}")
    asked = (max(days[0], begin), days[1])
    notes = [f"days before {begin} have left the window"] if asked != days else []
    notes += _asked_before(asked, items)
    leaves = ((one.month[0], window.leaves(asked[0], months.value)),)
    line = replace(line, months=((one.month[0], asked),), leaves=leaves, note="; ".join(notes))
    if one.service.owner is None:
        return replace(line, way="nobody")
    covered = known.paper(one, desk, option)
    if covered is None:
        return replace(line, way="unauthorized")
    paper, account = covered
    return replace(line, way="request", under=paper.number, account=account)


def _asked_before(days: Days, items: Sequence[AskedFor]) -> list[str]:
    """Say which request that has ended asked for all of some days last."""
    ended = [
        item
        for item in items
        if not item.is_open and item.days and item.days[0] <= days[0] and days[1] <= item.days[1]
    ]
    return [f"request {ended[-1].request} asked for it and is {ended[-1].state}"] if ended else []


def _line(
    one: Missing,
    way: Way,
    days: Days | None = None,
    *,
    counterparty: str | None = None,
    option: str | None = None,
    note: str = "",
) -> Line:
    months: tuple[Month, ...] = ((one.month[0], days or one.month[1]),)
    return Line(one.service, one.what, one.account, months, way, counterparty, option, note=note)


def _shared(days: Days, other: Days) -> Days:
    return max(days[0], other[0]), min(days[1], other[1])


def _together(lines: Iterable[Line]) -> Iterator[Line]:
    """Give lines with those joined that are the same but for their days, and follow on each other."""
    by: dict[tuple[object, ...], list[Line]] = defaultdict(list)
    for line in lines:
        owner = line.service.owner
        key = (line.service.known_as, owner.customer if owner else None, line.what, line.way)
        by[(*key, line.account, line.counterparty, line.option, line.under, line.request)].append(line)
    for same in by.values():
        ordered = sorted(same, key=lambda line: (line.first, line.last))
        run = [ordered[0]]
        for before, line in pairwise(ordered):
            apart = (line.first - before.last).days - 1
            if apart < least(line.what):
                run.append(line)
            else:
                yield _joined(run)
                run = [line]
        yield _joined(run)


def _joined(run: Sequence[Line]) -> Line:
    """Return lines as one; what is said of one of its months is said of that month."""
    if len(run) == 1:
        return run[0]
    notes = dict.fromkeys(line.note for line in run if line.note)
    return replace(
        run[0],
        months=tuple(month for line in run for month in line.months),
        leaves=tuple(one for line in run for one in line.leaves),
        note="; ".join(notes),
    )


def _order(line: Line) -> tuple[bool, str, str, dt.date, str]:
    owner = line.service.owner
    name = owner.customer_name if owner else ""
    return owner is None, name, line.service.numbers[0], line.first, line.what
