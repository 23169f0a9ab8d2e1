"""What only a person can tell of accounts, and what follows from an answer.

    usage point   whose readings are those of an opaque code: feeds name several accounts, none, or, since
                  a person answered, another one
    numbers       whether two numbers are one meter's, or one customer's: bills suggest it
    readings      whether an account is known of which there are readings and nothing else

Of usage points the answers stand with what feeds say of them, of numbers as aliases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from extractor.store import usage_points
from extractor.store.aliases import AliasKind, add_alias, aliases, undo_alias
from extractor.store.heard import unheard_of
from extractor.store.metered import IntervalSeries, UsagePointAccount
from extractor.store.people import Answer
from extractor.store.plain import plain
from extractor.store.said import NotKeptError, Saying, short
from extractor.store.suggestions import APART, NUMBERS, Suggestion, suggestions

POINT, READINGS = "point", "readings"
KNOWN = "known"

OF_SERVICES: tuple[AliasKind, ...] = ("provider", "renumbered", "succession")
OF_CUSTOMERS: tuple[AliasKind, ...] = ("account", "succession")


@dataclass(frozen=True)
class AccountQuestion:
    """A question on accounts."""

    name: str
    """What an answer is filed under."""
    said: str
    """The question, in a sentence."""
    answers: tuple[str, ...]
    """What may be answered; none: the number of a service account."""
    facts: tuple[tuple[str, str], ...] = ()
    """What is known, and by what."""
    suggestion: Suggestion | None = None


def account_questions(session: Session) -> Iterator[AccountQuestion]:
    """Give what a person is asked of accounts."""
    yield from map(_of_numbers, suggestions(session))
    yield from _of_points(session)
    asked = select(IntervalSeries.service_account).where(col(IntervalSeries.service_account).is_not(None))
    accounts = {one for one in session.exec(asked.distinct()) if one}
    known = {row.question.partition("|")[2] for row in _answers(session) if row.answer == KNOWN}
    for account in unheard_of(session, accounts - known):
        yield AccountQuestion(
            name=f"{READINGS}|{account}",
            said=f"there are readings of service account {account}, which no bill, roster row or alias names",
            answers=(KNOWN,),
            facts=(("or", "name it in the roster, or `billclerk accounts link` it to another number"),),
        )


def _answers(session: Session) -> list[Answer]:
    return list(session.exec(select(Answer).where(col(Answer.undone_at).is_(None)).order_by(col(Answer.id))))


def _of_numbers(one: Suggestion) -> AccountQuestion:
    what = "customer accounts" if one.is_customers else "service accounts"
    days = f" from {one.valid_from} to {one.valid_to}" if one.valid_from else ""
    facts = [(number, f"{whose}, {first} to {last}") for number, whose, first, last in one.seen]
    return AccountQuestion(
        name=one.name,
        said=f"{what} {one.number} and {one.other}: by the bills they are {_KINDS[one.kind]}{days}",
        answers=(*(OF_CUSTOMERS if one.is_customers else OF_SERVICES), APART),
        facts=(("by", one.evidence), *facts),
        suggestion=one,
    )


_KINDS = {
    "provider": "two suppliers' numbers of one meter (provider)",
    "renumbered": "the old and the new number of one meter (renumbered)",
    "account": "the old and the new number of one customer (account)",
    "succession": "of other customers or accounts, one after the other (succession)",
}


def _of_points(session: Session) -> Iterator[AccountQuestion]:
    said = usage_points.said_of(session)
    known = usage_points.standings(session)
    asked = select(IntervalSeries.usage_point).where(
        col(IntervalSeries.usage_point).is_not(None), col(IntervalSeries.service_account).is_(None)
    )
    metered = {one for one in session.exec(asked.distinct()) if one}
    for code in sorted(metered | set(known)):
        rows = said.get(code, [])
        standing = known.get(code)
        facts = tuple(_facts(rows))
        if other := usage_points.contradicting(rows):
            answered = usage_points.last_answer(rows)
            by = f"{answered.who} said {answered.service_account}" if answered else ""
            feeds = ", ".join(dict.fromkeys(row.service_account or "" for row in other))
            yield _of_point(code, f"{by}, and a feed since then {feeds}", facts)
        elif standing is not None and standing.service_account:
            continue
        elif standing is not None and standing.named:
            yield _of_point(code, f"feeds name {' and '.join(standing.named)}", facts)
        elif code in metered:
            yield _of_point(code, "no feed names its account", facts)


def _of_point(code: str, why: str, facts: tuple[tuple[str, str], ...]) -> AccountQuestion:
    said = f"usage point {code}: which service account is it? {why}"
    return AccountQuestion(f"{POINT}|{code}", said, (), facts)


def _facts(rows: Sequence[UsagePointAccount]) -> Iterator[tuple[str, str]]:
    names = ("service_account", "customer_account", "meter", "address")
    for row in rows:
        parts = [f"{name.replace('_', ' ')} {getattr(row, name)}" for name in names if getattr(row, name)]
        yield (row.who or "feed"), f"{', '.join(parts)} ({row.evidence})"


def account_question_named(session: Session, name: str) -> AccountQuestion | None:
    """Return a question on accounts by its short name; None if none is asked by it."""
    return next((one for one in account_questions(session) if short(one.name) == name), None)


def answer_question(session: Session, question: AccountQuestion, answer: str, saying: Saying) -> None:
    """Answer a question on accounts.

    Raises:
        NotKeptError: if it is no answer to it.
    """
    kind, _, rest = question.name.partition("|")
    if question.answers and answer not in question.answers:
        raise NotKeptError(f"answer one of: {', '.join(question.answers)}")
    if kind == POINT:
        answer_point(session, rest, answer, saying)
        return
    one = question.suggestion
    if one is not None and answer != APART:
        _link(session, one, answer, saying)
    session.add(Answer(question=question.name, answer=answer, who=saying.who, why=saying.why, at=saying.at))
    session.flush()


def answer_point(session: Session, code: str, account: str, saying: Saying) -> None:
    """Keep which service account a usage point is, as a person says; of its name the code may do.

    Raises:
        NotKeptError: if it is no number, several have that code, or it is not said by what it is known.
    """
    if not plain(account).isdigit():
        raise NotKeptError(f"{account!r} is no service account; answer with its number")
    usage_points.answer(session, usage_points.full_name(session, code), account, saying)


def undo_point(session: Session, code: str, who: str, at: dt.datetime) -> bool:
    """Take back what people said of a usage point; tell whether anybody did."""
    name = usage_points.full_name(session, code)
    said = [row for row in usage_points.said_of(session).get(name, ()) if row.who is not None]
    for row in said:
        usage_points.undo_answer(session, row.id or 0, who, at)
    return bool(said)


def _link(session: Session, one: Suggestion, answer: str, saying: Saying) -> None:
    for kind in (*OF_SERVICES, *OF_CUSTOMERS):
        if kind == answer:
            days = (None, None) if kind == "succession" else (one.valid_from, one.valid_to)
            add_alias(session, kind, one.number, one.other, f"{one.evidence}; {saying.why}", *days, saying)
            return


@dataclass(frozen=True)
class Answered:
    """An answer to a question on accounts."""

    name: str
    said: str
    """What was asked and what was answered."""
    who: str
    why: str
    at: dt.datetime
    undone_at: dt.datetime | None
    undone_by: str | None

    @property
    def holds(self) -> bool:
        """Whether nobody took it back."""
        return self.undone_at is None


def answered(session: Session) -> Iterator[Answered]:
    """Give all answers to questions on accounts, the oldest first, those taken back too."""
    told = [_of_answer(row) for row in session.exec(select(Answer)) if is_on_accounts(row)]
    points = select(UsagePointAccount).where(col(UsagePointAccount.who).is_not(None))
    told += [_of_row(row) for row in session.exec(points)]
    yield from sorted(told, key=lambda one: one.at)


def is_on_accounts(row: Answer) -> bool:
    """Tell whether an answer is to a question on accounts."""
    return row.question.partition("|")[0] in (NUMBERS, READINGS)


def _of_answer(row: Answer) -> Answered:
    kind, *names = row.question.split("|")
    said = f"{kind} {' and '.join(names)}: {row.answer}"
    return Answered(row.question, said, row.who, row.why, row.at, row.undone_at, row.undone_by)


def _of_row(row: UsagePointAccount) -> Answered:
    said = f"usage point {row.usage_point}: {row.service_account}"
    name = f"{POINT}|{row.usage_point}"
    return Answered(name, said, row.who or "", row.evidence, row.at, row.undone_at, row.undone_by)


def undo_answer(session: Session, name: str, who: str, at: dt.datetime) -> bool:
    """Take back what was answered to a question on accounts, by its short name; tell if anything was."""
    held = [row for row in _answers(session) if is_on_accounts(row) and short(row.question) == name]
    for row in held:
        row.undone_at, row.undone_by = at, who
        for alias in aliases(session):
            is_its = alias.at == row.at and alias.kind == row.answer
            if is_its and {alias.number, alias.other} <= set(row.question.split("|")):
                undo_alias(session, alias.id or 0, who, at)
    points = [code for code in usage_points.said_of(session) if short(f"{POINT}|{code}") == name]
    undone = [undo_point(session, code, who, at) for code in points]
    session.flush()
    return bool(held) or any(undone)
