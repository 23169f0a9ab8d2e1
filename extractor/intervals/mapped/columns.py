"""Which column is what: by its heading, by what stands in it, and by what a person says.

Of several columns that could be one thing none is taken. A column of kW beside one of kWh is not
read. A column of customer accounts is none of service accounts, though both may be headed `Account`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from extractor.intervals.given import Channel
from extractor.intervals.mapped.answers import COLUMNS, AnswerError, Answers, place
from extractor.intervals.mapped.mapping import UnitName, Value
from extractor.intervals.mapped.roles import (
    ACCOUNT_HERE,
    INTERVALS,
    accounts_in,
    folded,
    is_unclear_unit,
    role_of,
)
from extractor.intervals.mapped.sample import Sample
from extractor.intervals.mapped.slots import Slots, slots

SINGLE = ("account", "point", "meter", "channel", "unit", "quality")

_ONE = re.compile(r"1(?:\.0*)?")
_MULTIPLIER = re.compile(r"\b(?:multiplier|multiplicator|constant)\b")

UNITS: dict[str, UnitName] = {name.lower(): name for name in ("kWh", "Wh", "MWh", "kW", "kVARh", "kVAh")}
"""By how they are written, case aside."""

CHANNELS: dict[str, Channel] = {
    **dict.fromkeys(("delivered", "consumption", "consumed", "usage", "used"), "delivered"),
    **dict.fromkeys(("received", "rcvd"), "received"),
    "net": "net",
}
"""By words that leave no doubt; import, export and generation are said of either side."""


@dataclass
class Found:
    """Which column is what, as far as it is known."""

    columns: dict[str, int] = field(default_factory=dict)
    values: list[Value] = field(default_factory=list)
    slots: Slots | None = None
    by_heading: bool = False
    """Whether columns of values are headed by their service accounts."""
    evidence: list[tuple[str, str, str]] = field(default_factory=list)
    """What, which column, why."""
    open: list[tuple[str, str]] = field(default_factory=list)
    """What has to be said, and a hint."""


def found(sample: Sample, answers: Answers) -> Found:
    """Return which column is what.

    Raises:
        AnswerError: if a person names a column that is not there.
    """
    result = Found()
    said = _said(sample, answers)
    roles = [role_of(INTERVALS, heading) for heading in sample.heading]
    result.slots = None if "value" in said else slots(sample.heading)
    taken = {at for ats in said.values() for at in ats}
    taken |= {slot.at for slot in result.slots.every} if result.slots else set()
    for role in SINGLE:
        _single(
            result,
            sample,
            role,
            [at for at, one in enumerate(roles) if one == role and at not in taken],
            said,
        )
    _moments(result, sample, roles, said, taken)
    if result.slots:
        _slots(result, result.slots)
    else:
        _values(result, sample, roles, said, taken)
    _multipliers(result, sample)
    return result


def _multipliers(result: Found, sample: Sample) -> None:
    """Say that a multiplier other than 1 is not applied."""
    for at, heading in enumerate(sample.heading):
        if _MULTIPLIER.search(folded(heading)) and not all(map(_ONE.fullmatch, sample.column(at))):
            why = "is not applied: numbers are taken as they stand"
            result.evidence.append(("multiplier", heading, why))


def _said(sample: Sample, answers: Answers) -> dict[str, list[int]]:
    for role in answers.columns:
        if role not in COLUMNS:
            raise AnswerError(f"a column can be no {role!r}; it can be {', '.join(COLUMNS)}")
    said = {role: [place(sample.heading, one) for one in names] for role, names in answers.columns.items()}
    for role, ats in said.items():
        if role != "value" and len(ats) > 1:
            raise AnswerError(f"only one column can be the {role}")
    return said


def _is(result: Found, sample: Sample, role: str, at: int, why: str) -> None:
    result.columns[role] = at
    result.evidence.append((role, sample.heading[at], why))


def _single(
    result: Found, sample: Sample, role: str, ats: Sequence[int], said: Mapping[str, list[int]]
) -> None:
    if role in said:
        for at in said[role]:
            _is(result, sample, role, at, "as you say")
    elif len(ats) > 1:
        names = ", ".join(repr(sample.heading[at]) for at in ats)
        result.open.append((role, f"several columns are headed so: {names}"))
    elif ats and role == "account":
        _account(result, sample, ats[0])
    elif ats and sample.column(ats[0]):
        _is(result, sample, role, ats[0], "by its heading")


def _account(result: Found, sample: Sample, at: int) -> None:
    """Take a column of service accounts; where only `Account` heads it, if its numbers are like SCE's."""
    if re.search(r"\b(?:service|serv|svc|srv|sa|said)\b", folded(sample.heading[at])):
        _is(result, sample, "account", at, "by its heading")
    elif all(accounts_in(text) == [text] for text in sample.column(at)):
        _is(result, sample, "account", at, "its numbers are like SCE's service accounts")
    else:
        result.open.append(
            ("account", f"{sample.heading[at]!r} may have customer accounts; if not, --set account=#{at + 1}")
        )


# --- times ---------------------------------------------------------------------------------------------


def _moments(
    result: Found,
    sample: Sample,
    roles: Sequence[str | None],
    said: Mapping[str, list[int]],
    taken: set[int],
) -> None:
    """Find the columns of an interval's label, and of its other end."""
    places = [name for name in ("date", "time", "other_date", "other_time") if name in said]
    if places:
        for name in places:
            for at in said[name]:
                _is(result, sample, name, at, "as you say")
        return
    of = {
        role: [at for at, one in enumerate(roles) if one == role and at not in taken and sample.column(at)]
        for role in ("start", "end", "stamp", "date", "time")
    }
    ends = {name: _end(sample, of[name], of) for name in ("start", "end")}
    if ends["start"]:
        _take(result, sample, ends["start"], "")
        if ends["end"]:
            _take(result, sample, ends["end"], "other_")
    elif ends["end"]:
        _take(result, sample, ends["end"], "")
    elif label := _end(sample, [*of["stamp"], *of["time"], *of["date"]], of):
        _take(result, sample, label, "")
    else:
        names = ", ".join(repr(sample.heading[at]) for ats in of.values() for at in ats) or "no column"
        result.open.append(("time", f"say which columns have date and time: {names} looks so"))


def _end(sample: Sample, ats: Iterable[int], of: Mapping[str, list[int]]) -> dict[str, int] | None:
    """Return the columns of date and time of one end of an interval; None if there are none, or several."""
    ats = list(ats)
    moments, dates = ([at for at in ats if sample.mostly(at) == kind] for kind in ("moment", "date"))
    times = [at for at in ats if at not in moments and at not in dates]
    if len(moments) == 1:
        return {"time": moments[0]}
    if moments:
        return None
    dates = dates or [at for at in of["date"] if sample.mostly(at) == "date"]
    times = times or of["time"] if ats else []
    if len(dates) == 1 and len(times) == 1:
        return {"date": dates[0], "time": times[0]}
    return {"date": dates[0]} if len(dates) == 1 and not times and ats else None


def _take(result: Found, sample: Sample, places: Mapping[str, int], prefix: str) -> None:
    for name, at in places.items():
        _is(result, sample, prefix + name, at, f"by its heading, and as {sample.column(at)[0]!r}")


# --- values --------------------------------------------------------------------------------------------


def _slots(result: Found, every: Slots) -> None:
    result.values = [Value(at=every.every[0].at)]
    result.evidence.append(("value", f"{len(every.every)} columns", every.why or "of the times of a day"))


def _values(
    result: Found,
    sample: Sample,
    roles: Sequence[str | None],
    said: Mapping[str, list[int]],
    taken: set[int],
) -> None:
    ats, why = said.get("value"), "as you say"
    if ats is None:
        used = {*taken, *result.columns.values()}
        ats = [at for at, one in enumerate(roles) if one == "value" and at not in used and sample.column(at)]
        ats, why = _of_best(sample, ats), "by its heading"
    result.by_heading = bool(ats) and all(folded(sample.heading[at]) == ACCOUNT_HERE for at in ats)
    for at in ats:
        text = folded(sample.heading[at])
        result.values.append(Value(at=at, channel=_channel(text), unit=_unit(text)))
        result.evidence.append(("value", sample.heading[at], why))
    if not ats:
        result.open.append(("value", "say which columns have what was counted"))


def _of_best(sample: Sample, ats: Sequence[int]) -> list[int]:
    """Return the columns that say best that they are values: energy, else power, else others."""
    heads = {at: folded(sample.heading[at]) for at in ats}
    for is_of in (_is_energy, _is_power, lambda text: text == ACCOUNT_HERE, _is_usage, bool):
        if found := [at for at, text in heads.items() if is_of(text)]:
            return found
    return []


def _is_energy(text: str) -> bool:
    return _unit(text) not in (None, "kW")


def _is_power(text: str) -> bool:
    return _unit(text) == "kW"


def _is_usage(text: str) -> bool:
    return bool(set(text.split()) & {*CHANNELS, "energy", "import", "export", "generation"})


def _unit(text: str) -> UnitName | None:
    """Return the unit that a folded heading names; None where it names none, several, or so many of one."""
    if is_unclear_unit(text):
        return None
    units = {UNITS[word] for word in text.split() if word in UNITS}
    return units.pop() if len(units) == 1 else None


def _channel(text: str) -> Channel | None:
    """Return the channel that a folded heading names; where it is `usage received`, what was received."""
    words = set(text.split())
    if words & {"import", "export", "generation", "generated", "total"}:
        return None
    named = {CHANNELS[word] for word in words if word in CHANNELS}
    if len(named) > 1 and words & {"usage", "used"}:
        named = {CHANNELS[word] for word in words - {"usage", "used"} if word in CHANNELS}
    return named.pop() if len(named) == 1 else None
