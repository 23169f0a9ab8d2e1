"""Many requests from one file: all or none, each fault with its line, and the same row once."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from datarequests.bulk import BulkError, draft_all, read
from datarequests.history import items_of
from datarequests.tables import DataRequest, RequestEvent, RequestItem
from extractor.base.database import writing
from tests.datarequests import made
from tests.datarequests.made import NOW

HEAD = "customer,counterparty,account,option,from,to\n"


def sixty() -> str:
    rows = (
        f"acme,sce,8000000001,5,2025-{1 + at % 12:02d}-01,2026-01-{1 + at % 28:02d}\n" for at in range(60)
    )
    return HEAD + "".join(rows)


def draft(desk: Engine, text: str, name: str = "many.csv") -> list[tuple[int, int | None, bool]]:
    with writing(desk) as session:
        found = draft_all(session, read(text, name), name, "pat", NOW)
        return [(line.number, one.row.id, one.is_new) for line, one in found]


def authorized(desk: Engine) -> None:
    with writing(desk) as session:
        made.authorization(session)


def test_sixty_requests_are_drafted_and_drafted_once(desk: Engine) -> None:
    authorized(desk)
    first = draft(desk, sixty())
    assert first == [(at + 2, at + 1, True) for at in range(60)]
    assert draft(desk, sixty()) == [(line, number, False) for line, number, _ in first]
    more = sixty().replace(HEAD, HEAD + "acme,sce,8000000001,1,,\n")
    again = draft(desk, more)
    assert again[0] == (2, 61, True)
    assert not any(is_new for _, _, is_new in again[1:])
    with writing(desk) as session:
        (item,) = items_of(session, 1)
        assert (item.option, item.first, item.last) == ("5", dt.date(2025, 1, 1), dt.date(2026, 1, 1))


def test_one_bad_row_of_sixty_and_nothing_is_drafted(desk: Engine) -> None:
    authorized(desk)
    text = sixty() + "acme,sce,8000000001,9,,\nnobody,sce,,1,,\n"
    with pytest.raises(BulkError) as caught:
        draft(desk, text)
    first, second = str(caught.value).splitlines()
    assert first.startswith("many.csv, line 62: sce has no option '9'")
    assert second.startswith("many.csv, line 63: nobody has no authorization")
    with writing(desk) as session:
        for table in (DataRequest, RequestItem, RequestEvent):
            assert session.exec(select(table)).all() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "acme,sce,,1,2026-02-30,\n", "many.csv, line 2: '2026-02-30' is no date"),
        (HEAD + "acme,,,1,,\n", "many.csv, line 2: counterparty is empty"),
        (HEAD + "acme,sce,,1,,,more\n", "many.csv, line 2: more cells than columns"),
        (HEAD + "acme,sce,,1,,\nacme,sce,,5,,\nacme,sce,,1,,\n", "many.csv, line 4: the same as line 2"),
        (HEAD + '"acme\n",sce,,1,x,\n', "many.csv, line 3: 'x' is no date"),  # a cell of two lines
        (HEAD + '"acme,sce,,1,,\n', "unexpected end of data"),
        ("customer,counterparty,authorization\nacme,sce,one\n", "'one' is no number"),
        ("customer,counterparty,authorization\nacme,sce,-1\n", "'-1' is no number"),
        ("customer,acount\nacme,1\n", r"columns missing: \['counterparty'\]; unknown: \['acount'\]"),
        (HEAD, "has 0 requests"),
        ("", "columns missing"),
        (HEAD + ",,,,,\n" * 5, "has 0 requests"),
    ],
)
def test_a_fault_is_told_with_its_file_and_line(text: str, words: str) -> None:
    with pytest.raises(BulkError, match=words):
        read(text, "many.csv")


def test_the_same_row_in_another_file_is_another_request() -> None:
    (first,), (second,) = (read(HEAD + "acme,sce,,1,,\n", name) for name in ("a.csv", "b.csv"))
    assert first.wanted.batch != second.wanted.batch


def test_the_order_of_columns_makes_no_other_request() -> None:
    (first,) = read("customer,counterparty,option\nacme,sce,1\n", "a.csv")
    (second,) = read("option,customer,counterparty,account\n1,acme,sce,\n", "a.csv")
    assert first.wanted == second.wanted
