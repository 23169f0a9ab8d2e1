"""Services as a person reads them: a line for each, or a head and a line for each number."""

import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from extractor.accounts.model import Line, OfService
from extractor.cli.wording import NOTHING, clean
from extractor.export.accounts import managed
from extractor.store.roster import Listed


def in_rows(found: Iterable[OfService]) -> None:
    """Print services with what the roster says of them, a line for each of its rows."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("service", "customer", "site", "manager", "cost centre", "sold by", "managed", "billed"):
        table.add_column(heading, overflow="fold", no_wrap=heading == "service")
    for one in found:
        for row in one.listed or (None,):
            table.add_row(one.name, *_of_roster(row), _billed(one))
    _console().print(table)


def _of_roster(row: Listed | None) -> Iterable[str]:
    """Give what a row of the roster says; of a service that is not in it, that."""
    if row is None:
        return "of nobody in the roster", *[NOTHING] * 5
    site, manager = row.site.name if row.site else None, row.manager.name if row.manager else None
    own = row.account.cost_center, row.account.provider
    return *(clean(text) for text in (row.customer.name, site, manager, *own)), managed(row)


def _billed(one: OfService) -> str:
    """Return from when to when bills show a service."""
    days = [
        (line.first, line.last)
        for line in one.lines
        if line.kind == "service account" and line.provider and line.first and line.last
    ]
    return f"{min(days)[0]}..{max(last for _, last in days)}" if days else "no bill yet"


def _console() -> Console:
    sized = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(highlight=False, width=None if sized else 160)


def listed(found: Iterable[OfService]) -> None:
    """Print services, each with all that it goes by."""
    out = _console()
    for one in found:
        out.print(_head(one))
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0), expand=True)
        for width in (18, 18, 22):  # as long as a customer account, a POD-ID and two dates
            table.add_column(width=width, overflow="fold")
        table.add_column(ratio=1, overflow="fold")
        for line in one.lines:
            table.add_row(*_cells(line))
        out.print(table)
        out.print()


def _head(one: OfService) -> Text:
    head = Text.assemble((clean(one.name), "bold"))
    customers = [f"{name} ({key})" for key, name in one.customers.items()]
    words = [", ".join(customers) or "of nobody in the roster", ", ".join(one.sites.values())]
    head.append("".join(f"  {clean(word)}" for word in words if word))
    return head


def _cells(line: Line) -> Iterable[str]:
    yield f"  {line.kind}"
    yield clean(line.number)
    yield _days(line)
    months = f"{line.months} {'month' if line.months == 1 else 'months'}; " if line.months else ""
    provider = f"{clean(line.provider)}, " if line.provider else ""
    yield f"{months}{provider}{clean(line.evidence)}"


def _days(line: Line) -> str:
    if line.first is None and line.last is None:
        return "always" if line.kind == "alias" else ""
    if line.kind == "readings" and line.first and line.last:
        return f"{line.first:%Y-%m}..{line.last:%Y-%m}"
    return f"{line.first or ''}..{line.last or ''}"
