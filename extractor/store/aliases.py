"""Other numbers of one meter's service, or of one customer account: added by a person, with the evidence.

What bills suggest is in `extractor.store.suggestions`.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from sqlmodel import Session, col, select

from extractor.store.numbers import known_as, meters_of
from extractor.store.people import Alias, Answer
from extractor.store.plain import plain
from extractor.store.said import NotKeptError, Saying
from extractor.store.standing import settle_accounts

AliasKind = Literal["provider", "renumbered", "account", "succession"]


def add_alias(
    session: Session,
    kind: AliasKind,
    number: str,
    other: str,
    evidence: str,
    valid_from: dt.date | None,
    valid_to: dt.date | None,
    saying: Saying,
) -> Alias:
    """Add that two numbers are one meter's service.

    Raises:
        NotKeptError: if they are one number, or no evidence is given.
    """
    if plain(number) == plain(other):
        raise NotKeptError("an alias is another number")
    if not evidence.strip():
        raise NotKeptError("say by what you know it: it is kept with the alias")
    row = Alias(
        kind=kind,
        number=number,
        other=other,
        evidence=evidence,
        valid_from=valid_from,
        valid_to=valid_to,
        who=saying.who,
        at=saying.at,
    )
    session.add(row)
    session.flush()
    settle_accounts(session, _all_numbers(session, number, other))
    return row


def aliases(session: Session) -> list[Alias]:
    """Return the aliases that hold."""
    return list(session.exec(select(Alias).where(col(Alias.undone_at).is_(None)).order_by(col(Alias.id))))


def undo_alias(session: Session, number: int, who: str, at: dt.datetime) -> None:
    """Take an alias back, and the answer that it was.

    Raises:
        NotKeptError: if there is none.
    """
    row = session.get(Alias, number)
    if row is None or row.undone_at is not None:
        raise NotKeptError(f"there is no alias {number} that holds")
    numbers = _all_numbers(session, row.number, row.other)
    row.undone_at, row.undone_by = at, who
    for answer in session.exec(select(Answer).where(Answer.at == row.at, Answer.answer == row.kind)):
        if {row.number, row.other} <= set(answer.question.split("|")) and answer.undone_at is None:
            answer.undone_at, answer.undone_by = at, who
    session.flush()
    settle_accounts(session, numbers)


def _all_numbers(session: Session, number: str, other: str) -> set[str]:
    """Return the service accounts of the meters of two numbers, these with them."""
    same = meters_of(session)
    names = {known_as(same, one) for one in (number, other)}
    return {number, other} | {one for one, name in same.items() if name in names}
