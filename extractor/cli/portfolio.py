"""What the commands of the portfolio share: whose, the local day, and spans of days as people write them."""

import datetime as dt
import sys
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
    if customer is not None:
        from extractor.store.erasing import customer_named

        customer_named(session, customer)
    if manager is not None:
        from extractor.store.roster import manager_named

        manager_named(session, manager)


def told_partly(session: "Session", customer: str | None) -> None:
    """Say how many bills are left out because they are a customer's in part only."""
    if customer is None:
        return
    from extractor.cli.wording import clean
    from extractor.store.whose import partly

    if left := partly(session, customer):
        what = "1 bill is" if left == 1 else f"{left:,} bills are"
        why = "other days or services are another's, or nobody's, by the roster"
        print(clean(f"{what} {customer}'s in part only, and left out: {why}"), file=sys.stderr)


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
