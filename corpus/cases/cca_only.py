"""CPA's own generation bill, layout invented (bills.md 12)."""

from dataclasses import replace
from datetime import date

from corpus.cases.kit import SPLIT, SUMMER, WINTER, home, office
from corpus.model import Bill, Sample, Service, Sheet, Style
from corpus.pricing.cca import Options
from corpus.services import generation, place
from corpus.statement import statement
from corpus.tariff.cpa import CLEAN, GREEN, LEAN


def _own(number: int, services: list[Service], bare: bool = False, **style: object) -> Bill:
    bill = statement(
        number,
        services,
        rows=(),
        layout="cca_only",
        issuer="CPA",
        mailing=(),
        next_cycle_end=None,
        sheets=(Sheet("cca_own", tuple(range(len(services)))),),
    )
    printed = Style(f"own{number}", **style)  # type: ignore[arg-type]  # Style's own fields
    bill = replace(bill, amount_due=None if bare else bill.new_charges, style=printed)
    return replace(bill, name="", customer_account=None, due_date=None) if bare else bill


def _supply(
    number: int, product: str, period: tuple[date, date], options: Options | None = None, homely: bool = True
) -> Service:
    metered = (home if homely else office)(number, period)
    return generation(metered, place(number), product, options)


SAMPLES = (
    Sample(
        "cpa-only-d4-clean-2026",
        (_own(401, [_supply(401, CLEAN, SUMMER, Options(uut="4.5"))]),),
        covers=("CPA-only bill",),
    ),
    Sample(
        "cpa-only-gs2e-lean-season-split-bare-2026",
        (_own(402, [_supply(402, LEAN, SPLIT, homely=False)], bare=True, era="embedded"),),
        covers=("CPA-only bill",),
    ),
    Sample(
        "cpa-only-d4-green-two-periods-2026",
        (
            _own(
                403,
                [_supply(403, GREEN, WINTER), _supply(403, GREEN, (date(2026, 2, 7), date(2026, 3, 9)))],
                type3_headings=True,
            ),
        ),
        covers=("CPA-only bill", "two CPA periods"),
    ),
)
