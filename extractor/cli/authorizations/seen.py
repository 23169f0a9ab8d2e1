"""`billclerk authorizations list` and `show`: which hold, until when, and what happened."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.authorizations.options import Number
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from datarequests.consents import Seen
    from datarequests.tables import Authorization


def listed(
    customer: Annotated[
        str | None, typer.Option("--customer", help="Of this customer of the roster.")
    ] = None,
    counterparty: Annotated[
        str | None, typer.Option("--counterparty", help="For this counterparty: sce or cpa.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """List the authorizations, each with what it is today and until when it holds."""
    from datarequests.consents import all_seen
    from extractor.base.database import reading

    with opened(home) as at, reading(at.engine) as session:
        _table(list(all_seen(session, now(), customer, counterparty)))


def _table(every: "list[Seen]") -> None:
    from rich.table import Table

    from extractor.cli.noted import console
    from extractor.cli.wording import clean

    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("authorization", "for", "customer", "state", "until", "options", "accounts", "renews"):
        table.add_column(title)
    for one in every:
        row = one.row
        cells = (one.number, row.counterparty, row.customer, one.validity.word, one.validity.last or "-")
        more = (", ".join(row.options), len(row.accounts), row.supersedes_id or "-")
        table.add_row(*(clean(str(cell)) for cell in (*cells, *more)))
    if every:
        console().print(table)
    else:
        print("there are no such authorizations", file=sys.stderr)


def show(number: Number, home: HomeOption = None) -> None:
    """Show an authorization: what it says, who signed it, until when it holds, what happened."""
    from datarequests.consents import seen
    from datarequests.desks import desk
    from datarequests.history import authorization_events_of, authorization_of
    from extractor.base.database import reading
    from extractor.cli.wording import clean

    with opened(home) as at, reading(at.engine) as session:
        one = seen(session, authorization_of(session, number), now())
        row, zone = one.row, desk(session, one.row.counterparty).zone
        told_of(row)
        last = f", until {one.validity.last}" if one.validity.last else ""
        print(f"state: {one.validity.word}{last}")
        if row.signed_sha256:
            print(
                clean(
                    f"signed {row.executed_on} ({row.signature_kind}): {row.signed_name}, {row.signed_sha256}"
                )
            )
        for event in authorization_events_of(session, number):
            detail = ", ".join(f"{name} {value}" for name, value in sorted(event.detail.items()))
            more = f" ({detail})" if detail else ""
            when = event.occurred_at.astimezone(zone)
            print(clean(f"{when:%Y-%m-%d %H:%M} {event.event} by {event.who}{more}"))


def told_of(row: "Authorization") -> None:
    """Print what an authorization says."""
    from extractor.cli.wording import clean

    until = f" {row.until}" if row.until else ""
    print(clean(f"authorization {row.id}: {row.customer_of_record}, for {row.counterparty}"))
    print(f"options {', '.join(row.options)}; {row.duration}{until}; form {row.form_revision}")
    print(clean(f"released by {row.release_method} to {row.release_to or '(nowhere: say --release-to)'}"))
    for one in row.accounts:
        print(clean(f"account {one['service_account']}  {one.get('service_address') or '(no address)'}"))
    empty = [name for name, value in row.agent.items() if not value]
    if empty:
        print(f"the agent's {', '.join(empty)} is not set: BILLCLERK_AGENT_*", file=sys.stderr)
