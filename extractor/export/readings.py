"""A customer's readings as files to hand over: one table for each service account, as it counts now."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import Engine

from extractor.home import Home
from extractor.intervals.given import Quality
from extractor.intervals.held.ask import readings
from extractor.intervals.held.erasing import Holdings
from extractor.intervals.held.staged import EARLIEST, LATEST
from extractor.store.tables import Document

COLUMNS = ("start_utc", "seconds", "channel", "unit", "meter", "value", "quality")

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def tables(home: Home, engine: Engine, what: Holdings) -> Iterator[tuple[str, str, int]]:
    """Give for each service account its number, its readings as CSV, and how many they are."""
    by_number = {one.number: one for one in what.series}
    for account in sorted(what.metered):
        found = readings(home, engine, account, EARLIEST, LATEST)
        held = io.StringIO()
        writer = csv.writer(held, lineterminator="\n")
        writer.writerow(COLUMNS)
        columns = (found.series, found.starts, found.seconds, found.thousandths, found.qualities)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for number, start, seconds, thousandths, quality in rows:
            one = by_number[number]
            at = dt.datetime.fromtimestamp(start, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            value = f"{Decimal(thousandths).scaleb(-3).normalize():f}"
            said = Quality(quality).name.lower()
            writer.writerow((at, seconds, one.channel, one.unit, _text(one.meter), value, said))
        yield account, held.getvalue(), len(found)


def _text(text: str | None) -> str:
    """Return a file's text so that no spreadsheet runs it as a formula."""
    return "" if text is None else f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def name_of(document: Document) -> str:
    """Return the name of an interval file in an archive: its own, for SCE's say the account nowhere else.

    >>> name_of(Document(sha256="ab" * 32, name="../SCE Usage.csv", size=1))
    'abababababab-.._SCE_Usage.csv'
    """
    return f"{document.sha256[:12]}-{_ODD.sub('_', document.name)[-150:]}"
