"""Rosters of tests, taken in as those of a file are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from sqlmodel import Session

from extractor.store.roster import Entry, RosterError
from extractor.store.roster_plan import Given, applied, planned


def take_roster(session: Session, entries: Iterable[Entry]) -> int:
    """Take the rows of a roster in, over what is there of their customers and sites; return how many.

    Raises:
        RosterError: if two customers would have one account on one day.
    """
    always = {"site", "valid_from", "valid_to"}
    given = list(entries)
    once = [entry for at, entry in enumerate(given) if entry not in given[:at]]
    rows = [
        Given(entry, frozenset({one.name for one in fields(Entry) if getattr(entry, one.name)} | always))
        for entry in once
    ]
    plan = planned(session, rows)
    if plan.problems:
        raise RosterError("; ".join(one.text for one in plan.problems))
    applied(session, plan)
    return len(given)
