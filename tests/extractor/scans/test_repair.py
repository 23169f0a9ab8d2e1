"""What arithmetic can repair is repaired, what it cannot is for a person, and nothing verified is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import NamedTuple

import pytest

from extractor.mending.confusions import CONFUSED, candidates
from extractor.mending.repair import repaired
from extractor.model import Document, Evidence, Proof, ReadResult, Status
from extractor.paper import Word, box_of
from extractor.sheet import Page, Scan
from tests.extractor.law import Sample
from tests.extractor.scans.scanned import ONCE, Spot, alike, mended, read, sample, scanned, spots, wrong

SUPPLIED = "gs2e-cpa-clean-summer-2026"
SPLIT = "gs2e-cpa-clean-season-split-2025"
SMALL = "domestic-bundled-below-baseline-2026"
ALONE = "cpa-only-d4-clean-2026"
VINTAGE = "gs2d-cpa-green-summer-2025"
WIRED = "account-wire-credit-adjustment-2026"

SEEDS = 8
"""Misreadings by chance of each bill."""

WORDS = 2
"""Words misread at once, at most."""


TELLING = re.compile(r"\$\d|\d kWh|\d kW\b|\d\d/\d\d/\d\d|\d{10}|Your rate")
"""What a line with an amount, a quantity, a date, an account or a schedule has."""


class Case(NamedTuple):
    """A word of a bill, on a page and on a line that has some text, and what recognition makes of it."""

    bill: str
    page: int
    line: str
    text: str
    misread: str
    also: tuple[str, ...] = ()
    """What the second reading says."""


REPAIRED = {
    "a digit of an amount": Case(SUPPLIED, 5, "Facilities", "$965.63", "$966.63"),
    "a digit of an amount without arithmetic": Case(SUPPLIED, 5, "Customer charge", "$268.43", "$268.48"),
    "a digit of SCE's kWh": Case(SUPPLIED, 5, "Off peak", "14,836", "14,886"),
    "the second reading is right": Case(SUPPLIED, 5, "Off peak", "14,836", "14,086", ("14,836",)),
    "the days of a share": Case(SPLIT, 5, "$740.05", "27/30", "21/30"),
    "a lost decimal point": Case(SUPPLIED, 5, "Facilities", "$965.63", "$96563"),
    "a dollar sign read as 5": Case(SUPPLIED, 5, "Facilities", "$965.63", "5965.63"),
    "a lost minus": Case(SUPPLIED, 5, "indifference", "-$515.44", "$515.44"),
    "an amount of a CCA": Case(SUPPLIED, 6, "Mid-Peak", "$111.90", "$111.96"),
}

FOR_A_PERSON = {
    "a rate": Case(SUPPLIED, 5, "On peak", "$0.48254", "$0.48264"),
    "a rate that happens to be right": Case(SUPPLIED, 5, "On peak", "$0.48254", "$0.48254"),
    "a CCA's kWh that moves no cent": Case(SUPPLIED, 6, "2524", "2524.818", "2524.813"),
    "two texts that both close": Case(SUPPLIED, 6, "2524", "2524.818", "2524.813", ("2524.818",)),
    "a label": Case(SUPPLIED, 5, "Customer charge", "Customer", "Custorner"),
    "the season of a CCA's demand": Case(SUPPLIED, 6, "Demand - On-Peak", "Summer", "Surnmer"),
}


def place(case: Case) -> Spot:
    bill = sample(case.bill)
    (found,) = [
        one
        for one in spots(bill)
        if one.page == case.page - 1 and one.word.text == case.text and case.line in one.line.text
    ]
    return found


def outcome(case: Case) -> tuple[Sample, ReadResult, ReadResult]:
    """Return the bill, and what is read of it without and with repair."""
    bill, spot = sample(case.bill), place(case)
    at = (spot.page, spot.at)
    pages = scanned(bill, {at: case.misread}, {at: case.also} if case.also else None)
    return bill, read(pages), mended(pages)


@pytest.mark.parametrize("case", REPAIRED.values(), ids=REPAIRED)
def test_what_arithmetic_proves_is_repaired(case: Case) -> None:
    bill, before, after = outcome(case)
    assert before.status == Status.REVIEW
    assert after.status == Status.VERIFIED
    assert wrong(bill, after) == []
    (told,) = [finding for finding in after.findings if finding.code == "repaired"]
    assert told.severity == "info"
    assert (told.page, repr(case.misread) in told.message, repr(case.text) in told.message) == (
        case.page,
        True,
        True,
    )


@pytest.mark.parametrize("case", FOR_A_PERSON.values(), ids=FOR_A_PERSON)
def test_what_arithmetic_does_not_prove_is_left_to_a_person(case: Case) -> None:
    _, before, after = outcome(case)
    assert after.status == Status.REVIEW
    assert after == before  # nothing is changed that is not proven
    unconfirmed = [finding for finding in after.findings if finding.code == "unconfirmed"]
    assert case.page in {finding.page for finding in unconfirmed}


def misread_alike(case: Case) -> tuple[Sample, ReadResult, ReadResult]:
    """Return the bill, and what is read without and with repair where both readings misread a word alike."""
    bill, spot = sample(case.bill), place(case)
    pages = alike(bill, {(spot.page, spot.at): case.misread})
    return bill, read(pages), mended(pages)


def test_a_comma_that_two_readings_took_for_a_point_is_repaired() -> None:
    bill, before, after = misread_alike(Case(VINTAGE, 5, "2025 Vintage CRS", "38,431", "38.431"))
    assert before.status == Status.REVIEW
    assert after.status == Status.VERIFIED
    assert wrong(bill, after) == []
    (told,) = [finding for finding in after.findings if finding.code == "repaired"]
    assert told.message == (
        "read as '38.431', repaired to '38,431': the only text with which kwh_surcharge, line_product hold"
    )


@pytest.mark.parametrize(
    "case",
    [
        Case(SUPPLIED, 5, "Off peak", "14,836", "14,886"),
        Case(SUPPLIED, 5, "Facilities", "$965.63", "$965.68"),
        Case(WIRED, 1, "Previous", "$1,900.00", "$1,950.00"),
    ],
    ids=["kWh", "an amount", "a balance"],
)
def test_a_digit_that_two_readings_say_alike_is_printed_and_stays(case: Case) -> None:
    """A bill may print a wrong number; a scan of it hides that no more than its text does."""
    _, before, after = misread_alike(case)
    assert after == before
    assert after.status == Status.REVIEW


@pytest.mark.parametrize("misread", ["-$1,905.00", "-$1,950.00", "-$1,909.00"])
def test_what_was_read_alike_is_not_bent_to_what_was_read_once(misread: str) -> None:
    bill, _, after = outcome(Case(WIRED, 1, "Payment", "-$1,900.00", misread))
    assert wrong(bill, after) == []
    if after.status == Status.VERIFIED:
        assert after.bill is not None and after.bill.previous_balance == Decimal("1900.00")


@pytest.mark.parametrize("name", [SUPPLIED, SPLIT, SMALL, ALONE])
def test_what_is_read_alike_twice_needs_no_repair(name: str) -> None:
    bill = sample(name)
    result = mended(scanned(bill, {}))
    assert result.status == Status.VERIFIED
    assert wrong(bill, result) == []
    assert "repaired" not in {finding.code for finding in result.findings}


def misreading(text: str, chance: Random) -> str:
    """Return a word as recognition may misread it: a character confused, lost or doubled."""
    meant = {char: said for said, chars in CONFUSED.items() for char in chars}
    options = [text[:at] + meant[char] + text[at + 1 :] for at, char in enumerate(text) if char in meant]
    options += [
        text[:at] + other + text[at + 1 :] for at, char in enumerate(text) for other in CONFUSED.get(char, "")
    ]
    options += [
        text[:at] + text[at + 1 :] for at, char in enumerate(text) if char in ".,-$" and len(text) > 1
    ]
    return chance.choice(options or [text])


def test_a_word_is_changed_once() -> None:
    """Two digits that each close one sum make a guess, not a repair."""
    word = Word("$0.01", 0, 0, 20, 9, 9, ONCE)
    page = Scan(1, (612, 792), [word], {}, lambda box: box)

    def closing(pages: Sequence[Page]) -> ReadResult:
        (said,) = pages[0].words
        place = Evidence(page=1, bbox=box_of([said]), text=said.text, confidence=said.confidence)
        rows = [
            Proof(
                identity=name,
                subjects=("/bill/amount_due",),
                printed=Decimal(1),
                computed=Decimal(holds),
                tolerance=Decimal(0),
                gate=True,
                holds=holds,
            )
            for name, holds in (
                ("a sum", said.text.startswith("$0.8")),
                ("another sum", said.text.startswith("$0.8")),
                ("a third sum", re.fullmatch(r"\$0\.\d7", said.text) is not None),
            )
        ]
        status = Status.VERIFIED if all(row.holds for row in rows) else Status.REVIEW
        return ReadResult(
            document=Document(path="a.pdf", reader="test"),
            status=status,
            evidence={"/bill/amount_due": place},
            proof=tuple(rows),
        )

    before = closing([page])
    assert repaired([page], before, closing) is before


def telling(bill: Sample) -> list[Spot]:
    """Return the words of the lines that a record is made of."""
    return [one for one in spots(bill) if TELLING.search(one.line.text)]


@pytest.mark.parametrize("name", [SMALL])
def test_verified_after_repair_is_read_right(name: str) -> None:
    """The law, for misreadings by chance; of some the repair has to make something, or it shows nothing."""
    bill = sample(name)
    words = telling(bill)
    repairs = 0
    for seed in range(SEEDS):
        chance = Random(seed)
        chosen = chance.sample(words, chance.randint(1, WORDS))
        changed = {(one.page, one.at): misreading(one.word.text, chance) for one in chosen}
        result = mended(scanned(bill, changed))
        assert wrong(bill, result) == [], (
            seed,
            [(one.word.text, changed[one.page, one.at]) for one in chosen],
        )
        repairs += any(finding.code == "repaired" for finding in result.findings)
    assert repairs


@pytest.mark.parametrize(
    ("text", "others", "given", "never"),
    [
        ("$0.O5", (), "$0.05", "$0.O5"),
        ("$3394", (), "$33.94", "$3394"),
        ("515.44", (), "-515.44", "515.44"),
        ("-$515.44", (), "$515.44", "-$515.44"),
        ("14,886", ("14,836",), "14,836", "14,88"),
        ("21/30", (), "27/30", "2l/30"),
        ("$1.00", ("kWh",), "kWh", "$l.00"),  # another reading is a candidate whatever its form
    ],
)
def test_candidates_are_other_readings_and_one_confusion_away(
    text: str, others: tuple[str, ...], given: str, never: str
) -> None:
    found = list(candidates(text, others))
    assert given in found
    assert never not in found
    assert text not in found


def test_a_word_without_digits_is_only_what_another_reading_says() -> None:
    assert list(candidates("peek")) == []
    assert list(candidates("peek", ("peak",))) == ["peak"]
