"""The columns of reports as CSV, workbook and JSON: stable names, each with what it says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from datarequests.report import Edition
from datarequests.report_lines import Line

Kind = Literal["text", "whole", "number", "date", "flag"]
Value = str | int | Decimal | dt.date | bool | None


@dataclass(frozen=True)
class ReportColumn:
    """A column: its name, what its values are, what they say, and whether a customer may see it."""

    name: str
    kind: Kind
    about: str
    is_internal: bool = False


COLUMNS = (
    ReportColumn("request", "whole", "number of the request"),
    ReportColumn("customer", "text", "key of the customer in the roster"),
    ReportColumn("customer_name", "text", "the customer's name in the roster"),
    ReportColumn("counterparty", "text", "who is asked: SCE, CPA"),
    ReportColumn("manager", "text", "who looks after it", is_internal=True),
    ReportColumn("service_accounts", "text", "service accounts that are asked for"),
    ReportColumn("options", "text", "options of the form, or generation"),
    ReportColumn("channel", "text", "how it went out last: email, fax, mail, portal"),
    ReportColumn("state", "text", "what it is, as `request list` says it"),
    ReportColumn("attention", "text", "the group it stands in: our turn, due soon, ..."),
    ReportColumn("turn", "text", "with whom the ball is: us, customer, SCE, CPA, nobody"),
    ReportColumn("sent", "date", "the day on which its clock started"),
    ReportColumn("elapsed", "whole", "business days that have passed and count"),
    ReportColumn("allowed", "whole", "business days of the window"),
    ReportColumn("earliest", "date", "first day on which an answer is expected"),
    ReportColumn("latest", "date", "last day of the window"),
    ReportColumn("past", "whole", "business days since the last day of the window"),
    ReportColumn("term", "text", "expected window or internal target; * where it is assumed"),
    ReportColumn("computed", "text", "how the dates came about, in short"),
    ReportColumn("assumed", "flag", "whether a date rests on something nobody has published"),
    ReportColumn("next_action", "text", "what makes it go on"),
    ReportColumn("next_date", "date", "the day of that"),
    ReportColumn("last_message", "text", "what was said last between us and the counterparty"),
    ReportColumn("last_message_on", "date", "the day of that"),
    ReportColumn(
        "level", "whole", "1 followed up, 2 with the manager, 3 a time-out proposed", is_internal=True
    ),
    ReportColumn("received", "whole", "items that have arrived"),
    ReportColumn("asked", "whole", "items that are asked for"),
    ReportColumn("missing", "text", "the items that have not arrived"),
    ReportColumn("case", "text", "number that the counterparty gave it"),
    ReportColumn("promised", "date", "the day by which an answer was promised"),
    ReportColumn("authorization", "text", "what its authorization is"),
    ReportColumn("authorization_expires", "date", "the authorization's last day"),
    ReportColumn("fee_low", "number", "fee as last estimated, low end, USD", is_internal=True),
    ReportColumn("fee_high", "number", "its high end; nothing where it is open", is_internal=True),
    ReportColumn("flags", "text", "what somebody should know of it"),
)


def columns(edition: Edition) -> Sequence[ReportColumn]:
    """Return the columns of an edition."""
    return [one for one in COLUMNS if edition == "internal" or not one.is_internal]


def row_of(line: Line, edition: Edition) -> dict[str, Value]:
    """Return a line's values by column."""
    values: dict[str, Value] = {}
    for column in columns(edition):
        value = getattr(line, column.name)
        if column.name == "attention":
            value = line.attention.name.lower()
        values[column.name] = "; ".join(value) if column.name == "flags" else value
    return values
