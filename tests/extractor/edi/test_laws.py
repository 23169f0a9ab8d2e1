"""Laws of EDI invoices: what adds up is read to the cent, one changed amount is found, nothing is verified alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from extractor.model import ReadResult, Status
from extractor.reading import read_document
from extractor.x12 import CHUNK, transactions_of
from tests.extractor.edi.made import ACKNOWLEDGEMENT, USAGE, File, Invoice, file, sac, txi

QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
AMOUNT = st.decimals("-99999.99", "99999.99", places=2)
LABELS = (
    "Customer charge",
    "Billing adjustment",
    "Delivery Energy - On peak",
    "Late payment charge",
    "Ümläüt",
)


def read(path: Path, data: bytes) -> list[ReadResult]:
    (path / "bill.edi").write_bytes(data)
    return read_document(path / "bill.edi")


def failing(result: ReadResult) -> set[str]:
    return {row.identity for row in result.proof if row.gate and not row.holds}


@QUICK
@given(
    charges=st.lists(st.tuples(AMOUNT, st.sampled_from(LABELS), st.booleans()), min_size=1, max_size=8),
    taxes=st.lists(AMOUNT, max_size=3),
    before=AMOUNT,
    form=st.sampled_from(
        [File(), File(line="\r\n"), File(terminator="\n"), File(element="|", component="^")]
    ),
)
def test_what_is_written_is_read_to_the_cent(
    tmp_path: Path,
    charges: list[tuple[Decimal, str, bool]],
    taxes: list[Decimal],
    before: Decimal,
    form: File,
) -> None:
    lines, expected = [], []
    for amount, label, is_credit in charges:
        credit = is_credit and amount >= 0
        lines.append(sac(str(amount), label, kind="A" if credit else "C"))
        expected.append(-amount if credit else amount)
    lines += [txi(f"{tax:f}") for tax in taxes]
    expected += taxes
    total = sum(expected, Decimal(0))
    made = Invoice(
        lines=lines, total=total, balances=(f"BAL*M*J9*{before:f}", f"BAL*M*YB*{before + total:f}")
    )
    (result,) = read(tmp_path, form.data(made))
    assert result.bill is not None
    (service,) = result.bill.services
    assert [line.amount for line in service.charges] == expected
    assert (result.bill.new_charges, result.bill.amount_due) == (total, before + total)
    assert not failing(result) & {"invoice_total", "invoice_due", "total", "segment_count", "item_count"}


MONEY = re.compile(r"(SAC\*[CA]\*\*EU\*[A-Z0-9]*\*|TXI\*ET\*|TDS\*|BAL\*M\*(?:J9|PB|YB)\*)(-?[\d.]+)")


def places() -> Iterator[re.Match[str]]:
    """Give each place of an invoice with an amount."""
    yield from MONEY.finditer(file().decode())


def test_there_are_amounts_to_be_changed() -> None:
    assert len(list(places())) == 6 + 1 + 3


@QUICK
@given(which=st.integers(0, 9), cents=st.integers(-10_000_000, 10_000_000))
def test_any_one_amount_that_is_changed_is_found(tmp_path: Path, which: int, cents: int) -> None:
    place = list(places())[which]
    new = str(cents) if place[1].startswith(("SAC", "TDS")) else f"{Decimal(cents) / 100:f}"
    assume(Decimal(new) != Decimal(place[2]))
    text = file().decode()
    (result,) = read(tmp_path, (text[: place.start(2)] + new + text[place.end(2) :]).encode())
    amounts = {"invoice_total", "total", "invoice_due", "current_bill"}
    unread = {finding.code for finding in result.findings} & {"edi_unread"}  # a credit below zero
    assert failing(result) & amounts or unread


@QUICK
@given(at=st.integers(0, len(Invoice().segments()) - 1))
def test_any_one_segment_that_is_lost_or_doubled_is_found(tmp_path: Path, at: int) -> None:
    whole = file().decode()
    segment = Invoice().segments()[at] + "~"
    for text in (whole.replace(segment, "", 1), whole.replace(segment, segment * 2, 1)):
        (result,) = read(tmp_path, text.encode())
        assert "segment_count" in failing(result)


KINDS = File(others=[USAGE, ACKNOWLEDGEMENT]).data(Invoice(), Invoice())


@QUICK
@given(data=st.data())
def test_no_damage_makes_a_verified_bill_or_a_fault_of_ours(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes changed, cut out or put in: always a record, and one that can be kept."""
    damaged = bytearray(KINDS)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(damaged)))
        end = min(len(damaged), start + data.draw(st.integers(0, 40)))
        damaged[start:end] = data.draw(
            st.binary(max_size=12) | st.sampled_from([b"~", b"*", b"~ST*810*1~", b"-", b"0"])
        )
    for result in read(tmp_path, bytes(damaged)):
        assert result.status != Status.VERIFIED
        record = result.model_dump_json()
        assert ReadResult.model_validate_json(record) == result
        assert "\\u0000" not in record  # which no text of PostgreSQL's may have


ODD = (
    "SAC",
    "SAC*A**EU*ENC001*100***.1*KH*10*****Energy - On peak - Winter",
    f"SAC*C**EU**{'9' * 14}***{'9' * 12}.9*KH*{'9' * 12}.9*****Delivery Energy - On peak",
    f"TXI*UT*{'9' * 12}.99*{'9' * 12}.9****A*{'9' * 12}.99",
    "TXI*UT*-5*5****A*-100",
    "BAL*A*BM*3",
    "BAL*M*YB*1e5",
    "TDS*-100",
    "IT1*1",
    "N1*SJ*A*1*987654321",
    "SLN*1**O",
    "DTM*151*20891231",
    "DTM*150*19900101",
    "MEA*AE*PRQ*5*KH>K1",
    "BIG*20891231*X******CO",
    "ITD*****",
    "NTE*\u2028",
    "*",
)


@QUICK
@given(odd=st.lists(st.tuples(st.integers(0, 40), st.sampled_from(ODD)), min_size=1, max_size=8))
def test_odd_segments_anywhere_make_neither_a_verified_bill_nor_a_fault_of_ours(
    tmp_path: Path, odd: list[tuple[int, str]]
) -> None:
    segments = Invoice().segments()
    for at, segment in odd:
        segments.insert(at, segment)
    big, *others = segments
    made = Invoice(big=big, header=others, due="", balances=(), loop=(), lines=())
    (result,) = read(tmp_path, File().data(made))
    assert result.status == Status.REVIEW
    assert ReadResult.model_validate_json(result.model_dump_json()) == result


@QUICK
@given(cut=st.integers(1, len(file()) - 2))
def test_a_file_that_was_cut_is_refused_or_its_envelope_does_not_close(tmp_path: Path, cut: int) -> None:
    (result,) = read(tmp_path, file()[:cut])
    if cut >= file().index(b"IEA") + 3:
        assert "edi_envelope" in {finding.code for finding in result.findings}
    else:
        assert (result.status, result.bill) == (Status.UNREADABLE, None)


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (File(others=[USAGE]).data(), "no_invoice", "no invoice (810) is in it, but transactions: 1 of 867"),
        (file()[:300], "damaged_interchange", "within an interchange: it was cut"),
        (file()[:50], "damaged_interchange", "has not its 16 elements"),
        (
            file().replace(b"~SAC", b"~" + b"X" * (2 * CHUNK) + b"~SAC", 1),
            "damaged_interchange",
            "has no end",
        ),
        (file().replace(b"~SE*", b"~SE", 1), "damaged_interchange", "ends what was not begun"),
        (file() + b"%PDF-1.7", "damaged_interchange", "does not begin with its header ISA"),
        (file()[:106] + b"IEA*0*000000007~", "no_invoice", "transactions: none"),
        (b"ISA" + bytes(5000), "damaged_interchange", "has not its 16 elements"),
    ],
)
def test_what_is_no_invoice_says_why(tmp_path: Path, data: bytes, code: str, said: str) -> None:
    (result,) = read(tmp_path, data)
    (finding,) = result.findings
    assert (result.status, finding.code) == (Status.UNREADABLE, code)
    assert said in finding.message


def test_a_million_unknown_segments_are_one_finding(tmp_path: Path) -> None:
    many = ["XYZ*1"] * 200_000 + [f"Q{number}*1" for number in range(5000)]
    (result,) = read(tmp_path, file(Invoice(behind=many)))
    said = [finding.message for finding in result.findings if finding.code == "edi_unknown"]
    assert said[0] == "the segment XYZ, which no rule knows, is not read (200000 times)"
    assert len(result.findings) < 250
    assert any(finding.code == "edi_more" and finding.severity == "error" for finding in result.findings)


def test_a_thousand_loops_are_read_in_no_time_and_line_ends_do_not_stop_a_claim(tmp_path: Path) -> None:
    loops = [
        segment
        for number in range(8000)
        for segment in (f"IT1*{number}*****SV*ELECTRIC", f"REF*NH*R{number}", "REF*12*8000000001")
    ]
    began = time.process_time()
    (result,) = read(tmp_path, file(Invoice(more=loops, items=8001)))
    assert result.bill is not None
    assert len(result.bill.services) == 8001
    assert transactions_of(b"ISA*" + b"\n" * 3_000_000) == set()
    assert time.process_time() - began < 20  # quadratic, either takes minutes


def test_a_long_number_is_refused(tmp_path: Path) -> None:
    lines = (f"SAC*C**EU**{'9' * 5000}", f"SAC*C**EU**100***{'9' * 5000}*KH*1", f"TXI*ET*{'1' * 4000}")
    (result,) = read(tmp_path, file(Invoice(lines=lines, items=int("9" * 4000))))
    said = [finding.message for finding in result.findings if finding.code == "edi_unread"]
    assert {message.partition(":")[0] for message in said} >= {"SAC05", "SAC08", "TXI02", "CTT01"}
    assert all(len(message) < 100 for message in said)
