"""Bills beside their meters as a person reads them: a list, and the part of one bill."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from extractor.cli.kept import METER_COLOURS, SHORT
from extractor.cli.metered import tolerance_of
from extractor.cli.noted import Noted, console, print_noted
from extractor.cli.opened import Opened
from extractor.cli.wording import NOTHING, clean, count, day, money, quantity
from extractor.intervals.compared.compare import DemandRow
from extractor.intervals.compared.compare import Row as Energy
from extractor.intervals.compared.verdict import Verdict
from extractor.intervals.held.summarised import summarised
from extractor.intervals.join import Joined
from extractor.intervals.of_bills import OfService, of_bills
from extractor.intervals.short import UNCONFIRMED, WORST
from extractor.intervals.summary import highest, is_lower_bound
from extractor.intervals.tou import Bucket
from extractor.model import Service
from extractor.store.current import Kept
from extractor.store.summaries import Summed


def listed(found: Iterable[OfService], with_nothing: bool) -> None:
    """Print services beside their meters as a table, and how many have which verdict.

    Those without readings are listed `with_nothing` only.
    """
    rows: list[Noted] = []
    verdicts: Counter[str] = Counter()
    for one in found:
        verdicts[one.joined.verdict.value] += 1
        if with_nothing or one.joined.verdict != Verdict.NO_DATA:
            rows.append((list(_cells(one)), _note(one)))
    print_noted(
        ("document", "service", "kWh", "metered", "kW", "metered", "verdict"), rows, right=range(2, 6)
    )
    said = ", ".join(f"{verdicts[name]:,} {name}" for name in reversed(WORST) if verdicts[name])
    print(f"{count(verdicts.total(), 'service')}{': ' if said else ''}{said}", file=sys.stderr)


def _cells(one: OfService) -> Iterator[str | Text]:
    joined, kept = one.joined, one.kept
    yield kept.sha256[:SHORT] if kept.position == 1 else f"{kept.sha256[:SHORT]}:{kept.position}"
    yield f"{one.number}: {clean(joined.provider)} {clean(joined.role)}"
    yield _plain(joined.total.billed if joined.total else None)
    yield _plain(joined.total.metered if joined.total else None)
    yield _plain(next((row.billed for row in joined.demand if row.bucket == Bucket(None, None)), None))
    yield f"{_least(is_lower_bound(joined))}{_plain(highest(joined))}"
    yield verdict(joined)


def _note(one: OfService) -> str:
    joined = one.joined
    days = f"{day(joined.first)} to {day(joined.last)}"
    return clean(f"{clean(joined.service_account)}, {clean(joined.rate_schedule)}, {days}: {joined.reason}")


def verdict(joined: Joined) -> Text:
    """Return a verdict in its colour, with what has to be known of the readings."""
    name = joined.verdict.value
    return Text.assemble((name, METER_COLOURS[name]), UNCONFIRMED if joined.unconfirmed else "")


def shown_beside(at: Opened, session: Session, kept: Kept) -> None:
    """Print the services of a bill beside their meters."""
    tolerance = tolerance_of(at.home)
    found = of_bills(at.home, at.engine, session, [kept], tolerance, all_of_them=True)
    every = sorted(found, key=lambda one: one.number)
    said = summarised(session, {one.account for one in every})
    services = kept.result.bill.services if kept.result.bill else ()
    out = console()
    for one in every:
        joined = one.joined
        head = Text.assemble((f"  meter, service {one.number}: ", "bold"), verdict(joined))
        out.print(head.append(f": {clean(joined.reason)}"))
        if joined.total is not None:
            out.print(Padding(_beside(joined), (0, 0, 0, 4), expand=False))
        for summary in (
            said.of(one.account, joined.first, joined.last) if joined.first and joined.last else ()
        ):
            days = f"{day(summary.first)} to {day(summary.last)}, import {summary.import_id}"
            out.print(f"    a feed's summary of {days}; it proves nothing:", style="dim")
            table = summary_table(services[one.number - 1], summary)
            out.print(Padding(table, (0, 0, 0, 4), expand=False))


def _beside(joined: Joined) -> Table:
    """Return billed and metered kWh and kW, and the printed and expected charges."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold", min_width=20)
    for title in ("billed", "metered", "difference"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("at", no_wrap=True)
    rows = [*joined.energy, *([joined.total] if joined.total and len(joined.energy) != 1 else [])]
    for row in rows:
        table.add_row(f"{_said(row.bucket)}kWh", *_kwh(row))
    if joined.exported is not None:
        table.add_row("kWh sent back", *_kwh(joined.exported))
    for kw in joined.demand:
        table.add_row(f"{_said(kw.bucket)}kW", *_kw(kw))
    for one in joined.charges:
        what = f"{_said(one.bucket)}{one.section} {one.component.value.replace('_', ' ')}, USD"
        table.add_row(what, money(one.printed), money(one.expected), money(one.difference))
    measured = joined.measured
    if measured is not None:
        table.add_row(
            "intervals", f"{measured.expected:,}", f"{measured.present:,}", _plain_count(measured.missing)
        )
    return table


def summary_table(service: Service, summary: Summed) -> Table:
    """Return what a feed says was billed beside what the bill prints, and its cost lines."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", overflow="fold", min_width=20)
    for title in ("billed", "summary", "difference"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_row("kWh", quantity(service.usage_kwh), *_apart(summary.kwh, service.usage_kwh, _plain))
    whole = None if service.role == "generation" else service.total
    name = "USD, of the service" if whole is not None else "USD"
    table.add_row(name, money(whole), *_apart(summary.amount, whole, money))
    for cost in summary.costs:
        label = clean(cost.label or cost.kind or "")
        table.add_row(f"  {label}", "", money(cost.amount), "")
    return table


def _apart(
    said: Decimal | None, billed: Decimal | None, written: Callable[[Decimal | None], str]
) -> tuple[str, str]:
    """Return what is said, and how much more than billed it is."""
    return written(said), written(None if said is None or billed is None else said - billed)


def _plain_count(missing: int) -> str:
    return f"{-missing:,}" if missing else "0"


def _kwh(row: Energy) -> Iterator[str]:
    yield quantity(row.billed)
    yield _plain(row.metered)
    yield _plain(row.difference)


def _kw(row: DemandRow) -> Iterator[str]:
    yield quantity(row.billed)
    yield f"{_least(row.is_lower_bound and row.metered is not None)}{_plain(row.metered)}"
    yield NOTHING if row.is_lower_bound else _plain(row.difference)
    yield f"{row.peak.at:%Y-%m-%d %H:%M}" if row.peak else NOTHING


def _least(is_lower_bound: bool) -> str:
    return "at least " if is_lower_bound else ""


def _said(bucket: Bucket) -> str:
    words = " ".join(str(part).replace("_", "-") for part in bucket if part is not None)
    return f"{words} " if words else ""


def _plain(value: Decimal | None) -> str:
    """Write a quantity to three decimals at most.

    >>> _plain(Decimal("17922.500400")), _plain(Decimal(300)), _plain(None)
    ('17,922.5', '300', '-')
    """
    if value is None:
        return NOTHING
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
