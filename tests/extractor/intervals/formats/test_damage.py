"""Damage of any kind is refused or read around with a word, and never ends in another error."""

from __future__ import annotations

import io
from contextlib import suppress
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extractor.intervals.formats import Format, UnreadableIntervalsError, cmep, edi867
from extractor.intervals.given import Readings
from tests.extractor.intervals.formats import edi_files

ROWS: list[edi_files.Row] = [
    (1_741_500_000 + 900 * at, 900, Decimal(at) / 100 if at % 5 else None) for at in range(12)
]
RECORDS = edi_files.cmep(ROWS).encode()
ODD = st.sampled_from(
    [
        "",
        "0",
        "-5",
        "1E5",
        "99991231",
        "20250309",
        "0230",
        "2400",
        "PT",
        "UT",
        "DT",
        "RDT",
        "RD8",
        "20251102-20251103",
        "NV",
        "K3",
        "QD",
        "87",
        "51",
        "MG",
        "OZ",
        "KH000",
        "KHMON",
    ]
)
MONTH = ["PTD*SU", "DTM*150*20251001", "DTM*151*20251031", "QTY*QD*5*KH", "MEA**PRQ*5*KH***41"]


def all_of(reader: Format, data: bytes) -> None:
    with suppress(UnreadableIntervalsError):
        for one in reader.read(io.BytesIO(data), ""):
            if isinstance(one, Readings):
                list(one)


@given(
    cuts=st.lists(
        st.tuples(
            st.integers(0, len(RECORDS)), st.integers(0, 9), st.text(",\r\n0123456789NREK.\xff", max_size=5)
        ),
        max_size=4,
    )
)
def test_cmep(cuts: list[tuple[int, int, str]]) -> None:
    data = RECORDS
    for at, length, put in cuts:
        data = data[:at] + put.encode("latin-1") + data[at + length :]
    all_of(cmep, data)


@given(
    form=st.sampled_from(edi_files.FORMS),
    changes=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 7), ODD), max_size=5),
    lost=st.sets(st.integers(0, 60), max_size=3),
)
def test_edi_with_an_envelope_that_is_right(
    form: str, changes: list[tuple[int, int, str]], lost: set[int]
) -> None:
    body = [segment.split("*") for segment in [*edi_files.usage(ROWS, form), *MONTH]]
    for at, element, odd in changes:
        segment = body[at % len(body)]
        segment += [""] * (element + 1 - len(segment))
        segment[element] = odd
    kept = ["*".join(segment) for at, segment in enumerate(body) if at not in lost]
    all_of(edi867, edi_files.interchange(kept).encode())
