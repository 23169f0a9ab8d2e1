"""Damaged tables are read, asked or refused; nothing else happens, and no number is made of damage."""

from __future__ import annotations

import io
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.base.errors import BillclerkError
from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Readings
from extractor.intervals.mapped.answers import Answers
from extractor.intervals.mapped.propose import propose
from extractor.intervals.mapped.read import read
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
