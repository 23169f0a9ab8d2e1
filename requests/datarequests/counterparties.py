"""Who is asked for data, and what is known of them: addresses, windows, calendar, forms, fees.

Each value names its source, when that was last verified, and whether it is only assumed; whoever shows a
value shows that with it. What the program brings stands in `known/`, a file for each counterparty; a firm
adds files of its own, or takes one of those and changes it. A file's version is the hash of its text: what
was sent by one version is judged by it later (`store` keeps every version that was ever used).

>>> sce = shipped()["sce"]
>>> sce.window(dt.date(2026, 11, 24), {"5"}).latest, sce.mail_addresses
(10, ('3rdparty@sce.com',))
>>> sce.known.cutoff.source.assumed
True
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from importlib import resources
from typing import Any, Generic, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from datarequests.calendars import Calendar, Closure
from datarequests.clock import Window
from extractor.base.errors import BillclerkError

T = TypeVar("T")

ChannelKind = Literal["email", "fax", "mail", "portal"]
OptionClass = Literal["non_interval", "interval", "rate_analysis", "rate_change", "generation"]


class CounterpartyError(BillclerkError):
    """A counterparty's file says what it cannot, or there is none of that name; the message says where."""

    exit_code = 2


class Frozen(BaseModel):
    """What of a file is read as it is; a name that is not known is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Source(Frozen):
    """Where a value is known from."""

    text: str = Field(min_length=1)
    url: str | None = None
    verified_on: dt.date | None = None
    """The day on which somebody last looked."""
    assumed: bool
    """Whether nobody but ourselves says so."""


class Known(Frozen, Generic[T]):
    """A value, and where it is known from."""

    value: T
    source: Source


class Channel(Frozen):
    """A way on which a counterparty can be reached; where no address is known there is none."""

    kind: ChannelKind
    address: Known[str] | None = None


class WindowRow(Frozen):
    """The business days in which an answer is expected, from a day on; for some options or for all."""

    begins: dt.date = Field(alias="from")
    kind: Literal["expected", "internal_target"]
    earliest: int = Field(ge=0, le=366)
    latest: int = Field(ge=0, le=366)
    options: frozenset[str] = frozenset()
    """Empty: for all options that no other row names."""
    source: Source

    @model_validator(mode="after")
    def _is_in_order(self) -> WindowRow:
        if self.latest < self.earliest:
            raise ValueError("the latest day comes before the earliest")
        return self


class Option(Frozen):
    """Something that can be asked for."""

    option: str
    name: str
    kind: OptionClass = Field(alias="class")
    source: Source


class Duration(Frozen):
    """How long an authorization can hold."""

    duration: Literal["one_time", "one_year", "until"]
    name: str
    months: int | None = None
    source: Source


class Form(Frozen):
    """A counterparty's form, from a day on."""

    begins: dt.date = Field(alias="from")
    revision: Known[str]
    rows: Known[int]
    """Accounts that it has room for; more go on a sheet of their own."""
    options: tuple[Option, ...]
    durations: tuple[Duration, ...]

    def option(self, name: str) -> Option | None:
        """Return what an option is; `3a` is a part of `3`."""
        return next((one for one in self.options if one.option in (name, name.rstrip("abcd"))), None)


class Free(Frozen):
    """What costs nothing at first."""

    option: str
    fulfilments: int
    months: int


Range = Decimal | tuple[Decimal, Decimal]


class Fees(Frozen):
    """What a counterparty charges in dollars, from a day on."""

    schedule: str
    who: str
    begins: dt.date = Field(alias="from")
    base: Range
    """For each form that is submitted."""
    per_account: Mapping[OptionClass, Range]
    """For each service account, by class of option."""
    free: Free | None = None
    alternative: bool = False
    """Whether it counts only where somebody asks for it by name."""
    source: Source


class ClosedDay(Frozen):
    """A day on which an office does not work."""

    date: dt.date
    name: str
    source: Source


class CalendarRow(Frozen):
    """The days on which an office works."""

    first: dt.date
    last: dt.date
    weekdays: Known[frozenset[int]]
    closed: tuple[ClosedDay, ...]


class KnownOf(Frozen):
    """What a file says of a counterparty."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_-]{0,30}$")
    name: str
    utility: str
    form: Literal["cisr", "letter"]
    zone: Known[str]
    cutoff: Known[dt.time | None]
    """The local time after which what arrives counts as of the next business day."""
    sender_domains: Known[tuple[str, ...]]
    """Whose mail may move a request."""
    look_back_months: Known[int]
    attachment_mb: Known[int]
    electronic_signature: Known[Literal["yes", "no", "unknown"]]
    service_account_digits: Known[tuple[int, ...]]
    channels: tuple[Channel, ...]
    windows: tuple[WindowRow, ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(min_length=1)
    fees: tuple[Fees, ...] = ()
    calendar: CalendarRow

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, zone: Known[str]) -> Known[str]:
        try:
            ZoneInfo(zone.value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"{zone.value!r} is no time zone; write America/Los_Angeles") from None
        return zone


@dataclass(frozen=True)
class Counterparty:
    """A counterparty as one version of its file has it."""

    known: KnownOf
    version: str
    text: str
    """The file, as it is kept."""

    @property
    def key(self) -> str:
        """What it goes by."""
        return self.known.key

    @property
    def name(self) -> str:
        """Its name, for people."""
        return self.known.name

    @cached_property
    def calendar(self) -> Calendar:
        """The days on which it works."""
        row = self.known.calendar
        days = row.weekdays
        return Calendar(
            key=self.key,
            version=self.version,
            first=row.first,
            last=row.last,
            closures=tuple(
                Closure(one.date, one.name, one.source.text, one.source.assumed) for one in row.closed
            ),
            weekdays=days.value,
            weekdays_source=days.source.text,
            weekdays_assumed=days.source.assumed,
        )

    def window(self, on: dt.date, options: Collection[str]) -> Window:
        """Return the window of a request that is sent on a day: of its options the longest.

        Raises:
            CounterpartyError: if none had come by that day.
        """
        begun = [one for one in self.known.windows if one.begins <= on]
        rows = [_latest_row(begun, option) for option in options] or [_latest_row(begun, None)]
        found = [row for row in rows if row is not None]
        if not found:
            raise CounterpartyError(f"{self.key}: no window of business days is known for {on}")
        row = max(found, key=lambda one: (one.latest, one.earliest))
        return Window(
            earliest=row.earliest,
            latest=row.latest,
            is_target=row.kind == "internal_target",
            cutoff=self.known.cutoff.value,
            zone=self.zone,
            source=row.source.text,
            assumed=row.source.assumed,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its office."""
        return ZoneInfo(self.known.zone.value)

    @property
    def mail_addresses(self) -> tuple[str, ...]:
        """The addresses that mail may go to."""
        return tuple(
            one.address.value.lower() for one in self.known.channels if one.kind == "email" and one.address
        )

    def form_on(self, day: dt.date) -> Form:
        """Return the form that is current on a day: the latest that has come, else the first."""
        begun = [one for one in self.known.forms if one.begins <= day]
        return (
            max(begun, key=lambda one: one.begins)
            if begun
            else min(self.known.forms, key=lambda one: one.begins)
        )

    def fees_on(self, day: dt.date, schedule: str) -> Fees | None:
        """Return the fees of a schedule that are current on a day."""
        begun = [one for one in self.known.fees if one.schedule == schedule and one.begins <= day]
        return max(begun, key=lambda one: one.begins, default=None)


def _latest_row(begun: Collection[WindowRow], option: str | None) -> WindowRow | None:
    named = [one for one in begun if option is not None and option in one.options]
    rows = named or [one for one in begun if not one.options]
    return max(rows, key=lambda one: one.begins, default=None)


@lru_cache(64)
def read(text: str, name: str = "the file") -> Counterparty:
    """Return the counterparty that a TOML text describes.

    Raises:
        CounterpartyError: if it says what it cannot; the message says where.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CounterpartyError(f"{name}: {error}") from None
    sources = raw.pop("sources", {})
    try:
        known = KnownOf.model_validate(_with_sources(raw, sources))
    except KeyError as error:
        raise CounterpartyError(f"{name}: there is no source {error}; add it under [sources]") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CounterpartyError(f"{name}: {where}: {first['msg']}") from None
    return Counterparty(known, hashlib.sha256(text.encode()).hexdigest()[:12], text)


def shipped() -> Mapping[str, Counterparty]:
    """Return the counterparties that the program brings, by key."""
    found = {}
    for file in sorted(resources.files("datarequests.known").iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            one = read(file.read_text(encoding="utf-8"), file.name)
            found[one.key] = one
    return found


def _with_sources(raw: Any, sources: Mapping[str, Any]) -> Any:
    """Return a file's values with each source's name replaced by the source."""
    if isinstance(raw, list):
        return [_with_sources(one, sources) for one in raw]
    if not isinstance(raw, dict):
        return raw
    return {
        name: sources[value] if name == "source" and isinstance(value, str) else _with_sources(value, sources)
        for name, value in raw.items()
    }
