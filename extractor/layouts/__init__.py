"""The printed layouts that can be read, one module each; this folder is the registry.

A layout is a module with a `NAME`, a `REVISION` (raised when its reading changes) and the
functions `begins(page)`, `recognizes(pages)` and `read(pages)`; adding one adds a file and
edits none. Exactly one may claim a bill.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol, cast

from extractor.base.errors import BillclerkError
from extractor.draft import Aside, Draft
from extractor.sheet import Page


class Layout(Protocol):
    """What a module of this folder offers."""

    NAME: str
    REVISION: int

    def begins(self, page: Page) -> bool:
        """Tell whether a page is the first of a bill in this layout."""

    def recognizes(self, pages: Sequence[Page]) -> bool:
        """Tell whether these pages are a bill in this layout."""

    def read(self, pages: Sequence[Page]) -> tuple[Draft, Aside]:
        """Return what the bill says, and what proves it."""


class UnknownLayoutError(BillclerkError):
    """No layout claims these pages: they are no bill that we know; add a layout under extractor/layouts/."""

    code = "unknown_layout"


class SidewaysError(UnknownLayoutError):
    """Pages are shown on their side; turn them upright, save the file and read it again."""

    code = "sideways"


class AmbiguousLayoutError(BillclerkError):
    """Several layouts claim these pages; sharpen what they recognize."""

    code = "ambiguous_layout"


def begins_bill(page: Page) -> bool:
    """Tell whether a page is the first of a bill in any layout."""
    return any(layout.begins(page) for layout in layouts())


@cache
def layouts() -> tuple[Layout, ...]:
    """Return every layout of this folder."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg]
    return tuple(cast(Layout, importlib.import_module(f"{__name__}.{name}")) for name in sorted(names))


def layout_for(pages: Sequence[Page]) -> Layout:
    """Return the one layout that claims a bill.

    Raises:
        UnknownLayoutError: if none does.
        AmbiguousLayoutError: if several do.
    """
    claims = [layout for layout in layouts() if pages and layout.recognizes(pages)]
    match claims:
        case [layout]:
            return layout
        case [] if any(page.on_its_side for page in pages):
            raise SidewaysError("the pages are shown on their side; turn them upright, save and read again")
        case []:
            raise UnknownLayoutError(
                "this is no bill of a known layout (no page has a customer account and a preparation date, "
                "and there is no generation section with service account, period and total)"
            )
        case _:
            raise AmbiguousLayoutError(", ".join(layout.NAME for layout in claims))
