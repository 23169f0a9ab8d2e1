"""Recognised words without what sticks to them, and with what can only have been meant."""

from __future__ import annotations

import re
from functools import lru_cache

REMEMBERED = 1000
"""Words that are remembered: most of a bill's are on each page."""

_NOISE = re.compile(r"(?![-@&/$#]$)[^A-Za-z0-9]+")
"""Specks, frames and quotation marks that are no words."""

_MINUS = re.compile(r"^[~\u2212_](?=\(?\$?[\d.])")
_DASH = re.compile(r"[-~]+")
_GROUPS = re.compile(r"(-?\$?-?\d{1,3}(?:[.,]+\d{3})+)(\.\d\d)")
"""Dollars and cents in groups of three digits, whatever parts the groups: nothing but commas does."""

_SPECK_BEFORE = re.compile(r"^(?!'\d\d$)[.,:;*'\"]+(?=-?\(?-?\$?\d)")
_FRAMES = re.compile(
    r"^(?!'\d\d$)(?!\|\d)[|\u201c\u201d\u2018\u2019\"'`_~=]+(?=\S)|(?<=\S)[|!\u201c\u201d\u2018\u2019`_~=]+$"
)
_MEANT = (
    (re.compile(r"(\(?-?\$?-?[\d,]*\.\d\d\)?)[^\w\s()-]+"), r"\1"),  # $33.94.
    (re.compile(r"(-?\$-?[\d,]*)[:;](\d+)"), r"\1.\2"),  # $8:79
    (re.compile(r"(-?\$?-?\d{1,3}),(\d{4,})"), r"\1.\2"),  # $15,83000: a thousand has three digits
    (re.compile(r"(-?\$?-?\d[\d,]*),\.?(\d\d?)[.,:;]*"), r"\1.\2"),  # $342,60: a thousand has three digits
    (re.compile(r"(.*\b0):(\d{3,})"), r"\1.\2"),  # x.$0:09989
    (re.compile(r"(-?\d{5,}),(\d{1,3})"), r"\1.\2"),  # 11356,136: it would be thousands without their comma
    (re.compile(r"x(\d+)"), r"X\1"),  # x000: of an address; what is multiplied has a point
    (re.compile(r"([A-Za-z]+);"), r"\1:"),  # rate;
    (re.compile(r"(-?\$?-?\d[\d,]*(?:\.\d+)?)[.,:;]+"), r"\1"),  # 70. and $0.80000.
    (re.compile(r"([A-Z]+\d*(?:-[A-Z0-9]+)+)[.,:;]+"), r"\1"),  # TOU-GS-2-D.
    (re.compile(r"(\(\d+)[.,:;]+"), r"\1"),  # (30. days)
    (re.compile(r"[.,:;_]*(kWh|kW|kVarh?|kVAR|days|[x@])[.,:;_-]+"), r"\1"),  # kWh,
    (re.compile(r"(kWh|kW|kVarh?|kVAR|days)[.,:;_-]+([x@])"), r"\1 \2"),  # kWh_x
)
"""Specks on numbers and units, and points that came as colons, where nothing else can be meant."""


_GLUED = (
    re.compile(r"(page)(\d+)", re.I),
    re.compile(r"([A-Za-z][A-Za-z-]*[A-Za-z]:?)[ .,:-]*(\d\d/\d\d/\d\d[.,]?)"),
    re.compile(r"(\d[\d,./]*?)[.,:;'-]?(kWh|kW|kVarh?|days|[x@])"),
    re.compile(r"(\d[\d,./]*?)[.,:;'-]?(kWh|kW|kVarh?|days)[.,:;'_-]?([x@])"),
    re.compile(r"(kWh|kW|kVarh?|days)[ .,:;'*\u00b0_-]*([x@])"),
    re.compile(r"(kWh|kW|kVarh?|days)[ .,:;'*\u00b0_-]*([x@])[ .,:;'\u2018\u2019`]*(-?\$?-?\d*\.\d+)[.,:;]?"),
    re.compile(r"(\d[\d-]*)(from|to)"),
    re.compile(r"(\d\d/\d\d/\d\d)[.,:;]?(\(\d+)"),
    re.compile(r"(\d)[.,:;]?(\([a-z]+)"),
    re.compile(r"(\(\d+)[.,:;'-]?(days\)?)"),
    re.compile(r"([x@])[.,:;'\u2018\u2019`~]?(-?\$-?[\d.]+|-?[\d.]*[./][\d.]+%?)"),
    re.compile(r"([A-Za-z][A-Za-z-]+[A-Za-z])[.,:;]?([-/])"),
)
"""What a bill prints apart and recognition glues: a number and its unit, a word and a dash."""


@lru_cache(REMEMBERED)
def parted(text: str) -> tuple[str, ...]:
    """Return what a bill prints apart and recognition glues.

    >>> parted("335kWh"), parted("kWhx"), parted("29daysx"), parted("x$0.48254"), parted("peak")
    (('335', 'kWh'), ('kWh', 'x'), ('29', 'days', 'x'), ('x', '$0.48254'), ('peak',))
    >>> parted("kWh._x.$0.29033"), parted("kWh\u00b0@-0.10022")
    (('kWh', 'x', '$0.29033'), ('kWh', '@', '-0.10022'))
    >>> parted("kWh*x")
    ('kWh', 'x')
    >>> parted("Received06/13/25"), parted("by06/13/25"), parted("2.(over")
    (('Received', '06/13/25'), ('by', '06/13/25'), ('2', '(over'))
    >>> parted("(30:days)"), parted("(30days"), parted("(30")
    (('(30', 'days)'), ('(30', 'days'), ('(30',))
    >>> parted("Mid-Peak:-"), parted("Mid-Peak-"), parted("Mid-Peak")
    (('Mid-Peak', '-'), ('Mid-Peak', '-'), ('Mid-Peak',))
    """
    matches = (glued.fullmatch(text) for glued in _GLUED)
    return next((match.groups() for match in matches if match is not None), (text,))


@lru_cache(REMEMBERED)
def tidy(text: str) -> str:
    """Return a recognised word without the specks and frames that stick to it; empty if it is nothing else.

    >>> tidy("$33.94."), tidy("|$440.23"), tidy("\u201c"), tidy("-"), tidy("$8:79"), tidy("$0,04640")
    ('$33.94', '$440.23', '', '-', '$8.79', '$0.04640')
    >>> tidy("-$9,.597.24"), tidy("$9.597.24"), tidy("1081.793")
    ('-$9,597.24', '$9,597.24', '1081.793')
    >>> tidy("-$6,217,24"), tidy("x000"), tidy("x27/30"), tidy("11356,136"), tidy("11,356")
    ('-$6,217.24', 'X000', 'x27/30', '11356.136', '11,356')
    >>> tidy("~$5.00"), tidy("'26"), tidy("49,1"), tidy("kWh-"), tidy("$1,234.56"), tidy("x.$0:00400")
    ('-$5.00', "'26", '49.1', 'kWh', '$1,234.56', 'x.$0.00400')
    >>> tidy("Municipal!"), tidy("UUT.")
    ('Municipal', 'UUT.')
    >>> tidy("$0.80000."), tidy("TOU-GS-2-D."), tidy("TOU-D-4,"), tidy("P.O.")
    ('$0.80000', 'TOU-GS-2-D', 'TOU-D-4', 'P.O.')
    >>> tidy("(30."), tidy("(2026)"), tidy("(1.5")
    ('(30', '(2026)', '(1.5')
    """
    text = text.replace("\u2019", "'")
    text = _MINUS.sub("-", text.strip().replace("\u2014", "-").replace("\u2013", "-"))
    if _DASH.fullmatch(text):
        return "-"
    if _NOISE.fullmatch(text):
        return ""
    text = _SPECK_BEFORE.sub("", _FRAMES.sub("", text))
    for form, meant in _MEANT:
        if (match := form.fullmatch(text)) is not None:
            text = match.expand(meant)
    if (match := _GROUPS.fullmatch(text)) is not None:
        return re.sub(r"[.,]+", ",", match[1]) + match[2]
    return text
