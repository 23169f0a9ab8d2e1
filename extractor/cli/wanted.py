"""Which bills a command is about: the options that say so, and the numbers that an account takes along."""

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.store.current import Wanted

States = Literal["verified", "corrected", "accepted", "review", "unreadable"]

AccountOption = Annotated[
    str | None,
    typer.Option("--account", help="Of this customer account or service account, and its other numbers."),
]
FromOption = Annotated[
    dt.datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="With billed days on or after this one."),
]
ToOption = Annotated[
    dt.datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="With billed days on or before this one."),
]
StatusOption = Annotated[
    States | None, typer.Option("--status", help="In this state, people's work considered.")
]
ProviderOption = Annotated[
    str | None, typer.Option("--provider", help="With charges of this provider: SCE, CPA.")
]
RateOption = Annotated[str | None, typer.Option("--rate", help="On this rate schedule, as printed.")]
CustomerOption = Annotated[str | None, typer.Option("--customer", help="Of this customer of the roster.")]


def wanted_by(
    account: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    status: States | None,
    provider: str | None,
    rate: str | None,
    customer: str | None,
) -> "Wanted":
    """Return which bills options ask for; days in the wrong order are refused."""
    from extractor.store.current import Wanted

    first, last = (None if day is None else day.date() for day in (since, until))
    if first and last and last < first:
        raise typer.BadParameter("it lies before --from", param_hint="--to")
    return Wanted(account, first, last, status, provider, rate, customer)


def told_along(session: "Session", account: str | None) -> None:
    """Say which other numbers an account takes along, by which aliases, and what is left out."""
    from extractor.cli.wording import clean
    from extractor.store.numbers import accounts_of, numbers_of, partly_of

    numbers = [] if account is None else numbers_of(session, account)
    for one in numbers[1:]:
        days = "".join(f" {word} {day}" for word, day in (("from", one.since), ("to", one.until)) if day)
        by = ", ".join(f"alias {row.id}, {row.kind} ({row.evidence})" for row in one.by)
        print(clean(f"{account} takes along {one.number}{days}: {by}"), file=sys.stderr)
    holders = accounts_of(session, numbers) if numbers else []
    if holders:
        said = f"{account} is billed to {len(holders)} customer accounts: {', '.join(holders)}"
        print(clean(f"{said}; --customer shows one customer's alone"), file=sys.stderr)
    count = partly_of(session, numbers) if numbers[1:] else 0
    if count:
        what = "1 service is" if count == 1 else f"{count} services are"
        print(
            f"{what} left out, billed only partly within these days; `billclerk accounts` has them",
            file=sys.stderr,
        )
