"""Which service account a usage point is: by what feeds say of it, else by what a person answers.

A feed with customers names the account of each usage point. Where feeds name one account it is that
one; where they name several, or none, nobody knows: it is asked, and never guessed. What a person
answered last goes before all that feeds say.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from extractor.store.metered import IntervalSeries, UsagePointAccount
from extractor.store.plain import plain
from extractor.store.point_names import code_in
from extractor.store.said import NotKeptError, Saying


@dataclass(frozen=True)
class Standing:
    """What is known of a usage point."""

    usage_point: str
    service_account: str | None
    """None where it has to be asked."""
    meters: tuple[str, ...]
    """All that are named."""
    named: tuple[str, ...]
    """All the service accounts that are named."""


def said_of(session: Session) -> dict[str, list[UsagePointAccount]]:
    """Return what holds of all that feeds and people say of each usage point, the oldest first."""
    rows: dict[str, list[UsagePointAccount]] = defaultdict(list)
    asked = select(UsagePointAccount).where(col(UsagePointAccount.undone_at).is_(None))
    for row in session.exec(asked.order_by(col(UsagePointAccount.id))):
        rows[row.usage_point].append(row)
    return rows


def standings(session: Session) -> dict[str, Standing]:
    """Return what is known of each usage point that a feed or a person says something of."""
    return {code: _standing(code, said) for code, said in said_of(session).items()}


def _standing(code: str, said: Sequence[UsagePointAccount]) -> Standing:
    named = tuple(sorted({plain(row.service_account) for row in said if row.service_account}))
    answered = last_answer(said)
    if answered is not None and answered.service_account:
        account: str | None = plain(answered.service_account)
    else:
        account = named[0] if len(named) == 1 else None
    meters = tuple(sorted({row.meter for row in said if row.meter}))
    return Standing(code, account, meters, named)


def last_answer(said: Sequence[UsagePointAccount]) -> UsagePointAccount | None:
    """Return what a person said last of a usage point."""
    return next((row for row in reversed(said) if row.who is not None), None)


def contradicting(said: Sequence[UsagePointAccount]) -> list[UsagePointAccount]:
    """Return what feeds said since a person answered, if it is another account."""
    answered = last_answer(said)
    if answered is None or not answered.service_account:
        return []
    later = said[said.index(answered) + 1 :]
    other = plain(answered.service_account)
    return [row for row in later if row.service_account and plain(row.service_account) != other]


def full_name(session: Session, said: str) -> str:
    """Return the name of the usage point that a person means: all of it, or its code where only one has that.

    Raises:
        NotKeptError: if several have it.
    """
    held = select(IntervalSeries.usage_point).where(col(IntervalSeries.usage_point).is_not(None))
    names = {one for one in session.exec(held.distinct()) if one} | set(said_of(session))
    if said in names:
        return said
    found = sorted(one for one in names if code_in(one) == said)
    if len(found) > 1:
        raise NotKeptError(f"several usage points have the code {said}: name one as {' or '.join(found)}")
    return found[0] if found else said


def answer(session: Session, usage_point: str, service_account: str, saying: Saying) -> None:
    """Keep which service account a usage point is, as a person says.

    Raises:
        NotKeptError: if it is not said by what it is known.
    """
    if not saying.why.strip():
        raise NotKeptError("say by what you know it: it is kept with the answer")
    session.add(
        UsagePointAccount(
            usage_point=usage_point,
            service_account=service_account,
            evidence=saying.why,
            who=saying.who,
            at=saying.at,
        )
    )
    session.flush()


def undo_answer(session: Session, row_id: int, who: str, at: dt.datetime) -> None:
    """Take back what was said of a usage point, by a feed or a person.

    Raises:
        NotKeptError: if there is no such row, or it was taken back before.
    """
    row = session.get(UsagePointAccount, row_id)
    if row is None or row.undone_at is not None:
        raise NotKeptError(f"nothing of number {row_id} is said of a usage point")
    row.undone_at, row.undone_by = at, who
    session.flush()
