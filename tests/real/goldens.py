"""Make the golden records of the six dumped bills: `python -m tests.real.goldens`.

The charges come from the table of observed lines (dumps/sce_observed_detail_lines.csv), the rest
from the raw-order dumps, which nothing else here uses: the rebuilt pages come from the layout
dumps. A person compares the result with the dumps before it is committed.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.real import built
from tests.real.dump_pages import DUMPS
from tests.real.rebuild import BUILT, DUMPED

EXPECTED = Path(__file__).parent / "expected"
TOTALS = ("Subtotal of your new charges", "Your new charges")
COMPONENTS = {
    "Facilities rel demand": "facilities_demand",
    "Wildfire fund charge": "wildfire_fund",
    "Customer charge": "customer",
    "Fixed recovery charge": "fixed_recovery",
    "State tax": "state_tax",
}
GROUPED = {"Energy": "energy", "Demand": "time_demand"}
PERIODS = ("on peak", "mid peak", "off peak", "super off peak")
TOUS = {period.capitalize(): period.replace(" ", "_") for period in PERIODS}


def golden(period: str) -> dict[str, Any]:
    """Return the record that a correct reading of a dumped bill has."""
    text = (DUMPS / f"sce_tougs2e_{period}.raw.txt").read_text(encoding="utf-8")
    rows = [row for row in _observed() if row["bill"] == f"tougs2e_{period}"]
    return {
        "status": "verified",
        "page_range": [1, text.removesuffix("\f").count("\f") + 1],
        "bill": _account(text) | {"services": [_service(text, rows)]},
    }


def _observed() -> list[dict[str, str]]:
    with (DUMPS / "sce_observed_detail_lines.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _find(pattern: str, text: str) -> str:
    """Return the only reading of `pattern` in a raw dump; every printing of it must agree."""
    (found,) = set(re.findall(pattern, text, re.MULTILINE))
    return str(found)


def _number(printed: str) -> str:
    return re.sub(r"[$,]", "", printed)


def _date(printed: str) -> str:
    return datetime.strptime(printed, "%m/%d/%y").date().isoformat()  # noqa: DTZ007 - a printed date has no zone


def _account(text: str) -> dict[str, Any]:
    """Return the bill's own fields: page 1 and its stub."""
    paid_on, paid = re.findall(r"^Payment Received (\S+) (\S+)$", text, re.MULTILINE)[0]
    stub = re.findall(r"^STMT .*\n(.*)\n(.*)\n(.*)\n(ANYTOWN CA 90000-0000)$", text, re.MULTILINE)[0]
    return {
        "issuer": "SCE",
        "kind": None,
        "customer_name": stub[0],
        "mailing_address": ", ".join(stub[1:]),
        "customer_account": _find(r"^Customer account (\d+)$", text),
        "statement_date": _date(_find(r"^Date bill prepared\n(\S+)$", text)),
        "due_date": _date(_find(r"^Due by (\S+)$", text)),
        "next_cycle_end": _date(_find(r"billing cycle will end on or about (\S+?)\.$", text)),
        "autopay": None,
        "previous_balance": _number(_find(r"^Previous Balance (\S+)$", text)),
        "balance_forward": _number(_find(r"^Balance forward (\S+)$", text)),
        "account_lines": [{"label": "Payment Received", "date": _date(paid_on), "amount": _number(paid)}],
        "new_charges": _number(_find(r"^Your new charges (\S+)$", text)),
        "amount_due": _number(_find(r"^Total amount you owe by \S+ (\S+)$", text)),
    }


def _service(text: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return the one service: page 3 and the observed lines."""
    first = rows[0]
    start_end = {"start": _date(first["period_start"]), "end": _date(first["period_end"])}
    meter, start, end = re.findall(r"^For meter (\S+) from (\S+) to (\S+)$", text, re.MULTILINE)[0]
    used = _number(_find(r"^Total electricity you used this month in kWh (\S+)$", text))
    totals = {row["label"]: _number(row["amount"]) for row in rows if row["label"] in TOTALS}
    charges = [row for row in rows if row["label"] not in TOTALS]
    return {
        "status": "verified",
        "provider": "SCE",
        "role": "bundled",
        "service_account": _find(r"^Service account\n(\d+)$", text),
        "pod_id": _find(r"^POD-ID\n(\d+)$", text),
        "service_address": "12345 N EXAMPLE STRT, ANYTOWN, CA 90000",
        "rotating_outage_group": _find(r"^Group (\S+)$", text),
        "rate_schedule": rows[0]["rate_schedule"],
        "product": None,
        "period": start_end | {"days": int(first["days"])},
        "meter": meter,
        "meters": [
            {"number": meter, "start": _date(start), "end": _date(end), "usage_kwh": used, "estimated": False}
        ],
        "usage_kwh": used,
        "exported_kwh": None,
        "estimated": False,
        "max_demand_kw": _find(r"^Your maximum demand reached this billing period is (\d+) kW\b", text),
        "demands": list(_demands(text)),
        "usage_history": list(_history(text)),
        "balances": [],
        "charges": [_charge(number, row) for number, row in enumerate(charges, 1)],
        "subtotal": totals["Subtotal of your new charges"],
        "total": totals["Your new charges"],
    }


def _charge(number: int, row: Mapping[str, str]) -> dict[str, Any]:
    group, label = row["group"] or None, row["label"]
    kind, _, season = (group or "").partition("-")
    days = [int(row["prorate_num"]), int(row["prorate_den"])] if row["prorate_num"] else None
    return {
        "line": number,
        "section": "tax" if label == "State tax" else row["section"].lower(),
        "component": GROUPED.get(kind) or COMPONENTS[label],
        "group": group,
        "label": label,
        "tou": TOUS.get(label),
        "season": season.lower() or None,
        "vintage": None,
        "quantity": _number(row["qty"]) or None,
        "unit": row["unit"] or None,
        "rate": _number(row["rate"]) or None,
        "days": days,
        "amount": _number(row["amount"]),
    }


def _demands(text: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of the demand box."""
    season = None
    for line in text.splitlines():
        if heading := re.search(r"Maximum (Summer|Winter) demand reached", line):
            season = heading[1].lower()
        elif season and (row := re.search(r"((?:Super )?\w+ peak) (\d+) kW (\S+ \S+)$", line, re.IGNORECASE)):
            yield {"season": season, "tou": TOUS[row[1].capitalize()], "kw": row[2], "at": row[3]}


def _history(text: str) -> Iterator[dict[str, Any]]:
    """Yield the months of the usage comparison; the first, where it is marked *, has no data."""
    table = text[text.index("Usage comparison") :]
    months = re.findall(r"[A-Z][a-z]{2} '\d\d", table)[:14]
    used: list[str | None] = [*_number(_find(r"^Total kWh used (.*)$", table)).split()]
    days: list[str | None] = [*_find(r"^Number of days (.*)$", table).split()]
    lacking = [None] * (14 - len(used))
    for month, kwh, count in zip(months, lacking + used, lacking + days, strict=True):
        printed = datetime.strptime(month, "%b '%y")  # noqa: DTZ007 - a printed month has no zone
        yield {"month": printed.strftime("%Y-%m"), "kwh": kwh, "days": int(count) if count else None}


def write_all() -> None:
    """Write expected/<bill>.json for every bill."""
    EXPECTED.mkdir(exist_ok=True)
    for name, record in goldens().items():
        (EXPECTED / f"{name}.json").write_text(json.dumps([record], indent=1) + "\n", encoding="utf-8")


def goldens() -> dict[str, dict[str, Any]]:
    """Return the golden record of every bill by the name of its PDF."""
    dumped = {f"sce_tougs2e_{period}": golden(period) for period in DUMPED}
    return dumped | {bill.name: built.golden(bill) for bill in BUILT}


if __name__ == "__main__":
    write_all()
