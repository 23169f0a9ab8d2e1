"""`billclerk request fees` and `invoiced`: what requests cost, by customer and month."""

import datetime as dt
import re
import sys
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from datarequests.charged import Charge

COLUMNS = (
    "request",
    "customer",
    "counterparty",
    "month",
    "low",
    "high",
    "invoiced",
    "difference",
    "rebill_to",
)
"""Columns of the CSV: dollars."""


def range_of(low: Decimal | None, high: Decimal | None) -> str:
    """Return an estimate as a person reads it.

    >>> range_of(Decimal("35.10"), Decimal("50.10")), range_of(Decimal("17.10"), Decimal("17.10"))
    ('$35.10 to $50.10', '$17.10')
    """
    from extractor.cli.wording import money

    if low is None:
        return "-"
    if high is None:
        return f"{money(low)} or more"
    return money(low) if low == high else f"{money(low)} to {money(high)}"


def fees(
    customer: Annotated[
        str | None, typer.Option("--customer", help="Of this customer of the roster.")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="Of requests sent in this month: 2026-03.")
    ] = None,
    form: Annotated[
        Literal["table", "csv"],
        typer.Option("--format", help="A table with totals, or a row for each request."),
    ] = "table",
    home: HomeOption = None,
) -> None:
    """Print what requests were estimated and invoiced at, the difference, and to whom it is rebilled."""
    from datarequests.charged import charges
    from extractor.base.database import reading

    if month is not None and not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month):
        raise typer.BadParameter(f"{month!r} is no month; write 2026-03", param_hint="--month")
    with opened(home) as at, reading(at.engine) as session:
        found = list(charges(session, now(), customer, month))
    if form == "csv":
        _csv(found)
    else:
        _table(found)


def _csv(found: "list[Charge]") -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in found:
        writer.writerow(["" if (value := getattr(one, name)) is None else value for name in COLUMNS])


def _table(found: "list[Charge]") -> None:
    from rich.table import Table

    from datarequests.charged import totals
    from extractor.cli.noted import console
    from extractor.cli.wording import clean, money

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("customer", "month", "request", "estimated", "invoiced", "difference", "rebill to"):
        table.add_column(title)
    for total in totals(found):
        for one in found:
            if (one.customer, one.month) == (total.customer, total.month):
                cells = (
                    range_of(one.low, one.high),
                    money(one.invoiced),
                    money(one.difference),
                    one.rebill_to,
                )
                table.add_row(clean(one.customer), one.month, str(one.request), *map(clean, cells))
        open_ = f" ({total.not_invoiced} to come)" if total.not_invoiced else ""
        sums = (range_of(total.low, total.high), f"{money(total.invoiced)}{open_}", money(total.difference))
        table.add_row(clean(total.customer), total.month, "all", *sums, clean(total.rebill_to))
    if found:
        console().print(table)
    else:
        print("no requests", file=sys.stderr)


def invoiced(
    number: Annotated[int, typer.Argument(metavar="REQUEST", help="The number of a request.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Dollars, as 35.10.")],
    who: Annotated[str, typer.Option("--who", help="Who says so.")],
    invoice: Annotated[str | None, typer.Option("--invoice", help="The invoice's number.")] = None,
    rebill_to: Annotated[
        str | None, typer.Option("--rebill-to", help="Who pays it in the end; by default the customer.")
    ] = None,
    on: Annotated[
        dt.datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="The invoice's day; by default today."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be kept, no more.")] = False,
    home: HomeOption = None,
) -> None:
    """Keep what was invoiced for a request; several invoices of one request add up."""
    from datarequests.charged import charge_of, keep_invoice
    from extractor.cli.wording import clean, money

    try:
        dollars = Decimal(amount.removeprefix("$"))
    except InvalidOperation:
        raise typer.BadParameter(f"{amount!r} is no amount; write 35.10", param_hint="AMOUNT") from None
    with opened(home) as at, writing_at(at, dry_run) as session:
        when = now()
        happened = when if on is None else min(when, dt.datetime.combine(on.date(), dt.time(20), dt.UTC))
        keep_invoice(session, number, dollars, who, happened, when, invoice, rebill_to)
        one = charge_of(session, number, when)
        said = f"estimated {range_of(one.low, one.high)}, difference {money(one.difference)}"
        print(clean(f"request {number}: invoiced {money(one.invoiced)}, {said}; rebilled to {one.rebill_to}"))
