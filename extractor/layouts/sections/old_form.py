"""The forms of numbers before the billing system of mid-2021: `2-xx-xxx-xxxx`, `3-0xx-xxxx-xx`.

>>> bool(OLD_ACCOUNT.search("Customer account 2-00-000-0000"))
True
"""

from __future__ import annotations

import re

from extractor.sheet import Page

OLD_ACCOUNT = re.compile(r"\b\d-\d\d-\d{3}-\d{4}\b")


def has_dashed_account(page: Page) -> bool:
    """Tell whether a page prints a customer account in the form of before 2021."""
    return next(page.find(OLD_ACCOUNT), None) is not None
