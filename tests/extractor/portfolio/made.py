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
from sqlmodel import Session

from extractor.base.database import opened, writing
from extractor.base.schema import upgrade
from extractor.cli.settings import default_file
from extractor.home import DATABASE, Home, created
from extractor.model import ReadResult
from extractor.store.documents import Arrival, Reader, Taken, take_all
from extractor.store.opening import made_privately
from extractor.store.standing import settle
from tests.extractor.portfolio.cases import COUNT, Planted, lives, planted
from tests.extractor.portfolio.life import MONTHS, Life
from tests.extractor.portfolio.people import accept, add_aliases, add_history, add_roster, morning
from tests.extractor.portfolio.places import (
    Held,
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
        add_roster(session, held)
        add_aliases(session, cases.values(), morning(today))
        add_history(session, cases.values(), morning(today))
        numbers = _take(session, files)
        settle(session, numbers, are_new=True)
    accept(engine, cases.values(), morning(today))


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


def home_copied(path: Path, cache: Path, accounts: int = SMALL) -> Home:
    """Return a new home with a copy of the portfolio in its database, and no originals; see `copied`."""
    home = created(path, default_file())
    copied(home.path / DATABASE, cache, accounts).dispose()
    return home


def clean_accounts(accounts: int = ACCOUNTS) -> list[str]:
    """Return the service accounts of a portfolio in which nothing is planted: nothing is to be found there."""
    return [place(number).service_account for number in range(COUNT + 1, accounts + 1)]


def home_made(path: Path, accounts: int = ACCOUNTS, months: int = MONTHS) -> Home:
    """Return a new home with the portfolio in its database, and no originals."""
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
        numbers += take_all(session, taken, reader, morning(day))
    return numbers


def _taken(result: ReadResult, day: dt.date) -> Taken:
    name = result.document.path
    sha256 = hashlib.sha256(f"{name} {day}".encode()).hexdigest()
    document = result.document.model_copy(update={"sha256": sha256})
    read = result.model_copy(update={"document": document})
    return Taken(Arrival(sha256, name, SIZE), (read,), (read.model_dump_json(),))


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
