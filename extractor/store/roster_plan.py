"""What becomes of the roster when rows of a file are taken in: each row new, changed, ended or as it was.

A row of a file is a row that is there if both are one account of one customer and begin on one day; else,
if exactly one that no other row of the file is shares days with it, the days have changed. Where it shares
none, it is another time of the customer's, and new. What the file has no column for stays as it is, and so
do rows that are not in the file. Nothing is taken of a roster that says two things at once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import combinations
from typing import Any, Literal, NamedTuple

from sqlmodel import Session, select

from extractor.store.numbers import meters_of
from extractor.store.people import Account, Customer, Manager, Site
from extractor.store.plain import plain
from extractor.store.roster import Entry, Stored, stored_rows

Outcome = Literal["new", "changed", "ended", "unchanged"]

FIELDS = tuple(one.name for one in fields(Entry))

OF_OTHERS = {
    "customer_name": "customer",
    "site_name": "site",
    "address": "site",
    "manager_name": "manager",
    "manager_email": "manager",
}
"""What a row says of its customer, site or manager: said once, it holds for all rows of theirs."""

NUMBERS = ("account", "customer_account", "pod_id")
"""What is compared without hyphens and blanks."""


@dataclass(frozen=True)
class Given:
    """A row of a file, and what it has columns for; of an empty cell of these nothing is said but that."""

    entry: Entry
    said: frozenset[str]
    line: int | None = None
    row: int | None = None
    """The number of the roster's row that it is, where that is known."""


class Problem(NamedTuple):
    """Why a roster cannot be taken in, or what a person should look at; and in which lines of the file."""

    lines: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class Step:
    """What becomes of one row."""

    given: Given
    after: Entry
    before: Stored | None = None

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Return what changes: the field's name, what it was and what it will be."""
        if self.before is None:
            return []
        was = self.before.entry
        found = [(name, getattr(was, name), getattr(self.after, name)) for name in FIELDS[:-1]]
        known = {*was.further, *self.after.further}
        found += [(name, was.further.get(name), self.after.further.get(name)) for name in sorted(known)]
        return [one for one in found if one[1] != one[2]]

    @property
    def outcome(self) -> Outcome:
        """Return what becomes of it in a word."""
        if self.before is None:
            return "new"
        changed = {name: (was, now) for name, was, now in self.differences}
        was, now = changed.get("valid_to", (None, None))
        if now is not None and (was is None or now < was):
            return "ended"
        return "changed" if changed else "unchanged"


@dataclass(frozen=True)
class Plan:
    """What becomes of each row of a file, in its order; and why nothing of it may be taken."""

    steps: Sequence[Step] = ()
    problems: Sequence[Problem] = ()
    others: Sequence[Stored] = ()
    """Rows of the roster that are not in the file: they stay."""


@dataclass
class _Known:
    """The customers, sites and managers that are known, and what the file says of them, by their keys."""

    names: dict[tuple[str, str], dict[str, str | None]] = field(default_factory=lambda: defaultdict(dict))
    sites: dict[str, str] = field(default_factory=dict)
    """Whose each site is."""
    managers: dict[str, str | None] = field(default_factory=dict)
    """Who looks after a site, where its accounts do not say it."""
    told: dict[tuple[str, str, str], tuple[str, int | None]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def site_of(self, customer: str, text: str) -> str:
        """Return the key of a customer's site; two customers may call theirs by one name."""
        own = f"{customer}/{text}"
        for key in (text, own):
            if self.sites.get(key) == customer:
                return key
        key = own if text in self.sites else text
        self.sites[key] = customer
        self.names["site", key].setdefault("site_name", text)
        return key

    def tell(self, name: str, key: str, value: str, line: int | None) -> None:
        """Take in what a row says of its customer, site or manager."""
        kind = OF_OTHERS[name]
        before = self.told.setdefault((kind, key, name), (value, line))
        if before[0] != value:
            lines = tuple(one for one in (before[1], line) if one is not None)
            what = name.replace("_", " ")
            self.problems.append(Problem(lines, f"{kind} {key}: the {what} is {before[0]!r} and {value!r}"))
        self.names[kind, key][name] = value


def planned(session: Session, rows: Sequence[Given]) -> Plan:
    """Return what becomes of the rows of a file; nothing is written."""
    stored = stored_rows(session)
    known = _known(session)
    rows = [_with_site(row, known) for row in rows]
    for row in rows:
        _tell_names(row, known)
    matched, problems = _matched(rows, stored)
    steps = [Step(row, _after(row, before, known), before) for row, before in zip(rows, matched, strict=True)]
    taken = {before.id for before in matched if before is not None}
    others = [row for row in stored if row.id not in taken]
    problems += known.problems
    problems += _backwards(steps)
    problems += _shared(steps, others)
    problems += _pods(session, steps, others)
    return Plan(steps, sorted(problems, key=lambda one: one.lines), others)


def _known(session: Session) -> _Known:
    known = _Known()
    for customer in session.exec(select(Customer)):
        known.names["customer", customer.key] = {"customer_name": customer.name}
    for site in session.exec(select(Site)):
        known.names["site", site.key] = {"site_name": site.name, "address": site.address}
        known.sites[site.key] = site.customer_key
        known.managers[site.key] = site.manager_key
    for one in session.exec(select(Manager)):
        known.names["manager", one.key] = {"manager_name": one.name, "manager_email": one.email or None}
    return known


def _with_site(row: Given, known: _Known) -> Given:
    site = row.entry.site
    if site is None:
        return row
    return replace(row, entry=replace(row.entry, site=known.site_of(row.entry.customer, site)))


def _tell_names(row: Given, known: _Known) -> None:
    for name, kind in OF_OTHERS.items():
        key, value = getattr(row.entry, kind), getattr(row.entry, name)
        if name in row.said and key and value:
            known.tell(name, key, value, row.line)


def _matched(rows: Sequence[Given], stored: Sequence[Stored]) -> tuple[list[Stored | None], list[Problem]]:
    """Return the row of the roster that each row of a file is."""
    same: dict[tuple[str, str, str], list[Stored]] = defaultdict(list)
    for one in stored:
        same[_identity(one.entry)].append(one)
    by_id = {one.id: one for one in stored}
    found: list[Stored | None] = [
        by_id[row.row]
        if row.row is not None
        else next((one for one in same[_identity(row.entry)] if _begins_alike(row, one)), None)
        for row in rows
    ]
    taken = {one.id for one in found if one}
    problems = []
    for at, row in enumerate(rows):
        if found[at] is not None:
            continue
        of_account = [one for one in same[_identity(row.entry)] if one.id not in taken]
        near = [one for one in of_account if _may_be(row, one)]
        if len(near) == 1:
            found[at] = near[0]
            taken.add(near[0].id)
        elif near:
            days = " and ".join(said_days(one.entry) for one in near)
            text = f"{row.entry.account}: which row of the roster is it, {days}? give it the same first day"
            problems.append(Problem(_lines(row), text))
    return found, problems


def _identity(entry: Entry) -> tuple[str, str, str]:
    return entry.kind, plain(entry.account), entry.customer


def _begins_alike(row: Given, one: Stored) -> bool:
    return "valid_from" in row.said and row.entry.valid_from == one.entry.valid_from


def _may_be(row: Given, one: Stored) -> bool:
    """Tell whether a row can be one that is there, its days changed; a file without days means any."""
    return "valid_from" not in row.said or row.entry.shares_days(one.entry)


def _after(row: Given, before: Stored | None, known: _Known) -> Entry:
    """Return what a row of the roster will be."""
    said = {name: getattr(row.entry, name) for name in row.said - {"further", *OF_OTHERS}}
    base = before.entry if before else replace(row.entry, further={})
    if before is not None:
        for name in NUMBERS:
            if name in said and plain(said[name] or "") == plain(getattr(base, name) or ""):
                said[name] = getattr(base, name)  # only written in another way
    if "manager" in said and said["manager"] is None:
        said["manager"] = known.managers.get(said.get("site", base.site) or "")
    told = {**base.further, **row.entry.further}
    after = replace(base, **said, further={name: value for name, value in told.items() if value})
    for name, kind in OF_OTHERS.items():
        key = getattr(after, kind)
        after = replace(after, **{name: _name(name, kind, key, known)})
    return after


def _name(name: str, kind: str, key: str | None, known: _Known) -> Any:
    if key is None:
        return None
    value = known.names[kind, key].get(name)
    if value is None and name.endswith("_name"):
        return key
    return key if value is None and name == "manager_email" and "@" in key else value


def said_days(entry: Entry) -> str:
    """Return the days of a row in words."""
    if entry.valid_from is None and entry.valid_to is None:
        return "always"
    return f"{entry.valid_from or ''}..{entry.valid_to or ''}"


def _lines(*rows: Given) -> tuple[int, ...]:
    return tuple(row.line for row in rows if row.line is not None)


def _backwards(steps: Sequence[Step]) -> Iterator[Problem]:
    for step in steps:
        first, last = step.after.valid_from, step.after.valid_to
        if first and last and last < first:
            yield Problem(
                _lines(step.given), f"{step.after.account} ends on {last}, before it begins on {first}"
            )


class _Placed(NamedTuple):
    """A row as it will be, and where it is said."""

    entry: Entry
    line: int | None
    where: str


def _placed(steps: Sequence[Step], others: Sequence[Stored]) -> Iterator[_Placed]:
    for step in steps:
        line = step.given.line
        yield _Placed(step.after, line, "" if line is None else f" (line {line})")
    for one in others:
        yield _Placed(one.entry, None, " (in the roster)")


def _shared(steps: Sequence[Step], others: Sequence[Stored]) -> Iterator[Problem]:
    """Find accounts that two rows give to somebody on one day."""
    by_account: dict[tuple[str, str], list[_Placed]] = defaultdict(list)
    for one in _placed(steps, others):
        by_account[one.entry.kind, plain(one.entry.account)].append(one)
    for rows in by_account.values():
        for one, other in combinations(rows, 2):
            if one.where == other.where == " (in the roster)" or not one.entry.shares_days(other.entry):
                continue
            keys = one.entry.customer, other.entry.customer
            said = (
                f"the account of {keys[0]!r}{one.where} is that of {keys[1]!r}{other.where}, on one day;"
                " give both rows managed from and to, or end the older one"
                if keys[0] != keys[1]
                else f"{one.entry.account} of {keys[0]!r}{one.where} stands there twice{other.where} for the"
                " same days; keep one row, or give both managed from and to"
            )
            yield Problem(tuple(line for line in (one.line, other.line) if line is not None), said)


def _pods(session: Session, steps: Sequence[Step], others: Sequence[Stored]) -> Iterator[Problem]:
    """Find POD-IDs that two service accounts have at one time, unless aliases make both one meter's."""
    by_pod: dict[str, list[_Placed]] = defaultdict(list)
    for one in _placed(steps, others):
        if one.entry.kind == "service" and one.entry.pod_id:
            by_pod[plain(one.entry.pod_id)].append(one)
    same = {plain(one): plain(known_as) for one, known_as in meters_of(session).items()}
    for rows in by_pod.values():
        for one, other in combinations(rows, 2):
            numbers = plain(one.entry.account), plain(other.entry.account)
            if one.where == other.where == " (in the roster)" or not one.entry.shares_days(other.entry):
                continue
            if same.get(numbers[0], numbers[0]) == same.get(numbers[1], numbers[1]):
                continue
            yield Problem(
                tuple(line for line in (one.line, other.line) if line is not None),
                f"POD-ID {one.entry.pod_id} is that of {one.entry.account}{one.where} and, on the same days,"
                f" of {other.entry.account}{other.where}; if both are one meter's, say so by `billclerk"
                f" accounts link provider {one.entry.account} {other.entry.account}`",
            )


def applied(
    session: Session, plan: Plan, who: str | None = None, at: dt.datetime | None = None
) -> dict[Outcome, int]:
    """Write what a plan says; return how many rows became what."""
    count: dict[Outcome, int] = {"new": 0, "changed": 0, "ended": 0, "unchanged": 0}
    for step in plan.steps:
        count[step.outcome] += 1
        if step.outcome != "unchanged":
            _write(session, step, who, at)
    session.flush()
    return count


def _write(session: Session, step: Step, who: str | None, at: dt.datetime | None) -> None:
    after = step.after
    session.merge(Customer(key=after.customer, name=after.customer_name))
    if after.manager:
        name = after.manager_name or after.manager
        session.merge(Manager(key=after.manager, name=name, email=after.manager_email or ""))
    session.flush()
    if after.site:
        _write_site(session, after)
    row = (
        session.get_one(Account, step.before.id)
        if step.before
        else Account(kind=after.kind, number=after.account, customer_key=after.customer)
    )
    row.customer_key, row.site_key, row.manager_key = after.customer, after.site, after.manager
    row.valid_from, row.valid_to = after.valid_from, after.valid_to
    for name in ("customer_account", "pod_id", "provider", "cost_center"):
        setattr(row, name, getattr(after, name))
    row.further = dict(after.further) or None
    row.who, row.at = who, at
    session.add(row)
    session.flush()


def _write_site(session: Session, after: Entry) -> None:
    assert after.site is not None
    site = session.get(Site, after.site) or Site(key=after.site, customer_key=after.customer, name="")
    site.name, site.address = after.site_name or after.site, after.address
    session.add(site)
    session.flush()
