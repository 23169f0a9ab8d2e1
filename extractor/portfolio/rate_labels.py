"""What a charge line's label says beside what is known of it: what makes it another rate of its component.

A line is for a component, a season, a TOU period, a vintage. Its label may say more: a tier of a baseline
(bills.md 9.1: `Tier 1 (within baseline)`, `Tier 2 (101% to 130%)`), a bonus, a lamp's watts, a city. Lines
that say something else are never one rate, so all that a label says is kept, but for days. Of a tier that has
a number the number is enough: what stands behind it says how far the tier goes. A heading may name the tier
of the lines below it. What cannot be read stands for itself, and is like no other.

>>> wording("Energy-Winter", "Tier 1 (within baseline)"), wording(None, "Energy-Winter Tier 2")
('tier 1', 'tier 2')
>>> wording("Energy-Summer", "On peak"), wording("CPP participation", "CPP event Jul 9 '25")
(None, 'cpp event')
"""

from __future__ import annotations

import re

from extractor.layouts.sections.vocabulary import rest_of

_NUMBERED = re.compile(r"\btier[\s-]*(\d+)\b|\b(\d+)(?:st|nd|rd|th)[\s-]+tier\b", re.IGNORECASE)
_TIER = re.compile(r"\btiers?\b|\bbaseline\b|\d%", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:,? '?\d{2,4})?\b"
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b",
    re.IGNORECASE,
)
"""A day as bills print it: a rate is of all days of a kind."""


def wording(heading: str | None, label: str) -> str | None:
    """Return what else a line's label says, with the tier that its heading names; None if it says no more."""
    own = _said(label)
    if heading and not _TIER.search(label) and _TIER.search(heading):
        own = f"{_said(heading)} {own}"
    return own.strip() or None


def _said(text: str) -> str:
    """Return the tier by its number, else all that is said but days."""
    if numbered := _NUMBERED.search(text):
        return f"tier {int(numbered[1] or numbered[2])}"
    return rest_of(_DAY.sub(" ", text))
