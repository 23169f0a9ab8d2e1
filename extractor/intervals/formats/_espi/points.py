"""What a usage point is called: as wide as its feed proves it to be one meter, and never wider.

The last segment of an address, "1" say, is one meter's in its own file only: other customers' feeds have
it too. So a name is that code, and behind an @ within what it is one meter's, the first of these that holds:

    its address      on the custodian's own host, below a subscription or customer (UtilityAPI, PG&E); with an
                     UUID in it; or of two codes that are no counters, as SCE's on a placeholder host
    its atom:id      with its address, where it is an UUID that nothing else in the feed has
    its account      the service account that customers in the same file give it
    its file         by a hash of all bytes: another file's is not known to be the same

A feed that is downloaded again has the same name where the name does not need the file. Addresses that are
relative or on a placeholder host and have counters (`RetailCustomer/3/UsagePoint/1`) are in unrelated
customers' feeds, as is the customer 9b6c70.. of the standard's own examples. Source: NAESB REQ.21; RFC
4287, 4.2.6 (atom:id); feeds of SCE, SDG&E, PG&E, Opower and UtilityAPI.

>>> scope("https://utilityapi.com/DataCustodian/espi/1_1/resource/Subscription/4671/UsagePoint/16")
'utilityapi.com/Subscription/4671'
>>> scope("https://services.greenbuttondata.org/RetailCustomer/VJEWP31BE/UsagePoint/NB6WRU")
'services.greenbuttondata.org/RetailCustomer/VJEWP31BE'
>>> scope("https://services.greenbuttondata.org/RetailCustomer/3/UsagePoint/1") is None
True
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from extractor.intervals.formats._espi.customers import Agreed
from extractor.intervals.formats._espi.links import Linked, Parents, code_of, each_once, point_address_in
from extractor.intervals.given import Account
from extractor.store.point_names import of_account, within

UUID = re.compile(r"(?i)(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])")
DIGITS = 8
"""Different digits that an UUID has at least; one with fewer was written by hand."""

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/]*)/(.*)", re.DOTALL)
RESOURCE = re.compile(r"(?i)^(?:DataCustodian/)?espi/\d+_\d+/resource/")
"""Where the standard has all resources below a host: it says nothing of whose they are."""

OWNER = re.compile(r"(?:^|/)(Subscription|RetailCustomer|Customer|User|BillingAccount)/([^/]+)")
"""Whose a usage point is, in its address."""

PLACEHOLDER = re.compile(
    r"(?i)(?:^|\.)(?:greenbuttondata\.org|example\.(?:com|org|net)|example|test|invalid|local|localhost)(?::|$)"
    r"|^[^.]*$|^[\d.]+(?::|$)|^\["
)
"""Hosts that are nobody's own: the standard's, those of examples, names without a dot, bare IP addresses."""

OPAQUE = re.compile(r"[0-9A-Za-z]{6,}")
MIXED = re.compile(r"[0-9][A-Za-z]")
EXAMPLE = re.compile(r"(?i)9b6c70[0-9a-f]{2}")
"""Customers of the standard's own examples, which custodians have copied."""

USAGE_POINT = "/UsagePoint/"


def scope(address: str) -> str | None:
    """Return within what a usage point's code is one meter's by its address; None if it proves nothing."""
    host, path = _split(address)
    place = "/".join(filter(None, _place(address))) or "UsagePoint"
    if any(map(_is_unique, UUID.findall(path))):
        return place
    owner = _owner(address)
    if owner is None or EXAMPLE.fullmatch(owner[1]):
        return None
    is_own = bool(host) and not PLACEHOLDER.search(host)
    return place if is_own or _are_opaque(owner[1], path.rpartition("/")[2]) else None


def _place(address: str) -> tuple[str, str]:
    """Return host and path of what a usage point is below."""
    host, path = _split(address)
    return host, path.rpartition(USAGE_POINT)[0]


def _split(address: str) -> tuple[str, str]:
    """Return host and path of an address, the host empty where it is relative."""
    found = ABSOLUTE.fullmatch(address)
    host, path = (found[1].lower(), found[2]) if found else ("", address)
    return host, RESOURCE.sub("", re.sub("/+", "/", path).strip("/"))


def _owner(address: str) -> tuple[str, str] | None:
    """Return the kind of owner that the address of a usage point has, and which."""
    found: list[tuple[str, str]] = OWNER.findall(_place(address)[1])
    return found[-1] if found else None


def _are_opaque(owner: str, code: str) -> bool:
    """Tell whether two codes were drawn from so many that nobody else has both: no counters, no words."""
    each = owner, code
    return all(OPAQUE.fullmatch(one) and not one.isdigit() for one in each) and any(map(MIXED.search, each))


def _is_unique(uuid: str) -> bool:
    return len(set(uuid.lower()) - {"-"}) >= DIGITS


class Spot(NamedTuple):
    """A usage point of a feed, by all that could tell it from others."""

    code: str
    address: str
    id: str | None = None
    """Its atom:id, where it is an UUID that nothing else has."""


class Points:
    """The usage points of a feed, and what customers in it say of them."""

    def __init__(
        self,
        entries: Sequence[Linked],
        ids: Mapping[int, str],
        others: Iterable[Linked],
        agreed: Iterable[Agreed],
        digest: Callable[[], str],
    ) -> None:
        """Take a feed's: atom:ids by place, `others` that may lead through more; `digest` hashes the file."""
        each = each_once(entries)
        self._parents = Parents(each)
        own = _own_ids(ids)
        self._at = {one.place: spot for one in each if (spot := _spot(one, own.get(one.place)))}
        implied = {spot.address: spot for one in others if (spot := self._spot_of(one))}
        self._spots = list({**implied, **{spot.address: spot for spot in self._at.values()}}.values())
        self._codes = Counter(spot.code for spot in self._spots)
        self._agreed: dict[str, list[Agreed]] = defaultdict(list)
        for one in agreed:
            self._agreed[one.code].append(one)
        self._digest = digest
        self.local: set[str] = set()
        """Names that say nothing beyond this file, of those that were asked for."""

    @cached_property
    def _file(self) -> str:
        return f"file:{self._digest()}"

    def of(self, one: Linked) -> str | None:
        """Return the name of the usage point that an entry belongs to, or that its address leads through."""
        spot = self._spot_of(one)
        return None if spot is None else self._name(spot)

    def numbers(self) -> dict[str, str | None]:
        """Return the service account of each usage point that customers name; None where that is in doubt."""
        return {self._name(spot): self._number(spot) for spot in self._spots if self._of(spot)}

    def accounts(self) -> Iterator[Account]:
        """Give what each usage point is that customers name, under its name."""
        for one in (one for same in self._agreed.values() for one in same):
            for name in self._names(one):
                yield Account(name, one.service_account, one.customer_account, one.meter, one.place)

    def _names(self, agreed: Agreed) -> list[str]:
        names = [self._name(spot) for spot in self._spots if self._is_of(agreed, spot)]
        if agreed.address and (wide := scope(agreed.address)):
            names.append(within(agreed.code, wide))
        return list(dict.fromkeys(names)) or [self._local(agreed.code)]

    def _spot_of(self, one: Linked) -> Spot | None:
        found = {self._at[point.place] for point in self._parents.of(one) if point.place in self._at}
        if len(found) == 1:
            return found.pop()
        address = point_address_in(one.links)
        return None if address is None else Spot(address.rpartition("/")[2], address)

    def _name(self, spot: Spot) -> str:
        if wide := scope(spot.address):
            return within(spot.code, wide)
        if spot.id:
            return within(spot.code, "/".join(filter(None, (*_place(spot.address), spot.id))))
        code = spot.code if self._codes[spot.code] <= 1 else spot.address
        number = self._number(spot)
        return of_account(code, number) if number else self._local(code)

    def _local(self, code: str) -> str:
        name = within(code, self._file)
        self.local.add(name)
        return name

    def _number(self, spot: Spot) -> str | None:
        numbers = {one.service_account for one in self._of(spot)}
        return numbers.pop() if len(numbers) == 1 else None

    def _of(self, spot: Spot) -> list[Agreed]:
        return [one for one in self._agreed.get(spot.code, ()) if self._is_of(one, spot)]

    def _is_of(self, agreed: Agreed, spot: Spot) -> bool:
        """Tell whether customers mean a usage point: by its address, else by a code no other here has."""
        if agreed.code != spot.code:
            return False
        if agreed.address and _split(agreed.address) == _split(spot.address):
            return True
        if self._codes[spot.code] > 1:
            return False
        whose, theirs = (_owner(one) if one else None for one in (agreed.address, spot.address))
        return whose is None or theirs is None or whose[0] != theirs[0] or whose == theirs


def _own_ids(ids: Mapping[int, str]) -> dict[int, str]:
    """Return the atom:ids that are UUIDs and have nothing else in their feed, by place."""
    count = Counter(ids.values())
    found = ((place, UUID.search(one)) for place, one in ids.items() if count[one] == 1)
    return {place: f"urn:uuid:{uuid[0].lower()}" for place, uuid in found if uuid and _is_unique(uuid[0])}


def _spot(entry: Linked, own_id: str | None) -> Spot | None:
    address = min(entry.links.own, default=None)
    return Spot(code_of(entry.links) or address, address, own_id) if address else None
