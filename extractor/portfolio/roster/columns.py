"""What the columns of a roster are, by their headings however people write them.

>>> role_of("POD ID"), role_of("Service Account No."), role_of("cost centre"), role_of("Region")
('pod_id', 'account_of_service', 'cost_center', None)
"""

from __future__ import annotations

import re
import unicodedata

OF_SERVICE, OF_CUSTOMER = "account_of_service", "account_of_customer"
"""Columns of one kind of account; a column `account` needs a column `kind` beside it."""

WORDS: dict[str, tuple[str, ...]] = {
    "customer": ("customer", "customer key", "client"),
    "customer_name": ("customer name", "client name"),
    "site": ("site", "site key"),
    "site_name": ("site name",),
    "address": ("address", "site address", "service address"),
    OF_CUSTOMER: ("customer account", "sce customer account"),
    OF_SERVICE: ("service account", "sce service account", "sa"),
    "account": ("account",),
    "kind": ("kind",),
    "pod_id": ("pod id", "pod"),
    "provider": ("provider", "generation provider", "supplier"),
    "manager": ("manager", "manager key", "account manager"),
    "manager_name": ("manager name",),
    "manager_email": ("manager email", "manager e mail"),
    "cost_center": ("cost center", "cost centre", "cost center code", "cost centre code"),
    "valid_from": ("valid from", "managed from", "managed since", "from"),
    "valid_to": ("valid to", "managed to", "managed until", "managed through", "to"),
}
"""What each column may be headed, in small letters; joints, and `number` behind an account, are no matter."""

_NUMBERED = re.compile(r"(number|no|nr|num)$")


def folded(heading: str) -> str:
    """Return a heading in small letters, without joints and blanks."""
    text = unicodedata.normalize("NFKC", heading).casefold().replace("#", "number")
    return "".join(char for char in text if char.isalnum())


_ROLES = {folded(word): role for role, words in WORDS.items() for word in words}


def role_of(heading: str) -> str | None:
    """Return what a column is by its heading; None if it is one of the roster's own."""
    name = folded(heading)
    role = _ROLES.get(name)
    if role is None:
        role = _ROLES.get(_NUMBERED.sub("", name))
        role = role if role in (OF_SERVICE, OF_CUSTOMER, "account", "pod_id", "cost_center") else None
    return role
