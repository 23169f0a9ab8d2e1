"""SCE's statement as printed since the new billing system of 2021: bundled, or with a CCA's part.

Page 1: account (12 digits), account summary, price periods, stub. Page 2: boilerplate. Page 3:
cost box, demand, usage. Page 4: details. With a CCA: its `SUPPLY/GENERATION` page after it.
Sources: 21 real TOU-GS-2-E, TOU-GS-2-D CPP and TOU-GS-3D CPP bills (2024-12 to 2025-11), an
estimated one of August 2026, CPA's sample bill of 2024, SCE's own help pages.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.draft import Aside, Draft
from extractor.layouts.sections.old_form import has_dashed_account
from extractor.layouts.sections.statement import begins_statement, is_statement, read_statement
from extractor.sheet import Page

NAME = "sce_current"
REVISION = 1


def begins(page: Page) -> bool:
    """Tell whether a page carries SCE's header and an account number of this form."""
    return begins_statement(page) and not has_dashed_account(page)


def recognizes(pages: Sequence[Page]) -> bool:
    """Tell whether the first page carries SCE's header and an account number of the new form."""
    return is_statement(pages) and not has_dashed_account(pages[0])


def read(pages: Sequence[Page]) -> tuple[Draft, Aside]:
    """Return what the statement says, and what proves it."""
    return read_statement(pages)
