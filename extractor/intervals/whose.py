"""Which readings of energy are a service account's, asked for once for many accounts.

By which numbers an account goes is told by `extractor.intervals.held.whose`; here each account is looked
up once, and it is known whose usage points have to be said by a person first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlmodel import Session

from extractor.intervals.held.spans import ALWAYS
from extractor.intervals.held.whose import Everything, Owned, everything
from extractor.store.plain import plain
from extractor.store.usage_points import standings


class OfAccount(NamedTuple):
    """The series of energy of a service account."""

    series: tuple[Owned, ...]

    @property
    def is_aliased(self) -> bool:
        """Whether some of them go by another number, or are the account's at times only."""
        return any(one.named != one.owner or one.within != ALWAYS for one in self.series)


@dataclass(frozen=True)
class Holdings:
    """All series of energy of one state of the store, to be asked for by service account."""

    held: Everything
    unsure: Mapping[str, Sequence[str]]
    """By account the usage points that may be its, as feeds give them to several."""
    _known: dict[str, OfAccount] = field(default_factory=dict)

    def of(self, number: str) -> OfAccount:
        """Return the series of a service account."""
        account = plain(number)
        if account not in self._known:
            series = tuple(one for one in self.held.of(number) if one.unit == "Wh")
            self._known[account] = OfAccount(series)
        return self._known[account]


def holdings(session: Session) -> Holdings:
    """Return all series of energy, by whose they are."""
    unsure: dict[str, list[str]] = defaultdict(list)
    for point in standings(session).values():
        for account in point.named if point.service_account is None else ():
            unsure[account].append(point.usage_point)
    return Holdings(everything(session), unsure)
