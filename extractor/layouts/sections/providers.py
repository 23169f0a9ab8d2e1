"""Who sells the energy on an SCE bill: the community choice aggregators of SCE's territory, as data.

Sources: CPA's sample bill (2024); the product names that OCPA, 3CE and Desert Community
Energy publish. A name that is not listed is kept as printed and reported.

>>> provider_named("CLEAN POWER ALLIANCE").short
'CPA'
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """A seller of energy: short name for the record, the words that name it in print, its products."""

    short: str
    names: str
    products: tuple[str, ...] = ()


ESP = Provider("ESP", r"\bESP\b|energy service provider|electric service provider|direct access")

CCAS = (
    Provider("CPA", r"clean power alliance|\bCPA\b", ("Lean Power", "Clean Power", "100% Green Power")),
    Provider(
        "OCPA",
        r"orange county power authority|\bOCPA\b",
        ("Basic Choice", "Smart Choice", "100% Renewable Choice"),
    ),
    Provider("3CE", r"central coast community energy|\b3CE\b", ("3Cchoice", "3Cprime")),
    Provider("DCE", r"desert community energy|\bDCE\b", ("Desert Saver", "Carbon Free")),
    Provider("WCE", r"western community energy|\bWCE\b", ()),
)


def provider_named(text: str) -> Provider | None:
    """Return the aggregator that the text names; None if it names none or several."""
    named = [provider for provider in CCAS if re.search(provider.names, text, re.I)]
    return named[0] if len(named) == 1 else None


def product_named(provider: Provider | None, label: str) -> str | None:
    """Return the product of a provider that a charge's label begins with, as the provider writes it.

    >>> product_named(CCAS[0], "100% Green - On-Peak - Summer")
    '100% Green Power'
    """
    for product in provider.products if provider else ():
        if label.lower().startswith(product.lower().removesuffix(" power")):
            return product
    return None
