"""Pages of a file -> bills: which page begins one, which go with it, and in which order.

SCE counts the pages of a bill in a header (`NAME / Page 3 of 6`). A copier's batch has several
bills in one file, blank backs and cover sheets between them, and pages of a bill out of order;
so a page goes with the bill whose count and name it continues, wherever it lies beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

from extractor.layouts import begins_bill
from extractor.sheet import Page, Scan

COUNT = re.compile(r"page (\d+) of (\d+)\b")

LIKE, UNLIKE = 0.8, 0.5
"""Shares of alike letters from which two recognised names are one name, and below which they are two."""


class Count(NamedTuple):
    """What a page's header says: whose bill, which page, of how many."""

    name: str
    number: int
    total: int


@dataclass
class Group:
    """Pages that go together."""

    pages: list[Page] = field(default_factory=list)
    counts: dict[int, Count] = field(default_factory=dict)
    """By the page's number in the file."""
    begun: bool = False

    def takes(self, count: Count, begins: bool) -> bool:
        """Tell whether a page with this count is one of these."""
        if any(count.number == other.number for other in self.counts.values()) or (
            begins and (self.begun or not self.counts)
        ):
            return False
        return self._continues(count) or all(_one_bill(count, other) for other in self.counts.values())

    def _continues(self, count: Count) -> bool:
        """Tell whether a page has the next number of as many: an enclosed form has a header of its own."""
        last = list(self.counts.values())[-1:]
        return any(count.total == other.total and count.number == other.number + 1 for other in last)

    def add(self, page: Page, count: Count | None, begins: bool) -> None:
        """Add a page."""
        self.pages.append(page)
        self.begun = self.begun or begins
        if count is not None:
            self.counts[page.number] = count


def cut(pages: Sequence[Page]) -> tuple[list[Sequence[Page]], list[Page]]:
    """Cut a file's pages into bills, each beginning with its first page; also the pages that belong to none.

    A blank page goes with the page before it.
    """
    groups: list[Group] = []
    for page in pages:
        if not page.text.strip():
            if groups:
                groups[-1].add(page, None, begins=False)
            continue
        begins, count = begins_bill(page), count_of(page)
        fits = bool(groups) and (not begins if count is None else groups[-1].takes(count, begins))
        if not fits:
            groups.append(Group())
        groups[-1].add(page, count, begins)
    bills: list[Group] = []
    left: list[Page] = []
    for group in groups:
        if group.begun:
            bills.append(group)
        elif bills and _is_same_customer(bills[-1], group):
            bills[-1].pages.extend(group.pages)
        else:
            left.extend(page for page in group.pages if page.text.strip())
    if not bills:
        return [[page for page in pages if page.text.strip()] or pages], []
    return [_in_order(bill) for bill in bills], left


def count_of(page: Page) -> Count | None:
    """Return what a page counts itself as, None if it does not or its text refers to several pages."""
    text = page.text.lower()
    found = {(_before(text, match.start()), int(match[1]), int(match[2])) for match in COUNT.finditer(text)}
    if len({(number, total) for _, number, total in found}) != 1:
        return None
    count = Count(*min(found))
    return count if 1 <= count.number <= count.total else None


def _before(text: str, end: int) -> str:
    """Return what the line says before a place, which is a name and a stroke."""
    return text[text.rfind("\n", 0, end) + 1 : end].strip(" /\r")


def _one_bill(count: Count, other: Count) -> bool:
    alike = _likeness(count.name, other.name)
    return alike >= UNLIKE and (count.total == other.total or alike >= LIKE)


def _is_same_customer(bill: Group, stray: Group) -> bool:
    """Tell whether pages without a first page may be of the bill before them: nothing says otherwise."""
    ours, theirs = list(bill.counts.values()), list(stray.counts.values())
    return not ours or not theirs or _likeness(ours[0].name, theirs[0].name) >= UNLIKE


def _likeness(name: str, other: str) -> float:
    if not name or not other:
        return 1.0
    return SequenceMatcher(None, name, other).ratio()


def _in_order(bill: Group) -> Sequence[Page]:
    """Return a bill's pages by their count; those without one stay behind the page before them.

    Where that changes anything, the pages are numbered anew: what is read of them goes by their order.
    """
    keys, key = [], 0.0
    for page in bill.pages:
        key = bill.counts[page.number].number if page.number in bill.counts else key
        keys.append(key)
    order = sorted(range(len(keys)), key=lambda at: keys[at])
    return [bill.pages[at] for at in order]


def renumbered(pages: Sequence[Page]) -> tuple[Sequence[Page], dict[int, int]]:
    """Return pages numbered in their order, and their numbers in the file by the new ones.

    Pages that lie in order stay as they are, and nothing is renumbered.
    """
    numbers = [page.number for page in pages]
    if numbers == sorted(numbers):
        return pages, {}
    anew = dict(enumerate(numbers, 1))
    return [_numbered(page, number) for number, page in enumerate(pages, 1)], anew


def _numbered(page: Page, number: int) -> Page:
    if isinstance(page, Scan):
        return page.numbered(number)
    return Page(number, page.width, page.height, page.words, page.source)
