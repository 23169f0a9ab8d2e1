"""What the commands of the portfolio share: whose, the local day, and spans of days as people write them."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

ManagerOption = Annotated[
    str | None, typer.Option("--manager", help="Looked after by this manager of the roster.")
]


def refuse_unknown(session: "Session", customer: str | None, manager: str | None) -> None:
    """Refuse a customer or manager that the roster has not; a misspelt one would seem to have nothing.

    Raises:
        UnknownCustomerError, RosterError: if there is no such one.
    """
    from extractor.store.erasing import customer_named
    from extractor.store.roster import manager_named

    if customer is not None:
        customer_named(session, customer)
    if manager is not None:
        manager_named(session, manager)


def local_day(moment: dt.datetime) -> dt.date:
    """Return the day in Los Angeles."""
    from extractor.intervals.clock import local

    return local(int(moment.timestamp())).date()


def days_of(text: str, option: str) -> int:
    """Return a number of days, as `10d` or `10`.

    Raises:
        BadParameter: if it is none.
    """
    number = text.strip().removesuffix("d")
    if not (number.isascii() and number.isdigit()) or int(number) > 3660:
        raise typer.BadParameter("write a number of days, as 10d", param_hint=option)
    return int(number)
