"""Which column of a table of billing history is what: by its heading, and by what a person says.

Of several columns that could be one thing none is taken. A wide table has several periods in a row: the same
headings again and again, plain or numbered (`kWh 1`, `kWh 2`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extractor.intervals.mapped.answers import AnswerError, place
from extractor.intervals.mapped.monthly import BILLING, PERIOD, VALUES
from extractor.intervals.mapped.roles import accounts_in, folded, role_of
from extractor.intervals.mapped.sample import Sample

ROLES = ("account", *PERIOD, *VALUES)
"""What a person can say that a column is."""

_SERVICE = re.compile(r"\b(?:service|serv|svc|srv|sa|said)\b")


@dataclass
class Found:
    """Which column is what, as far as it is known."""

    account: int | None = None
    groups: list[dict[str, int]] = field(default_factory=lambda: [{}])
    evidence: list[tuple[str, str, str]] = field(default_factory=list)
    """What, which column, why."""
    open: dict[str, str] = field(default_factory=dict)
    """What has to be said, and a hint."""


def found(sample: Sample, said: Mapping[str, Sequence[str]]) -> Found:
    """Return which column is what.

    Raises:
        AnswerError: if a person names a column that is not there.
    """
    result = Found()
    named = _named(sample, said)
    told: dict[str, list[int]] = {}
    for at, heading in enumerate(sample.heading):
        role = role_of(BILLING, heading)
        if role is not None and role not in named and at not in named.values() and sample.column(at):
            told.setdefault(role, []).append(at)
    _account(result, sample, told.pop("account", []), named)
    _groups(result, sample, told)
    for role, place_of in named.items():
        if role == "account" or place_of is None:
            continue
        if len(result.groups) > 1:
            raise AnswerError("a row has several periods: their columns are told by their headings alone")
        result.groups[0][role] = place_of
        result.evidence.append((role, sample.heading[place_of], "as you say"))
    return result


def _named(sample: Sample, said: Mapping[str, Sequence[str]]) -> dict[str, int | None]:
    """Return the columns that a person names; None: no column is."""
    result: dict[str, int | None] = {}
    for role, columns in said.items():
        if role not in ROLES:
            raise AnswerError(f"a column can be no {role!r}; it can be {', '.join(ROLES)}")
        if len(columns) > 1:
            raise AnswerError(f"only one column can be the {role}")
        result[role] = place(sample.heading, columns[0]) if columns else None
    return result


def _account(result: Found, sample: Sample, ats: Sequence[int], named: Mapping[str, int | None]) -> None:
    """Take the column of service accounts; where only `Account` heads it, if its numbers are like SCE's."""
    if "account" in named:
        result.account = named["account"]
        if result.account is not None:
            result.evidence.append(("account", sample.heading[result.account], "as you say"))
        return
    if len(ats) > 1:
        names = ", ".join(repr(sample.heading[at]) for at in ats)
        result.open["account"] = f"several columns are headed so: {names}"
    for at in ats if len(ats) == 1 else ():
        if _SERVICE.search(folded(sample.heading[at])):
            why = "by its heading"
        elif all(accounts_in(text) == [text] for text in sample.column(at)):
            why = "its numbers are like SCE's service accounts"
        else:
            hint = f"{sample.heading[at]!r} may have customer accounts; if not, --set account=#{at + 1}"
            result.open["account"] = hint
            continue
        result.account = at
        result.evidence.append(("account", sample.heading[at], why))


def _groups(result: Found, sample: Sample, told: Mapping[str, Sequence[int]]) -> None:
    counts = {len(ats) for ats in told.values()}
    number = counts.pop() if len(counts) == 1 else 0
    groups = [{role: ats[at] for role, ats in told.items()} for at in range(number)]
    if number > 1 and _is_repeated(groups):
        result.groups = groups
        result.evidence.append(("periods", f"{number} in a row", "the same headings come again and again"))
        told = {role: ats[:1] for role, ats in told.items()}
    for role, ats in told.items():
        if len(ats) == 1:
            result.groups[0][role] = ats[0]
            result.evidence.append((role, sample.heading[ats[0]], "by its heading"))
        else:
            names = ", ".join(f"#{at + 1} {sample.heading[at]!r}" for at in ats)
            result.open[role] = f"several columns may be: {names}"


def _is_repeated(groups: Sequence[Mapping[str, int]]) -> bool:
    """Tell whether periods stand one behind the other, in the same order of columns, with a day each."""
    orders = [sorted(group, key=lambda role: group[role]) for group in groups]
    last = -1
    for group in groups:
        if min(group.values()) <= last:
            return False
        last = max(group.values())
    return all(one == orders[0] for one in orders) and bool(set(groups[0]) & {"start", "end", "read"})
