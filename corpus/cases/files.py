"""Files rather than bills: several bills in one, inserts, many services, turned pages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from corpus.cases.kit import SUMMER, SUMMER_2025, combined, home, office, plain
from corpus.drawing.billing_summary import ROWS_PER_PAGE
from corpus.model import Bill, Sample, Service, Sheet, Style
from corpus.pricing.metered import measure
from corpus.services import bundled, delivery, generation, place
from corpus.statement import sheets_of, statement
from corpus.tariff.cpa import GREEN, LEAN, PRODUCTS

_START, _END = date(2026, 7, 2), date(2026, 7, 30)
_SCHEDULES = (
    ("TOU-GS-1-E", 45, 9),
    ("TOU-GS-2-E", 530, 55),
    ("TOU-GS-2-D", 1020, 88),
    ("TOU-GS-3D", 3100, 240),
)


def summary_statement(accounts: int, pages_each: int = 2, supplied_every: int = 3) -> Bill:
    """Return a statement for many service accounts, every third supplied by CPA.

    Each account has a usage page, a details page, CPA's page if it has one, and empty pages
    up to `pages_each`: 300 accounts with 5 pages each make a document of 1,500 and more.
    """
    services: list[Service] = []
    sheets = [Sheet("page1"), Sheet("page2")]
    pages: list[Sheet] = []
    for number in range(accounts):
        mine = list(_account(number, supplied=supplied_every > 0 and number % supplied_every == 0))
        indexes = range(len(services), len(services) + len(mine))
        pages += _pages(mine, indexes, pages_each)
        services += mine
    sheets += _summary_sheets(len(services))
    bill = statement(500, services, header_blocks=True, sheets=(*sheets, *pages))
    return bill if len(bill.sheets) % 2 == 0 else replace(bill, sheets=(*bill.sheets, Sheet("blank")))


def _account(number: int, supplied: bool) -> Iterator[Service]:
    schedule, kwh, kw = _SCHEDULES[number % len(_SCHEDULES)]
    metered = measure(schedule, _START, _END, kwh + number, kw, seed=f"many{number}")
    where = place(501 + number)
    if not supplied:
        yield bundled(metered, where)
        return
    yield delivery(metered, where, "other", rate_mark=" (SCE)")
    yield generation(metered, where, PRODUCTS[number % 3])


def _pages(services: list[Service], indexes: range, pages_each: int) -> list[Sheet]:
    first = indexes[0]
    pages = [Sheet("usage", (first,)), Sheet("details", (first,))]
    pages += [Sheet("supply", (index,)) for index in indexes[1:]]
    return pages + [Sheet("blank")] * (pages_each - len(pages))


def _summary_sheets(count: int) -> list[Sheet]:
    starts = range(0, count, ROWS_PER_PAGE)
    return [
        Sheet("billing_summary", tuple(range(start, min(start + ROWS_PER_PAGE, count)))) for start in starts
    ]


def _with_inserts(bill: Bill, *kinds: str) -> Bill:
    return replace(bill, sheets=sheets_of(bill, kinds))


def inserted_between() -> Bill:
    """A rate notice between the details page and CPA's page."""
    bill = combined(331, office(331))
    *first, supply = bill.sheets
    return replace(bill, sheets=(*first, Sheet("insert_rates"), Sheet("insert_safety"), supply))


def _styled(bill: Bill, **style: object) -> Bill:
    return replace(bill, style=replace(bill.style, **style))  # type: ignore[arg-type]  # Style's own fields


def three_bills() -> tuple[Bill, ...]:
    """Three months of one account in one file."""
    periods = (
        (date(2026, 6, 9), date(2026, 7, 8)),
        (date(2026, 7, 9), date(2026, 8, 6)),
        (date(2026, 8, 7), date(2026, 9, 4)),
    )
    metered = [measure("TOU-GS-2-E", *period, 500, 51, seed="three") for period in periods]
    return tuple(
        statement(341, [delivery(m, place(341), "heading"), generation(m, place(341), LEAN)]) for m in metered
    )


SAMPLES = (
    Sample("three-bills-in-one-file-2026", three_bills(), covers=("several bills in one PDF",)),
    Sample(
        "two-customers-in-one-file-2025",
        (plain(342, office(342, SUMMER_2025)), combined(343, home(343, SUMMER_2025), GREEN)),
        covers=("several bills in one PDF",),
    ),
    Sample(
        "six-accounts-summary-statement-2026",
        (summary_statement(6),),
        covers=("summary statement", "several services"),
    ),
    Sample(
        "gs2e-inserted-rate-notice-2025",
        (_with_inserts(plain(332, office(332, SUMMER_2025)), "insert_safety", "insert_rates"),),
        covers=("inserted pages",),
    ),
    Sample("gs2e-cpa-insert-before-supply-page-2026", (inserted_between(),), covers=("inserted pages",)),
    Sample(
        "gs2e-pages-rotated-2025",
        (_styled(plain(333, office(333, SUMMER_2025)), rotate=270),),
        covers=("rotated pages",),
    ),
    Sample(
        "d4-cpa-pages-cropped-2026",
        (_styled(combined(334, home(334)), crop=True),),
        covers=("cropped pages",),
    ),
    Sample(
        "gs2e-cpa-words-by-offsets-type3-2025",
        (
            replace(
                combined(335, office(335, SUMMER_2025)),
                style=Style("335", type3_headings=True, word_offsets=True),
            ),
        ),
        covers=("words by offsets", "Type 3"),
    ),
    Sample(
        "prime-cpa-words-by-offsets-embedded-2026",
        (_styled(combined(336, home(336, SUMMER, "TOU-D-PRIME")), word_offsets=True),),
        covers=("words by offsets", "C1 controls"),
    ),
)
