"""An interval file taken: read to its end, then imported, all of it or nothing.

    reader = Reader(limits)
    taken = take(home, engine, reader, File(path, "SCE_Usage_....csv", sha256), now)
    taken.imported.added, taken.unheard  # 2880, ()

A file of which nothing says whose readings it has is refused, for all such files would be one meter's;
who knows it says the service account.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Account, Given, Problem, Readings, Series, Summary
from extractor.intervals.held.keep import Imported, Source, import_
from extractor.intervals.held.last_told import tell_again
from extractor.intervals.taken.chosen import Columns
from extractor.intervals.taken.plausible import plausible
from extractor.intervals.taken.reading import Reader
from extractor.store.heard import unheard_of
from extractor.store.mappings import columns_of, is_confirmed
from extractor.store.plain import plain
from extractor.store.point_names import code_in, is_local, of_account
from extractor.store.usage_points import standings

NO_ACCOUNT = "no_account"
"""The code by which a reader says that a file's name does not tell the account."""


LATE = 86_400
"""Seconds after the import until which a reading may end: computers' clocks differ."""


class NobodysReadingsError(UnreadableIntervalsError):
    """Nothing says whose readings a file has; say it by `--service-account`."""

    code = "nobodys_readings"


@dataclass(frozen=True)
class File:
    """An interval file."""

    path: Path
    """Where its bytes lie."""
    name: str
    """Its own name."""
    sha256: str
    service_account: str | None = None
    """Whose it is, as a person says."""
    written: dt.datetime | None = None
    """When it was written, so about when it was downloaded; None where nothing tells."""


@dataclass(frozen=True)
class Taken:
    """What became of a file that was read."""

    format: str
    """With what else its reading depends on."""
    imported: Imported
    accounts: tuple[str, ...] = ()
    """Service accounts whose readings are in it."""
    astray: tuple[str, ...] = ()
    """Usage points and meters of which nobody knows the service account."""
    unheard: tuple[str, ...] = ()
    """Of the accounts those that no bill and no roster names."""
    span: tuple[int, int] | None = None
    """Instants, in seconds, at which the first reading begins and the last one ends; None without any."""
    links: int = 0
    """Usage points of which it says the service account."""
    summaries: int = 0
    """What it says was billed: kept, to be shown beside bills."""
    is_confirmed: bool = True
    """Whether its format is known from real files, or a person confirmed what its columns mean."""
    is_again: bool = False
    """Whether it was downloaded again since it was imported, and has the same bytes."""

    @property
    def is_refused(self) -> bool:
        """Whether something is so wrong with it that nothing was taken."""
        return self.imported.number is None


@dataclass
class _Seen:
    """What passes by on its way into the store."""

    series: set[Series] = field(default_factory=set)
    begin: int | None = None
    end: int = 0
    links: int = 0
    summaries: int = 0
    problems: list[Problem] = field(default_factory=list)
    is_confirmed: bool = True

    def passed(self, given: Iterable[Given]) -> Iterator[Given]:
        """Give all of it on."""
        for one in given:
            if isinstance(one, Readings) and len(one):
                self._see(one)
            elif isinstance(one, Account):
                self.links += 1
            elif isinstance(one, Summary):
                self.summaries += 1
            elif isinstance(one, Problem):
                self.problems.append(one)
            yield one

    def _see(self, block: Readings) -> None:
        starts, seconds = np.asarray(block.starts), np.asarray(block.seconds)
        first, last = int(starts.min()), int((starts + seconds).max())
        self.series.add(block.series)
        self.begin = first if self.begin is None else min(self.begin, first)
        self.end = max(self.end, last)
        self.is_confirmed = self.is_confirmed and block.is_confirmed


def columns_held(engine: Engine) -> Sequence[Columns]:
    """Return the mappings of columns that people confirmed and that hold now."""
    with reading(engine) as session:
        return columns_of(session)


def take(home: Home, engine: Engine, reader: Reader, file: File, at: dt.datetime) -> Taken:
    """Read a file and import it; one that was imported before is read again for what there is to say of it.

    Raises:
        UnreadableIntervalsError: if nothing of it may be taken; nothing is imported then.
        ChildError: the same, where it breaks a limit, or we are at fault.
        OSError: the same, where the disk is full, for one.
    """
    seen = _Seen()
    with reader.reading(file.path, file.name) as found:
        source = _source(file, found.key, found.revision, at)
        whose = _of_somebody(found.given, file.service_account)
        given = seen.passed(plausible(whose, until=int(at.timestamp()) + LATE))
        imported = import_(home, engine, given, source)
        deque(given, maxlen=0)  # what an import of a file that is known leaves unread
    is_again = _tell_again(engine, file, imported, at)
    with reading(engine) as session:
        accounts, astray = _owners(session, seen.series)
        unheard = unheard_of(session, accounts)
        is_known = seen.is_confirmed or is_confirmed(session, source.format, source.revision)
    return Taken(
        format=source.format,
        imported=replace(imported, problems=tuple(seen.problems)) if imported.is_repeat else imported,
        accounts=tuple(sorted(accounts)),
        astray=tuple(sorted(astray)),
        unheard=tuple(unheard),
        span=None if seen.begin is None else (seen.begin, seen.end),
        links=seen.links,
        summaries=seen.summaries,
        is_confirmed=is_known,
        is_again=is_again,
    )


def asked_again(session: Session, taken: Taken) -> Taken:
    """Return what became of a file by what is known now: bills and feeds that came with it may be kept."""
    known = standings(session)
    owners = {name: known[name].service_account if name in known else None for name in taken.astray}
    accounts = {*taken.accounts, *(plain(one) for one in owners.values() if one)}
    return replace(
        taken,
        accounts=tuple(sorted(accounts)),
        astray=tuple(name for name, owner in owners.items() if not owner),
        unheard=tuple(unheard_of(session, accounts)),
    )


def _tell_again(engine: Engine, file: File, imported: Imported, at: dt.datetime) -> bool:
    if file.written is None or imported.number is None:
        return False
    with writing(engine) as session:
        return tell_again(session, imported.number, imported.is_repeat, file.written, at)


def _source(file: File, key: str, revision: int, at: dt.datetime) -> Source:
    said = f", account {plain(file.service_account)} as a person says" if file.service_account else ""
    return Source(file.sha256, f"{key}{said}", revision, at)


def _owners(session: Session, series: Iterable[Series]) -> tuple[set[str], set[str]]:
    """Return the service accounts of series, and the usage points and meters that have none."""
    known = standings(session)
    accounts: set[str] = set()
    astray: set[str] = set()
    for one in series:
        standing = known.get(one.usage_point or "")
        account = one.service_account or (standing.service_account if standing else None)
        if account:
            accounts.add(plain(account))
        else:
            astray.add(one.usage_point or one.meter or "")
    return accounts, astray


def _of_somebody(given: Iterable[Given], account: str | None) -> Iterator[Given]:
    """Give readings under the account that a person says, where the file names none.

    Raises:
        NobodysReadingsError: if nobody says it.
        UnreadableIntervalsError: if the file itself names another.
    """
    for one in given:
        if isinstance(one, Readings):
            yield replace(one, series=_named(one.series, account))
        elif isinstance(one, Summary) and account and _may_be_said(one.service_account, one.usage_point):
            point = one.usage_point and of_account(code_in(one.usage_point), account)
            yield one._replace(service_account=account, usage_point=point)
        elif not (isinstance(one, Problem) and one.code == NO_ACCOUNT and account):
            yield one


def _named(series: Series, account: str | None) -> Series:
    named = series.service_account or series.usage_point or series.meter
    if account is None:
        if named is None:
            raise NobodysReadingsError(
                "neither the file nor its name says whose readings these are; keep the name that it was"
                " downloaded with, or say it: billclerk intervals import FILE --service-account NUMBER"
            )
        return series
    if series.usage_point and _may_be_said(series.service_account, series.usage_point):
        point = of_account(code_in(series.usage_point), account)
        return series._replace(service_account=account, usage_point=point)
    if named is not None and plain(series.service_account or "") != plain(account):
        raise UnreadableIntervalsError(
            "the file says itself whose readings these are, and it is not the service account that was named"
        )
    return series if named else series._replace(service_account=account)


def _may_be_said(service_account: str | None, usage_point: str | None) -> bool:
    """Tell whether a file leaves it open whose something is: it names nothing that is known beyond it."""
    return service_account is None and (usage_point is None or is_local(usage_point))
