"""What people confirmed: what the columns of a layout mean, and interval formats known second-hand.

Both hold until they are taken back. A mapping goes into the name of the imports read by it, so what
was imported by one that is taken back is unconfirmed from then on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Text
from sqlmodel import Field, Session, col, select

from extractor.base.columns import Utc
from extractor.store.metered import IntervalImport, IntervalUndo
from extractor.store.said import NotKeptError, Saying
from extractor.store.tables import Table

INTERVALS, HISTORY = "intervals", "history"
"""The kinds of tables whose columns people confirm."""

COMMANDS = {INTERVALS: "billclerk intervals mappings", HISTORY: "billclerk billing-history mappings"}
"""By kind of table, what lists its mappings."""


class ColumnMapping(Table, table=True):
    """What the columns of a layout mean, as a person confirmed."""

    __tablename__ = "column_mapping"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(default=INTERVALS, sa_column_kwargs={"server_default": INTERVALS})
    """Of which kind of table: `intervals` or `history`."""
    signature: str = Field(max_length=64, index=True)
    """What tells its layout from others."""
    mapping: str = Field(sa_column=Column(Text(), nullable=False))
    """JSON."""
    name: str
    """What a person calls it."""
    who: str
    why: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    undone_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    undone_by: str | None = None


class ConfirmedFormat(Table, table=True):
    """That a person confirmed what a format known second-hand means, as one revision of its reader has it."""

    __tablename__ = "confirmed_format"

    id: int | None = Field(default=None, primary_key=True)
    format: str
    revision: int
    who: str
    why: str
    at: dt.datetime = Field(sa_column=Column(Utc(), nullable=False))
    undone_at: dt.datetime | None = Field(default=None, sa_column=Column(Utc(), nullable=True))
    undone_by: str | None = None


# --- mappings of columns -------------------------------------------------------------------------------


def add_mapping(
    session: Session, signature: str, mapping: str, name: str, saying: Saying, kind: str = INTERVALS
) -> ColumnMapping:
    """Keep what the columns of a layout mean.

    Raises:
        NotKeptError: if it is not said by what it is known, or another one holds for the layout.
    """
    _refuse_unfounded(saying)
    asked = select(ColumnMapping).where(
        ColumnMapping.signature == signature, col(ColumnMapping.undone_at).is_(None)
    )
    if other := session.exec(asked).first():
        raise NotKeptError(
            f"mapping {other.id} holds for this layout; take it back first: "
            f"{COMMANDS[other.kind]} --undo {other.id}"
        )
    row = ColumnMapping(
        kind=kind,
        signature=signature,
        mapping=mapping,
        name=name,
        who=saying.who,
        why=saying.why,
        at=saying.at,
    )
    session.add(row)
    session.flush()
    return row


def _refuse_unfounded(saying: Saying) -> None:
    if not saying.who.strip() or not saying.why.strip():
        raise NotKeptError("say who you are and by what you know it: both are kept")


def mappings(session: Session, undone: bool = False, kind: str = INTERVALS) -> list[ColumnMapping]:
    """Return the mappings of a kind of table that hold, the oldest first; with `undone` all of them."""
    rows = session.exec(
        select(ColumnMapping).where(ColumnMapping.kind == kind).order_by(col(ColumnMapping.id))
    )
    return [row for row in rows if undone or row.undone_at is None]


def columns_of(session: Session, kind: str = INTERVALS) -> list[dict[str, Any]]:
    """Return the mappings of a kind that hold as JSON has them, for who reads files: `id` and `mapping`."""
    return [{"id": row.id, "mapping": json.loads(row.mapping)} for row in mappings(session, kind=kind)]


def undo_mapping(session: Session, number: int, imports: str, who: str, at: dt.datetime) -> int:
    """Take a mapping back; return how many imports by it, of that format's name, are unconfirmed now.

    Raises:
        NotKeptError: if there is none of that number, or it was taken back before.
    """
    take_mapping_back(session, number, INTERVALS, who, at)
    this = select(IntervalImport).where(col(IntervalImport.format).startswith(imports, autoescape=True))
    found = [one for one in session.exec(this) if one.is_confirmed]
    for one in found:
        one.is_confirmed = False
    session.flush()
    return len(found)


def take_mapping_back(session: Session, number: int, kind: str, who: str, at: dt.datetime) -> None:
    """Take a mapping of a kind of table back.

    Raises:
        NotKeptError: if there is none of that number, or it was taken back before.
    """
    row = session.get(ColumnMapping, number)
    if row is None or row.undone_at is not None or row.kind != kind:
        raise NotKeptError(f"no mapping {number} holds; `{COMMANDS[kind]}` lists them")
    row.undone_at, row.undone_by = at, who
    session.flush()


# --- formats known second-hand -------------------------------------------------------------------------


ACCOUNT = ", account "
"""What stands in an import's format between its name and the account that the file's name told."""


def base(format: str) -> str:
    """Return a format's name, without what else a reading depends on.

    >>> base("SCE Green Button CSV, account 8000000001")
    'SCE Green Button CSV'
    """
    return format.partition(ACCOUNT)[0]


def called(format: str) -> str:
    """Return what people call a format, without what else a reading depends on.

    >>> called("espi"), called("SCE Green Button CSV, account 8000000001 as a person says")
    ('Green Button XML', 'SCE Green Button CSV')
    """
    name = base(format)
    return "Green Button XML" if name == "espi" else name


def taken_back(format: str, number: int) -> str:
    """Return what an import's format is called once the import was taken back: the same file may come again.

    >>> taken_back("SCE Green Button CSV", 3)
    'SCE Green Button CSV, taken back (3)'
    """
    return f"{format}, taken back ({number})"


def is_confirmed(session: Session, format: str, revision: int) -> bool:
    """Tell whether a person confirmed a format, as that revision reads it."""
    return _confirmation(session, format, revision) is not None


def _confirmation(session: Session, format: str, revision: int) -> ConfirmedFormat | None:
    asked = select(ConfirmedFormat).where(
        ConfirmedFormat.format == base(format),
        ConfirmedFormat.revision == revision,
        col(ConfirmedFormat.undone_at).is_(None),
    )
    return session.exec(asked).first()


def confirm_format(session: Session, number: int, saying: Saying) -> tuple[IntervalImport, int]:
    """Keep that what an import's format means was confirmed, for it and all of its format and revision.

    Returns the import, and how many imports are confirmed by it.

    Raises:
        NotKeptError: if there is no such import, or it is confirmed already, or read by a mapping.
    """
    _refuse_unfounded(saying)
    row = _import(session, number)
    if row.is_confirmed:
        raise NotKeptError(f"import {number} is confirmed already: {row.format}")
    if row.format.startswith("columns as mapping "):
        raise NotKeptError(f"import {number} was read by a mapping that was taken back; map the file again")
    session.add(
        ConfirmedFormat(
            format=base(row.format), revision=row.revision, who=saying.who, why=saying.why, at=saying.at
        )
    )
    session.flush()
    return row, _marked(session, row, True)


def undo_confirmation(session: Session, number: int, who: str, at: dt.datetime) -> tuple[IntervalImport, int]:
    """Take back that an import's format was confirmed; return the import, and how many are unconfirmed by it.

    Raises:
        NotKeptError: if there is no such import, or nobody confirmed its format.
    """
    row = _import(session, number)
    confirmation = _confirmation(session, row.format, row.revision)
    if confirmation is None:
        raise NotKeptError(f"nobody confirmed the format of import {number}: {row.format}")
    confirmation.undone_at, confirmation.undone_by = at, who
    return row, _marked(session, row, False)


def _import(session: Session, number: int) -> IntervalImport:
    row = session.get(IntervalImport, number)
    if row is None:
        raise NotKeptError(f"there is no import {number}; `billclerk intervals imports` lists them")
    if session.get(IntervalUndo, number):
        raise NotKeptError(f"import {number} was taken back; import the file again first")
    return row


def confirmations(session: Session) -> Sequence[ConfirmedFormat]:
    """Return all confirmations of formats, the oldest first, those taken back too."""
    return session.exec(select(ConfirmedFormat).order_by(col(ConfirmedFormat.id))).all()


def _marked(session: Session, like: IntervalImport, is_confirmed: bool) -> int:
    """Mark all imports of one format and revision; return how many."""
    asked = select(IntervalImport).where(IntervalImport.revision == like.revision)
    found = [row for row in session.exec(asked) if base(row.format) == base(like.format)]
    for row in found:
        row.is_confirmed = is_confirmed
    session.flush()
    return len(found)
