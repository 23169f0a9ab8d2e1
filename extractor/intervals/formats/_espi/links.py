"""Which entry belongs to which: by links as opaque text, by their order only where links are missing.

An entry has its own addresses (rel self), those of the collection it is in (up) and others
(related). It belongs to another if that one's related addresses name it or its collection, if its
own related addresses name that one, or if its own address continues that one's. Feeds write
addresses absolute or relative, on a placeholder host, some entries twice: none is ever fetched.
Source: NAESB REQ.21, links of the Atom entries; SCE's, PG&E's, Opower's and UtilityAPI's feeds.

>>> point = Links(frozenset({"User/1/UsagePoint/2"}))
>>> reading = Links(frozenset({"User/1/UsagePoint/2/MeterReading/3"}))
>>> Parents([Linked(0, point)]).of(Linked(1, reading))
[Linked(place=0, links=Links(own=frozenset({'User/1/UsagePoint/2'}), up=frozenset(), related=frozenset()))]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
from xml.etree.ElementTree import Element

from extractor.intervals.formats._espi.names import ATOM

LONGEST = 2000
"""Characters of an address; longer ones are none."""


class Links(NamedTuple):
    """The addresses of an entry."""

    own: frozenset[str] = frozenset()
    up: frozenset[str] = frozenset()
    related: frozenset[str] = frozenset()

    def any(self) -> bool:
        """Tell whether there is a link that could lead to another entry."""
        return bool(self.own or self.up or self.related)


def links_of(entry: Element) -> Links:
    """Return the addresses that an entry gives, each once however often it is repeated."""
    found: dict[str | None, set[str]] = {"self": set(), "up": set(), "related": set()}
    for link in entry.iterfind(ATOM + "link"):
        href = (link.get("href") or "").strip().rstrip("/")
        if href and len(href) <= LONGEST:
            found.get(link.get("rel"), set()).add(href)
    return Links(*(frozenset(found[rel]) for rel in ("self", "up", "related")))


@dataclass(frozen=True)
class Linked:
    """A resource, the place of its entry in the feed, and its links."""

    place: int
    links: Links


def code_of(links: Links) -> str | None:
    """Return the last segment of an entry's own address: an opaque code."""
    codes = {href.rpartition("/")[2] for href in links.own}
    return codes.pop() if len(codes) == 1 else None


def point_address_in(links: Links) -> str | None:
    """Return the address of the usage point that an entry's addresses lead through, if they all name one.

    >>> point_address_in(Links(frozenset({"Subscription/1/UsagePoint/7/UsageSummary/2"})))
    'Subscription/1/UsagePoint/7'
    """
    found = {one[0] for href in links.own | links.up if (one := re.match(r"(?:.*?/)?UsagePoint/[^/]+", href))}
    return found.pop() if len(found) == 1 else None


L = TypeVar("L", bound=Linked)


def each_once(entries: Iterable[L]) -> list[L]:
    """Return one entry of each address, the last; feeds repeat entries."""
    return list({one.links.own or id(one): one for one in entries}.values())


class Parents(Generic[L]):
    """Entries that others belong to, found by any of their addresses."""

    def __init__(self, parents: Iterable[L]) -> None:
        self._all = sorted(parents, key=lambda parent: parent.place)
        self._unlinked = [parent for parent in self._all if not parent.links.any()]
        self._own: dict[str, list[L]] = {}
        self._related: dict[str, list[L]] = {}
        for parent in self._all:
            for href in parent.links.own:
                self._own.setdefault(href, []).append(parent)
            for href in parent.links.related:
                self._related.setdefault(href, []).append(parent)

    def of(self, child: Linked) -> list[L]:
        """Return what an entry belongs to: one, none, or several where its links contradict each other."""
        return self.linked(child) or self._by_order(child)

    def linked(self, child: Linked) -> list[L]:
        """Return what an entry belongs to by its links alone."""
        return self._named(child) or self._above(child)

    def _by_order(self, child: Linked) -> list[L]:
        """Return the last parent before a child, else the first; links that lead nowhere are not missing."""
        near = self._unlinked if child.links.any() else self._all
        return before(near, child.place) or near[:1]

    def _named(self, child: Linked) -> list[L]:
        """Return the parents that name a child or its collection, or that it names."""
        found = _each(self._related, child.links.own | child.links.up)
        return _once([*found, *_each(self._own, child.links.related)])

    def _above(self, child: Linked) -> list[L]:
        """Return the parents whose address a child's continues; of several the nearest."""
        steps = sorted({step for href in child.links.own | child.links.up for step in _steps(href)}, key=len)
        for step in reversed(steps):
            if step in self._own:
                return _once(self._own[step])
        return []


def before(entries: Sequence[L], place: int) -> list[L]:
    """Return the last entry at or before a place, of entries in the order of the feed."""
    at = bisect_right(entries, place, key=_place)
    return list(entries[max(at - 1, 0) : at])


def after(entries: Sequence[L], place: int) -> list[L]:
    """Return the first entry after a place, of entries in the order of the feed."""
    at = bisect_right(entries, place, key=_place)
    return list(entries[at : at + 1])


def _place(entry: Linked) -> int:
    return entry.place


def _each(index: dict[str, list[L]], hrefs: Iterable[str]) -> Iterator[L]:
    for href in hrefs:
        yield from index.get(href, [])


def _once(found: Iterable[L]) -> list[L]:
    """Return each entry once, in the order of the feed."""
    return sorted({id(one): one for one in found}.values(), key=lambda one: one.place)


def _steps(href: str) -> Iterator[str]:
    """Return an address cut back at each slash."""
    while "/" in href:
        href = href.rpartition("/")[0]
        yield href
