"""Interval files that were saved in another encoding: read to the letter, or refused with its name."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.encoding import UTF_8, encoding_of, of_ebcdic, plain
from extractor.intervals.formats import UnreadableIntervalsError, WrongEncodingError
from extractor.intervals.given import Given
from extractor.intervals.taken.chosen import chosen, may_be_intervals
from tests.extractor.intervals.formats import edi_files
from tests.extractor.intervals.taken.made import DAY, SAMPLES, csv, named

QUARTERS = [(1_741_500_000 + 900 * at, 900, None) for at in range(4)]
EDI = edi_files.interchange(list(edi_files.usage(QUARTERS, edi_files.FORMS[0])))
CMEP = (SAMPLES / "cmep" / "sensus_mepmd01_cmepparser.dat").read_text("utf-8")
FEED = (SAMPLES / "espi_xml" / "verdigris_BulkSCERetailCustomer.xml").read_text("utf-8")
ENERGY = "Basic Usage (kWh)\nDate,Time,8000000001\n" + "".join(
    f"07/04/2025,{at // 4:02}:{at % 4 * 15:02},1\n" for at in range(DAY)
)
SCE = csv([5] * DAY).decode()
OTHERS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be")
FILES = {
    "SCE CSV": (named(), SCE),
    "EnergyManager": ("usage.csv", ENERGY),
    "ESPI": ("feed.xml", FEED),
    "CMEP": ("usage.cmep", CMEP),
    "EDI": ("usage.edi", EDI),
}


def read(name: str, data: bytes) -> tuple[str, list[Given]]:
    file = io.BytesIO(data)
    one = chosen(file, name)
    return one.key, list(one.read(file, name))


def with_first_line(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{FEED.partition("?>")[2]}'


@pytest.mark.parametrize("encoding", [*OTHERS, "utf-8-sig"])
@pytest.mark.parametrize("file", FILES)
def test_what_its_first_bytes_tell_is_read_as_the_same_in_utf_8(file: str, encoding: str) -> None:
    name, text = FILES[file]
    assert may_be_intervals(name, text.encode(encoding)[:4096])
    assert read(name, text.encode(encoding)) == read(name, text.encode())


@pytest.mark.parametrize(
    ("said", "encoding"),
    [("UTF-16", "utf-16"), ("UTF-16", "utf-16-le"), ("utf-8", "utf-16"), ("ISO-8859-1", "latin-1")],
)
def test_xml_is_read_by_what_it_says_and_what_its_mark_says(said: str, encoding: str) -> None:
    assert read("feed.xml", with_first_line(said).encode(encoding)) == read("feed.xml", FEED.encode())


HALF = SCE[: len(SCE) // 2].rpartition("\n")[0] + "\n"
REST = SCE.removeprefix(HALF)
UTF_8_LINE = '; save it as UTF-8, with encoding="UTF-8" in its first line'


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (named(), SCE.encode("cp037"), "it is text in EBCDIC, which is not read; save it as UTF-8"),
        ("usage.edi", EDI.encode("cp037"), "it is text in EBCDIC, which is not read; save it as UTF-8"),
        ("reply.csv", "Some,Table\n1,2\n".encode("cp037"), "it is text in EBCDIC"),
        ("reply.csv", "Some,Table\n1,2\n".encode("utf-16"), "read as UTF-16: no format known; look at it"),
        ("reply.csv", "Some,Table\n1,2\n".encode("utf-32-le"), "read as UTF-32: no format known; look at it"),
        (named(), b"\r\n<!DOCTYPE html><html>Sign in</html>", "it is a web page, as sites give where one has to"),
        ("feed.xml", "<html>Sign in</html>".encode("utf-16"), "it is a web page, as sites give where one has to"),
        # cut inside a letter
        (named(), SCE.encode("utf-16")[:-1], "line 110: it begins as UTF-16, and here is cut or"),
        # appended by a shell that writes another encoding
        (named(), HALF.encode("utf-16") + REST.encode(), f"line {HALF.count(chr(10)) + 1}: "),
        (named(), HALF.encode() + REST.encode("utf-16-le"), f"line {HALF.count(chr(10)) + 1}: "),
        ("feed.xml", with_first_line("UTF-32").encode("utf-32"), "XML in UTF-32, which is not read; save it"),
        ("feed.xml", with_first_line("UTF-16").encode(), f"says that it is UTF-16, and it is not{UTF_8_LINE}"),
        ("feed.xml", with_first_line("klingon").encode(), f"its encoding is not known: klingon{UTF_8_LINE}"),
        (
            "feed.xml",
            FEED.encode().replace(b"<title", b"<!-- caf\xe9 --><title", 1),
            f"line {FEED[: FEED.index('<title')].count(chr(10)) + 1}: it has letters that are not UTF-8, and",
        ),
        # a control character is damage in whichever encoding
        ("feed.xml", FEED.encode().replace(b"<title", b"\x01<title", 1), "the XML breaks off or is damaged"),
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused_with_its_encoding(name: str, data: bytes, said: str) -> None:
    with pytest.raises(UnreadableIntervalsError) as refused:
        read(name, data)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["usage.edi", "usage.dat"])
def test_ebcdic_is_claimed_so_that_it_is_refused_with_its_reason(name: str) -> None:
    assert may_be_intervals(name, EDI.encode("cp037")[:4096])
    assert not may_be_intervals(name, "Dear Sir".encode("cp037"))


def test_a_lone_surrogate_far_down_is_named_by_its_line() -> None:
    text = SCE + "\n" * 100_000
    data = text.encode("utf-16-le") + b"\x00\xd8" + b"x\0"
    with pytest.raises(WrongEncodingError, match=f"line {text.count(chr(10)) + 1}: it begins as UTF-16"):
        read(named(), data)


@given(st.text(st.characters(codec="utf-8", max_codepoint=0x7E, min_codepoint=0x20), min_size=2))
def test_a_text_in_ascii_tells_its_encoding(text: str) -> None:
    for encoding in OTHERS:
        assert plain(text.encode(encoding)) == text.encode(), encoding
    assert (encoding_of(text.encode()), of_ebcdic(text.encode())) == (UTF_8, None)


@pytest.mark.parametrize("path", sorted(path for path in SAMPLES.rglob("*") if path.is_file()), ids=str)
def test_no_sample_is_taken_for_another_encoding(path: Path) -> None:
    with path.open("rb") as file:
        for piece in iter(partial(file.read, 4096), b""):
            assert (encoding_of(piece), of_ebcdic(piece)) == (UTF_8, None)
