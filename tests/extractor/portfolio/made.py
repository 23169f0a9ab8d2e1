"""A portfolio made up for tests: 400 service accounts over 24 months, with planted cases and nothing else.

`made` fills a store, `copied` gives a copy of a SQLite file that is made once, `PLANTED` says what is to be
seen where; accounts that it does not name are clean. Documents come on the Monday after their statement;
there are no PDFs of them. By hand, for trying commands out:

    python -m tests.extractor.portfolio.made HOME [--accounts 400] [--months 24]
"""

from __future__ import annotations

import argparse
import datetime as dt
import fcntl
import gc
import hashlib
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from extractor.base.database import opened, writing
from extractor.base.schema import upgrade
from extractor.home import Home, created
from extractor.model import ReadResult
from extractor.store.documents import Arrival, Reader, Taken, take_all
from extractor.store.opening import made_privately
from extractor.store.people import Acceptance, Account, Alias, Customer, Manager, Site
from extractor.store.standing import settle
from extractor.store.tables import Bill, Reading
from tests.extractor.portfolio.cases import COUNT, MONTHS, Life, Planted, lives, planted
from tests.extractor.portfolio.places import (
    CUSTOMERS,
    MANAGERS,
    SITES,
    Held,
    customer_key,
    manager_key,
    place,
)
from tests.extractor.portfolio.sent import READER, Sent, later, statements, usual

TODAY = dt.date(2026, 11, 30)
"""A Monday."""

ACCOUNTS = 400
SMALL = COUNT + 12
"""Service accounts of a portfolio with all cases and few clean ones."""

WHO = "made"
FINGERPRINT = "f" * 64
SIZE = 100_000
"""Bytes that each document is said to have."""


def months_until(today: dt.date, count: int = MONTHS) -> list[tuple[int, int]]:
    """Return the read months of a portfolio, the last that of a day.

    >>> months_until(TODAY)[0], months_until(TODAY)[-1]
    ((2024, 12), (2026, 11))
    """
    return [later(today.year, today.month, -back) for back in range(count - 1, -1, -1)]


PLANTED: dict[str, Planted] = planted(months_until(TODAY))
"""What is planted in the portfolio of 24 months that ends `TODAY`, by the case's name."""


def made(engine: Engine, accounts: int = ACCOUNTS, months: int = MONTHS, today: dt.date = TODAY) -> None:
    """Fill an empty store with a portfolio; its tables are made.

    The planted cases take `COUNT` service accounts, the rest of `accounts` are clean.
    """
    if accounts < COUNT or months < MONTHS:
        raise ValueError(f"the planted cases need {COUNT} service accounts and {MONTHS} months")
    upgrade(engine)
    of_months = months_until(today, months)
    cases = lives(of_months)
    clean = [place(number) for number in range(COUNT + 1, accounts + 1)]
    plain = [(usual([one], of_months), False) for one in clean]
    of_cases = [story for life in cases.values() for story in _stories(life)]
    held = [*(one for life in cases.values() for one in life.held), *map(Held, clean)]
    with _all_is_kept(), writing(engine) as session:
        files = [*_files([*of_cases, *plain], today), *_strays(cases.values(), today)]
        _add_roster(session, held)
        _add_aliases(session, cases.values(), today)
        numbers = _take(session, files)
        settle(session, numbers, are_new=True)
    _accept(engine, cases.values(), today)


@contextmanager
def _all_is_kept() -> Iterator[None]:
    """Spare the collector looking through hundreds of thousands of records that all stay: a quarter faster."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def copied(path: Path, cache: Path, accounts: int = ACCOUNTS) -> Engine:
    """Return a SQLite database at a path with the portfolio, copied from one made once in a folder.

    `cache` is a folder of the test session, see `tests/extractor/portfolio/conftest.py`; another process that
    wants the same waits until it is made.
    """
    first = cache / f"portfolio-{accounts}.db"
    with (cache / f"{first.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not first.exists():
            _make_file(first, accounts)
    shutil.copyfile(first, path)
    path.chmod(0o600)
    return opened(f"sqlite:///{path}")


def _make_file(path: Path, accounts: int) -> None:
    """Make a SQLite database whole or not at all."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    engine = opened(f"sqlite:///{part}")
    made(engine, accounts)
    engine.dispose()  # the last connection that is closed writes all to the one file
    part.replace(path)


def home_made(path: Path, accounts: int = ACCOUNTS, months: int = MONTHS) -> Home:
    """Return a new home with the portfolio in its database, and no originals."""
    from extractor.cli.settings import default_file

    home = created(path, default_file())
    engine = opened(home.database)
    made_privately(engine)
    made(engine, accounts, months)
    engine.dispose()
    return home


# --- documents -----------------------------------------------------------------------------------------

Story = tuple[Sequence[Sent], bool]
"""A customer account's statements, and whether nobody was billed there before."""

File = tuple[dt.date, ReadResult]
"""A document, and the day on which it came."""


def _stories(life: Life) -> Iterator[Story]:
    yield life.sents, False
    for sents in life.others:
        yield sents, True


def _files(stories: Iterable[Story], today: dt.date) -> Iterator[File]:
    """Give what came of the statements up to a day."""
    for sents, is_new in stories:
        for sent, result in statements(sents, is_new):
            came = _monday_after(sent.day)
            if sent.arrives and came <= today:
                yield came, result
                for copy in sent.copies:
                    yield came, copy(result)


def _strays(cases: Iterable[Life], today: dt.date) -> Iterator[File]:
    for life in cases:
        for result in life.strays:
            yield today, result


def _monday_after(day: dt.date) -> dt.date:
    """Return the first Monday after a day.

    >>> str(_monday_after(dt.date(2026, 11, 27))), str(_monday_after(dt.date(2026, 11, 30)))
    ('2026-11-30', '2026-12-07')
    """
    return day + dt.timedelta(days=7 - day.weekday())


def _take(session: Session, files: Iterable[File]) -> list[int]:
    """Take documents in, those of a day together at eight in the morning; return their numbers."""
    by_day: dict[dt.date, list[ReadResult]] = defaultdict(list)
    for day, result in files:
        by_day[day].append(result)
    reader = Reader(READER, FINGERPRINT)
    numbers: list[int] = []
    for day in sorted(by_day):
        taken = [_taken(result, day) for result in by_day[day]]
        numbers += take_all(session, taken, reader, _morning(day))
    return numbers


def _taken(result: ReadResult, day: dt.date) -> Taken:
    name = result.document.path
    sha256 = hashlib.sha256(f"{name} {day}".encode()).hexdigest()
    document = result.document.model_copy(update={"sha256": sha256})
    read = result.model_copy(update={"document": document})
    return Taken(Arrival(sha256, name, SIZE), (read,), (read.model_dump_json(),))


def _morning(day: dt.date) -> dt.datetime:
    """Return eight in the morning in Los Angeles, in winter."""
    return dt.datetime.combine(day, dt.time(16), dt.UTC)


# --- people --------------------------------------------------------------------------------------------


def _add_roster(session: Session, held: Iterable[Held]) -> None:
    """Add customers, managers, sites, and a row for each customer account and service account."""
    for name in MANAGERS:
        key = name.split()[0].lower()
        session.add(Manager(key=key, name=name, email=f"{key}@example.com"))
    for at, name in enumerate(CUSTOMERS):
        session.add(Customer(key=customer_key(at), name=name))
    session.flush()
    for at, name in enumerate(CUSTOMERS):
        for site in range(1, SITES + 1):
            session.add(
                Site(
                    key=f"{customer_key(at)}-{site}",
                    customer_key=customer_key(at),
                    manager_key=manager_key(at),
                    name=f"{name} {site}",
                )
            )
    session.flush()
    accounts: set[str] = set()
    for one in held:
        if one.place.customer_account not in accounts:
            accounts.add(one.place.customer_account)
            session.add(_customer_row(one))
        session.add(_service_row(one))


def _customer_row(held: Held) -> Account:
    return Account(
        kind="customer",
        number=held.place.customer_account,
        customer_key=customer_key(held.place.customer),
        valid_from=held.since,
        valid_to=held.until,
    )


def _service_row(held: Held) -> Account:
    one = held.place
    return Account(
        kind="service",
        number=one.service_account,
        customer_key=customer_key(one.customer),
        site_key=one.site,
        valid_from=held.since,
        valid_to=held.until,
        customer_account=one.customer_account,
        pod_id=one.pod_id,
        provider="CPA" if one.product else "SCE",
        cost_center=one.cost_center,
        further={"Floor area": f"{900 + 10 * one.number} sq ft"},
    )


def _add_aliases(session: Session, cases: Iterable[Life], today: dt.date) -> None:
    for life in cases:
        for kind, number, other in life.aliases:
            evidence = f"POD-ID {life.place.pod_id}"
            session.add(
                Alias(kind=kind, number=number, other=other, evidence=evidence, who=WHO, at=_morning(today))
            )


def _accept(engine: Engine, cases: Iterable[Life], today: dt.date) -> None:
    """Accept what is in review of the cases in which a person did."""
    for life in cases:
        if not life.is_accepted:
            continue
        with writing(engine) as session:
            asked = (
                select(Reading.document_id, Bill.position, Bill.values_sha256)
                .join(Bill, col(Bill.reading_id) == col(Reading.id))
                .where(Bill.status == "review", Bill.customer_account == life.place.customer_account)
            )
            for document_id, position, values in session.exec(asked).all():
                session.add(
                    Acceptance(
                        document_id=document_id,
                        position=position,
                        values_sha256=values,
                        who=WHO,
                        why="called SCE",
                        at=_morning(today),
                    )
                )
                session.flush()
                settle(session, [document_id])


def main(given: Sequence[str] | None = None) -> None:
    """Make a home with the portfolio, and say what is planted in it."""
    asked = argparse.ArgumentParser(
        description="Make a home with a portfolio of made-up bills, without PDFs."
    )
    asked.add_argument("home", type=Path, metavar="HOME")
    asked.add_argument("--accounts", type=int, default=ACCOUNTS)
    asked.add_argument("--months", type=int, default=MONTHS)
    options = asked.parse_args(given)
    home = home_made(options.home, options.accounts, options.months)
    for name, case in planted(months_until(TODAY, options.months)).items():
        print(f"{name}: {' '.join(case.accounts)}: {' '.join(case.months)}: {case.seen}")
    print(
        f"{home.path} has a portfolio as of {TODAY}; the originals of its bills are missing", file=sys.stderr
    )


if __name__ == "__main__":
    main()
