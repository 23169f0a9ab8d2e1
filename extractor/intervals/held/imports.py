"""Which files were imported: what each brought, of whose meters and which days, and whether it still counts.

for one in imports(session, account="8000000001"):
    one.number, one.name, one.added, one.changed  # 12, "SCE_Usage_8000000001_...csv", 2784, 96
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from extractor.intervals.held.whose import Owned, everything
from extractor.store.metered import IntervalImport, IntervalSpan, IntervalUndo
from extractor.store.plain import plain
from extractor.store.tables import Document


@dataclass(frozen=True)
class Import:
    """A file that was imported."""

    row: IntervalImport
    name: str
    """The file's own name."""
    owners: tuple[str, ...]
    """Service accounts of its readings; of nobody's the usage points or meters."""
    begin: int | None
    """When the first of its readings begins, in seconds since 1970; None without any."""
    end: int | None
    undone: IntervalUndo | None
    """Who took it back, if anybody did."""


@dataclass(frozen=True)
class _Told:
    """Which series an import told of, and from when to when."""

    series: tuple[int, ...]
    begin: int
    end: int


def imports(session: Session, account: str | None = None, undone: bool = False) -> Iterator[Import]:
    """Give the imports that count, the oldest first, of an account by any of its numbers; `undone`: all."""
    held = everything(session)
    owned = {one.stored: one for one in held.series}
    wanted = None if account is None else {one.stored for one in held.of(account)}
    told = _told(session)
    names: dict[str, str] = dict(session.exec(select(Document.sha256, Document.name)).all())
    back = {one.import_id: one for one in session.exec(select(IntervalUndo))}
    for row in session.exec(select(IntervalImport).order_by(col(IntervalImport.id))):
        one = _import(row, names.get(row.sha256, ""), owned, told.get(row.id), back.get(row.id))
        if one.undone is not None and not undone:
            continue
        if wanted is None or _is_of(one, account or "", wanted, told.get(row.id)):
            yield one


def _told(session: Session) -> dict[int, _Told]:
    series: dict[int, list[int]] = defaultdict(list)
    for number, of in session.exec(select(IntervalSpan.import_id, IntervalSpan.series).distinct()):
        series[number].append(of)
    bounds = session.exec(
        select(
            IntervalSpan.import_id, func.min(col(IntervalSpan.begin)), func.max(col(IntervalSpan.end))
        ).group_by(col(IntervalSpan.import_id))
    )
    return {number: _Told(tuple(sorted(series[number])), begin, end) for number, begin, end in bounds}


def _import(
    row: IntervalImport,
    name: str,
    owned: dict[int, Owned],
    told: _Told | None,
    undone: IntervalUndo | None,
) -> Import:
    if undone is not None:
        return Import(row, name, tuple(undone.accounts.split()), undone.first, undone.last, undone)
    if told is None:
        return Import(row, name, (), None, None, None)
    owners = tuple(sorted({owned[one].owner for one in told.series}))
    return Import(row, name, owners, told.begin, told.end, None)


def _is_of(one: Import, account: str, wanted: set[int], told: _Told | None) -> bool:
    if one.undone is not None:
        return plain(account) in one.owners
    return told is not None and not wanted.isdisjoint(told.series)
