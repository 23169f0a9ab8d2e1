"""X12: segments whatever the separators, and an envelope that counts what is there."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.x12 import CHUNK, DamagedInterchangeError, Interchanges, is_interchange, transactions_of
from tests.extractor.intervals.formats.edi_files import interchange

BODY = ["BPT*00*X", "PTD*PM", "QTY*QD*1*KH"]


def names(text: str) -> list[str]:
    return [segment.elements[0] for segment in Interchanges(io.BytesIO(text.encode("latin-1"))).checked()]


WHOLE = ["ISA", "GS", "ST", "BPT", "PTD", "QTY", "SE", "GE", "IEA"]


@pytest.mark.parametrize(
    "text",
    [
        interchange(BODY),
        interchange(BODY, line="\n"),
        interchange(BODY, line="\r\n"),
        interchange(BODY, terminator="\n"),  # the line's end is the terminator
        interchange(BODY, terminator="\r", line="\n"),
        interchange(BODY, element="|", component="^", terminator="'"),
        interchange(BODY)[:-1],  # the last terminator is missing
        interchange(BODY, terminator="\n")[:-1],
        "\r\n\t" + interchange(BODY) + "\r\n\x1a",
        interchange(BODY).replace("~PTD", "~~\r\n~PTD"),  # empty segments
    ],
)
def test_segments_whatever_the_separators(text: str) -> None:
    assert names(text) == WHOLE


def test_interchanges_one_after_the_other_each_have_their_own_separators() -> None:
    text = interchange(BODY) + "\n\n" + interchange(BODY, element="|", terminator="\n") + interchange(BODY)
    assert names(text) == WHOLE * 3


def test_an_acknowledgement_may_stand_before_the_groups() -> None:
    assert "TA1" in names(interchange(BODY).replace("~GS", "~TA1*000000001*251103*0000*A*000~GS"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("SE*5*0001", "SE*4*0001", r"segment 7 \(SE\): counts 4 segments, of which 5 are there"),
        ("SE*5*0001", "SE*5*0002", r"segment 7 \(SE\): repeats another control number"),
        ("SE*5*0001", "SE", r"segment 7 \(SE\): counts no segments"),
        ("GE*1*12", "GE*2*12", r"segment 8 \(GE\): counts 2 transactions, of which 1 are there"),
        ("GE*1*12", "GE*1*13", r"segment 8 \(GE\): repeats another control number"),
        ("IEA*1*000000007", "IEA*3*000000007", r"segment 9 \(IEA\): counts 3 groups, of which 1 are there"),
        ("IEA*1*000000007", "IEA*1*000000008", r"segment 9 \(IEA\): repeats another control number"),
        ("QTY*QD*1*KH~", "", r"segment 6 \(SE\): counts 5 segments, of which 4 are there"),  # one was lost
        ("SE*5*0001~", "", r"segment 7 \(GE\): ends what was not begun"),
        ("ST*867*0001~", "", r"segment 3 \(BPT\): stands outside of any transaction"),
        ("~GE*1*12~IEA*1*000000007~", "~", "the file ends after segment 7, within an interchange"),
        ("~GE*1", "~ST*867*2~GE*1", r"segment 9 \(GE\): ends what was not begun"),
        ("~ST*867", "~ISA*~ST*867", r"segment 3 \(ISA\): stands where none may be"),
    ],
)
def test_a_wrong_envelope_names_the_segment(old: str, new: str, reason: str) -> None:
    text = interchange(BODY)
    assert old in text
    with pytest.raises(DamagedInterchangeError, match=reason):
        names(text.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [
        "ST*867*0001~BPT*00*X~SE*3*0001~",  # without an envelope the separators are not known
        interchange(BODY)[:90],
        interchange(BODY)[:40] + "\n" + interchange(BODY)[40:],  # wrapped lines
        interchange(BODY).replace("*P*>", "*P*~", 1),  # two separators in one
        interchange(BODY) + "garbage",
        interchange(BODY)[:110] + "x" * (2 * CHUNK),  # a segment without an end
    ],
)
def test_what_is_no_interchange_is_refused(text: str) -> None:
    with pytest.raises(DamagedInterchangeError):
        names(text)


@given(cut=st.integers(1, len(interchange(BODY)) - 2))
def test_a_file_that_was_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(DamagedInterchangeError):
        names(interchange(BODY)[:cut])


def test_segments_over_the_border_of_what_is_read_at_once() -> None:
    body = ["BPT*00*X", "PTD*PM"] + [f"QTY*QD*{number}*KH" for number in range(20_000)]
    found = names(interchange(body))
    assert found.count("QTY") == 20_000


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (interchange(BODY), {"867"}),
        (interchange(BODY).replace("ST*867", "ST*810"), {"810"}),
        (interchange(BODY, BODY).replace("ST*867*0002", "ST*810*0002"), {"867", "810"}),
        (interchange(BODY, terminator="\n", element="|", component="^"), {"867"}),
        ("\ufeff" + interchange(BODY, line="\r\n"), {"867"}),
        (interchange([*BODY, "N4*A TOWN*ST*810*US"]), {"867"}),  # elements that look like a header
        (interchange(BODY).removeprefix("ISA"), set()),
        ("ST*810*0001~", set()),
    ],
)
def test_what_transactions_a_file_holds_is_told_from_its_bytes(text: str, kinds: set[str]) -> None:
    data = text.encode()
    assert transactions_of(data) == kinds
    assert is_interchange(data) == (text.lstrip("\ufeff")[:3] == "ISA")
