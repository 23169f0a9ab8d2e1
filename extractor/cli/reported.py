"""A status report as it is asked for: a table on the terminal, a page, CSV, a workbook, JSON."""

import datetime as dt
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from datarequests.report import Report


def written(found: "Report", output: str, out: Path | None, own: Path | None) -> None:
    """Write a report as it is asked for.

    Raises:
        ReportError: if a workbook is to go to a terminal.
    """
    from datarequests.report import ReportError
    from datarequests.report_page import page

    if output == "xlsx":
        if out is None:
            raise ReportError("a workbook needs a file; name it by --out")
        _workbook(found, out)
        return
    with _opened_for(out) as file:
        if output == "html":
            file.write(page(found, own))
        elif output == "csv":
            from extractor.export.files import write_csv

            columns, rows = _tabular(found)
            write_csv(columns, rows, file)
        elif output == "json":
            json.dump(_document(found), file, indent=1)
            file.write("\n")
        else:
            _table(found, file)


@contextmanager
def _opened_for(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file


def _tabular(found: "Report") -> tuple[Any, Any]:
    """Return the columns and rows of a report as exports have them."""
    from datarequests.report_columns import columns, row_of
    from extractor.export.rows import Column

    edition = found.asked.edition
    titles = [Column(one.name, one.kind, one.about) for one in columns(edition)]
    return titles, [row_of(line, edition) for line in found.lines]


def _workbook(found: "Report", out: Path) -> None:
    from extractor.export.workbook import write_xlsx

    columns, rows = _tabular(found)
    write_xlsx(columns, rows, out, "requests")


def _document(found: "Report") -> dict[str, Any]:
    from datarequests.report_columns import row_of

    return {
        "as_of": found.at.isoformat(),
        "title": found.title,
        "edition": found.asked.edition,
        "counts": dict(found.counts),
        "turnaround": [
            {
                "counterparty": one.key,
                "answered": one.answered,
                "median": None if one.median is None else f"{one.median:f}",
                "p90": one.p90,
                "in_time": one.in_time,
                "decided": one.decided,
                "latest": one.latest,
                "is_target": one.is_target,
            }
            for one in found.turnarounds
        ],
        "requests": [
            {name: _json(value) for name, value in row_of(line, found.asked.edition).items()}
            for line in found.lines
        ],
        "footnotes": list(found.footnotes),
    }


def _json(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _table(found: "Report", file: TextIO) -> None:
    from rich.console import Console
    from rich.table import Table

    from datarequests.attention import HEADINGS
    from datarequests.explained import MARK
    from datarequests.report_page import past_words, statistics
    from extractor.cli.noted import console
    from extractor.cli.wording import clean

    screen = console() if file is sys.stdout else Console(file=file, width=160, color_system=None)
    screen.print(
        ", ".join(f"{count} {name}" for name, count in found.counts.items() if count) or "nothing is open"
    )
    for of, lines in found.groups:
        table = Table(box=None, pad_edge=False, header_style="dim", title=HEADINGS[of], title_justify="left")
        for title in ("request", "customer", "state", "days", "window", "turn", "received", "next", "flags"):
            table.add_column(title)
        for line in lines:
            mark = MARK if line.assumed else ""
            window = f"{line.earliest} to {line.latest}{mark}" if line.latest else "-"
            flags = [
                *filter(None, [past_words(line)]),
                *(one for one in line.flags if one != "assumed dates"),
            ]
            values = (
                f"{line.request} {line.counterparty}",
                line.customer_name,
                line.state,
                f"{line.elapsed} of {line.allowed}" if line.elapsed is not None else "-",
                window,
                line.turn,
                f"{line.received} of {line.asked}",
                f"{line.next_action}{f' {line.next_date}' if line.next_date else ''}",
                "; ".join(flags) or "-",
            )
            table.add_row(*(clean(value) for value in values))
        screen.print(table)
    for one in found.turnarounds:
        of_it = statistics(one)
        screen.print(
            clean(
                f"{of_it['name']}: {of_it['answered']} answered, median {of_it['median']}, 90 % within"
                f" {of_it['p90']}; in time {of_it['share']} {of_it['within']}"
            ),
            markup=False,
        )
    for note in found.footnotes:
        if note.startswith(MARK):
            screen.print(clean(note), markup=False, style="dim")
