"""What the portfolio's commands take on 400 service accounts over 24 months: whole processes, SQLite.

The yardstick is another process that opens the database and fetches the columns of all bills, services
and charges that the questions are about. A command that the program does not have yet is said so.
"""

import os
import resource
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from extractor.home import Home
from tests.bench.timing import medians, seconds
from tests.extractor.portfolio.made import ACCOUNTS, home_made

COMMANDS = (
    "accounts",
    "coverage",
    "coverage --format xlsx --output coverage.xlsx",
    "export services",
    "rates",
    "due",
    "today",
    "today --send --again",
    "history",
    "request draft --missing --dry-run",
)
GOAL = 2.0
"""Seconds, start of the program included."""

ROUNDS = 3
WRONG_USAGE = 2
UNKNOWN = ("No such command", "No such option", "Invalid value", "Missing argument", "Missing option")
"""What the command line says of what it does not have."""

PROGRAM = "from extractor.cli import main; main()"
BARE = """
import sqlite3, sys
database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for statement in sys.argv[2:]:
    database.execute(statement).fetchall()
"""
COLUMNS = {
    "bill": "id, reading_id, status, kind, customer_account, statement_date, due_date, new_charges, amount_due,"
    " next_cycle_end, autopay, previous_balance, balance_forward, account_lines",
    "service": "id, bill_id, position, provider, role, service_account, pod_id, meter, rate_schedule, product,"
    " period_start, period_end, period_days, usage_kwh, exported_kwh, estimated, max_demand_kw, demands, total",
    "charge": "service_id, section, component, tou, season, vintage, quantity, unit, rate, amount",
}


def report() -> Iterator[str]:
    """Say how long each command takes, and how many times a bare read of the same rows that is."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held, "home")
        took = seconds(lambda: home_made(folder))
        home = Home(folder)
        yield f"portfolio of {ACCOUNTS} service accounts over 24 months: made in {took:.0f} s"
        for command in COMMANDS:
            yield f"  billclerk {command}: {_line(shlex.split(command), home)}"


def _line(words: Sequence[str], home: Home) -> str:
    before = _worked()
    first = _run(words, home)
    worked = _worked() - before
    if first.returncode == WRONG_USAGE and any(said in first.stderr for said in UNKNOWN):
        return "not there yet"
    works: dict[str, Callable[[], object]] = {
        "command": partial(_run, words, home),
        "bare": partial(_read, home),
    }
    taken = medians(works, ROUNDS)
    ended = f", exit status {first.returncode}" if first.returncode else ""
    lines = first.stdout.count("\n")
    return (
        f"{taken['command']:.2f} s (goal: {GOAL:.0f}; {worked:.2f} of work), {taken['command'] / taken['bare']:.1f} times a bare read,"
        f" {lines} lines{ended}"
    )


def _worked() -> float:
    """Return the seconds of processor time of all child processes so far: a busy machine does not change it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(words: Sequence[str], home: Home) -> subprocess.CompletedProcess[str]:
    given = os.environ | {"BILLCLERK_HOME": str(home.path)}
    program = [sys.executable, "-c", PROGRAM, *words]
    return subprocess.run(program, env=given, cwd=home.path, capture_output=True, text=True, check=False)


def _read(home: Home) -> None:
    statements = [f"SELECT {columns} FROM {table}" for table, columns in COLUMNS.items()]
    database = home.database.removeprefix("sqlite:///")
    subprocess.run([sys.executable, "-c", BARE, database, *statements], check=True)
