"""Column types that are exact on SQLite and on PostgreSQL alike.

SQLite keeps NUMERIC as a binary fraction and drops the offset of a time, without a warning. So a
decimal is kept there as a whole number of its smallest unit, a time as UTC; what a column cannot
hold exactly is refused before it is written. Sums, extremes and comparisons of exact columns are
right in SQL; averages and products are not, they are worked out in Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Dialect, Numeric, type_coerce
from sqlalchemy.orm import Mapped
from sqlalchemy.types import NullType, TypeDecorator, TypeEngine

DIGITS = 18
"""Digits of an exact number in all, as many as a whole number of 64 bits has."""


def held(value: Decimal | None, places: int) -> Decimal | None:
    """Return a decimal if an exact column of so many places can hold it, else None.

    >>> held(Decimal("12.30"), 2), held(Decimal("12.345"), 2), held(Decimal("Infinity"), 2)
    (Decimal('12.30'), None, None)
    """
    if value is None or not value.is_finite():
        return None
    _sign, digits, exponent = value.normalize().as_tuple()
    fits = isinstance(exponent, int) and -exponent <= places and len(digits) + exponent <= DIGITS - places
    return value if fits else None


class Exact(TypeDecorator[Decimal]):
    """Decimals of a fixed number of places: money has 2, quantities and rates have 8.

    >>> Exact(2).process_bind_param(Decimal("12.345"), _SQLITE)
    Traceback (most recent call last):
    ValueError: 12.345 has more than 2 decimal places or 16 before them
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__(DIGITS, places)
        self.places = places

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database keeps it as."""
        whole = BigInteger() if dialect.name == "sqlite" else Numeric(DIGITS, self.places)
        return dialect.type_descriptor(whole)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Return a decimal as it is written.

        Raises:
            TypeError: if it is no decimal; a float is none.
            ValueError: if the column cannot hold it exactly.
        """
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"an exact column takes decimals, not {type(value).__name__}")
        if held(value, self.places) is None:
            raise ValueError(
                f"{value} has more than {self.places} decimal places or {DIGITS - self.places} before them"
            )
        return int(value.scaleb(self.places)) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], Decimal | None] | None:
        """Return what makes a decimal of what SQLite has, without a call between: tables have a million."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        smallest = Decimal(1).scaleb(-self.places)
        return lambda value: None if value is None else smallest * value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return what was written, with all its places."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(int(value)).scaleb(-self.places)
        return Decimal(value).quantize(Decimal(1).scaleb(-self.places))


def unread(column: Mapped[Any]) -> ColumnElement[Any]:
    """Return a column whose values are given as the database keeps them: to be told apart, not added.

    Of a million lines few values differ; `process_result_value` of its type makes decimals of those.
    """
    return type_coerce(column, NullType())


class Utc(TypeDecorator[dt.datetime]):
    """Moments in time, with an offset when written, in UTC when read.

    >>> Utc().process_bind_param(dt.datetime(2026, 11, 24), _SQLITE)
    Traceback (most recent call last):
    ValueError: a moment needs its offset: 2026-11-24 00:00:00
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return a moment as it is written.

        Raises:
            ValueError: if it has no offset from UTC.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its offset: {value}")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Return what was written, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def _sqlite() -> Dialect:
    from sqlalchemy.dialects import sqlite

    return sqlite.dialect()


_SQLITE = _sqlite()
