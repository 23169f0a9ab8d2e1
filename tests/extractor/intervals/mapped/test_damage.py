"""Damaged tables are read, asked or refused; nothing else happens, and no number is made of damage."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.base.errors import BillclerkError
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Readings
from extractor.intervals.mapped import workbook
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.read import read
from extractor.intervals.mapped.tables import tables
from tests.extractor.intervals.mapped.written import ACCOUNT, NAME, mapped, xlsx_of

HEADING = ("SA", "Date", "Time", "kWh delivered", "Quality")
ROWS = [[ACCOUNT, "7/14/2025", f"{at // 4}:{at % 4 * 15:02}", f"{at}.25", "Actual"] for at in range(96)]
TEXT = "".join(",".join(row) + "\r\n" for row in [HEADING, *ROWS]).encode()
WORKBOOK = xlsx_of({"Data": (HEADING, ROWS)})
MAPPING = mapped(TEXT, Answers(label="start", zone="local"))

Harm = list[tuple[float, bytes, int]]
"""Where in the file, what is put there, and how many bytes it replaces."""

harms = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from([b"", b'"', b"\n", b"\0", b",,", b"\xff", b"9" * 40, b"-"]), st.integers(0, 30)),
    min_size=1,
    max_size=4,
)  # fmt: skip


def harmed(data: bytes, harm: Harm) -> bytes:
    for where, put, size in harm:
        at = int(where * len(data))
        data = data[:at] + put + data[at + size :]
    return data


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([TEXT, TEXT.decode().encode("utf-16"), WORKBOOK]), harms)
def test_damage(data: bytes, harm: Harm) -> None:
    damaged = harmed(data, harm)
    with suppress(BillclerkError):
        propose(io.BytesIO(damaged), NAME, Answers(label="start", zone="local"))
    with suppress(UnreadableIntervalsError):
        for one in read(io.BytesIO(damaged), NAME, MAPPING):
            if isinstance(one, Readings):
                assert len(one.starts) == len(one.seconds) == len(one.thousandths)
                assert set(one.seconds) == {900}


SHEET_OF = {"xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"}
TOKENS = re.compile(rb'"[^"]*"|>[^<]*<|<[^>]*>')
"""Attributes, texts and tags."""

PUT = [
    b"",
    b"-1",
    b"9" * 12,
    b"NaN",
    b"1e400",
    b"<",
    b"x",
    b"\xff",
    b"ZZZZ9",
    b"s",
    b"d",
    b"2025-13-45",
    b"b",
]


def with_parts(data: bytes, put: list[tuple[str, float, bytes]]) -> bytes:
    """Return a workbook whose zip is whole, in whose parts an attribute, a text or a tag is another."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for name, where, new in put:
        tokens = list(TOKENS.finditer(parts[name]))
        token = tokens[int(where * (len(tokens) - 1))]
        edge = 0 if token[0].startswith(b"<") else 1
        parts[name] = parts[name][: token.start() + edge] + new + parts[name][token.end() - edge :]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return out.getvalue()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(SHEET_OF)), st.floats(0, 1), st.sampled_from(PUT)),
        min_size=1,
        max_size=3,
    )
)
def test_a_workbook_of_damaged_parts_is_read_or_refused(put: list[tuple[str, float, bytes]]) -> None:
    damaged = with_parts(WORKBOOK, put)
    with suppress(UnreadableIntervalsError):
        for table in tables(io.BytesIO(damaged)):
            for _ in islice(table.rows(), 300):
                pass


@pytest.mark.parametrize("fault", [MemoryError, TypeError])
def test_a_fault_of_our_own_is_no_damage(monkeypatch: pytest.MonkeyPatch, fault: type[Exception]) -> None:
    """No room for a sheet is not the sheet's fault, nor is a mistake in how its cells become text."""

    def faulty(*cells: object) -> None:
        raise fault

    monkeypatch.setattr(workbook, "text_of", faulty)
    with pytest.raises(fault):
        tables(io.BytesIO(WORKBOOK))
