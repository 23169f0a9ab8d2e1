"""Services and what they go by, as a person reads them: a head, and a line for each number."""

import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from extractor.accounts import Line, OfService
from extractor.cli.wording import clean


def listed(found: Iterable[OfService]) -> None:
    """Print services."""
    sized = sys.stdout.isatty() or "COLUMNS" in os.environ
    out = Console(highlight=False, width=None if sized else 160)
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
