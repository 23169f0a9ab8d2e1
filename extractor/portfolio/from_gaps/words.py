"""What is missing, and what is done of it, in words for a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from shlex import quote

from extractor.portfolio.coverage.words import month
from extractor.portfolio.from_gaps.model import Line, Plan, Way


def months(line: Line) -> str:
    """Return the read months of a line.

    >>> from extractor.portfolio.from_gaps.model import Service
    >>> days = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
    >>> service = Service("8001000001", ("8001000001",), None)
    >>> months(Line(service, "generation", "8001000001", ((202601, days), (202603, days)), "asked"))
    '2026-01..2026-03'
    """
    first, last = line.months[0][0], line.months[-1][0]
    return month(first) if first == last else f"{month(first)}..{month(last)}"


def channel(line: Line) -> str:
    """Return whom something is asked of, and by what."""
    if line.what == "bill_pdf":
        return "the customer"
    if line.counterparty is None:
        return "-"
    option = line.option or ""
    return line.counterparty.upper() + (f" option {option}" if option.isdigit() else "")


def done(line: Line) -> str:
    """Say what is done of a line, or why nothing is; with the command where a person has to act."""
    owner = line.service.owner
    match line.way:
        case "request":
            return f"request under authorization {line.under}"
        case "letter":
            return "a letter: no third party is given bills"
        case "asked":
            under = f" under authorization {line.under}" if line.under else ""
            return f"asked already: request {line.request}{under} is {line.note}"
        case "unauthorized":
            customer = owner.customer if owner else ""
            return (
                "no authorization that holds covers it: `billclerk authorizations draft"
                f" --customer {quote(customer)} --counterparty {line.counterparty} --who NAME`"
            )
        case "outside":
            return f"no longer available this way: it {line.note}{_assumed(line)}"
        case "elsewhere":
            return f"not asked: {line.note}"
        case "nobody":
            return "the roster has no customer for it: `billclerk accounts import`"


def until(line: Line, today: dt.date) -> str:
    """Say when each month leaves the counterparty's window; nothing where none is known."""
    if not line.leaves:
        return ""
    said = [f"{month(number)} on {on} (in {_days((on - today).days)})" for number, on in line.leaves]
    if len(said) == 1:
        return f"leaves the window on {said[0].partition(' on ')[2]}{_assumed(line)}"
    return f"leave the window: {', '.join(said)}{_assumed(line)}"


def note(line: Line, today: dt.date) -> str:
    """Return all that stands below a line."""
    days = f"{line.first} to {line.last}"
    more = line.note if line.way in ("request", "unauthorized", "nobody") else ""
    return "; ".join(part for part in (days, done(line), until(line, today), more) if part)


COUNTED: dict[Way, str] = {
    "request": "to be asked",
    "letter": "by a letter to the customer",
    "asked": "asked already",
    "unauthorized": "without an authorization",
    "outside": "no longer available",
    "elsewhere": "of suppliers who are not asked",
    "nobody": "of no customer of the roster",
}


def counted(plan: Plan) -> str:
    """Count lines by way, in words."""
    counts = Counter(line.way for line in plan.lines)
    return ", ".join(f"{counts[way]:,} {words}" for way, words in COUNTED.items() if counts[way])


def _assumed(line: Line) -> str:
    return " (assumed)" if line.is_assumed else ""


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
