"""Writers of CMEP records and of 867 interchanges from known readings, for tests and measurements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from extractor.intervals.given import Problem, Readings, Summary

PACIFIC = ZoneInfo("America/Los_Angeles")

Row = tuple[int, int, Decimal | None]
"""Start, seconds, and kWh; None where there is no value."""


def stamp(instant: int, zone: dt.tzinfo = dt.UTC) -> str:
    return dt.datetime.fromtimestamp(instant, zone).strftime("%Y%m%d%H%M")


def interval(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    return f"00{days:02}{rest // 3600:02}{rest % 3600 // 60:02}"


def cmep(
    rows: Sequence[Row],
    *,
    unit: str = "KWH",
    constant: str = "1",
    per_record: int = 48,
    with_times: bool = False,
    account: str = "8000000001",
    end: str = "\r\n",
) -> str:
    """Write rows of one series, back to back within a record, as MEPMD01 records."""
    lines = []
    for at in range(0, len(rows), per_record):
        some = rows[at : at + per_record]
        fields = ["MEPMD01", "19970819", "006908818", account, "", "", "202511110000", "M1", "OK", "E"]
        fields += [unit, constant, interval(some[0][1]), str(len(some))]
        for place, (start, seconds, kwh) in enumerate(some):
            time = stamp(start + seconds) if with_times or place == 0 else ""
            fields += [time, "" if kwh is not None else "N", "" if kwh is None else f"{kwh:f}"]
        lines.append(",".join([*fields, ""]) + end)
    return "".join(lines)


def interchange(
    *transactions: Sequence[str],
    element: str = "*",
    component: str = ">",
    terminator: str = "~",
    line: str = "",
) -> str:
    """Wrap the bodies of transactions, segments with `*` and `>`, into an interchange with right counts."""
    segments = [
        f"ISA*00*{'':10}*00*{'':10}*01*{'006908818':15}*01*{'123456789':15}*251103*0000*U*00401*000000007*0*P*>",
        "GS*PT*006908818*123456789*20251103*0000*12*X*004010",
    ]
    for number, body in enumerate(transactions, 1):
        segments += [f"ST*867*{number:04}", *body, f"SE*{len(body) + 2}*{number:04}"]
    segments += [f"GE*{len(transactions)}*12", "IEA*1*000000007"]
    written = [one.translate(str.maketrans("*>", element + component)) for one in segments]
    return "".join(one + terminator + line for one in written)


HEAD = ("BPT*00*X1*20251103*C1", "REF*12*8000000001")


def usage(rows: Iterable[Row], form: str, kind: str = "QD") -> list[str]:
    """Write rows of one meter as a PTD loop, in one of the forms that guides have."""
    rows = list(rows)
    loop = [*HEAD, "PTD*PM***OZ*EL", "REF*MG*M1"]
    if form != "582 without REF MT":
        loop.append(f"REF*MT*KH{rows[0][1] // 60:03}")
    if form == "undated":
        loop.append(f"DTM*150****DT*{stamp(rows[0][0], PACIFIC)}")
        loop.append(f"DTM*151****DT*{stamp(rows[-1][0] + rows[-1][1], PACIFIC)}")
    for start, seconds, kwh in rows:
        loop.append(f"QTY*{kind}***NV" if kwh is None else f"QTY*{kind}*{kwh:f}*KH")
        loop += _dates(start, start + seconds, form)
    return loop


def _dates(start: int, end: int, form: str) -> list[str]:
    local = dt.datetime.fromtimestamp(end, PACIFIC)
    match form:
        case "582 ES/ED":
            eastern = dt.datetime.fromtimestamp(end, ZoneInfo("America/New_York"))
            return [f"DTM*582*{eastern:%Y%m%d*%H%M}*E{'D' if eastern.dst() else 'S'}"]
        case "582 UT":
            return [f"DTM*582*{dt.datetime.fromtimestamp(end, dt.UTC):%Y%m%d*%H%M}*UT"]
        case "582 PT":
            return [f"DTM*582*{local:%Y%m%d*%H%M}*PT"]
        case "582" | "582 without REF MT":
            return [f"DTM*582****DT*{local:%Y%m%d%H%M}"]
        case "150 151":
            return [f"DTM*150****DT*{stamp(start, PACIFIC)}", f"DTM*151****DT*{local:%Y%m%d%H%M}"]
        case _:
            return []


FORMS = ("582 ES/ED", "582 UT", "582 PT", "582", "582 without REF MT", "150 151", "undated")


def rows_of(given: Iterable[object]) -> list[Row]:
    """Return what was read as rows, in the order of time."""
    return sorted(
        (int(one.start.timestamp()), one.seconds, one.value / 1000)
        for block in given
        if isinstance(block, Readings)
        for one in block
    )


def told(given: Iterable[object]) -> dict[str, int | None]:
    """Return the codes of the problems with their lines."""
    return {one.code: one.line for one in given if isinstance(one, Problem)}


def summaries(given: Iterable[object]) -> list[Summary]:
    return [one for one in given if isinstance(one, Summary)]
