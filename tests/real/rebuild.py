"""Rebuild the PDF of each dumped bill: `python -m tests.real.rebuild OUT_DIR`.

The pages are made from the words that SCE printed (dumps/README.md), at measured or derived
places, never from anything that the reader made.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.real.built import BuiltBill
from tests.real.built_pages import built_pages
from tests.real.cpa_bills import CPA
from tests.real.details import details_page
from tests.real.drawing import Era, Placed, write_pdf
from tests.real.dump_pages import MEASURED, generic_page, layout_pages, measured_page
from tests.real.form import form_page
from tests.real.modern_bills import MODERN
from tests.real.old_bills import OLD

DUMPED: dict[str, Era] = {
    "120424-010325": "base14",  # a rate change on 01/01/25: labels repeat under one heading
    "010425-02022": "base14",  # plain winter; the odd name is the original's
    "020325-030425": "base14",  # a rate change on 03/01/25, delivery only
    "050525-060325": "base14",  # winter to summer; measured
    "060425-070225": "base14",  # plain summer
    "090425-100225": "embedded",  # summer to winter; the fonts and control characters of September 2025
}


BUILT: tuple[BuiltBill, ...] = (*CPA, *MODERN, *OLD)
"""Bills of which only lines are known."""


def pages_of(period: str) -> list[list[Placed]]:
    """Return every page of a dumped bill as placed text."""
    return [_page(period, number, text) for number, text in enumerate(layout_pages(period), 1)]


def _page(period: str, number: int, text: str) -> list[Placed]:
    if period == MEASURED and number in (1, 3, 4):
        return measured_page(number)
    if number in (1, 3):
        return form_page(text, number)
    return details_page(text) if number == 4 else generic_page(text)


def build_all(folder: Path) -> list[Path]:
    """Write the PDF of every bill into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for period, era in DUMPED.items():
        paths.append(folder / f"sce_tougs2e_{period}.pdf")
        write_pdf(paths[-1], pages_of(period), era)
    for bill in BUILT:
        paths.append(folder / f"{bill.name}.pdf")
        write_pdf(paths[-1], built_pages(bill))
    return paths


if __name__ == "__main__":
    for built in build_all(Path(sys.argv[1])):
        print(built)
