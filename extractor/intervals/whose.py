"""Which readings are a service account's, by all of its numbers.

Aliases are followed with their days (`extractor.store.numbers`): what goes by another number is the
account's on the local days of the alias only, and a succession is never followed. Where one reading has
come under two numbers, it is one meter's and counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlmodel import Session, col, select

from extractor.intervals import clock
from extractor.intervals.held.whose import Owned, owned
from extractor.store.numbers import Number, numbers_of
from extractor.store.people import Alias
from extractor.store.usage_points import plain, standings

ALWAYS = (-(2**62), 2**62)

Span = tuple[int, int]
"""Two instants, in seconds since 1970, the end exclusive."""


class Part(NamedTuple):
    """A series, and when it is the account's."""

    series: Owned
    within: Span = ALWAYS


class OfAccount(NamedTuple):
    """The series of energy of a service account."""

    parts: tuple[Part, ...]
    is_aliased: bool = False
    """Whether some of them go by another number."""


NOTHING = OfAccount(())


@dataclass(frozen=True)
class Holdings:
    """All series of energy of one state of the store, to be asked for by service account."""

    session: Session
    series: Mapping[str, Sequence[Owned]]
    """By the account that a file or a usage point names, without hyphens."""
    unsure: Mapping[str, Sequence[str]]
    """By account the usage points that may be its, as feeds give them to several."""
    spelled: Mapping[str, Sequence[str]]
    """Numbers as aliases have them, by the number without hyphens."""
    _known: dict[str, OfAccount] = field(default_factory=dict)

    def of(self, number: str) -> OfAccount:
        """Return the series of a service account."""
        account = plain(number)
        if account not in self._known:
            self._known[account] = self._found(account)
        return self._known[account]

    def _found(self, account: str) -> OfAccount:
        own = tuple(Part(one) for one in self.series.get(account, ()))
        others = [
            Part(series, _span(one))
            for one in self._other_numbers(account)
            for series in self.series.get(plain(one.number), ())
        ]
        return OfAccount((*own, *others), bool(others))

    def _other_numbers(self, account: str) -> list[Number]:
        found = [
            one for spelled in self.spelled.get(account, ()) for one in numbers_of(self.session, spelled)
        ]
        return [one for one in found if plain(one.number) != account]


def holdings(session: Session) -> Holdings:
    """Return all series of energy, by whose they are."""
    series: dict[str, list[Owned]] = defaultdict(list)
    for one in owned(session):
        if one.service_account is not None and one.unit == "Wh":
            series[one.service_account].append(one)
    unsure: dict[str, list[str]] = defaultdict(list)
    for point in standings(session).values():
        for account in point.named if point.service_account is None else ():
            unsure[account].append(point.usage_point)
    spelled: dict[str, dict[str, None]] = defaultdict(dict)
    for pair in session.exec(select(Alias.number, Alias.other).where(col(Alias.undone_at).is_(None))):
        for number in pair:
            spelled[plain(number)][number] = None
    return Holdings(session, series, unsure, {account: tuple(of) for account, of in spelled.items()})


def _span(one: Number) -> Span:
    begin, end = ALWAYS
    if one.since is not None:
        begin = clock.midnight(one.since)
    if one.until is not None:
        end = clock.day(one.until)[1]
    return begin, end
