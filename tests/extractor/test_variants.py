"""The corpus's bills in the forms that unseen documents have: what is read stays exact, or is doubted.

Three ways of making them: the same content on other sheets (`sheets`), the same words written
otherwise into the file (`redrawn`), the golden's lines set in type again in other looks and
words (`typeset`, `drifts`); and other bindings of the pages (`bound`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from extractor.pages import pdfium
from extractor.paper import Word
from extractor.reading import read_document
from extractor.sheet import Page
from tests.extractor import drifts, redrawn
from tests.extractor.bound import FOLDER, bound, pages_of, plain
from tests.extractor.golden import as_json, differences, golden_of
from tests.extractor.sheets import HEIGHT, WIDTH, Sheet, on_sheets, scaled, turned, upright_by_rotate
from tests.extractor.typeset import Look, Row, Summary, Wording
from tests.extractor.variants import (
    BILLS,
    BUNDLED,
    HOME,
    LARGE,
    NET,
    OLD,
    SOLAR,
    SPLIT,
    TAXED,
    TWICE,
    Json,
    Variant,
    as_printed,
    codes,
    essence,
    golden_copy,
    read_all,
    read_variant,
    relabelled,
    set_bill,
)

WHOLE = (SPLIT, BUNDLED, OLD)
"""Bills that are tried as files."""
ALONE = "cpa-only-d4-clean-2026"


def goldens(*names: str) -> list[Json]:
    """Return the golden bills of some files, in order."""
    return [record["bill"] for name in names for record in golden_of(FOLDER / f"{name}.pdf")]


def wrong(records: Sequence[Json], wanted: Sequence[Json]) -> list[str]:
    """Return what some records say otherwise than their goldens."""
    assert len(records) == len(wanted), [record["status"] for record in records]
    return [line for pair in zip(records, wanted, strict=True) for line in as_printed(*pair)]


# --- other sheets --------------------------------------------------------------------------------

SHEETS: dict[str, Sheet | Callable[[int], Sheet]] = {
    "turned upright by /Rotate 90": upright_by_rotate(90),
    "turned upright by /Rotate 180": upright_by_rotate(180),
    "turned upright by /Rotate 270": upright_by_rotate(270),
    "each page turned another way": lambda at: upright_by_rotate((90, 180, 270)[at % 3]),
    "turned and cropped": Sheet((0, 1, -1, 0, HEIGHT + 40, 30), (0, 0, 900, 700), (40, 30, 832, 642), 90),
    "another origin": Sheet((1, 0, 0, 1, -300, 1000), (-300, 1000, 312, 1792)),
    "an offset crop box": Sheet((1, 0, 0, 1, 50, 60), (0, 0, 712, 912), (50, 60, 662, 852)),
    "a smaller crop box": Sheet(crop=(8, 8, 606, 786)),
    "in the middle of a landscape sheet": Sheet((1, 0, 0, 1, 90, 0), (0, 0, 792, 792)),
    "reduced to fit a landscape sheet": Sheet(scaled(0.77, 160), (0, 0, 792, 612)),
    "reduced to fit A4": Sheet(scaled(0.97, 0, 30), (0, 0, 595, 842)),
    "at 0.8": Sheet(scaled(0.8), (0, 0, 0.8 * WIDTH, 0.8 * HEIGHT)),
    "at 0.8 on Letter": Sheet(scaled(0.8, 60, 80)),
    "at 1.3": Sheet(scaled(1.3), (0, 0, 1.3 * WIDTH, 1.3 * HEIGHT)),
    "half as large, with a UserUnit of 2": Sheet(scaled(0.5), (0, 0, 306, 396), unit=2.0),
    "moved by (12, -9)": Sheet((1, 0, 0, 1, 12, 9), (0, 0, 640, 820)),
}


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
@pytest.mark.parametrize("name", [*WHOLE, ALONE])
def test_the_sheet_does_not_matter(sheet: Sheet, name: str, tmp_path: Path) -> None:
    file = tmp_path / "bill.pdf"
    file.write_bytes(on_sheets((FOLDER / f"{name}.pdf").read_bytes(), sheet))
    assert wrong([as_json(result) for result in read_document(file)], goldens(name)) == []


@pytest.mark.parametrize("degrees", [0.3, -0.3])
@pytest.mark.parametrize("name", WHOLE)
def test_a_slight_skew_does_not_matter(degrees: float, name: str) -> None:
    data = on_sheets((FOLDER / f"{name}.pdf").read_bytes(), Sheet(turned(degrees)))
    assert wrong(read_all(pdfium.read_pages(data)), [essence(bill) for bill in goldens(name)]) == []


@pytest.mark.parametrize("rotate", [90, 270])
def test_a_page_on_its_side_is_to_be_turned(rotate: int) -> None:
    data = on_sheets((FOLDER / f"{SPLIT}.pdf").read_bytes(), Sheet(rotate=rotate))
    (record,) = read_all(pdfium.read_pages(data))
    assert record["status"] == "unreadable"
    assert codes(record) == {"sideways"}


def test_a_single_page_on_its_side_is_named() -> None:
    file = (FOLDER / f"{SPLIT}.pdf").read_bytes()
    data = on_sheets(file, lambda at: Sheet(rotate=90) if at in (4, 5) else Sheet())
    (record,) = read_all(pdfium.read_pages(data))
    assert record["status"] == "review"
    assert [one["page"] for one in record["findings"] if one["code"] == "sideways"] == [5, 6]


# --- other writers -------------------------------------------------------------------------------

WRITERS: dict[str, redrawn.Writer] = {
    "every word alone": redrawn.by_words,
    "every word alone, in any order": redrawn.shuffled,
    "column by column from below": redrawn.columns_apart,
    "every letter alone": redrawn.by_letters,
    "every letter alone, in any order": redrawn.letters_shuffled,
    "offsets for spaces, kerning in words": redrawn.kerned,
    "every word twice, for bold": redrawn.overprinted,
    "every letter twice, for bold": redrawn.letters_overprinted,
    "an invisible layer over a picture": redrawn.invisible,
    "Times": redrawn.in_font(1),
    "a typewriter": redrawn.in_font(2),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("name", [*WHOLE, ALONE])
def test_how_the_file_writes_the_words_does_not_matter(write: redrawn.Writer, name: str) -> None:
    pages = pdfium.read_pages(redrawn.redrawn(pages_of(name), write))
    assert wrong(read_all(pages), goldens(name)) == []


def moved(page: Page, by: Callable[[Word], tuple[float, float]]) -> Page:
    """Return a page whose words stand elsewhere."""
    words = []
    for word in page.words:
        across, down = by(word)
        words.append(
            word._replace(
                x0=word.x0 + across, x1=word.x1 + across, top=word.top + down, bottom=word.bottom + down
            )
        )
    return Page(page.number, page.width, page.height, words, page.source, page.text)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", BILLS)
def test_words_that_tremble_are_read(seed: int, name: str) -> None:
    chance = Random(seed)
    pages = [
        moved(page, lambda word: (chance.uniform(-0.6, 0.6), chance.uniform(-0.6, 0.6)))
        for page in pages_of(name)
    ]
    assert wrong(read_all(pages), [essence(bill) for bill in goldens(name)]) == []


# --- stamps --------------------------------------------------------------------------------------

STAMPS = ("COPY", "DUPLICATE", "PAID 06/11/25", "PAID $4,775.25")
PLACES: dict[str, tuple[float, float, float, int]] = {
    "across the charges": (150, 420, 60, 45),
    "over the charges": (150, 560, 40, 0),
    "beside the charges": (440, 480, 24, 0),
    "up the margin": (20, 300, 24, 90),
    "outside the charges": (150, 80, 40, 0),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("text", STAMPS)
@pytest.mark.parametrize("name", [SPLIT, BUNDLED])
def test_a_large_stamp_is_no_part_of_what_it_covers(
    text: str, place: tuple[float, float, float, int], name: str
) -> None:
    pages = pages_of(name)
    data = redrawn.redrawn(pages, redrawn.by_words, redrawn.stamped(pages[0], text, *place))
    (record,) = read_all(pdfium.read_pages(data))
    assert wrong([record], goldens(name)) == []
    assert "stamp" in codes(record)


@pytest.mark.parametrize("text", ["COPY", "PAID $4,775.25"])
def test_a_small_stamp_among_the_charges_is_doubted_where_it_stands(text: str) -> None:
    pages = pages_of(SPLIT)
    data = redrawn.redrawn(pages, redrawn.by_words, redrawn.stamped(pages[0], text, 200, 583.5, 12))
    (record,) = read_all(pdfium.read_pages(data))
    assert record["status"] == "review"
    assert any(one["code"].startswith("unread") and one["page"] in (5, 6) for one in record["findings"])


# --- other looks, words, signs -------------------------------------------------------------------


@pytest.mark.parametrize("look", drifts.LOOKS.values(), ids=drifts.LOOKS)
@pytest.mark.parametrize("name", [*BILLS, NET])
def test_the_look_does_not_matter(look: Look, name: str) -> None:
    record, golden = read_variant(name, Variant(look=look))
    assert as_printed(record, essence(golden)) == []


@pytest.mark.parametrize("variant", drifts.WORDINGS.values(), ids=drifts.WORDINGS)
@pytest.mark.parametrize("name", BILLS)
def test_drifted_words_are_kept_and_understood(variant: Variant, name: str) -> None:
    record, golden = read_variant(name, variant)
    assert as_printed(record, essence(golden)) == []


UNCLEAR: dict[str, tuple[str, Variant, str]] = {
    "nothing tells a section's heading from a group's": (SPLIT, Variant(look=Look(gap=0)), "heading_place"),
    "no indent tells which lines are of a group": (HOME, Variant(look=Look(indent=0)), "empty_group"),
    "a heading set off like a section, of no known name": (
        SPLIT,
        Variant(relabelled("^CCA cost resp.*", "Exit fees")),
        "heading_place",
    ),
    "a heading that reads like none": (
        BUNDLED,
        Variant(relabelled("CPP participation", "Reliability events")),
        "unread_words",
    ),
    "a supplier's name among SCE's lines": (
        SPLIT,
        Variant(rows=lambda rows: [*rows[:9], Row("CLEAN POWER ALLIANCE"), *rows[9:]]),
        "other_supplier",
    ),
    "a price period alone below another's line": (
        SPLIT,
        Variant(rows=lambda rows: [*rows[:8], Row("Mid peak", level=1), *rows[8:]]),
        "unread_words",
    ),
    "an energy heading among cost responsibility lines": (
        SPLIT,
        Variant(rows=lambda rows: [*rows[:20], Row("Energy-Winter"), *rows[20:]]),
        "misplaced_line",
    ),
    "a minus that may be a dash": (
        SPLIT,
        Variant(
            drifts.overpaid, Wording(money=lambda a: f"{'- ' if a < 0 else ''}${abs(a):,.2f}"), says=Summary()
        ),
        "unread_account_row",
    ),
    "words behind the rate schedule": (
        BUNDLED,
        Variant(rows=lambda rows: [rows[0], replace(rows[1], numbers="RECEIVED OCT 06"), *rows[2:]]),
        "unread_words",
    ),
}


@pytest.mark.parametrize(("name", "variant", "code"), UNCLEAR.values(), ids=UNCLEAR)
def test_what_only_a_person_can_settle_is_left_to_one(name: str, variant: Variant, code: str) -> None:
    record, _ = read_variant(name, variant)
    assert record["status"] == "review"
    assert code in codes(record)


@pytest.mark.parametrize(("known", "new"), drifts.UNKNOWN_LABELS.values(), ids=drifts.UNKNOWN_LABELS)
def test_an_unknown_label_is_kept_and_named(known: str, new: str) -> None:
    record, golden = read_variant(BUNDLED, Variant(relabelled(known, new)))
    for charge in golden["services"][0]["charges"]:
        charge["component"] = (
            "unknown" if charge["label"] == new and not charge["group"] else charge["component"]
        )
    wanted = essence(golden)
    if new != "Reliability event":  # the group still says what it is
        assert "unknown_label" in codes(record)
    assert as_printed(record, wanted) == []


@pytest.mark.parametrize("money", drifts.SIGNS.values(), ids=drifts.SIGNS)
@pytest.mark.parametrize("name", [SPLIT, BUNDLED, SOLAR, TAXED])
def test_credits_are_read_in_every_form_on_every_line(money: Callable[[Decimal], str], name: str) -> None:
    wording = Wording(money=money, cca_money=money)
    record, golden = read_variant(name, Variant(drifts.credited, wording, LARGE, Summary()))
    assert as_printed(record, essence(golden)) == []


@pytest.mark.parametrize("money", drifts.SIGNS.values(), ids=drifts.SIGNS)
def test_a_credit_to_the_customer_is_read_in_every_form(money: Callable[[Decimal], str]) -> None:
    wording = Wording(money=money, cca_money=money)
    record, golden = read_variant(SPLIT, Variant(drifts.overpaid, wording, says=Summary()))
    assert Decimal(golden["amount_due"]) < 0
    assert as_printed(record, essence(golden)) == []


SUMS: dict[str, tuple[str, Callable[[Json], None]]] = {
    "nothing used, nothing owed": (HOME, drifts.nothing),
    "a city's bill": (BUNDLED, drifts.enormous),
    "one day": (TWICE, drifts.lasting(1)),
    "two months": (TWICE, drifts.lasting(62)),
    "two months with an aggregator": (SPLIT, drifts.lasting(62)),
}


@pytest.mark.parametrize(("name", "change"), SUMS.values(), ids=SUMS)
def test_unusual_sums_and_periods_are_read(name: str, change: Callable[[Json], None]) -> None:
    record, golden = read_variant(name, Variant(change, look=LARGE, says=Summary()))
    assert as_printed(record, essence(golden)) == []


@pytest.mark.parametrize("says", drifts.SUMMARIES.values(), ids=drifts.SUMMARIES)
@pytest.mark.parametrize("name", [SPLIT, BUNDLED])
def test_renamed_rows_of_the_summary_are_read(says: Summary, name: str) -> None:
    record, golden = read_variant(name, Variant(says=says))
    assert as_printed(record, essence(golden)) == []


@pytest.mark.parametrize(("label", "amount", "printed"), drifts.ROWS.values(), ids=drifts.ROWS)
def test_an_unknown_row_of_the_summary_counts(label: str, amount: str, printed: str) -> None:
    def owed(bill: Json) -> None:
        bill["amount_due"] = str(Decimal(bill["amount_due"]) + Decimal(amount))

    record, golden = read_variant(SPLIT, Variant(owed, says=Summary(more=((label, printed),))))
    golden["account_lines"].append({"label": label, "date": None, "amount": amount})
    assert as_printed(record, essence(golden)) == []


def test_a_remark_about_the_supplier_does_not_make_sces_charges_the_suppliers() -> None:
    remark = Row("Electric generation supplied by Clean Power Alliance")

    def remarked(rows: list[Row]) -> list[Row]:
        own = any(row.label.startswith("Delivery") for row in rows)
        return [rows[0], remark, *rows[1:]] if own else rows

    record, golden = read_variant(SPLIT, Variant(rows=remarked))
    assert as_printed(record, essence(golden)) == []


def test_tracked_charges_are_not_among_the_new_ones() -> None:
    def tracked(bill: Json) -> None:
        bill["amount_due"] = str(Decimal(bill["amount_due"]) - Decimal(bill["new_charges"]))
        bill["new_charges"] = "0.00"

    wording = Wording(title="Details of Your Tracked Charges")
    record, golden = read_variant(NET, Variant(tracked, wording, says=Summary()))
    assert as_printed(record, essence(golden)) == []


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("above", drifts.CONTINUED.values(), ids=drifts.CONTINUED)
@pytest.mark.parametrize("at", drifts.BREAKS)
@pytest.mark.parametrize("name", [SPLIT, BUNDLED, SOLAR, TAXED])
def test_charges_go_on_over_a_page_break(above: tuple[Row, ...], at: str, name: str) -> None:
    record, golden = read_variant(name, Variant(split=drifts.broken(at, above)))
    assert as_printed(record, essence(golden)) == []


def test_rate_and_period_may_be_repeated_on_the_next_page() -> None:
    above = (
        Row("Details of your new charges (continued)", large=True),
        Row("Your rate: TOU-GS-3D CPP"),
        Row("Billing period: 05/12/26 to 06/10/26 (30 days)"),
    )
    split = drifts.broken("in the middle of the lines", above)
    record, golden = read_variant(BUNDLED, Variant(split=split))
    assert as_printed(record, essence(golden)) == []


LETTER = plain(
    0,
    [
        "Dear customer, your customer account 700200000014",
        "We have received your payment of $4,775.25 on 10/01/25.",
        "You saved $10.00 with 100 kWh x $0.10000 $10.00",
    ],
)
COVER = plain(0, ["Cover sheet", "To: accounts payable", "Amount due $6,884.21", "6 pages"])
A, B, C = pages_of(SPLIT), pages_of(BUNDLED), pages_of(HOME)
OTHER = "gs2e-cpa-green-season-split-2025"
D = pages_of(OTHER)

BINDINGS: dict[str, tuple[Sequence[Page], Sequence[str]]] = {
    "blank pages between": ([page for one in A for page in (one, plain(0))], [SPLIT]),
    "a blank page first": ([plain(0), *A], [SPLIT]),
    "a cover sheet before": ([COVER, *A], [SPLIT]),
    "a letter before": ([LETTER, *A], [SPLIT]),
    "a letter after": ([*A, LETTER], [SPLIT]),
    "a letter between usage and details": ([*A[:4], LETTER, *A[4:]], [SPLIT]),
    "a letter between the two parts": ([*A[:5], LETTER, *A[5:]], [SPLIT]),
    "three bills": ([*A, *B, *C], [SPLIT, BUNDLED, HOME]),
    "one bill twice": ([*A, *A], [SPLIT, SPLIT]),
    "details before usage": ([*A[:3], A[4], A[3], A[5]], [SPLIT]),
    "the usage page twice": ([*A[:4], *A[3:]], [SPLIT]),
    "no page 2": ([A[0], *A[2:]], [SPLIT]),
    "no summary of billing detail": ([*A[:2], *A[3:]], [SPLIT]),
}


@pytest.mark.parametrize(("pages", "names"), BINDINGS.values(), ids=BINDINGS)
def test_the_binding_does_not_matter(pages: Sequence[Page], names: Sequence[str]) -> None:
    assert wrong(read_all(bound(pages)), goldens(*names)) == []


def test_a_lost_usage_page_costs_only_what_it_says() -> None:
    (record,) = read_all(bound([*A[:3], *A[4:]]))
    assert as_printed(record, essence(golden_copy(SPLIT))) == []
    assert record["bill"]["services"][0]["usage_kwh"] is None
    assert "pages_missing" in codes(record)


SPOILT: dict[str, tuple[Sequence[Page], str, str]] = {
    "no page 1": (A[1:], "unreadable", "unknown_layout"),
    "no details": ([*A[:4], A[5]], "review", "new_charges"),
    "no details and no summary of them": ([*A[:2], A[3], A[5]], "review", "new_charges"),
    "no page of the aggregator": (A[:5], "review", "generation_missing"),
    "page 1 alone": (A[:1], "review", "no_services"),
    "the details alone": (A[4:5], "unreadable", "unknown_layout"),
    "the aggregator's page alone": (A[5:], "review", "pages_missing"),
    "the details twice": ([*A[:5], *A[4:]], "review", "new_charges"),
    "the aggregator's page twice": ([*A, A[5]], "review", "new_charges"),
    "another customer's details": ([*A[:4], D[4], A[5]], "review", "new_charges"),
    "another customer's details besides": ([*A[:5], B[3], A[5]], "verified", ""),
    "another customer's page of the aggregator": ([*A[:5], D[5]], "review", "new_charges"),
    "another customer's page of the aggregator besides": ([*A, D[5]], "verified", ""),
    "another customer's usage": ([*A[:3], D[3], *A[4:]], "review", "kwh_usage"),
    "another customer's page 2": ([A[0], D[1], *A[2:]], "review", "printed_alike"),
    "another customer's summary": ([*A[:2], D[2], *A[3:]], "review", "billing_detail_row"),
}


@pytest.mark.parametrize(("pages", "status", "code"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_binding_is_seen(pages: Sequence[Page], status: str, code: str) -> None:
    (record,) = read_all(bound(pages))
    assert record["status"] == status
    assert code in {"", *codes(record)}  # a whole bill is verified; what lay beside it is left over


def test_pages_in_another_order_are_read_in_their_own() -> None:
    (record,) = read_all(bound(A[::-1]))
    assert record["status"] == "verified"
    assert as_printed(record, essence(golden_copy(SPLIT))) == []


def test_pages_of_two_bills_shuffled_together_are_never_verified_wrongly() -> None:
    pages = bound([page for pair in zip(A, D, strict=True) for page in pair])
    for record in read_all(pages):
        known = [golden for golden in goldens(SPLIT, OTHER) if not list(differences(record["bill"], golden))]
        assert record["status"] != "verified" or known


def test_the_typesetter_sets_what_it_should() -> None:
    pages, golden = set_bill(SPLIT, Variant())
    texts = [line.text for page in pages for line in page.lines]
    assert "Wildfire fund charge 17,747 kWh x $0.00595 $105.59" in texts
    assert golden == golden_copy(SPLIT)
