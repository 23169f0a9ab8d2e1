"""The three ways to print records, JSON lines in hand, and the status that each earns.

Records are standard output, everything else is standard error.
"""

import csv
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable

from extractor.cli.wording import clean, count
from extractor.pages.limits import FAULT_CODE

EXIT_CODES = {"verified": 0, "review": 1, "unreadable": 3}

OUR_FAULT = 70

Printer = Callable[[bytes], None]
"""Prints one record, a JSON line without its line end."""

_STATUS = re.compile(rb'"status": ?"(verified|review|unreadable)"')


def status_of(line: bytes) -> str:
    r"""Return the status of a record without reading all of it.

    The first one in a line is the bill's: only `document` comes before it, and a string escapes its quotes.

    >>> status_of(rb'{"document":{"path":"\"status\":\"verified\""},"status":"review","bill":null}')
    'review'
    """
    found = _STATUS.search(line)
    if found is None:
        raise ValueError("a record without a status")
    return found[1].decode()


def exit_code_of(line: bytes) -> int:
    """Return the exit status that a record earns.

    >>> exit_code_of(b'{"document":{},"status":"unreadable","findings":[{"code":"fault"}]}')
    70
    """
    status = status_of(line)
    if status == "unreadable" and FAULT_CODE in {finding["code"] for finding in json.loads(line)["findings"]}:
        return OUR_FAULT
    return EXIT_CODES[status]


def total(statuses: Counter[str]) -> str:
    """Say of how many bills each status is.

    >>> total(Counter(verified=60, review=1))
    '61 bills: 60 verified, 1 review'
    """
    parts = (f"{statuses[status]} {status}" for status in EXIT_CODES if statuses[status])
    return f"{count(statuses.total(), 'bill')}: {', '.join(parts)}"


def printer(form: str, explain: bool = False) -> Printer:
    """Return what prints records in one of the three forms; `explain` adds the proof to a table."""
    match form:
        case "json":
            return json_printer()
        case "csv":
            return csv_printer()
    return table_printer(explain)


def json_printer() -> Printer:
    """Return what prints a record as one line, byte for byte as the reader made it."""

    def show(line: bytes) -> None:
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.buffer.flush()

    return show


def csv_printer() -> Printer:
    """Return what prints a row per charge, and names a document that has none on standard error."""
    from extractor.export.files import cells
    from extractor.export.rows import READ_COLUMNS, charge_rows
    from extractor.model import ReadResult

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([column.name for column in READ_COLUMNS])

    def show(line: bytes) -> None:
        result = ReadResult.model_validate_json(line)
        writer.writerows(cells(READ_COLUMNS, row) for row in charge_rows(result))
        if result.bill is None:
            said = "; ".join(finding.message for finding in result.findings)
            print(clean(f"{result.document.path}: {result.status}: {said}"), file=sys.stderr)

    return show


def table_printer(explain: bool) -> Printer:
    """Return what prints a bill as a person reads it, its proof too where that is asked for."""
    from rich.console import Console

    from extractor.cli.explain import explanation
    from extractor.cli.tables import bill_table
    from extractor.model import ReadResult

    sized = sys.stdout.isatty() or "COLUMNS" in os.environ
    console = Console(highlight=False, width=None if sized else 120)

    def show(line: bytes) -> None:
        result = ReadResult.model_validate_json(line)
        console.print(bill_table(result))
        if explain:
            console.print(explanation(result))

    return show
