"""SCE's statement before the new billing system: 2007 to about mid-2021.

Dashed account numbers (`2-00-000-0000`), service accounts (`3-000-0000-00`; a CCA's part has one
of its own), no POD-ID, dates as `May 2 '08` at first and MM/DD/YY from about 2019, `Amount of
your last bill`, `Compare the electricity you are using`. The charges area is the one of today.
Sources: published samples of 2008 (TOU-8 Direct Access), 2014, 2019 and 2021, lines typed by
customers; no whole bill of this era was seen.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.draft import Aside, Draft
from extractor.layouts.sections.old_form import has_dashed_account
from extractor.layouts.sections.statement import begins_statement, is_statement, read_statement
from extractor.sheet import Page

NAME = "sce_old"
REVISION = 1


def begins(page: Page) -> bool:
    """Tell whether a page carries SCE's header and an account number of this form."""
    return begins_statement(page) and has_dashed_account(page)


def recognizes(pages: Sequence[Page]) -> bool:
    """Tell whether the first page carries SCE's header and a dashed account number."""
    return is_statement(pages) and has_dashed_account(pages[0])


def read(pages: Sequence[Page]) -> tuple[Draft, Aside]:
    """Return what the statement says, and what proves it."""
    return read_statement(pages)
