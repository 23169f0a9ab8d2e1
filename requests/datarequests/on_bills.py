"""What a customer's bills say that a form has to say too; whoever knows the bills hands it in.

Names and addresses have to be on the form as they are on the bill. What only bills say that nobody could
prove (a scan that was misread, for one) is not held against a form.

>>> bills = OnBills(services=(OnBill("8000000001", "1 EXAMPLE ST", "ACME LLC", "700200000001"),))
>>> bills.names, bills.one("8000000001").service_address
(('ACME LLC',), '1 EXAMPLE ST')
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class OnBill:
    """What the latest bill of a service account says."""

    service_account: str
    service_address: str | None = None
    name: str | None = None
    """The customer's name."""
    customer_account: str | None = None
    mailing_address: str | None = None


@dataclass(frozen=True)
class OnBills:
    """What the bills of a customer say, and the roster where it names accounts."""

    services: tuple[OnBill, ...] = ()
    """Of trusted bills, one for each service account."""
    known: frozenset[str] = frozenset()
    """Service accounts that other bills or the roster name."""
    customer_accounts: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the bills print, each once."""
        return _each_once(one.name for one in self.services)

    @property
    def mailing_addresses(self) -> tuple[str, ...]:
        """The mailing addresses that the bills print, each once."""
        return _each_once(one.mailing_address for one in self.services)

    def one(self, service_account: str) -> OnBill | None:
        """Return what the bills say of a service account, None if they do not."""
        return next((one for one in self.services if one.service_account == service_account), None)

    def has(self, service_account: str) -> bool:
        """Tell whether anything names a service account."""
        return service_account in self.known or self.one(service_account) is not None


def _each_once(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
