"""What a service goes by, line by line, and by what that is known."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from extractor.accounts.known import Billed, Known
from extractor.accounts.looked_after import looked_after
from extractor.accounts.model import Line, OfService
from extractor.intervals.held import months
from extractor.store.numbers import OF_SERVICE
from extractor.store.people import Alias
from extractor.store.plain import plain
from extractor.store.roster import Listed


def service(group: tuple[str, ...], known: Known, held: Mapping[str, Sequence[int]]) -> OfService:
    """Return the service of a group of numbers; `held` has the months of readings of each."""
    own = {plain(one) for one in group}
    billed = [one for number in sorted(own) for one in known.by_service.get(number, ())]
    customers = {plain(one.customer_account) for one in billed if one.customer_account}
    services = _listed_as("service", own, known)
    heads = _listed_as("customer", customers, known)
    listed = sorted([*services, *heads], key=lambda row: row.account.id or 0)
    found = OfService(group, listed=list(_roster(services, billed, known)) or heads)
    for row in listed:
        found.customers[row.customer.key] = row.customer.name
        if row.site is not None:
            found.sites[row.site.key] = row.site.name
    found.lines += _customer_accounts(billed, listed)
    for number in group:
        found.lines += _service_accounts(number, billed, listed, known)
    found.lines += _of_bills("POD-ID", billed, "pod_id")
    found.lines += _of_bills("meter", billed, "meter")
    for code, account, by in known.points:
        if account in own:
            found.lines.append(Line("usage point", code, evidence=f"{by}: {account}"))
    for alias in known.aliases:
        if {plain(alias.number), plain(alias.other)} <= own:
            found.lines.append(_alias(alias))
    for number in sorted(own):
        if held.get(number):
            found.lines.append(_readings(known.spelled.get(number, number), held[number]))
    return found


def _roster(services: Iterable[Listed], billed: Sequence[Billed], known: Known) -> Iterator[Listed]:
    """Give what the roster says of a service: by its own rows, filled from those of its customer accounts.

    The one that a row names goes before those of its bills, and of these the last.
    """
    lasts: dict[str, dt.date] = {}
    for one in billed:
        number, last = plain(one.customer_account or ""), one.last or dt.date.min
        lasts[number] = max(last, lasts.get(number, last))
    of_bills = sorted(lasts, key=lambda number: (lasts[number], number), reverse=True)
    for row in services:
        own = plain(row.account.customer_account or "")
        numbers = dict.fromkeys(number for number in (own, *of_bills) if number)
        heads = [head for number in numbers for head in _listed_as("customer", [number], known)]
        yield from looked_after([row], heads)


def _listed_as(kind: str, numbers: Iterable[str], known: Known) -> list[Listed]:
    """Return the rows of the roster of some accounts, the earliest first."""
    rows = [row for one in numbers for row in known.by_number.get(one, ()) if row.account.kind == kind]
    return sorted(rows, key=lambda row: (row.account.valid_from or dt.date.min, row.account.id or 0))


def _span(rows: Sequence[Billed]) -> tuple[dt.date | None, dt.date | None]:
    firsts, lasts = [one.first for one in rows if one.first], [one.last for one in rows if one.last]
    return min(firsts, default=None), max(lasts, default=None)


def _customer_accounts(billed: Sequence[Billed], listed: Sequence[Listed]) -> Iterator[Line]:
    by_number: dict[str, list[Billed]] = defaultdict(list)
    for one in billed:
        if one.customer_account:
            by_number[one.customer_account].append(one)
    for number, rows in sorted(by_number.items()):
        issued = sorted({one.issuer for one in rows if one.issuer})
        of_number = [row for row in listed if row.account.plain == plain(number)]
        roster = [row for row in of_number if row.account.kind == "customer"]
        yield Line("customer account", number, "+".join(issued), *_span(rows), evidence=_by(rows, roster))


def _service_accounts(
    number: str, billed: Sequence[Billed], listed: Sequence[Listed], known: Known
) -> Iterator[Line]:
    """Give a service account, once for each supplier whose bills have it."""
    rows: dict[str | None, list[Billed]] = defaultdict(list)
    for one in billed:
        if plain(one.service_account) == plain(number):
            rows[one.provider].append(one)
    roster = [row for row in listed if plain(row.account.number) == plain(number)]
    for provider, same in rows.items():
        yield Line("service account", number, provider, *_span(same), evidence=_by(same, roster))
    if not rows:
        by = _by([], roster) or ("an alias" if plain(number) in _of_aliases(known) else "readings")
        yield Line("service account", number, evidence=by)


def _of_aliases(known: Known) -> set[str]:
    return {plain(one) for row in known.aliases if row.kind in OF_SERVICE for one in (row.number, row.other)}


def _by(billed: Sequence[Billed], listed: Sequence[Listed]) -> str:
    """Say by what a number is known to be of a service."""
    said = ["bills"] if billed else []
    for row in listed:
        first, last = row.account.valid_from, row.account.valid_to
        days = f" {first or ''}..{last or ''}" if first or last else ""
        said.append(f"roster: {row.customer.key}{days}")
    return ", ".join(said)


def _of_bills(kind: str, billed: Sequence[Billed], name: str) -> Iterator[Line]:
    rows: dict[str, list[Billed]] = defaultdict(list)
    for one in billed:
        if value := getattr(one, name):
            rows[value].append(one)
    for value, same in sorted(rows.items(), key=lambda pair: (_span(pair[1])[0] or dt.date.min, pair[0])):
        on = sorted({one.service_account for one in same})
        yield Line(kind, value, None, *_span(same), evidence=f"bills of {', '.join(on)}")


def _alias(row: Alias) -> Line:
    by = f"alias {row.id}, {row.kind}, by {row.who}: {row.evidence}"
    return Line("alias", f"{row.number} {row.other}", None, row.valid_from, row.valid_to, evidence=by)


def _readings(number: str, of: Sequence[int]) -> Line:
    first, last = months.first_day(of[0]), months.last_day(of[-1])
    return Line("readings", number, None, first, last, len(of), "interval files")
