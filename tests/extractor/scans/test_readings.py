"""What two readings agree on is agreed; where they differ, the likelier text stays and the other is kept."""

from __future__ import annotations

import pytest

from extractor.layouts.sections.wordlist import is_known
from extractor.pages.scans.readings import Disputed, decided, has_digit, mended, merged
from extractor.pages.scans.recognise import UNREAD
from extractor.paper import Word
from extractor.sheet import AGREED
from tests.extractor.scans.scanned import ONCE

LETTER, HEIGHT = 6.0, 10.0
"""Points that a letter takes across, and a word up and down."""


def row(text: str, top: float = 100.0, left: float = 50.0) -> list[Word]:
    """Return a line's words set a letter apart, each read once."""
    words = []
    for part in text.split():
        right = left + LETTER * len(part)
        words.append(Word(part, left, top, right, top + HEIGHT, HEIGHT, ONCE))
        left = right + LETTER
    return words


Read = list[tuple[str, bool]]
"""Texts, and whether they are agreed."""


def both(first: list[Word], second: list[Word]) -> tuple[Read, dict[str, tuple[str, ...]]]:
    words, disputed = merged(first, second, is_known)
    for one in disputed:
        assert one.word in words  # else nobody finds it on the page
    return [(word.text, word.confidence == AGREED) for word in words], {
        one.word.text: one.others for one in disputed
    }


@pytest.mark.parametrize(
    ("first", "second", "read", "disputed"),
    [
        ("$33.94", "$33.94", [("$33.94", True)], {}),
        ("$33.94", "$33.84", [("$33.94", False)], {"$33.94": ("$33.84",)}),  # both are amounts
        ("$33.9A", "$33.94", [("$33.94", False)], {"$33.94": ("$33.9A",)}),  # the one with a number's form
        ("$33.94", "$33.9A", [("$33.94", False)], {"$33.94": ("$33.9A",)}),
        ("peek", "peak", [("peak", True)], {}),  # one is on the word list
        (
            "TOU-GS-1-E",
            "TOU-GS-1-LE",
            [("TOU-GS-1-E", False)],
            {"TOU-GS-1-E": ("TOU-GS-1-LE",)},
        ),  # not a word
        ("peak", "peek", [("peak", True)], {}),
        ("pesk", "peek", [("pesk", False)], {"pesk": ("peek",)}),  # none is
        ("peak", "peak", [("peak", True)], {}),
        ("Jun'25", "Jun\u201925", [("Jun'25", True)], {}),  # apostrophes are one
        ("8000000118", "8000000118", [("8000000118", True)], {}),
        ("8000000118", "8000000119", [("8000000118", False)], {"8000000118": ("8000000119",)}),
    ],
)
def test_one_word_read_twice(
    first: str, second: str, read: Read, disputed: dict[str, tuple[str, ...]]
) -> None:
    assert both(row(first), row(second)) == (read, disputed)


def test_what_only_the_first_reading_has_stays_unconfirmed_unless_it_is_on_the_list() -> None:
    assert both(row("peak $33.94"), []) == ([("peak", True), ("$33.94", False)], {})


def test_what_only_the_second_reading_has_stays_unconfirmed() -> None:
    assert both([], row("peak $33.94")) == ([("peak", False), ("$33.94", False)], {})


def test_words_cut_in_two_ways_are_agreed_and_the_finer_cut_stays() -> None:
    glued = [Word("2,525kWh", 50, 100, 110, 110, HEIGHT, ONCE)]
    apart = [
        Word("2,525", 50, 100, 82, 110, HEIGHT, ONCE),
        Word("kWh", 86, 100, 110, 110, HEIGHT, ONCE),
    ]
    for first, second in ((glued, apart), (apart, glued)):
        assert both(first, second) == ([("2,525", True), ("kWh", True)], {})


def test_a_number_cut_and_read_in_two_ways_is_disputed() -> None:
    whole = [Word("2,525", 50, 100, 82, 110, HEIGHT, ONCE)]
    parts = [Word("2", 50, 100, 57, 110, HEIGHT, ONCE), Word("523", 62, 100, 82, 110, HEIGHT, ONCE)]
    assert both(whole, parts) == ([("2,525", False)], {"2,525": ("2 523",)})


def test_words_of_neighbouring_lines_are_never_one() -> None:
    read, _ = both(row("$33.94", top=100), row("$33.94", top=112))
    assert read == [("$33.94", False), ("$33.94", False)]


def test_a_box_that_is_off_by_half_a_letter_is_of_the_same_word() -> None:
    first, second = row("507 kWh x -$0.10099"), row("507 kWh x -$0.10099")
    first[2] = first[2]._replace(x0=first[2].x0 - 3, x1=first[2].x1 - 3)
    read, disputed = both(first, second)
    assert (read, disputed) == ([(text, True) for text in ["507", "kWh", "x", "-$0.10099"]], {})


def test_a_word_that_one_reading_lost_shifts_no_other() -> None:
    second = row("507 kWh x -$0.10099")
    read, disputed = both([second[0], second[1], second[3]], second)
    assert (read, disputed) == ([("507", True), ("kWh", True), ("x", False), ("-$0.10099", True)], {})


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        (UNREAD, UNREAD, [(UNREAD, False)]),  # ink that nobody could read is never agreed
        (UNREAD, "$5.00", [("$5.00", False)]),
        ("$5.00", UNREAD, [("$5.00", False)]),
    ],
)
def test_ink_that_nobody_could_read(first: str, second: str, read: Read) -> None:
    one, other = ([word._replace(x1=80.0) for word in row(text)] for text in (first, second))
    assert both(one, other)[0] == read


@pytest.mark.parametrize(
    ("others", "outvoted", "third", "text", "open_"),
    [
        (("$33.84",), False, "$33.94", "$33.94", False),  # like the first
        (("$33.84",), False, "$33.84", "$33.84", False),  # like the second, and arithmetic holds it
        (("$33.84",), False, "$33.04", "$33.94", True),  # three say three things
        (
            ("$33.84",),
            True,
            "$33.94",
            "$33.94",
            True,
        ),  # the shapes spoke against it: two readings alike is not enough
        (("$33.84",), True, "$33.84", "$33.84", False),
        (("$33.84",), False, "", "$33.94", True),
    ],
)
def test_a_third_reading(others: tuple[str, ...], outvoted: bool, third: str, text: str, open_: bool) -> None:
    (word,) = row("$33.94")
    (found,), still = decided([word], [Disputed(word, others, word.text, outvoted)], row(third))
    assert (found.text, found.confidence == AGREED, bool(still)) == (text, not open_, open_)


def test_the_same_text_at_another_place_confirms_nothing() -> None:
    read, _ = both(row("$33.94", left=50), row("$33.94", left=300))
    assert read == [("$33.94", False), ("$33.94", False)]


def test_a_misread_word_among_agreed_ones_is_the_only_open_one() -> None:
    first, second = row("On peak 2,525 kWh x $0.48254"), row("On peak 2,525 kWh x $0.48264")
    read, disputed = both(first, second)
    assert [text for text, agreed in read if not agreed] == ["$0.48254"]
    assert disputed == {"$0.48254": ("$0.48264",)}


@pytest.mark.parametrize(
    ("first", "second"),
    [("8000000118", "8000000113"), ("SAMPLEVILLE,", "SAMPLEVILLE."), ("TOU-GS-2-E", "TOU-G5-2-E")],
)
def test_a_third_reading_settles_what_nothing_else_holds_only_where_it_is_like_the_first(
    first: str, second: str
) -> None:
    (word,) = row(first)
    for third, settled in ((first, True), (second, False)):
        _, still = decided([word], [Disputed(word, (second,), first)], row(third))
        assert (not still) is settled


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Page4 of 6", ["Page 4", "of", "6"]),
        ("2,525kWh", ["2,525 kWh"]),
        ("61kW", ["61 kW"]),
        ("29days", ["29 days"]),
        ("17x", ["17 x"]),
        ("x$0.48254", ["x $0.48254"]),
        ("x-$0.00058", ["x -$0.00058"]),
        ("@0.36927", ["@ 0.36927"]),
        ("On-Peak-", ["On-Peak -"]),
        ("Jun'25", ["Jun '25"]),
        ("jun25", ["Jun '25"]),
        ("Jun\u201925", ["Jun '25"]),
        ("Apr 2 08", ["Apr", "2", "'08"]),  # the apostrophe was lost
        ("Apr 2, 08", ["Apr", "2,", "'08"]),
        ("Apr 2 2008", ["Apr", "2", "2008"]),
        ("of 2 08", ["of", "2", "08"]),  # no month before it
        ("On-Peak", ["On-Peak"]),
        ("$33.94", ["$33.94"]),
        ("TOU-GS-2-E", ["TOU-GS-2-E"]),
        ("X000", ["X000"]),
        ("x14/30", ["x 14/30"]),
        ("@0.1016", ["@ 0.1016"]),
        ("06/12/25.(30", ["06/12/25 (30"]),
        ("000301from", ["000301 from"]),
        ("204.067.kWh", ["204.067 kWh"]),
        ("x\u2019$0.00483", ["x $0.00483"]),
        ("GS2", ["GS2"]),
    ],
)
def test_what_is_printed_apart_is_taken_apart(read: str, printed: list[str]) -> None:
    assert [word.text for word in mended(row(read))] == printed


def test_a_lost_apostrophe_is_not_looked_for_on_the_next_line() -> None:
    words = [*row("Apr 2"), *row("08", top=120)]
    assert [word.text for word in mended(words)] == ["Apr", "2", "08"]


def test_mending_leaves_places_and_confidence() -> None:
    (word,) = row("2,525kWh")
    assert mended([word]) == [word._replace(text="2,525 kWh")]


@pytest.mark.parametrize(("text", "digit"), [("$33.94", True), ("S33", True), ("peak", False), ("-", False)])
def test_a_digit_is_seen(text: str, digit: bool) -> None:
    assert has_digit(row(text)[0]) is digit


def test_a_third_reading_may_have_several_words_in_the_place_of_one() -> None:
    (rate,) = row("@23.")
    third = row("@ 2.3", left=rate.x0)
    third = [third[0]._replace(x1=third[0].x1 - 2), third[1]._replace(x0=third[0].x1 + 1, x1=rate.x1)]
    (found,), still = decided([rate], [Disputed(rate, ("@ 2.3",), "@23.")], third)
    assert (found.text, found.confidence, still) == ("@ 2.3", AGREED, [])


@pytest.mark.parametrize(
    ("first", "second", "read"),
    [
        ("Off.peak", "Off peak", [("Off", True), ("peak", True)]),
        ("Your-new charges", "Your.new charges", [("Your new", True), ("charges", True)]),
        ("Offpeak", "Off-peak", [("Off peak", True)]),
        ("Your-new", "Your-new", [("Your-new", True)]),  # as both say: no list knows all that is printed
        ("Off.pesk", "Off pesk", [("Off.pesk", False)]),
        ("Mid-Peak", "Mid Peak", [("Mid-Peak", True)]),  # a word that is printed so
        ("Tier.2", "Tier 2", [("Tier.2", False)]),  # a digit is confirmed by being read alike
    ],
)
def test_specks_between_known_words_are_no_difference(first: str, second: str, read: Read) -> None:
    assert both(row(first), row(second))[0] == read
