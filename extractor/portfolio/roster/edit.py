"""One row of the roster changed by a person, under the same rules as rows of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session, select

from extractor.portfolio.roster.cells import email_of, number_of, provider_of
from extractor.portfolio.roster.columns import role_of
from extractor.store.people import Manager
from extractor.store.plain import plain
from extractor.store.roster import Entry, RosterError, Stored, stored_rows
from extractor.store.roster_plan import Given, Plan, planned, said_days
from extractor.store.tables import Service


def change_planned(
    session: Session, account: str, values: Mapping[str, Any], further: Mapping[str, str], on: dt.date | None
) -> Plan:
    """Return what a change of an account's row would do; an empty value takes away what is there.

    Where the roster does not have the account, `values` has to have a customer, and it is a service account.

    Raises:
        RosterError: if the account has several rows and none holds alone on the day, or a value is none.
    """
    values = _checked(values)
    for name in further:
        if role_of(name) is not None or name != " ".join(name.split()) or not name:
            raise RosterError(f"{name!r} is no column of the roster's own; it has an option of its own")
    before = _row_of(session, account, on)
    said = {*values, *({"further"} if further else ())}
    if before is None:
        if not values.get("customer"):
            raise RosterError(f"the roster has no account {account}; give --customer to add it")
        customer, account = values["customer"], _service_account(session, account)
        entry = Entry(customer, customer, account, "service")
        said -= {"customer"}
    else:
        entry = before.entry
        if values.get("customer", entry.customer) != entry.customer:
            values = {"site": None, **values}  # the site is the other customer's
            said |= {"site"}
    entry = replace(entry, **values, further=dict(further))
    return planned(session, [Given(entry, frozenset(said), None, before.id if before else None)])


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    read = {
        "pod_id": lambda text: number_of(text, "POD-ID"),
        "customer_account": lambda text: number_of(text, "customer account"),
        "provider": provider_of,
    }
    found = dict(values)
    for name, made in read.items():
        if found.get(name):
            try:
                found[name] = made(found[name])
            except ValueError as error:
                raise RosterError(str(error)) from None
    if "customer" in found and not found["customer"]:
        raise RosterError("an account has a customer; say from when to when it had one by --from and --to")
    return found


def _service_account(session: Session, account: str) -> str:
    """Return the number of a service account to add: it has ten digits, or bills have it."""
    billed = session.exec(select(Service.service_account).distinct())
    try:
        return number_of(account, "service account", {plain(one) for one in billed if one})
    except ValueError as error:
        raise RosterError(str(error)) from None


def _row_of(session: Session, account: str, on: dt.date | None) -> Stored | None:
    """Return the row of an account: the only one, or the one that holds on a day."""
    rows = [one for one in stored_rows(session) if plain(one.entry.account) == plain(account)]
    if on is not None:
        rows = [one for one in rows if _holds(one.entry, on)]
        if not rows:
            raise RosterError(f"the roster has no row of {account} that holds on {on}")
    if len(rows) > 1:
        days = ", ".join(f"{one.entry.customer} {one.entry.kind} {said_days(one.entry)}" for one in rows)
        raise RosterError(f"the roster has {len(rows)} rows of {account} ({days}); say a day of one by --on")
    return rows[0] if rows else None


def _holds(entry: Entry, day: dt.date) -> bool:
    return (entry.valid_from or dt.date.min) <= day <= (entry.valid_to or dt.date.max)


def change_manager(
    session: Session, key: str, name: str | None, email: str | None
) -> tuple[Manager | None, Manager]:
    """Change a manager's name or e-mail address, or add one; return what was and what is.

    Raises:
        RosterError: if nothing is said of one who is not there, or nobody can write to the address.
    """
    if email:
        try:
            email_of(email)
        except ValueError as error:
            raise RosterError(str(error)) from error
    there = session.get(Manager, key)
    before = Manager(key=key, name=there.name, email=there.email) if there else None
    if there is None:
        if name is None and email is None:
            raise RosterError(f"the roster has no manager {key!r}; give --name and --email to add one")
        there = Manager(key=key, name=name or key, email=email or "")
    there.name = there.name if name is None else name
    there.email = there.email if email is None else email
    session.add(there)
    session.flush()
    return before, there
