"""A work list as a page, and as a manager's letter; words and layout stand in `templates/reports/`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from datarequests.business_days import LOS_ANGELES
from extractor.base.templating import rendered
from extractor.portfolio.today.model import Today

PAGE, LETTER = "reports/today.html.j2", "reports/today.txt.j2"


def page(found: Today, title: str, own: Path | None = None) -> str:
    """Return a work list as one page, its styles in it; `own` is a folder of a firm's own templates.

    Raises:
        TemplateFaultError: if a value that the template names is missing.
    """
    return rendered(PAGE, _values(found, title), own)


def letter(found: Today, title: str, own: Path | None = None) -> str:
    """Return a work list as the text of a letter.

    Raises:
        TemplateFaultError: if a value that the template names is missing.
    """
    return rendered(LETTER, _values(found, title), own)


def subject(found: Today, title: str) -> str:
    """Return what a letter is about, in a line."""
    counts = ", ".join(f"{count} {name}" for name, count in found.counts.items())
    return f"{title}: {counts or 'nothing to do'}"


def _values(found: Today, title: str) -> dict[str, Any]:
    return {
        "title": title,
        "day": found.asked.day,
        "since": f"{found.asked.since.astimezone(LOS_ANGELES):%Y-%m-%d %H:%M} in Los Angeles",
        "counts": found.counts,
        "sections": [section for section in found.sections if section.lines],
    }
