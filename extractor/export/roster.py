"""The columns of the roster: what `billclerk accounts import` takes, so that what is written can be taken in.

A text that begins with apostrophes and then what a spreadsheet would run gets one more of them in CSV, as the
reader takes one away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from extractor.export.rows import Column, Row, Value
from extractor.store.roster import Entry

ROSTER_COLUMNS = (
    Column("customer", "text", "customer's key, as `--customer` takes it"),
    Column("customer_name", "text", "customer's name"),
    Column("site", "text", "site's key"),
    Column("site_name", "text", "site's name"),
    Column("address", "text", "site's address"),
    Column("customer_account", "text", "customer account; without a service account the row is of it alone"),
    Column("service_account", "text", "service account"),
    Column("pod_id", "text", "POD-ID"),
    Column("provider", "text", "who sells the energy: SCE, CPA, another CCA's short name, ESP"),
    Column("manager", "text", "key of the manager who looks after it"),
    Column("manager_name", "text", "manager's name"),
    Column("manager_email", "text", "manager's e-mail address"),
    Column("cost_center", "text", "cost centre"),
    Column("managed_from", "date", "first day on which it is the customer's; empty: always was"),
    Column("managed_to", "date", "last day, inclusive; empty: still is"),
)

_LOOKS_GUARDED = re.compile(r"'+[=+\-@\t\r]")


def own_columns(entries: Iterable[Entry]) -> tuple[Column, ...]:
    """Return the roster's own columns, by name."""
    names = sorted({name for entry in entries for name in entry.further})
    return tuple(Column(name, "text", "a column of the roster's own") for name in names)


def roster_rows(entries: Iterable[Entry], for_csv: bool = False) -> Iterator[Row]:
    """Give the rows of the roster."""
    for one in entries:
        of_service = one.kind == "service"
        row: Row = {
            **one.further,
            "customer": one.customer,
            "customer_name": one.customer_name,
            "site": one.site,
            "site_name": one.site_name,
            "address": one.address,
            "customer_account": one.customer_account if of_service else one.account,
            "service_account": one.account if of_service else None,
            "pod_id": one.pod_id,
            "provider": one.provider,
            "manager": one.manager,
            "manager_name": one.manager_name,
            "manager_email": one.manager_email,
            "cost_center": one.cost_center,
            "managed_from": one.valid_from,
            "managed_to": one.valid_to,
        }
        yield {name: _again(value) if for_csv else value for name, value in row.items()}


def _again(value: Value) -> Value:
    return f"'{value}" if isinstance(value, str) and _LOOKS_GUARDED.match(value) else value


def columns_of(entries: Sequence[Entry]) -> tuple[Column, ...]:
    """Return all columns of a roster."""
    return (*ROSTER_COLUMNS, *own_columns(entries))
