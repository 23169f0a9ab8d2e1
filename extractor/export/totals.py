"""Control totals: what an export has in it and what it left out, so that all of it can be seen to be there.

Rows that count are added up; all others by the reason for which they do not. Dollars that are added up twice,
once from rows and once from statements, make an equation: it is said to close only if both sides are the same
to the cent, and its two sides are never worked out from one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from extractor.base.errors import BillclerkError
from extractor.export.rows import Column, Row
from extractor.store.current import COUNTS
from extractor.units import by

ZERO, CENTS = Decimal(0), Decimal("0.00")

REVIEW, UNREADABLE = "review", "unreadable"

REASONS: Mapping[str, str] = {
    "same": "replaced",
    "duplicate": "replaced",
    "replaced": "replaced",
    "asked": "undecided",
    "undecided": "undecided",
    "unplaced": "unplaced",
}
"""Why something does not count, by its standing."""

LEFT_OUT = "left out: "

TOTAL_COLUMNS = (
    Column(
        "total", "text", "what is added up, or why it was left out; last, in words, whether it all closes"
    ),
    Column("count", "whole", "how many"),
    Column("of", "text", "rows, services, statements or files"),
    Column(
        "kwh",
        "number",
        "kWh of delivery or bundled service; of bills and charges as each prints them: what a rebill repeats"
        " counts once in `export services` alone",
    ),
    Column("dollars", "number", "USD"),
)


class NotClosedError(BillclerkError):
    """Services and what was left out do not come to the statements' new charges: do not use the export."""


@dataclass(frozen=True)
class Total:
    """One line of control totals; None of what cannot be added up."""

    name: str
    count: int
    of: str
    kwh: Decimal | None = None
    dollars: Decimal | None = None


@dataclass(frozen=True)
class Equation:
    """Dollars added up from two sides; USD."""

    rows: Decimal
    left_out: Decimal
    statements: Decimal
    count: int
    """Statements."""
    without: int = 0
    """Those that print no new charges, and count by the totals of their services."""

    @property
    def difference(self) -> Decimal:
        """By how much the services and what was left out are more than the statements say."""
        return self.rows + self.left_out - self.statements

    def in_words(self) -> str:
        """Return it as a sentence, and never as one that closes if it does not."""
        sides = (
            f"services {self.rows:,.2f} + left out {self.left_out:,.2f}"
            f" {'IS NOT' if self.difference else '='} new charges {self.statements:,.2f}"
            f" of {self.count:,} {'statement' if self.count == 1 else 'statements'}"
        )
        if self.without:
            sides += f"; those that print none count by their services' totals: {self.without:,}"
        if self.difference:
            return f"CONTROL TOTALS DO NOT CLOSE, they differ by {self.difference:,.2f}: {sides}"
        return f"control totals close: {sides}"


@dataclass(frozen=True)
class Totals:
    """The control totals of an export."""

    lines: tuple[Total, ...]
    equation: Equation | None = None

    def rows(self) -> Iterator[Row]:
        """Give them as rows of `TOTAL_COLUMNS`."""
        for line in self.lines:
            yield {
                "total": line.name,
                "count": line.count,
                "of": line.of,
                "kwh": line.kwh,
                "dollars": line.dollars,
            }
        if self.equation is not None:
            yield {"total": self.equation.in_words()}

    def checked(self) -> None:
        """Refuse totals that do not close.

        Raises:
            NotClosedError: if there is an equation and its sides differ.
        """
        if self.equation is not None and self.equation.difference:
            raise NotClosedError(
                f"{self.equation.in_words()}. This is a fault of billclerk: add up nothing from this export,"
                " and report it"
            )


@dataclass
class _Sum:
    count: int = 0
    kwh: Decimal = ZERO
    dollars: Decimal = CENTS


def reason_of(standing: str, is_trusted: bool) -> str | None:
    """Return why something that was read does not count; None if it does.

    >>> reason_of("duplicate", True), reason_of("counts", False), reason_of("counts", True)
    ('replaced', 'review', None)
    """
    if standing != COUNTS:
        return REASONS[standing]
    return None if is_trusted else REVIEW


@dataclass
class Tally:
    """Rows of kept bills, counted while they stream by."""

    dollars: str | None = None
    """Which column is added up; of findings none."""
    kwh: Callable[[Iterable[Row]], Iterator[tuple[Row, Decimal]]] | None = None
    """Gives each row with the kWh that it adds."""
    _counted: dict[str | None, _Sum] = field(default_factory=dict)

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Give the rows on."""
        pairs = self.kwh(rows) if self.kwh else ((row, ZERO) for row in rows)
        for row, kwh in pairs:
            found = self._counted.setdefault(_reason(row), _Sum())
            found.count += 1
            found.kwh += kwh
            amount = row.get(self.dollars) if self.dollars else None
            found.dollars += amount if isinstance(amount, Decimal) else ZERO
            yield row

    def totals(self) -> Totals:
        """Return what was counted: what belongs in a total first."""
        order = (None, REVIEW, *dict.fromkeys(REASONS.values()), UNREADABLE)
        return Totals(tuple(self._total(one) for one in order if one is None or one in self._counted))

    def _total(self, reason: str | None) -> Total:
        found = self._counted.get(reason, _Sum())
        return Total(
            COUNTS if reason is None else f"does not count: {reason}",
            found.count,
            "rows",
            found.kwh if self.kwh else None,
            found.dollars if self.dollars else None,
        )


def _reason(row: Row) -> str | None:
    """Return why a row does not count; None if it does."""
    if row["state"] == UNREADABLE:
        return UNREADABLE
    return reason_of(str(row["standing"]), row["trust"] != "doubtful")


def usage_of_bills(rows: Iterable[Row]) -> Iterator[tuple[Row, Decimal]]:
    """Give each row of a bill with its kWh."""
    for row in rows:
        usage = row.get("usage_kwh")
        yield row, usage if isinstance(usage, Decimal) else ZERO


def usage_of_charges(rows: Iterable[Row]) -> Iterator[tuple[Row, Decimal]]:
    """Give each row of a charge with its kWh: of energy lines, and where a kWh stands twice of delivery only.

    The lines of generation in a delivery or bundled service are taken where it has none of delivery. A CCA's
    or an ESP's part repeats the kWh of delivery. The lines of a service stand together.
    """
    for _, lines in groupby(rows, key=itemgetter("sha256", "bill", "service")):
        of_service = list(lines)
        sides = {row["section"] for row in of_service if _is_energy(row)}
        side = "delivery" if "delivery" in sides else "generation"
        for row in of_service:
            quantity = row["quantity"]
            is_used = row["section"] == side and _is_energy(row)
            yield row, quantity if is_used and isinstance(quantity, Decimal) else ZERO


def _is_energy(row: Row) -> bool:
    is_of_delivery = row["role"] != "generation" and row["component"] == "energy"
    return is_of_delivery and by(str(row["unit"]), "kWh") and row["quantity"] is not None
