"""What a column can be, told by its heading: the words are data, so that another kind of table adds a set.

A heading is folded first: case, punctuation and the joints of names do not matter. One that no role
knows is a column that is not read, unless a person says what it is.

>>> folded("Serv_Acct_Id"), folded("Usage (kWh)"), folded("IntervalEndTime"), folded("SA #")
('serv acct id', 'usage kwh', 'interval end time', 'sa number')
>>> folded("UsageWh"), folded("UsageGWh"), folded("Usage KWh"), folded("NETGWh")
('usage wh', 'usage gwh', 'usage kwh', 'netgwh')
>>> [role_of(INTERVALS, one) for one in ("Serv_Acct_Id", "Hour Ending", "Read Date", "kWh Delivered", "Cost")]
['account', 'end', 'date', 'value', None]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_UNITS = re.compile(
    r"([kK][vV][aA][rR]?[hH]|[kK][wW][hH]|M[wW][hH]|(?<![A-Z])[GT]Wh|(?<![A-Za-z])[mgtGT][wW][hH]"
    r"|kW|(?<![A-Z])Wh)(?![a-z])"
)
"""A unit, also where it is joined to a word; of what may be another unit's end, as in `NETGWh`, nothing."""

_OF_OTHERS = re.compile(
    r"\b(?:(?:[kmgt]|kilo|mega|giga|tera) wh|kw h(?:r|rs|our|ours)?|[gt]wh|m(?:w|varh?|vah?))\b"
)
_SCALED = re.compile(r"\b(?:x?10{2,}s?|0{3}s?|hundreds?|thousands?|millions?)\b")
_NAMED = re.compile(r"\b(?:[mgt]?wh|kwh?|mw|[km]varh?|[km]vah?)\b")
_JOINTS = re.compile(r"(?<=[a-z]{2})(?=[A-Z])|[^\w\s#\0]|_")
_ACCOUNT = re.compile(r"(?<![\d-])(3-\d{3}-\d{4}-\d{2}|[83]\d{9})(?!\d)", re.ASCII)

ACCOUNT_HERE = "<account>"
"""What stands in a folded heading for a service account's number."""


@lru_cache(4096)
def folded(heading: str) -> str:
    """Return a heading without case, punctuation and joints, its words apart."""
    text = _ACCOUNT.sub(" \0 ", unicodedata.normalize("NFKC", heading))
    text = _JOINTS.sub(" ", _UNITS.sub(r" \1 ", text)).replace("#", " number ").casefold()
    return " ".join(text.replace("\0", ACCOUNT_HERE).split())


def accounts_in(text: str) -> list[str]:
    """Return the service accounts that a text has, as SCE numbers them."""
    return list(dict.fromkeys(_ACCOUNT.findall(text)))


def is_unclear_unit(text: str) -> bool:
    """Tell whether a folded text names a unit that nothing is read in, or so many of one.

    >>> [is_unclear_unit(folded(one)) for one in ("Usage kWh", "Meter 1000", "Usage k-Wh", "kWh (000)")]
    [False, False, True, True]
    """
    return bool(_OF_OTHERS.search(text) or (_SCALED.search(text) and _NAMED.search(text)))


@dataclass(frozen=True)
class Role:
    """What a column can be."""

    name: str
    is_told_by: Callable[[str], object]
    """Tells by a folded heading whether it is."""
    meaning: str
    """What a person is told that it is."""


@dataclass(frozen=True)
class RoleSet:
    """The roles of one kind of table; the first that a heading fits is its."""

    name: str
    """Of the kind: it goes into the signatures of layouts."""
    roles: tuple[Role, ...]
    needed: tuple[frozenset[str], ...]
    """A heading has a column of each of these."""
    unread: Callable[[str], object]
    """Tells by a folded heading that a column is nothing to be read, whatever else it says."""


def role_of(kind: RoleSet, heading: str) -> str | None:
    """Return the role that a heading tells; None where it tells none."""
    text = folded(heading)
    if not text or kind.unread(text):
        return None
    return next((role.name for role in kind.roles if role.is_told_by(text)), None)


def is_heading(kind: RoleSet, cells: Sequence[str]) -> bool:
    """Tell whether a row has all columns that are needed."""
    told = {role_of(kind, cell) for cell in cells}
    return all(told & one for one in kind.needed)


# --- tables of intervals -------------------------------------------------------------------------------

START = frozenset({"start", "starts", "starting", "begin", "begins", "beginning", "from"})
END = frozenset({"end", "ends", "ending", "to", "thru", "through", "until", "he"})
_DATE = frozenset({"date", "day", "dt", "dte"})
_TIME = frozenset({"time", "hour", "hr", "tm", "interval", "he"})
_BOTH = frozenset({"datetime", "timestamp", "stamp"})
_CLOCK = frozenset({"local", "utc", "gmt", "pst", "pdt", "pt", "ppt", "pacific", "prevailing", "standard"})
_BESIDE = _CLOCK | {"interval", "int", "intrvl", "read", "reading", "readings", "usage", "period", "trade"}
_BESIDE |= {"energy", "consumption", "meter", "data", "zone", "of", "the", "in", "at", "number", "no", "nbr"}


def _when(text: str) -> str | None:
    """Return which moment a heading tells: `start`, `end`, `stamp`, `date` or `time`."""
    words = set(text.split())
    if not words & (START | END | _DATE | _TIME | _BOTH) or words - (
        START | END | _DATE | _TIME | _BOTH | _BESIDE
    ):
        return None
    if words & START:
        return None if words & END else "start"
    if words & END:
        return "end"
    if words & _BOTH or (words & _DATE and words & (_TIME - {"interval"})):
        return "stamp"
    return "date" if words & _DATE else "time"


def fits(*patterns: str) -> Callable[[str], object]:
    """Return what tells by a folded heading whether all of it is one of some patterns."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)).fullmatch


def _is_when(name: str) -> Callable[[str], object]:
    return lambda text: _when(text) == name


NUMBER = r"(?: (?:id|no|nbr|num|number|code|name))*"

INTERVALS = RoleSet(
    "intervals",
    (
        Role(
            "account",
            fits(
                rf"(?:sce )?(?:service|serv|svc|srv)(?: point)? (?:account|acct|acc|agreement|agmt){NUMBER}",
                rf"(?:sce )?(?:sa|said){NUMBER}|(?:sce )?(?:account|acct){NUMBER}",
            ),
            "service account",
        ),
        Role("point", fits(rf"usage point{NUMBER}|(?:service point|sp|spid){NUMBER}"), "usage point"),
        Role("meter", fits(rf"(?:meter|mtr|device)(?: serial)?{NUMBER}"), "meter"),
        Role(
            "channel", fits(rf"(?:channel|chnl|ch|direction|flow|flow direction|register){NUMBER}"), "channel"
        ),
        Role("unit", fits(r"(?:unit|units|uom|unit of measure(?:ment)?)(?: code)?"), "unit"),
        Role(
            "quality",
            fits(
                r".*\b(?:quality|estimated?|validation|flag)\b.*", r"(?:read |reading |data )?(?:status|type)"
            ),
            "quality",
        ),
        Role("start", _is_when("start"), "when an interval begins"),
        Role("end", _is_when("end"), "when an interval ends"),
        Role("stamp", _is_when("stamp"), "a moment of the interval"),
        Role("date", _is_when("date"), "the date"),
        Role("time", _is_when("time"), "the time"),
        Role(
            "value",
            fits(
                r".*\b(?:kwh|kw|wh|[mgt]wh|kvarh|kvah)\b.*",
                r".*\b(?:usage|consumption|energy|delivered|received|net|generation|import|export|demand)\b.*",
                r"(?:interval |read |reading )?(?:value|quantity|qty|reading|read|amount)|" + ACCOUNT_HERE,
            ),
            "what was counted",
        ),
    ),
    (frozenset({"start", "end", "stamp", "date"}), frozenset({"value"})),
    re.compile(
        r".*\b(?:cost|costs|charge|charges|price|rate|schedule|tariff|temp|temperature|dollars?|usd|bill|billed"
        r"|customer|cust|address|city|zip|multiplier|multiplicator|constant|peak|max|maximum|tou|season|batch"
        r"|gas|therms?|[cmh]cf|[km]?btus?|gallons?)\b.*"
    ).fullmatch,
)
"""Tables of interval readings: one value a row, or one column for each hour or quarter of a day."""
