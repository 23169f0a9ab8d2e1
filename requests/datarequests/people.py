"""Who is told of requests, and for whom they are made: names by the keys of the roster, handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """A manager of the roster."""

    key: str
    name: str
    email: str = ""
    """Empty where the roster has none."""


@dataclass(frozen=True)
class People:
    """The roster, as far as requests need it."""

    managers: Mapping[str, Person] = field(default_factory=dict)
    customers: Mapping[str, str] = field(default_factory=dict)
    """Names by key."""

    def manager(self, key: str | None) -> str:
        """Return a manager's name, the key where the roster does not know it, nothing for nobody."""
        known = self.managers.get(key or "")
        return known.name if known is not None else key or ""

    def customer(self, key: str) -> str:
        """Return a customer's name, the key where the roster does not know it."""
        return self.customers.get(key, key)
