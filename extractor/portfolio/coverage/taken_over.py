"""Customer accounts that one customer has after another: which meters the next one has with them.

A meter goes with its account where no row of the roster names the meter's service accounts, and its last
delivery bill is of the account and of days before the next one's first: not more than `LONGEST` days before,
nor more than `FEWEST` after a final bill. Nobody knows it of any other; the account is then shown itself.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from extractor.portfolio.billed import OfService
from extractor.portfolio.coverage.finals import is_final
from extractor.portfolio.coverage.known import Key, Known
from extractor.portfolio.coverage.laid import FEWEST
from extractor.portfolio.coverage.sources import LONGEST, place_of
from extractor.store.numbers import known_as
from extractor.store.people import Account
from extractor.store.plain import plain


def taken_over(known: Known, listed: Collection[str]) -> dict[Key, tuple[Account, OfService]]:
    """Return the services that come with a customer account, each with the row and its meter's last bill.

    `listed` are the meters of which the roster names a service account.
    """
    rows = [row for row in known.accounts if row.kind == "customer" and row.valid_from is not None]
    last = _last_of(known, {_name(known, row.number) for row in rows}, listed) if rows else {}
    found: dict[Key, tuple[Account, OfService]] = {}
    for row in rows:
        for one in last.get(_name(known, row.number), ()):
            owner = known.owned.get(one.id)
            if (owner is None or owner.customer != row.customer_key) and _goes_on(one, row.valid_from):
                found[plain(one.known_as or ""), row.customer_key] = (row, one)
    return found


def without_services(
    known: Known, services: Collection[Key], shown: Mapping[Key, object]
) -> Iterator[Account]:
    """Give the rows of customer accounts whose customer has nothing of it: neither a bill nor a service.

    `services` are the services that are known; `shown` those that are known by a customer account, by both.
    """
    holders: dict[str, set[str | None]] = defaultdict(set)
    for row in known.accounts:
        if row.kind == "customer":
            holders[_name(known, row.number)].add(row.customer_key)
    there = {name for name, _ in shown}
    there |= {_name(known, one.customer_account) for one in known.billed.bills if one.customer_account}
    several = {name: of for name, of in holders.items() if len(of) > 1}
    theirs = {*shown, *_of_several(known, several, services)}
    for row in known.accounts:
        name = _name(known, row.number)
        if row.kind != "customer":
            continue
        if (name, row.customer_key) not in theirs if name in several else name not in there:
            yield row


def _of_several(
    known: Known, several: Mapping[str, Collection[str | None]], services: Collection[Key]
) -> Iterator[Key]:
    """Give accounts of several customers with each who has a bill of it, or one of its meters."""
    by_bill = known.billed.by_bill()
    for bill in known.billed.bills if several else ():
        name = _name(known, bill.customer_account or "")
        if name not in several:
            continue
        own = by_bill.get(bill.id, ())
        yield name, known.owners.customer_of(bill, own)
        for customer in several[name]:
            if any((plain(one.known_as or ""), customer) in services for one in own):
                yield name, customer


def _last_of(
    known: Known, accounts: Collection[str], listed: Collection[str]
) -> Mapping[str, Sequence[OfService]]:
    """Return the last delivery of each meter that was ever billed on some accounts, by its account."""
    delivery = [one for one in known.billed.services if not one.is_generation and one.known_as is not None]
    meters = {one.known_as for one in delivery if _name(known, one.bill.customer_account or "") in accounts}
    last: dict[str | None, OfService] = {}
    for one in delivery:
        if one.known_as not in meters or plain(one.known_as or "") in listed:
            continue
        if place_of(one, known.today)[0] == "placed":
            before = last.get(one.known_as)
            if before is None or (one.end or dt.date.min) >= (before.end or dt.date.min):
                last[one.known_as] = one
    found: dict[str, list[OfService]] = defaultdict(list)
    for one in last.values():
        found[_name(known, one.bill.customer_account or "")].append(one)
    return found


def _goes_on(one: OfService, since: dt.date | None) -> bool:
    if one.start is None or one.end is None or since is None:
        return False
    longest = FEWEST if is_final(one) else LONGEST
    return one.start < since and (since - one.end).days <= longest


def _name(known: Known, account: str) -> str:
    return known_as(known.same_accounts, account)
