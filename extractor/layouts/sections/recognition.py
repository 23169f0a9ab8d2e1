"""What the layouts know of a page before it is fully recognised: whether it matters, and which words.

A scan is read cheaply at first. A page whose heading is one of SCE's own texts is boilerplate; of
the others, what a record is made of is worth a second reading at another resolution: lines with
amounts, numbers of four digits and more, dates, kWh and kW, but not the sidebar, the chart and the
hours of the price periods.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.layouts.sections.details import is_details_page, main_column, sidebar_edge
from extractor.paper import Line, Word
from extractor.sheet import Page

_BOILERPLATE = re.compile(
    r"^\W*(?:important information|what are my options for paying|(?:ways to contact|options for paying))",
    re.I | re.M,
)
_ASIDE = re.compile(r"^\W*things you should know\W*$", re.I)
_AMOUNT = re.compile(r"\d\.\d\d\W*$")
"""How a charge line ends, the total as the last of them; what is below it is read word by word."""

_GENERATION = re.compile(r"generation charges", re.I)
"""What a CCA's own page says of its charges, without any heading of SCE's."""

_TELLING = re.compile(
    r"\$|\d\.\d\d\b|\d{4}|\d,\d{3}|\d[/-]\d\d[/-]\d|\bkW|%|\b[A-Z]\d{3}\b|\bTOU|\bGS"
    r"|(?:[A-Z][a-z]{2} ?'?\d\d\b.*){3}|(?i:^number of days|your rate|supply|generation|page ?1 of)"
)


def is_boilerplate(text: str) -> bool:
    """Tell whether the top of a page says that it is one of SCE's own texts, without charges.

    >>> is_boilerplate("Important information"), is_boilerplate("Details of your new charges")
    (True, False)
    """
    return _BOILERPLATE.search(text) is not None


def is_aside(text: str) -> bool:
    """Tell whether a heading on a page of charges begins nothing but news for the customer."""
    return _ASIDE.match(text) is not None


def sidebar(page: Page) -> float | None:
    """Return where the sidebar of a page of charges begins, in points; None where there is none."""
    return sidebar_edge(page) if is_details_page(page) else None


def worth_confirming(page: Page) -> Sequence[Word]:
    """Return the words of lines that a record is made of; none of a page of boilerplate.

    Of a charges area that is every line, its headings too.
    """
    if is_boilerplate(page.text):
        return ()
    details = is_details_page(page)
    lines: Sequence[Line] = main_column(page) if details else page.lines
    telling = [at for at, line in enumerate(lines) if _TELLING.search(line.text)]
    if telling and (details or _GENERATION.search(page.text) is not None):
        last = max((at for at in telling if _AMOUNT.search(lines[at].text)), default=telling[0])
        telling = [*range(telling[0], last + 1), *(at for at in telling if at > last)]
    return [word for at in telling for word in lines[at].words]
