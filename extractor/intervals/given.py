"""What an interval file gives, whatever its format: readings, who they are of, what is billed, what is wrong.

Nothing is netted, summed or filled in. A reading is what one channel of a meter counted from one
instant (UTC) on, for so many seconds; its value is kept exactly, in thousandths of its unit. Where
a format tells of an interval that has no value, no reading is given, and that it is missing is said.

>>> series = Series("delivered", service_account="8000000001")
>>> block = Readings(series, array("q", [0, 900]), array("q", [900, 900]), array("q", [480_000, 0]))
>>> [(str(one.start), one.seconds, one.value) for one in block]
[('1970-01-01 00:00:00+00:00', 900, Decimal('480.000')), ('1970-01-01 00:15:00+00:00', 900, Decimal('0.000'))]
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum
from typing import Literal, NamedTuple

Channel = Literal["delivered", "received", "net", "total", "unknown"]
"""Delivered to the customer, received from the customer, their difference (signed), their sum."""

Unit = Literal["Wh", "VArh", "VAh"]
"""What is counted over an interval; power is none of these and is told as a `Problem`."""

THOUSANDTHS = 1000
"""How many of a stored value make one of its unit."""


class Quality(IntEnum):
    """How sure a reading is, as far as its format says; the greater, the surer."""

    UNKNOWN = 0
    """The format says nothing: SCE's CSV."""
    RAW = 1
    QUESTIONABLE = 2
    ESTIMATED = 3
    EDITED = 4
    DERIVED = 5
    VALIDATED = 6
    REVENUE = 7
    """Of billing quality: validated, edited, estimated, and final."""


class Series(NamedTuple):
    """What readings are of: a channel of a meter, by whichever names the file has for it."""

    channel: Channel
    unit: Unit = "Wh"
    service_account: str | None = None
    """The number of the service account, digits and hyphens as given."""
    usage_point: str | None = None
    """An opaque code that stands for a service account, where the file has no better name."""
    meter: str | None = None


class Reading(NamedTuple):
    """What was counted in one interval."""

    start: dt.datetime
    """UTC."""
    seconds: int
    value: Decimal
    """In the unit of its series."""
    quality: Quality


@dataclass(frozen=True)
class Readings:
    """Readings of one series in the order of the file, as columns: a file may have millions."""

    series: Series
    starts: array[int]
    """Seconds since 1970 in UTC; typecode q."""
    seconds: array[int]
    """Durations; typecode q."""
    thousandths: array[int]
    """Values in thousandths of the unit; typecode q."""
    qualities: array[int] = field(default_factory=lambda: array("b"))
    """Quality of each; typecode b; empty where the format says nothing."""
    is_confirmed: bool = True
    """Whether the format is known from real files; else a person confirms what its columns mean."""

    def __len__(self) -> int:
        """Return how many readings there are."""
        return len(self.starts)

    def __iter__(self) -> Iterator[Reading]:
        """Give each reading."""
        for at, start in enumerate(self.starts):
            yield Reading(
                dt.datetime.fromtimestamp(start, dt.UTC),
                self.seconds[at],
                Decimal(self.thousandths[at]).scaleb(-3),
                Quality(self.qualities[at]) if self.qualities else Quality.UNKNOWN,
            )


class Account(NamedTuple):
    """What a feed says a usage point is: the key from an opaque code to a service account."""

    usage_point: str
    service_account: str | None
    customer_account: str | None = None
    meter: str | None = None
    address: str | None = None


class Cost(NamedTuple):
    """A cost line of a usage summary."""

    label: str
    amount: Decimal | None
    """Dollars."""
    kind: str | None = None
    measured: Decimal | None = None
    unit: str | None = None


class Summary(NamedTuple):
    """What a feed says was billed for a period; both dates inclusive, local."""

    usage_point: str | None
    service_account: str | None
    first: dt.date
    last: dt.date
    total: Decimal | None
    """Dollars."""
    kwh: Decimal | None
    rate_schedule: str | None = None
    costs: tuple[Cost, ...] = ()
    additional: Decimal | None = None
    """Dollars of what the feed calls additional costs."""
    kwh_since: Decimal | None = None
    """Of the period after this one, as far as it has come."""
    total_since: Decimal | None = None
    """Dollars, of the same."""
    currency: str | None = None
    """`USD`; None where the feed does not say: it is taken for dollars."""


ASKED = "asked"
"""Code of a problem that asks what was taken for granted: over once a person has confirmed the layout."""


class Problem(NamedTuple):
    """What is wrong with a file, or has to be known of it, and where."""

    code: str
    severity: Literal["info", "warning", "error"]
    """An error: nothing of the file is taken."""
    message: str
    line: int | None = None
    """Line of a text, from 1; segment of an EDI interchange."""


Given = Readings | Account | Summary | Problem
"""What a reader gives."""
