"""Documents by which a reader was once misled, each with the value that came out wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from extractor.paper import Word
from extractor.sheet import Page
from tests.extractor.bound import bound, pages_of
from tests.extractor.typeset import Look, typed, typed_to
from tests.extractor.variants import read_all

LOOK = Look()
Change = Callable[[Page, Word], Word]


def with_words(page: Page, words: Sequence[Word]) -> Page:
    return Page(page.number, page.width, page.height, words)


def changed(pages: Sequence[Page], change: Change) -> Sequence[Page]:
    return bound([with_words(page, [change(page, word) for word in page.words]) for page in pages])


def on_line(page: Page, word: Word, pattern: str) -> bool:
    return any(re.search(pattern, line.text) and word in line.words for line in page.lines)


def misread(pages: Sequence[Page], said: str, read: str, where: str = ".") -> Sequence[Page]:
    return changed(
        pages,
        lambda page, word: (
            word._replace(text=read) if word.text == said and on_line(page, word, where) else word
        ),
    )


def put(page: Page, text: str, x: float, top: float) -> Page:
    return with_words(page, [*page.words, *typed(text, x, top, LOOK)])


def codes(result: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in result["findings"]}


def only(pages: Sequence[Page]) -> dict[str, Any]:
    (result,) = read_all(pages)
    return dict(result)


def test_a_ccas_own_bill_behind_a_statement_is_a_bill_of_its_own() -> None:
    statement, own = pages_of("prime-cpa-green-summer-2026"), pages_of("cpa-only-d4-clean-2026")
    first, second = read_all(bound([*statement, *own]))
    assert [result["bill"]["issuer"] for result in (first, second)] == ["SCE", "CPA"]
    assert [service["total"] for service in first["bill"]["services"]] == ["495.60", "253.77"]
    assert [service["total"] for service in second["bill"]["services"]] == ["61.19"]


@pytest.mark.parametrize(
    "lost", [("/ Page 6 of 6", "SUPPLY", "supplies your", "Service account Service"), ()]
)
@pytest.mark.parametrize("alone", [True, False])
def test_a_statements_page_without_its_header_is_no_bill_of_the_cca(
    lost: tuple[str, ...], alone: bool
) -> None:
    """Seen where bytes of a file were damaged: the record said that CPA had issued it."""
    pages = pages_of("prime-cpa-green-summer-2026")
    words = {
        word for line in pages[5].lines if any(text in line.text for text in lost) for word in line.words
    }
    page = with_words(pages[5], [word for word in pages[5].words if word not in words])
    results = read_all(bound([page] if alone else [*pages[:5], page]))
    assert all(result["status"] != "verified" or result["bill"]["issuer"] == "SCE" for result in results)
    assert any(result["status"] == "verified" for result in results) == (not alone and not lost)


def test_a_file_whose_first_page_lost_its_words_is_no_bill_of_the_cca() -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    damaged = [with_words(page, [word for word in page.words if word.top < 60]) for page in pages[:5]]
    assert "verified" not in {result["status"] for result in read_all(bound([*damaged, pages[5]]))}


def test_a_page_that_is_there_twice_gives_its_meter_once() -> None:
    """A copier took the usage page twice."""
    pages = pages_of("gs2e-bundled-season-split-2025")
    (once,), (twice,) = (read_all(bound(file)) for file in (pages, [*pages[:3], *pages[2:]]))
    assert len(once["bill"]["services"][0]["meters"]) == 1
    assert twice["bill"]["services"][0]["meters"] == once["bill"]["services"][0]["meters"]


def test_a_page_that_is_there_twice_does_not_hide_a_missing_one() -> None:
    pages = pages_of("gs2e-bundled-season-split-2025")
    result = only(bound([*pages[:3], pages[2]]))
    assert (result["status"], result["findings"][0]["message"]) == ("review", "page 4 of 4 is missing")


def test_charges_outside_every_area_are_noticed() -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    title = next(line for line in pages[5].lines if line.text.startswith("Details of"))
    untitled = with_words(pages[5], [word for word in pages[5].words if word not in title.words])
    assert "charges_left_over" in codes(only(bound([*pages[:5], untitled])))


@pytest.mark.parametrize(
    "change",
    [
        lambda page: [word._replace(text="$80.3T") if word.text == "$80.37" else word for word in page.words],
        lambda page: [word for word in page.words if word.top < 520],  # cut off above the second total
    ],
    ids=["misread", "cut off"],
)
def test_a_part_without_its_total_is_kept_and_doubted(change: Callable[[Page], list[Word]]) -> None:
    (page,) = pages_of("cpa-only-d4-green-two-periods-2026")
    due = next(line for line in page.lines if line.text.startswith("Amount due"))
    silent = with_words(page, [word for word in page.words if word not in due.words])
    result = only([with_words(silent, change(silent))])
    assert result["status"] == "review"
    assert len(result["bill"]["services"]) == 2
    assert "no_total" in codes(result)


def test_a_total_above_the_taxes_is_not_the_last_one() -> None:
    (page,) = pages_of("cpa-only-gs2e-lean-season-split-bare-2026")
    surcharge, subtotal = (
        next(line for line in page.lines if line.text.startswith(text))
        for text in ("Energy Surcharge", "Sub-Total")
    )
    words = [word for word in page.words if word not in (*surcharge.words, *subtotal.words)]
    for row, (label, amount) in enumerate(
        (("Total Generation Charges", "$1,451.24"), ("Energy Surcharge", "$4.58"))
    ):
        top = surcharge.words[0].top + 10.55 * row
        words += typed(label, 47.2, top, LOOK) + typed_to(amount, 420.1, top, LOOK)
    result = only([with_words(page, words)])
    (service,) = result["bill"]["services"]
    assert (result["status"], service["subtotal"], service["total"]) == ("verified", "1451.24", "1455.82")


@pytest.mark.parametrize("lost", ["whole header", "its label"])
def test_a_service_never_gets_another_services_account(lost: str) -> None:
    pages = pages_of("two-services-bundled-2026")
    first = put(put(pages[0], "Service account", 36, 145.8), "8000000011", 36, 156.8)
    last = pages[6]
    if lost == "whole header":
        last = with_words(last, [word for word in last.words if not 36 < word.top < 62])
    else:
        last = with_words(
            last,
            [
                word._replace(text="acct") if word.text == "account" and 36 < word.top < 45 else word
                for word in last.words
            ],
        )
    result = only(bound([first, pages[1], pages[3], pages[4], pages[5], last]))
    assert result["status"] == "review"
    assert [service["service_account"] for service in result["bill"]["services"]] == ["8000000011", None]


def test_a_usage_page_is_of_the_service_it_names() -> None:
    pages = pages_of("six-accounts-summary-statement-2026")
    order = [
        1,
        2,
        3,
        4,
        11,
        5,
        6,
        7,
        8,
        9,
        10,
        *range(12, 19),
    ]  # the usage page of another account comes early
    result = only(bound([pages[number - 1] for number in order]))
    assert [meter["number"] for meter in result["bill"]["services"][0]["meters"]] == ["259000-000501"]


@pytest.mark.parametrize(
    ("sample", "said", "read", "where", "pointer"),
    [
        (
            "prime-sbp-export-credits-cpa-green-2026",
            "682",
            "1,4O2",
            "electricity you used",
            "services/0/usage_kwh",
        ),
        (
            "prime-sbp-export-credits-cpa-green-2026",
            "412",
            "1,4O2",
            "you exported",
            "services/0/exported_kwh",
        ),
        ("gs2e-bundled-summer-2025", "8000000006", "800000000B", ".", "services/0/service_account"),
        ("gs2e-bundled-summer-2025", "101760940000000006", "10176094000000000B", ".", "services/0/pod_id"),
        ("gs2e-bundled-summer-2025", "06/18/25", "I6/18/25", "Payment", "account_lines/0/date"),
    ],
)
def test_a_value_that_goes_on_is_refused_not_cut_short(
    sample: str, said: str, read: str, where: str, pointer: str
) -> None:
    value: Any = only(misread(pages_of(sample), said, read, where))["bill"]
    for part in pointer.split("/"):
        value = value[int(part)] if part.isdigit() else value[part]
    assert value is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("To request a corrected bill call 1-800-655-4555", "kind"),
        ("Pay your final bill online", "kind"),
        ("Is this your first bill? See www.sce.com", "kind"),
        ("Enroll today and we will automatically debit your bank account", "autopay"),
    ],
)
def test_what_the_bill_offers_is_not_what_it_says(text: str, field: str) -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    assert only(bound([put(pages[0], text, 47, 520), *pages[1:]]))["bill"][field] is None


def test_a_row_beside_another_column_keeps_its_name() -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    row = next(line for line in pages[0].lines if line.text.startswith("Balance forward"))
    moved = [
        word._replace(x0=word.x0 + 150, x1=word.x1 + 150) if 200 < word.top < 290 else word
        for word in pages[0].words
    ]
    first = put(with_words(pages[0], moved), "Group A044", 36, row.words[0].top)
    assert only(bound([first, *pages[1:]]))["bill"]["balance_forward"] == "0.00"


def test_an_amount_behind_the_period_is_no_part_of_it() -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    period = next(line for line in pages[5].lines if line.text.startswith("Billing period"))
    assert (
        only(bound([*pages[:5], put(pages[5], "Credit -$12.00", 330, period.words[0].top)]))["status"]
        == "review"
    )


@pytest.mark.parametrize(
    ("text", "top"),
    [
        ("Your rate plan will change on October 1.", 520),  # a notice below the total
        ("Your rates are set by the CPUC.", 520),
    ],
)
def test_a_notice_about_rates_begins_no_charges(text: str, top: float) -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    assert only(bound([*pages[:4], put(pages[4], text, 47.2, top), pages[5]]))["status"] == "verified"


def test_a_page_that_explains_a_bill_begins_none() -> None:
    pages = pages_of("prime-cpa-green-summer-2026")
    insert = Page(
        7,
        612,
        792,
        typed("Customer account is your number", 40, 100, LOOK)
        + typed("Date bill prepared tells when", 40, 120, LOOK),
    )
    assert only(bound([*pages, insert]))["status"] == "verified"


def test_words_outside_the_page_are_not_read(tmp_path: Any) -> None:
    from reportlab.pdfgen.canvas import Canvas

    from extractor.pages import pdfium, plumber

    canvas = Canvas(str(tmp_path / "page.pdf"), pagesize=(612, 792), invariant=1)
    canvas.drawString(100, 100, "inside")
    canvas.drawString(640, 100, "outside")
    canvas.save()
    data = (tmp_path / "page.pdf").read_bytes()
    for reader in (pdfium.read_pages, plumber.read_pages):
        assert [word.text for page in reader(data) for word in page.words] == ["inside"]
