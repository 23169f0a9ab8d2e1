"""A table of answers comes back as it went out, however a spreadsheet saved it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.portfolio.sampling.answers import AnswerError, Given, given_in, numbers_in, table_of

VALUES = ("0.25345", "-48.19", "2025-04-10", "700200000118", "TOU-GS-2-E", "101760940000000118", "=1+1")


def filled(word: str, table: str) -> str:
    return "\n".join(line.replace(",,", f",{word},") for line in table.splitlines())


def test_a_table_goes_out_empty_and_comes_back() -> None:
    table = table_of(enumerate(VALUES, 1))
    assert given_in(table) == []
    assert numbers_in(table) == list(range(1, len(VALUES) + 1))
    given = given_in(filled("right", table))
    assert [one.number for one in given] == list(range(1, len(VALUES) + 1))
    assert all(one.is_of(value) for one, value in zip(given, VALUES, strict=True))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1), min_size=1))
def test_any_text_comes_back(values: list[str]) -> None:
    texts = [value.strip() or "x" for value in values]
    given = given_in(table_of(enumerate(texts, 1)).replace(",,\n", ",u,\n"))
    assert all(one.is_of(text) for one, text in zip(given, texts, strict=True))
    assert len(given) == len(texts)


@pytest.mark.parametrize(
    ("written", "value", "same"),
    [
        ("0.30000", "0.3", True),
        ("$1,234.50", "1234.5", True),
        ("6/5/2026", "2026-06-05", True),
        ("06/05/26", "2026-06-05", True),
        ("7.002E+11", "700200000118", True),
        ("1.0176E+17", "101760940000000118", True),
        ("101760940000000118", "0101760940000000118", True),  # a leading zero lost
        ("=1+1", "=1+1", True),
        ("5/6/2026", "2026-06-05", False),
        ("0.25354", "0.25345", False),
        ("8.002E+11", "700200000118", False),
        ("TOU-GS-2-D", "TOU-GS-2-E", False),
    ],
)
def test_a_value_is_known_as_spreadsheets_write_it(written: str, value: str, same: bool) -> None:
    assert Given(1, written, "right").is_of(value) is same


@pytest.mark.parametrize(
    "text",
    [
        "number,value,answer,printed\n1,5,R,\n2,6,wrong,7\n3,8,,\n",
        "\ufeffnumber;value;answer;printed\r\n1;5;Right;\r\n2;6;w;7\r\n3;8;;\r\n",
        "number\tanswer\tvalue\tprinted\tremark\n1\tright\t5\t\tyes\n2\tWRONG\t6\t7\t\n",
    ],
)
def test_tables_as_they_are_saved(text: str) -> None:
    assert given_in(text) == [Given(1, "5", "right"), Given(2, "6", "wrong", "7")]


def test_an_apostrophe_that_guards_a_cell_is_not_part_of_it() -> None:
    text = "number,value,answer,printed\n1,'=1+1,wrong,'-cmd\n2,'tis,wrong,'tis\n"
    assert given_in(text) == [Given(1, "=1+1", "wrong", "-cmd"), Given(2, "'tis", "wrong", "'tis")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("value,printed\n5,6\n", "no column number, answer"),
        ("number,answer\n1,maybe\n", "value 1: 'maybe' is no answer"),
        ("number,answer\n1,right\n1,wrong\n", "'1' is no number of a value, or is answered twice"),
        ("number,answer\none,right\n", "'one' is no number"),
    ],
)
def test_what_is_no_answer_is_refused(text: str, says: str) -> None:
    with pytest.raises(AnswerError, match=says):
        given_in(text)
