"""Whose electricity it is, in the made portfolio: customers, managers, sites, and where each meter is.

All names, numbers and addresses are made up. A place is told by its number, from 1: its schedule, product,
use, city and read day follow from it, unless a planted case says otherwise.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from corpus.tariff.cpa import CLEAN, GREEN, LEAN

CUSTOMERS = (
    "Acorn Bakeries",
    "Birch Laundry",
    "Cedar Cold Storage",
    "Dune Hotels",
    "Elm Dental Group",
    "Fern Grocers",
    "Grove Schools",
    "Heron Water District",
    "Iris Print Works",
    "Juniper Farms",
    "Kelp Seafood",
    "Linden Logistics",
    "Maple Apartments",
    "Nettle Brewing",
    "Oak Hill Parks",
    "Poppy Fitness",
    "Quail Ridge Homes",
    "Rush Metal Finishing",
    "Sage Medical Offices",
    "Thistle Storage",
)
MANAGERS = ("Ana Example", "Ben Sample", "Cleo Dummy")
SITES = 4
"""Sites of each customer."""

CITIES: tuple[tuple[str, str] | None, ...] = (("Anytown", "5.00000"), None, ("Sampleville", "4.50000"), None)
"""City and per cent of its utility users tax; None where no city levies one."""

USE = {
    "TOU-GS-1-E": (45, 10),
    "TOU-GS-2-E": (500, 60),
    "TOU-GS-2-D": (500, 60),
    "TOU-GS-3D": (3600, 288),
    "TOU-D-4": (26, 5),
    "TOU-PA-2-D": (320, 55),
}
"""kWh a day and kW by schedule, roughly; the names are as bills print them."""

SCHEDULES = ("TOU-GS-1-E", "TOU-GS-2-E", "TOU-GS-3D", "TOU-D-4", "TOU-PA-2-D")
PRODUCTS: tuple[str | None, ...] = (LEAN, CLEAN, GREEN, CLEAN, LEAN, None)
"""CPA's products; None: SCE sells the energy too."""

READ_DAYS = range(2, 26)
"""Days of the month on which a billing period may begin."""


@dataclass(frozen=True)
class Place:
    """A meter's place: what bills and the roster say of it."""

    number: int
    customer: int
    """Place of its customer in `CUSTOMERS`."""
    customer_account: str
    service_account: str
    supply_account: str
    """The service account that CPA prints: mostly the same."""
    pod_id: str
    meter: str
    schedule: str
    product: str | None
    """CPA's; None where the service is bundled."""
    vintage: str
    city: tuple[str, str] | None
    daily_kwh: int
    kw: int
    read_day: int
    has_autopay: bool = False
    exports: bool = False

    @property
    def name(self) -> str:
        """The customer's name as bills print it."""
        return f"{CUSTOMERS[self.customer].upper()} INC"

    @property
    def site(self) -> str:
        """Its site's key in the roster."""
        return f"{customer_key(self.customer)}-{1 + self.number // len(CUSTOMERS) % SITES}"

    @property
    def address(self) -> str:
        """The address as bills print it."""
        city = self.city[0].upper() if self.city else "NOWHERE BEACH"
        return f"{100 + 2 * self.number} EXAMPLE STRT, {city}, CA 90000"

    @property
    def cost_center(self) -> str:
        """The customer's own number for who pays."""
        return f"CC-{100 + self.number % 7}"

    @property
    def is_metered_in_kw(self) -> bool:
        """Whether its bills have a demand box."""
        return self.schedule not in ("TOU-GS-1-E", "TOU-D-4")


def customer_key(at: int) -> str:
    """Return a customer's key in the roster.

    >>> customer_key(0)
    'acorn'
    """
    return CUSTOMERS[at].split()[0].lower()


def manager_key(at: int) -> str:
    """Return the key of the manager who looks after a customer.

    >>> manager_key(0), manager_key(3), manager_key(19)
    ('ana', 'ana', 'ben')
    """
    return MANAGERS[at % len(MANAGERS)].split()[0].lower()


def place(number: int) -> Place:
    """Return the place of a number, from 1."""
    schedule = SCHEDULES[number % len(SCHEDULES)]
    daily, kw = USE[schedule]
    share = Decimal(80 + number * 37 % 41) / 100
    account = service_account(number)
    return Place(
        number=number,
        customer=number % len(CUSTOMERS),
        customer_account=customer_account(number),
        service_account=account,
        supply_account=account,
        pod_id=f"{101760950000000000 + number}",
        meter=f"259000-{number:06d}",
        schedule=schedule,
        product=PRODUCTS[number // 2 % len(PRODUCTS)],
        vintage=("2018", "2019", "2020")[number % 3],
        city=CITIES[number % len(CITIES)],
        daily_kwh=int(daily * share),
        kw=int(kw * share),
        read_day=READ_DAYS[number * 5 % len(READ_DAYS)],
        has_autopay=number % 9 == 0,
        exports=schedule == "TOU-D-4" and number % 20 == 8,
    )


def customer_account(number: int) -> str:
    """Return the customer account that the place of a number is billed to, 12 digits.

    >>> customer_account(7), service_account(7)
    ('700210000007', '8001000007')
    """
    return f"70021{number:07d}"


def service_account(number: int) -> str:
    """Return the service account of the place of a number, 10 digits."""
    return f"8001{number:06d}"


@dataclass(frozen=True)
class Held:
    """A place of the roster, and from when to when it is managed; both days inclusive, None is open."""

    place: Place
    since: dt.date | None = None
    until: dt.date | None = None
