"""The columns of what services go by: a row for each number, meter and usage point."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.accounts import OfService
from extractor.export.rows import Column, Row

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
            }
