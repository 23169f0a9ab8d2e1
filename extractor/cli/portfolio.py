"""What the commands of the portfolio share: whose, the local day, and spans of days as people write them."""

import datetime as dt
from typing import Annotated

import typer

ManagerOption = Annotated[
    str | None, typer.Option("--manager", help="Looked after by this manager of the roster.")
]


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
