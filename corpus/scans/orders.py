"""Which pages of a bill a scan holds, in which order, and what lies between them."""

from __future__ import annotations

from typing import Literal

from numpy.random import Generator

from corpus.scans.bill import Bill

Sheet = int | Literal["back", "cover"]  # a page of the bill, counted from 1, or one that is none


def all_pages(bill: Bill, _: Generator) -> list[Sheet]:
    """All pages in their order."""
    return [*bill.pages]


def one_charge_page(bill: Bill, chance: Generator) -> list[Sheet]:
    """Only one page, with charges on it."""
    return [int(chance.choice(bill.charge_pages))]


def without_a_charge_page(bill: Bill, chance: Generator) -> list[Sheet]:
    """All pages but one with charges on it."""
    missing = int(chance.choice(bill.charge_pages))
    return [page for page in bill.pages if page != missing]


def out_of_order(bill: Bill, chance: Generator) -> list[Sheet]:
    """All pages, not in their order."""
    while (order := chance.permutation(bill.pages).tolist()) == [*bill.pages]:
        pass
    return list(order)


def with_backs(bill: Bill, _: Generator) -> list[Sheet]:
    """Each page, then its blank back."""
    return [sheet for page in bill.pages for sheet in (page, "back")]


def under_a_cover(bill: Bill, _: Generator) -> list[Sheet]:
    """A cover sheet, then all pages."""
    return ["cover", *bill.pages]
