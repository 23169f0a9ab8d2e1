"""Tables of billing history among what is taken in: kept like bills, their rows in the store.

What nobody has said the columns of goes to a person with the command to say it by; nothing of it is taken
before. A file and its rows are kept in one transaction, and the same file again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import glancing, reading, writing
from extractor.base.errors import BillclerkError
from extractor.billing_history.asking import Asker, ReadTable, UnmappedError
from extractor.billing_history.mapping import KIND
from extractor.billing_history.rows import Row
from extractor.home import Home
from extractor.intake.claims import Look
from extractor.intake.filing import shown
from extractor.intake.interval_files import ErasedError
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Problem
from extractor.intervals.taken.chosen import may_be_a_table, may_be_intervals
from extractor.model import Status
from extractor.originals import kept
from extractor.pages.files import file_bytes
from extractor.pages.limits import ChildError, ChildFaultError
from extractor.store.billing_history import Billed, Source, add_history, live_import
from extractor.store.documents import Arrival, known, met, take
from extractor.store.history_beside import customer_accounts, told_otherwise, unknown_accounts
from extractor.store.mappings import columns_of

log = logging.getLogger(__name__)

LARGEST = 20_000_000
"""Bytes of a table of billing history: of ten thousand accounts two years have less."""

NAMED = 5
"""Accounts and rows that are named."""

Columns = Sequence[Mapping[str, Any]]
"""The mappings that hold, as JSON has them."""


class AnotherMappingError(BillclerkError):
    """The file was imported by another mapping; take that import back first."""

    exit_code = 3


class NoServiceAccountError(BillclerkError):
    """The column of service accounts has customer accounts; map it again."""

    exit_code = 3


class NotYetError(BillclerkError):
    """A row has days to come: its dates are misread, or their years are."""

    exit_code = 3


REFUSED = (
    *(UnreadableIntervalsError, AnotherMappingError, NoServiceAccountError, NotYetError),
    ChildError,
)
"""What nothing of a table is taken for."""


@dataclass(frozen=True)
class Taken:
    """What became of a table."""

    number: int | None
    """Of the import; None of a dry run."""
    is_repeat: bool
    """Whether it was imported before, and nothing is changed."""
    mapping: int
    rows: Sequence[Row]
    problems: Sequence[Problem] = ()
    differences: Sequence[str] = ()
    """Rows that another import had otherwise: this one counts now."""
    unknown: Sequence[str] = ()
    """Accounts that are on no bill and not in the roster."""

    @property
    def accounts(self) -> set[str]:
        """The service accounts of its rows."""
        return {row.account for row in self.rows}


def concerns(taken: Taken) -> Iterator[str]:
    """Give what somebody should look at, in words."""
    yield from (one.message for one in taken.problems if one.severity != "info")
    yield from taken.differences[:NAMED]
    if len(taken.differences) > NAMED:
        yield f"{len(taken.differences) - NAMED} more rows differ from earlier imports; these count now"
    if taken.unknown:
        more = len(taken.unknown) - NAMED
        named = ", ".join(taken.unknown[:NAMED]) + (f" and {more} more" if more > 0 else "")
        yield f"on no bill and not in the roster: {named}"


def remarks(taken: Taken) -> Iterator[str]:
    """Give what is told beside it, in words."""
    yield from (one.message for one in taken.problems if one.severity == "info")


def remembered(engine: Engine) -> Columns:
    """Return what people confirmed of layouts of billing history."""
    with reading(engine) as session:
        return columns_of(session, KIND)


@dataclass(frozen=True)
class HistoryFiles:
    """Claims tables of billing history in the inbox, and imports those whose layout was confirmed."""

    engine: Engine
    asker: Asker
    now: Callable[[], dt.datetime]
    kind: str = KIND

    def claims(self, name: str, head: bytes) -> bool:
        """Tell by its name and its first bytes that a file is none: what is one, its rows tell."""
        return may_be_a_table(name) and not may_be_intervals(name, head)

    def claims_whole(self, name: str, data: bytes) -> bool:
        """Tell by all of a file whether it is a table of billing history, in a guarded process."""
        if len(data) > LARGEST:
            return False
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            try:
                return self.asker.claims(Path(file.name), name, remembered(self.engine))
            except (ChildError, UnreadableIntervalsError) as error:
                log.info("whether a table is billing history is not known: %s", type(error).__name__)
                return False  # whoever reads tables says why it cannot be read

    def look(self, original: Path, arrival: Arrival, changed_at: int | None) -> Look:
        """Read a table, and have its rows kept with it."""
        try:
            found = self.asker.read(original, arrival.name, remembered(self.engine))
            with reading(self.engine) as session:
                taken = _looked_at(session, arrival.sha256, found, self.now())
        except UnmappedError as error:
            return Look(Status.REVIEW, (str(error),))
        except ChildFaultError:
            raise
        except REFUSED as error:
            return Look(Status.UNREADABLE, (str(error),))
        self._take_again(arrival, found)
        keep = partial(self._keep, arrival=arrival, found=found)
        return replace(_look(taken), keep=keep, again=partial(_look_again, taken))

    def _keep(self, session: Session, document: int, arrival: Arrival, found: ReadTable) -> None:
        if live_import(session, arrival.sha256) is None:
            add_history(
                session, document, _source(session, found, arrival.came_by), _billed(found), self.now()
            )

    def _take_again(self, arrival: Arrival, found: ReadTable) -> None:
        """Import a file that came before, when nobody had said yet what its columns mean."""
        with writing(self.engine) as session:
            document = known(session, arrival.sha256)
            if document is not None and document.id is not None:
                self._keep(session, document.id, arrival, found)


def _look(taken: Taken) -> Look:
    said = tuple(concerns(taken))
    return Look(Status.REVIEW if said else Status.VERIFIED, said)


def _look_again(taken: Taken, session: Session) -> Look:
    """Look once more when the bills are kept that came with it."""
    return _look(replace(taken, unknown=unknown_accounts(session, taken.accounts)))


def take_in_place(
    home: Home,
    engine: Engine,
    asker: Asker,
    path: Path,
    max_bytes: int,
    who: str,
    at: dt.datetime,
    is_dry: bool,
) -> Taken:
    """Import a file and keep it, and leave it where it is; of a dry run only say what would become of it.

    Raises:
        UnreadableFileError: if it may not be read, or has more than `max_bytes`.
        UnreadableIntervalsError: if nothing of it may be taken, or nobody has confirmed its layout.
        NotYetError: if a row has days to come.
        AnotherMappingError: if it was imported by another mapping.
        NoServiceAccountError: if its accounts are customer accounts.
        ErasedError: if it was erased before.
        ChildError: if it breaks a limit, or we are at fault.
        OSError: if it cannot be kept.
    """
    data = file_bytes(path, min(max_bytes, LARGEST))
    sha256 = hashlib.sha256(data).hexdigest()
    with glancing(engine) as connection:
        there = met(connection, sha256)
    if there.erased_at is not None:
        raise ErasedError(f"erased on {there.erased_at:%Y-%m-%d}; it is not taken again")
    found = asker.read(path, path.name, remembered(engine))
    arrival = Arrival(sha256, shown(path.name), len(data), came_by="import", kind=KIND)
    with reading(engine) as session:
        taken = _looked_at(session, sha256, found, at)
    if is_dry or taken.is_repeat:
        return taken
    kept(home.originals, data)
    with writing(engine) as session:
        there_now = live_import(session, sha256)
        if there_now is not None:
            return replace(taken, number=there_now.id, is_repeat=True)
        document = take(session, arrival, at)
        assert document.id is not None
        number = add_history(session, document.id, _source(session, found, who), _billed(found), at)
    return replace(taken, number=number)


def _looked_at(session: Session, sha256: str, found: ReadTable, at: dt.datetime) -> Taken:
    """Return what would become of a table that was read."""
    rows = found.rows.rows
    late = next((row for row in rows if row.last > at.date()), None)
    if late is not None:
        raise NotYetError(
            f"line {late.line}: {late.first} to {late.last} is not over yet: are its days right?"
        )
    taken = Taken(None, False, found.mapping, rows, found.rows.problems)
    if (before := live_import(session, sha256)) is not None:
        if before.mapping_id != found.mapping:
            raise AnotherMappingError(
                f"it was imported by mapping {before.mapping_id}, and mapping {found.mapping} holds now;"
                f" first: billclerk billing-history undo {before.id} --who NAME"
            )
        unknown = unknown_accounts(session, taken.accounts)
        return replace(taken, number=before.id, is_repeat=True, unknown=unknown)
    if customers := customer_accounts(session, taken.accounts):
        line = next(row.line for row in rows if row.account == customers[0])
        raise NoServiceAccountError(
            f"line {line}: {customers[0]} is a customer account, and no service account; map the file again"
        )
    differences = [
        f"line {new.line}: {new.account} {new.first} to {new.last} was {_values(old.kwh, old.kw, old.amount)}"
        f" in import {old.import_id}, and is {_values(new.kwh, new.kw, new.amount)} now"
        for new, old in told_otherwise(session, _billed(found), _role(found))
    ]
    return replace(taken, differences=differences, unknown=unknown_accounts(session, taken.accounts))


def _values(kwh: Decimal | None, kw: Decimal | None, amount: Decimal | None) -> str:
    """Return what a row says.

    >>> _values(Decimal("1200.00000000"), None, Decimal("-12.30"))
    '1,200 kWh, -$12.30'
    """
    told = [
        f"{value.normalize():,f} {unit}" for value, unit in ((kwh, "kWh"), (kw, "kW")) if value is not None
    ]
    if amount is not None:
        told.append(f"{'-' if amount < 0 else ''}${abs(amount):,.2f}")
    return ", ".join(told)


def _role(found: ReadTable) -> str | None:
    return None if found.charged == "unknown" else found.charged


def _billed(found: ReadTable) -> list[Billed]:
    return [Billed(*row) for row in found.rows.rows]


def _source(session: Session, found: ReadTable, who: str) -> Source:
    mapping = next(one["mapping"] for one in columns_of(session, KIND) if one["id"] == found.mapping)
    return Source(found.mapping, json.dumps(mapping), _role(found), who)
