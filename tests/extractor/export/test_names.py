"""Names of files fit into any folder, and no two customers have one name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.export.names import LONGEST, Names, plain

ROOM = len(".-99999.part")
"""Bytes that a file's name takes more while it is written, and with a number behind it."""


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("2026-07-01.pdf", "2026-07-01.pdf"),
        (
            "St. Mary's School of Dr.Johnson and his friends",
            "St. Mary_s School of Dr.Johnson and his friends",
        ),
        ("../../etc/passwd", "_.._etc_passwd"),  # a slash is none
        ("..", "_"),
        ("", "_"),
        ("a\x00b\n.pdf", "a_b_.pdf"),
        ("\u96fb" * 100 + ".pdf", "\u96fb" * 65 + ".pdf"),  # three bytes each: 196 and one that is left
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 190 + ".not an extension", "x" * 190 + ".not an ext"[:10]),
    ],
)
def test_a_name_is_safe_and_keeps_its_extension(name: str, safe: str) -> None:
    assert plain(name) == safe


@given(st.text(max_size=300), st.sampled_from(["", ".pdf", ".\u96fb"]))
def test_every_name_fits_into_a_folder(name: str, extension: str) -> None:
    made = plain(f"a{name}a{extension}")
    assert 0 < len(made.encode()) <= LONGEST <= 255 - ROOM
    assert "/" not in made
    assert made.endswith(extension)


def keyed(customers: Sequence[tuple[str, str]]) -> dict[str, str]:
    names = Names(customers)
    return {key: names.of_customer(key) for key, _ in customers}


@pytest.mark.parametrize(
    ("customers", "names"),
    [
        ([("a", "Bakery"), ("b", "School")], ["Bakery", "School"]),
        ([("a", "Bakery"), ("b", "Bakery")], ["Bakery (a)", "Bakery (b)"]),
        ([("a", "Bakery"), ("b", "BAKERY")], ["Bakery (a)", "BAKERY (b)"]),  # one folder on some disks
        ([("a", "A/B"), ("b", "A:B")], ["A_B (a)", "A_B (b)"]),  # one name when it is safe
        ([("a", "Caf\u00e9"), ("b", "Cafe\u0301")], ["Caf\u00e9 (a)", "Caf\u00e9 (b)"]),
        ([("a", "X"), ("b", "X"), ("c", "X (a)")], None),  # a name like one with a key behind it
        ([("a", "x" * 200), ("b", "x" * 200 + "y")], None),  # one name when it is cut
        ([("a/", "X"), ("a:", "X")], None),  # keys that are one when they are safe
        ([("k" * 300, "X"), ("k" * 301, "X")], None),
    ],
)
def test_no_two_customers_have_one_name(customers: list[tuple[str, str]], names: list[str] | None) -> None:
    found = list(keyed(customers).values())
    assert len({plain(name).casefold() for name in found}) == len(customers)
    if names is not None:
        assert found == names


@given(st.dictionaries(st.text(min_size=1, max_size=4), st.text("aA\u00e9/: ", min_size=1, max_size=3)))
def test_names_are_never_shared(customers: dict[str, str]) -> None:
    found = keyed(list(customers.items())).values()
    assert len({plain(name).casefold() for name in found}) == len(customers)


def test_a_printed_name_is_no_customers_of_the_roster() -> None:
    names = Names([("a", "Example Bakery")])
    assert names.of_stranger("EXAMPLE BAKERY", "7002") == "EXAMPLE BAKERY (7002)"
    assert names.of_stranger("EXAMPLE SCHOOL", "7002") == "EXAMPLE SCHOOL"
