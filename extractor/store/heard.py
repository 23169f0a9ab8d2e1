"""Which service accounts anything else here names: bills, the roster, aliases.

Readings of one that nothing names are kept like others; but a digit may be wrong, or a file another
customer's, and nobody would ever look at them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from extractor.store.neighbours import parts
from extractor.store.numbers import OF_SERVICE
from extractor.store.people import Account, Alias
from extractor.store.plain import plain, plain_column
from extractor.store.tables import Bill, CurrentReading, Service


def unheard_of(session: Session, accounts: Collection[str]) -> list[str]:
    """Return those of some service accounts that no bill, no row of the roster and no alias names."""
    heard: set[str] = set()
    for part in parts(sorted({plain(one) for one in accounts})):
        for number, asked in _places():
            heard |= set(session.scalars(asked.where(number.in_(part))))
    return sorted(one for one in accounts if plain(one) not in heard)


def _places() -> list[tuple[ColumnElement[str], SelectOfScalar[str]]]:
    """Return where service accounts are named: the plain number, and the statement that asks for it."""
    billed, listed = plain_column(Service.service_account), plain_column(Account.number)
    pair = [plain_column(column) for column in (Alias.number, Alias.other)]
    is_service = col(Alias.kind).in_((*OF_SERVICE, "succession"))
    holds = col(Alias.undone_at).is_(None)
    return [
        (
            billed,
            select(billed)
            .join(Bill, col(Bill.id) == col(Service.bill_id))
            .join(CurrentReading, col(CurrentReading.effective_id) == col(Bill.reading_id)),
        ),
        (listed, select(listed).where(Account.kind == "service")),
        *((one, select(one).where(is_service, holds)) for one in pair),
    ]
