"""The customer feed (SCE's RCUST): the key from a usage point's code to a service account.

The code of a usage point is the last segment of its customer agreement's own address (SCE: that of the
usage point is the same customer's, below RetailCustomer), or what the service location lists as its usage
points. The service account is the agreement's name (SCE, PG&E)
or its agreementId (UtilityAPI), the customer account likewise. Where the meters are several, an
account is given for each. A serial number may carry an object identifier before it: it is taken off.
Source: NAESB REQ.21, customer.xsd; SCE's bulk feed of 2016.

>>> serial("2.16.840.1.114416.1.5.000123456789")
'000123456789'
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from xml.etree.ElementTree import Element

from extractor.intervals.formats._espi.fields import say, text
from extractor.intervals.formats._espi.links import LONGEST, L, Linked, Parents, code_of, each_once
from extractor.intervals.formats._espi.names import CUSTOMER
from extractor.intervals.given import Problem

NAMES = ("CustomerAccount", "CustomerAgreement", "ServiceLocation", "Meter")


@dataclass(frozen=True)
class Named(Linked):
    """An account, agreement or meter, and the number it has."""

    number: str | None


@dataclass(frozen=True)
class Location(Linked):
    """A service location."""

    address: str | None
    points: tuple[str, ...]
    """Addresses of the usage points it lists."""


class Agreed(NamedTuple):
    """What customers say of a usage point."""

    code: str
    address: str | None
    """The usage point's own; None where nothing tells more than the code."""
    service_account: str | None
    customer_account: str | None
    meter: str | None
    place: str | None
    """Where it is: street, town, state."""


@dataclass
class Raw:
    """The resources of a customer feed."""

    accounts: list[Named] = field(default_factory=list)
    agreements: list[Named] = field(default_factory=list)
    locations: list[Location] = field(default_factory=list)
    meters: list[Named] = field(default_factory=list)

    def take(self, at: Linked, resource: Element) -> None:
        """Take a resource."""
        match resource.tag.removeprefix(CUSTOMER):
            case "CustomerAccount":
                self.accounts.append(Named(at.place, at.links, _number(resource, "accountId", "name")))
            case "CustomerAgreement":
                self.agreements.append(Named(at.place, at.links, _number(resource, "agreementId", "name")))
            case "ServiceLocation":
                self.locations.append(Location(at.place, at.links, _address(resource), _points(resource)))
            case "Meter":
                number = _number(resource, "serialNumber")
                self.meters.append(Named(at.place, at.links, number and serial(number)))


def _number(resource: Element, *names: str) -> str | None:
    """Return the first of several names that a resource has."""
    return next(filter(None, (text(resource, name, CUSTOMER) for name in names)), None)


def serial(said: str) -> str:
    """Return a serial number without the object identifier before it."""
    return said.rpartition(".")[2] if re.fullmatch(r"\d+(?:\.\d+){3,}", said) else said


def _points(location: Element) -> tuple[str, ...]:
    """Return the usage points that a location lists by address."""
    hrefs = [(one.text or "").strip().rstrip("/") for one in location.iter(CUSTOMER + "UsagePoint")]
    return tuple(dict.fromkeys(href for href in hrefs if 0 < len(href) <= LONGEST))


def _address(location: Element) -> str | None:
    """Return the address in one line: street, town, state and postal code."""
    main = location.find(CUSTOMER + "mainAddress")
    if main is None:
        return None
    street: list[str | None] = [
        text(main, f"streetDetail/{name}", CUSTOMER) for name in ("number", "name", "type", "addressGeneral")
    ]
    state: list[str | None] = [text(main, "townDetail/stateOrProvince", CUSTOMER), _postal_code(main)]
    parts = (
        " ".join(filter(None, street)),
        text(main, "townDetail/name", CUSTOMER),
        " ".join(filter(None, state)),
    )
    return ", ".join(filter(None, parts)) or None


def _postal_code(main: Element) -> str | None:
    """Return the postal code; PG&E has it as the town's code."""
    return text(main, "postalCode", CUSTOMER) or text(main, "townDetail/code", CUSTOMER)


def agreements(feed: Raw) -> Iterator[Agreed | Problem]:
    """Give what each usage point is."""
    owners, every = Parents(each_once(feed.accounts)), Parents(each_once(feed.agreements))
    locations = _by_agreement((every.of(one), one) for one in each_once(feed.locations))
    meters = _by_agreement(_owned(feed, every))
    for agreement in each_once(feed.agreements):
        if agreement.number is None:
            message = f"entry {agreement.place}: an agreement without a number"
            yield say("no_service_account", "warning", message)
        here = locations.get(agreement.place, [])
        customer = _if_one(one.number for one in owners.of(agreement))
        address = _if_one(one.address for one in here)
        serials = {one.number: None for one in meters.get(agreement.place, [])} or {None: None}
        for code, point in _points_of(agreement, here):
            for number in serials:
                yield Agreed(code, point, agreement.number, customer, number, address)


def _points_of(agreement: Named, here: Iterable[Location]) -> list[tuple[str, str | None]]:
    """Return code and address of an agreement's usage points: those listed, else the one of its own code."""
    listed = dict.fromkeys(href for one in here for href in one.points)
    if listed:
        return [(href.rpartition("/")[2], href if "/" in href else None) for href in listed]
    code = code_of(agreement.links)
    return [(code, _point_beside(agreement, code))] if code else []


def _point_beside(agreement: Named, code: str) -> str | None:
    """Return the address that a usage point of an agreement's code has below the same retail customer."""
    above = (re.match(r"(?:.*/)?RetailCustomer/[^/]+(?=/)", href) for href in agreement.links.own)
    found = {one[0] for one in above if one}
    return f"{found.pop()}/UsagePoint/{code}" if len(found) == 1 else None


def _owned(feed: Raw, agreements: Parents[Named]) -> Iterator[tuple[list[Named], Named]]:
    """Return each meter with its agreement: by its own links, or by its location's."""
    locations = Parents(each_once(feed.locations))
    for meter in each_once(feed.meters):
        yield (
            agreements.of(meter) or [owner for one in locations.of(meter) for owner in agreements.of(one)],
            meter,
        )


def _by_agreement(owned: Iterable[tuple[list[Named], L]]) -> dict[int, list[L]]:
    """Return what belongs to one agreement alone, by the agreement's entry."""
    found: dict[int, list[L]] = {}
    for owner, one in owned:
        if len(owner) == 1:
            found.setdefault(owner[0].place, []).append(one)
    return found


def _if_one(texts: Iterable[str | None]) -> str | None:
    """Return what all say, None where they differ or there are none."""
    found = set(texts)
    return found.pop() if len(found) == 1 else None
