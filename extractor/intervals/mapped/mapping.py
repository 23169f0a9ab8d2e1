"""What the columns of a layout mean: found from its heading, confirmed by a person, kept as JSON.

It holds for every table of its signature: the same folded headings in the same order, of the same
units named above or right below them, or by the sheet. What is None is not known yet; nothing is
read by a mapping with such.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from extractor.intervals.formats import UnreadableIntervalsError
from extractor.intervals.given import Channel, Quality
from extractor.intervals.mapped.moments import Order
from extractor.intervals.mapped.roles import ACCOUNT_HERE, folded
from extractor.intervals.mapped.slots import DAY, Slot

UnitName = Literal["kWh", "Wh", "MWh", "kW", "kVARh", "kVAh"]
Label = Literal["start", "end"]
Zone = Literal["local", "utc", "pst", "stamped"]
"""Local is America/Los_Angeles, pst is UTC-8 all the year, stamped is what each cell says."""
Times = Literal["clock", "hhmm", "hour"]
"""How a time without its date is written: 0:15, 15 for the same, or the number of an interval."""
Owner = Literal["column", "heading", "name", "preamble"]
"""Where the service account stands; heading: each column of values is of the one that heads it."""

IGNORED = "ignore"
"""What a word of a channel or a unit means whose rows are not to be read."""
MISSING = "missing"
"""What a word of quality means where there is no reading, whatever the value says."""

QUALITIES: dict[str, Quality] = {quality.name.lower(): quality for quality in Quality}
MEANINGS: dict[str, tuple[str, ...]] = {
    "channel": (*get_args(Channel), IGNORED),
    "unit": (*get_args(UnitName), IGNORED),
    "quality": (*QUALITIES, MISSING),
}
"""What a word in a column can mean, by the column's role."""


class Model(BaseModel):
    """What can be kept as JSON and is never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @classmethod
    def kept(cls, text: str) -> Self:
        """Return what was kept.

        Raises:
            UnreadableIntervalsError: if another version of the program kept it, or it is damaged.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise UnreadableIntervalsError(
                "a mapping that was kept is not understood; map the file again"
            ) from error


class Value(Model):
    """A column of values."""

    at: int
    channel: Channel | None = None
    """None: a column says it in each row, or it is not known yet."""
    unit: UnitName | None = None


class Mapping(Model):
    """What the columns of a layout mean."""

    signature: str
    columns: dict[str, int]
    """Places, from 0, by role: account, point, meter, channel, unit, quality; date and time of the label;
    other_date and other_time of the interval's other end."""
    values: tuple[Value, ...] = ()
    slots: tuple[Slot, ...] = ()
    """Columns of a day's intervals; then `values` has one, of which only channel and unit count."""
    owner: Owner | None = None
    label: Label | None = None
    zone: Zone | None = None
    seconds: int | None = None
    """How long an interval is; 86400 with a date alone is a day of its zone."""
    order: Order | None = None
    """The order of a date's parts where its year does not come first."""
    times: Times = "clock"
    decimal: Literal["point", "comma"] | None = None
    extra: Literal["second", "elapsed"] | None = None
    """Columns past a day's: the second hour from 1:00, or hours counted on from midnight."""
    words: dict[str, dict[str, str]] = {}
    """What words in columns mean, by role and folded word."""
    overruled: tuple[str, ...] = ()
    """What a person said although the file speaks against it, as `label=end`: not asked again for it."""

    @property
    def has_extra(self) -> bool:
        """Tell whether there are columns of the hour that comes twice."""
        return any(slot.is_extra for slot in self.slots)


def signature_of(headings: Sequence[str], units_beside: frozenset[str], kind: str = "intervals") -> str:
    """Return what tells a layout of a kind of table from others; accounts in a row count as one.

    >>> plain = signature_of(["Date", "Time", "8000000001", "8000000002", ""], frozenset())
    >>> plain == signature_of(["date", "TIME", "8000000003"], frozenset()), len(plain)
    (True, 16)
    >>> plain == signature_of(["date", "TIME", "8000000003"], frozenset({"kwh"}))
    False
    """
    names = [folded(heading) for heading in headings]
    while names and not names[-1]:
        names.pop()
    drawn = [one for name, run in groupby(names) for one in ([name] if name == ACCOUNT_HERE else list(run))]
    said = json.dumps([kind, drawn, sorted(units_beside)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def open_points(mapping: Mapping) -> list[str]:
    """Return what has to be said yet, by the names that a person answers it by."""
    found = [] if "time" in mapping.columns or "date" in mapping.columns else ["time"]
    found += [] if mapping.values else ["value"]
    names = {
        "owner": "account",
        "label": "label",
        "zone": "zone",
        "seconds": "minutes",
        "order": "dates",
        "decimal": "decimal",
    }
    found += [said for name, said in names.items() if getattr(mapping, name) is None]
    if mapping.has_extra and mapping.extra is None:
        found.append("extra-hour")
    for role in ("channel", "unit"):
        if role not in mapping.columns and any(getattr(one, role) is None for one in mapping.values):
            found.append(role)
    for role, words in mapping.words.items():
        found += [f"word {role}:{word}" for word, meaning in words.items() if not meaning]
    return found


def contradictions(mapping: Mapping) -> list[str]:
    """Return why a complete mapping cannot be read by."""
    found = []
    known = [(one.channel, one.unit) for one in mapping.values]
    if mapping.owner != "heading" and len(set(known)) < len(known):
        found.append(
            "two columns of values are of one channel and unit; say which one with --set value=COLUMN"
        )
    power = any(one.unit == "kW" for one in mapping.values) or "kW" in mapping.words.get("unit", {}).values()
    if power and mapping.seconds is not None and mapping.seconds >= DAY:
        found.append("the mean kW of a day does not tell its energy here; only kWh of a day are read")
    if mapping.zone == "stamped" and (mapping.slots or "date" in mapping.columns):
        found.append("a date without its time has no offset from UTC; give the zone")
    return found
