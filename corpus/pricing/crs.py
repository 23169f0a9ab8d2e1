"""Cost-responsibility lines of a CCA customer on SCE's page (bills.md 9.6).

Amounts are known, wording and place are second-hand, so each placement here is one guess:
`other` under "Other charges or credits"; `heading` under "CCA cost responsibility
surcharge"; `generation` under SCE's "Generation charges" heading.
"""

from decimal import Decimal
from typing import Any

from corpus.model import Charge
from corpus.pricing.lines import computed, flat
from corpus.pricing.metered import Metered
from corpus.pricing.rounding import cents
from corpus.tariff import sce

HEADING = "CCA cost responsibility surcharge"


def crs_lines(
    metered: Metered,
    placement: str,
    vintage: str = "2018",
    pcia: Decimal = sce.PCIA_BILL_2026_08,
    ctc: Decimal = sce.CTC_BILL_2026_08,
) -> list[Charge]:
    """Return PCIA, CTC and municipal surcharge in one of the three placements."""
    return {"other": _other, "heading": _heading, "generation": _generation}[placement](
        metered, vintage, pcia, ctc
    )


def _other(metered: Metered, vintage: str, pcia: Decimal, ctc: Decimal) -> list[Charge]:
    return [
        computed("other", "pcia", f"{vintage} Vintage CRS", metered.kwh, "kWh", pcia, vintage=vintage),
        computed("other", "ctc", "CTC", metered.kwh, "kWh", ctc),
        municipal_surcharge("other", metered),
    ]


def _heading(metered: Metered, vintage: str, pcia: Decimal, ctc: Decimal) -> list[Charge]:
    label = f"Power charge indifference adj - {vintage} Vintage"
    return [
        computed(
            "other",
            "pcia",
            label,
            metered.kwh,
            "kWh",
            pcia,
            vintage=vintage,
            group=HEADING,
            heading=True,
            wrap=("Power charge indifference adj -", f"{vintage} Vintage"),
        ),
        computed(
            "other",
            "ctc",
            "Competition transition charge",
            metered.kwh,
            "kWh",
            ctc,
            group=HEADING,
            heading=True,
        ),
        municipal_surcharge("other", metered, group=HEADING, heading=True),
    ]


def _generation(metered: Metered, vintage: str, pcia: Decimal, ctc: Decimal) -> list[Charge]:
    return [
        computed("generation", "pcia", f"{vintage} Vintage CRS", metered.kwh, "kWh", pcia, vintage=vintage),
        computed("generation", "ctc", "CTC", metered.kwh, "kWh", ctc),
        municipal_surcharge("generation", metered),
    ]


def municipal_surcharge(section: str, metered: Metered, **more: Any) -> Charge:
    """`Generation Municipal Surcharge`: a factor on what SCE's generation would have cost."""
    base = sum(
        (
            Decimal(count) * sce.book_on(metered.schedule, piece.start).generation[piece.season, tou]
            for piece in metered.pieces
            for tou, count in piece.kwh.items()
        ),
        Decimal(0),
    )
    amount = cents(base * sce.SURCHARGE_FACTOR)
    return flat(section, "municipal_surcharge", "Generation Municipal Surcharge", amount, **more)
