"""Bills of which a table of billing history says something else: one of the two is wrong, or misread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractor.portfolio.billed import Billed
from extractor.portfolio.history.odd import Odd
from extractor.portfolio.tabled import beside
from extractor.store.billing_history import Counted


def tables(found: Billed, rows: Sequence[Counted]) -> Iterator[Odd]:
    """Give bills that differ from billing history, by more than its rounding."""
    for one in beside(found, rows):
        if one.state == "differs" and one.service is not None:
            said = f"billing history says otherwise: {one.message}"
            yield Odd("table_differs", one.service.bill, said, one.service)
