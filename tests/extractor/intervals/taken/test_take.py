"""Interval files read in a guarded process and imported: all of a file, or nothing, and only under a name."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from extractor.base.database import reading, writing
from extractor.home import Home
from extractor.intervals.formats import UnreadableIntervalsError, format_of
from extractor.intervals.given import Readings
from extractor.intervals.taken.reading import Reader
from extractor.intervals.taken.take import NobodysReadingsError, Taken, take
from extractor.intervals.taken.told import concerns
from extractor.pages.limits import ChildError, ChildTimeoutError, Limits
from extractor.store.mappings import confirm_format
from extractor.store.metered import IntervalImport, IntervalSpan
from extractor.store.roster import Entry
from extractor.store.said import Saying
from tests.extractor.intervals.held.stored import held
from tests.extractor.intervals.taken.made import (
    ACCOUNT,
    DAY,
    NOW,
    OTHER,
    SAMPLES,
    csv,
    file_of,
    named,
    reader,
)
from tests.extractor.rosters import take_roster

FILES = sorted(path for path in SAMPLES.rglob("*.*") if path.suffix in (".csv", ".xml", ".dat", ".edi"))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "x">%s]><feed xmlns="http://naesb.org/espi">&z;</feed>'
    % (b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 9) for at in range(25)))
)


def taken(
    home: Home,
    engine: Engine,
    data: bytes,
    name: str = named(),
    sha256: str = "a" * 64,
    account: str | None = None,
) -> Taken:
    file = file_of(home.path / "file", data, name, sha256, account)
    return take(home, engine, reader(), file, NOW)


def imports(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(session.exec(select(IntervalImport.format).order_by(IntervalImport.id)))  # type: ignore[arg-type]  # a column


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_guarded_process_gives_what_the_format_reads(path: Path) -> None:
    with path.open("rb") as file:
        one = format_of(path.name, file.read(4096))
        file.seek(0)
        try:
            wanted = list(one.read(io.BytesIO(path.read_bytes()), path.name))
        except UnreadableIntervalsError as error:
            with (
                pytest.raises(UnreadableIntervalsError, match="^" + str(error)[:9]),
                reader().reading(path, path.name),
            ):
                pass
            return
    with reader().reading(path, path.name) as found:
        assert (found.key, found.revision) == (one.NAME, one.REVISION)
        given = list(found.given)
    assert [one for one in given if not isinstance(one, Readings)] == [
        one for one in wanted if not isinstance(one, Readings)
    ]
    flat = [
        [(b.series, *r) for b in blocks if isinstance(b, Readings) for r in b] for blocks in (given, wanted)
    ]
    assert flat[0] == flat[1]


def test_a_file_is_told_with_whose_it_is_and_of_when(home: Home, kept: Engine) -> None:
    found = taken(home, kept, csv([7] * (2 * DAY)))
    assert (found.imported.added, found.accounts, found.format) == (
        2 * DAY,
        (ACCOUNT,),
        f"SCE Green Button CSV, account {ACCOUNT}",
    )
    assert found.span is not None
    assert found.span[1] - found.span[0] == 2 * DAY * 900
    assert list(held(home, kept, ACCOUNT).values()) == [7] * (2 * DAY)
    with reading(kept) as session:
        assert [(one.import_id, one.series) for one in session.exec(select(IntervalSpan))] == [(1, 1)]


def test_the_same_bytes_under_another_name_are_another_meters(home: Home, kept: Engine) -> None:
    """Two empty houses of one address have the same file."""
    data = csv([0] * DAY)
    taken(home, kept, data, named(ACCOUNT))
    assert taken(home, kept, data, named(OTHER)).imported.added == DAY
    assert taken(home, kept, data, named(OTHER)).imported.is_repeat
    assert len(held(home, kept, OTHER)) == len(held(home, kept, ACCOUNT)) == DAY


def test_a_repeat_says_again_what_there_is_to_say(home: Home, kept: Engine) -> None:
    data = csv([0] * (2 * DAY)).replace(b"for 2 days", b"for 3 days")
    first, again = taken(home, kept, data), taken(home, kept, data)
    assert (first.imported.is_repeat, again.imported.is_repeat) == (False, True)
    assert [one.code for one in first.imported.problems] == ["fewer_days"]
    assert (again.imported.problems, again.span) == (first.imported.problems, first.span)


def test_what_nobody_says_whose_it_is_is_refused(home: Home, kept: Engine) -> None:
    with pytest.raises(NobodysReadingsError, match="--service-account"):
        taken(home, kept, csv([0] * DAY), "usage.csv")
    assert imports(kept) == []


def test_a_person_may_say_it_and_it_is_kept_with_the_import(home: Home, kept: Engine) -> None:
    found = taken(home, kept, csv([3] * DAY), "usage.csv", account="8000-000140")
    assert imports(kept) == [f"SCE Green Button CSV, account {ACCOUNT} as a person says"]
    assert (found.accounts, [one.code for one in found.imported.problems]) == ((ACCOUNT,), [])
    assert len(held(home, kept, ACCOUNT)) == DAY


def test_a_person_cannot_say_another_account_than_the_file_does(home: Home, kept: Engine) -> None:
    with pytest.raises(UnreadableIntervalsError, match="says itself"):
        taken(home, kept, csv([0] * DAY), account=OTHER)
    assert taken(home, kept, csv([0] * DAY), account=ACCOUNT).imported.added == DAY


@pytest.mark.parametrize("numbered", [ACCOUNT, "8-000-0001-40"])
def test_an_account_that_nothing_names_is_imported_and_said(home: Home, kept: Engine, numbered: str) -> None:
    data = csv([0] * DAY)
    first = taken(home, kept, data)
    assert (first.imported.added, first.unheard) == (DAY, (ACCOUNT,))
    assert f"service account {ACCOUNT}" in " ".join(concerns(first))
    with writing(kept) as session:
        take_roster(session, [Entry("bakery", "Example Bakery", numbered, "service")])
    assert concerns(taken(home, kept, data)) == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("feed.xml", BOMB, "document type"),
        ("feed.xml", b'<feed xmlns="http://naesb.org/espi"><entry>', "breaks off"),
        (named(), b"", "empty"),
        (named(), csv([5] * DAY)[:-9], "line 110"),
        (named(), csv([5] * DAY).replace(b'"0.000005"', b'"12 kWh"', 1), "line 15"),
        (named(), csv([5] * DAY).decode().encode("cp037"), "it is text in EBCDIC"),
        (named(), csv([5] * DAY).decode().encode("utf-16")[:-1], "line 110: it begins as UTF-16"),
        ("notes.txt", b"call me", "no format known; look at it with"),
    ],
    ids=[
        "bomb",
        "truncated xml",
        "empty",
        "truncated csv",
        "impossible value",
        "ebcdic",
        "cut utf-16",
        "other",
    ],
)
def test_what_cannot_be_taken_leaves_nothing(
    home: Home, kept: Engine, name: str, data: bytes, said: str
) -> None:
    with pytest.raises(UnreadableIntervalsError, match=said):
        taken(home, kept, data, name)
    assert imports(kept) == []
    assert list((home.path / "intervals").rglob("*.parquet")) == []


def test_a_file_that_takes_too_long_costs_itself_alone(home: Home, kept: Engine) -> None:
    slow = Reader(Limits(wall_seconds=60, cpu_seconds=1, memory_bytes=1_500_000_000))
    long = file_of(home.path / "long", csv([5] * (DAY * 9000)), named())
    with pytest.raises(ChildTimeoutError):
        take(home, kept, slow, long, NOW)
    short = file_of(home.path / "short", csv([5] * DAY), named(), "b" * 64)
    assert take(home, kept, slow, short, NOW).imported.added == DAY
    assert imports(kept) == [f"SCE Green Button CSV, account {ACCOUNT}"]


def test_a_line_without_an_end_breaks_the_limit_of_memory(home: Home, kept: Engine) -> None:
    small = Reader(Limits(wall_seconds=60, cpu_seconds=30, memory_bytes=300_000_000))
    data = csv([5] * DAY) + b'"' + b"x" * 90_000_000
    with pytest.raises((ChildError, UnreadableIntervalsError)):
        take(home, kept, small, file_of(home.path / "long", data, named()), NOW)
    assert imports(kept) == []


def test_nothing_that_was_read_lies_about(home: Home, kept: Engine, tmp_path: Path) -> None:
    one = reader()
    file = file_of(home.path / "file", csv([5] * DAY), named())
    with one.reading(file.path, file.name) as found:
        folder = Path(found.place).parent
        assert folder.name.startswith("billclerk-")
    assert list(folder.iterdir()) == []


def test_a_format_that_was_confirmed_is_not_called_unconfirmed(home: Home, kept: Engine) -> None:
    """Until then it is said, with the command that confirms it; then never again."""
    rows = "Basic Usage (kWh)\n\nDate,Time,{}\n07/04/2025,00:00,{}\n07/04/2025,00:15,3\n"
    first = taken(home, kept, rows.format(ACCOUNT, 1).encode(), "usage.csv")
    assert "billclerk intervals confirm 1 --who" in " ".join(concerns(first))
    with writing(kept) as session:
        confirm_format(session, 1, Saying("Pat", "the bill ties out", NOW))
    second = taken(home, kept, rows.format(ACCOUNT, 2).encode(), "usage.csv", "b" * 64)
    assert "second-hand" not in " ".join(concerns(second))
    assert (first.is_confirmed, second.is_confirmed) == (False, True)
