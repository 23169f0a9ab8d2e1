"""What is packed comes back as it was, and what nobody packed is refused."""

from __future__ import annotations

import datetime as dt
import io
import json
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Account, Cost, Given, Problem, Readings, Series, Summary
from extractor.intervals.taken import packed
from extractor.intervals.taken.packed import LONGEST_NAME, pack, unpack

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
MAYBE = st.none() | TEXT
WHOLE = st.integers(-(2**63), 2**63 - 1)
DECIMAL = st.decimals(allow_nan=False, allow_infinity=False)
SERIES = st.builds(
    Series, st.sampled_from(["delivered", "received", "net"]), st.just("Wh"), MAYBE, MAYBE, MAYBE
)
COST = st.builds(Cost, TEXT, st.none() | DECIMAL, MAYBE, st.none() | DECIMAL, MAYBE)
DATE = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))


@st.composite
def readings(draw: st.DrawFn) -> Readings:
    size = draw(st.integers(0, 7))
    starts, seconds, values = (
        array("q", draw(st.lists(WHOLE, min_size=size, max_size=size))) for _ in range(3)
    )
    qualities = draw(st.lists(st.integers(0, 7), min_size=size, max_size=size) | st.just([]))
    return Readings(draw(SERIES), starts, seconds, values, array("b", qualities), draw(st.booleans()))


THINGS = st.one_of(
    readings(),
    st.builds(Account, TEXT, MAYBE, MAYBE, MAYBE, MAYBE),
    st.builds(
        Summary,
        *(MAYBE, MAYBE, DATE, DATE, st.none() | DECIMAL, st.none() | DECIMAL, MAYBE),
        st.lists(COST, max_size=3).map(tuple),
        *[st.none() | DECIMAL] * 3,
        st.sampled_from([None, "USD"]),
    ),
    st.builds(
        Problem,
        TEXT,
        st.sampled_from(["info", "warning", "error"]),
        TEXT,
        st.none() | st.integers(1, 10**9),
    ),
)


def again(things: list[Given]) -> list[Given]:
    held = io.BytesIO()
    pack(things, held)
    held.seek(0)
    return list(unpack(held))


@given(st.lists(THINGS, max_size=5))
def test_what_is_packed_comes_back(things: list[Given]) -> None:
    assert again(things) == [one for one in things if not isinstance(one, Readings) or len(one)]


def test_a_long_block_comes_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "AT_ONCE", 3)
    column = array("q", range(8))
    whole = Readings(Series("net"), column, column, column, array("b", [1] * 8))
    found = again([whole])
    assert [len(one) for one in found if isinstance(one, Readings)] == [3, 3, 2]
    assert [one for block in found if isinstance(block, Readings) for one in block] == list(whole)


def test_what_needs_more_room_than_any_meter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 1000)
    with pytest.raises(UnreadableIntervalsError, match="split it"):
        pack(iter([Problem("x", "info", "y")] * 100), io.BytesIO())


BLOCK = [["delivered", "Wh", None, None, None], 1, False, True]


@pytest.mark.parametrize(
    ("kind", "values", "rest"),
    [
        ("r", [["sideways", "Wh", None, None, None], 1, False, True], bytes(24)),  # no such channel
        ("r", [["delivered", "kWh", None, None, None], 1, False, True], bytes(24)),  # no such unit
        ("r", [BLOCK[0], 10**9, False, True], bytes(24)),  # more than a block has
        ("r", [BLOCK[0], -1, False, True], b""),
        ("r", BLOCK, bytes(23)),  # cut short
        ("r", [BLOCK[0], 1, True, True], bytes(24) + b"\x09"),  # no such quality
        ("r", [BLOCK[0], 1, True, True], bytes(24) + b"\xff"),
        ("a", ["x" * (LONGEST_NAME + 1), None, None, None, None], b""),
        ("p", ["x", "fatal", "y", None], b""),
        ("s", [None, None, "yesterday", "2026-01-01", None, None, None, []], b""),
        ("x", [], b""),
    ],
)
def test_what_nobody_packs_is_refused(kind: str, values: list[object], rest: bytes) -> None:
    line = json.dumps([kind, values]).encode() + b"\n"
    with pytest.raises(UnreadableIntervalsError):
        list(unpack(io.BytesIO(line + rest)))


def test_texts_have_nothing_that_a_database_refuses() -> None:
    assert again([Problem("x", "info", "a\0b")]) == [Problem("x", "info", "a\N{REPLACEMENT CHARACTER}b")]
