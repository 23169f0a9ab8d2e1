"""Account numbers as they are compared: some bills, files and rosters have hyphens or blanks in them."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, func


@lru_cache(maxsize=65_536)
def plain(number: str) -> str:
    """Return a number as it is compared.

    >>> plain("3-012-3456-78")
    '3012345678'
    """
    return number.replace("-", "").replace(" ", "")


def plain_or_none(number: str | None) -> str | None:
    """Return a number as it is compared, None where there is none."""
    return None if number is None else plain(number)


def plain_column(column: object) -> ColumnElement[str]:
    """Return a column's number as `plain` does."""
    return func.replace(func.replace(column, "-", ""), " ", "")
