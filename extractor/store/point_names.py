"""Names of usage points: a code, and behind an @ within what it is one meter's.

The code alone ("1") is in feeds of unrelated customers; what it is one meter's within is told by its feed
(`extractor.intervals.formats._espi.points`). Codes of other formats stand alone.

>>> within("NB6WRU", "services.greenbuttondata.org/RetailCustomer/VJEWP31BE")
'NB6WRU@services.greenbuttondata.org/RetailCustomer/VJEWP31BE'
>>> code_in("1@file:0123456789abcdef"), code_in("up-1")
('1', 'up-1')
"""

from __future__ import annotations

LOCAL = "@file:"
"""In the name of one that is known in its own file only."""


def within(code: str, scope: str) -> str:
    """Return the name of a usage point whose code is one meter's within something."""
    return f"{code.replace('@', '%40')}@{scope}"


def of_account(code: str, service_account: str) -> str:
    """Return the name of one whose code is one meter's among those of a service account."""
    return within(code, service_account.replace("-", "").replace(" ", ""))


def code_in(name: str) -> str:
    """Return the code in a name."""
    return name.partition("@")[0]


def is_local(name: str) -> bool:
    """Tell whether a name says nothing beyond one file."""
    return LOCAL in name
