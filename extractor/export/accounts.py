"""The columns of what services go by: a row for each number, meter and usage point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.accounts.model import OfService
from extractor.export.rows import Column, Row
from extractor.store.roster import Listed

ACCOUNT_COLUMNS = (
    Column("service", "text", "service account by which the service is called: the one that bills show last"),
    Column("customer", "text", "customer's key in the roster; several have a comma between them"),
    Column("customer_name", "text", "customer's name in the roster"),
    Column("site", "text", "site's key in the roster"),
    Column("site_name", "text", "site's name in the roster"),
    Column("kind", "text", "what the number is: customer account, service account, POD-ID, meter, ..."),
    Column("number", "text", "number, or of an alias both"),
    Column("provider", "text", "who bills it: issuer of a customer account, supplier of a service account"),
    Column("first_day", "date", "first day on which it is known, of readings of the first month"),
    Column("last_day", "date", "last day, inclusive"),
    Column("months", "whole", "months of which there are readings"),
    Column("evidence", "text", "by what it is known to be of the service"),
    Column("manager", "text", "key of who looks after the service, by the roster; as for all that follows"),
    Column("cost_center", "text", "cost centre"),
    Column("sold_by", "text", "who sells the energy"),
    Column("managed", "text", "days on which it is a customer's: 2025-01-01..2025-12-31; open ends empty"),
)


def account_rows(found: Iterable[OfService]) -> Iterator[Row]:
    """Give a row for each thing that services go by."""
    for one in found:
        for line in one.lines:
            yield {
                "service": one.name,
                "customer": ", ".join(one.customers) or None,
                "customer_name": ", ".join(one.customers.values()) or None,
                "site": ", ".join(one.sites) or None,
                "site_name": ", ".join(one.sites.values()) or None,
                "kind": line.kind,
                "number": line.number,
                "provider": line.provider or None,
                "first_day": line.first,
                "last_day": line.last,
                "months": line.months,
                "evidence": line.evidence or None,
                **_of_roster(one),
            }


def _of_roster(one: OfService) -> Row:
    """Return what the roster says of a service; of several rows each once."""
    rows = one.listed
    return {
        "manager": _each(row.manager.key if row.manager else None for row in rows),
        "cost_center": _each(row.account.cost_center for row in rows),
        "sold_by": _each(row.account.provider for row in rows),
        "managed": _each(managed(row) for row in rows),
    }


def _each(values: Iterable[str | None]) -> str | None:
    return ", ".join(dict.fromkeys(value for value in values if value)) or None


def managed(row: Listed) -> str:
    """Return from when to when an account is its customer's."""
    first, last = row.account.valid_from, row.account.valid_to
    return f"{first or ''}..{last or ''}" if first or last else "always"
