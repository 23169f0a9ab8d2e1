"""What differs between the record of a scan and a golden one; what may be left open may be null."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

OPTIONAL = frozenset(
    (
        *(
            "kind",
            "customer_name",
            "mailing_address",
            "due_date",
            "next_cycle_end",
            "autopay",
            "date",
            "pod_id",
        ),
        *(
            "service_address",
            "rotating_outage_group",
            "product",
            "meter",
            "meters",
            "usage_kwh",
            "exported_kwh",
        ),
        *("estimated", "max_demand_kw", "demands", "usage_history", "balances", "kwh", "issuer"),
    )
)
"""Values, by their names, that nobody needs for a bill to be verified."""


def differing(ours: Any, theirs: Any, name: str = "", of: str = "") -> Iterator[str]:
    """Name what differs between a record's value and a golden one; `of` is the list that it is in."""
    if ours in (None, []) and (name in OPTIONAL or of in OPTIONAL):
        return
    if isinstance(theirs, dict):
        for part in theirs.keys() - {"evidence", "status"}:
            yield from differing((ours or {}).get(part), theirs[part], part, of)
    elif name == "usage_history" and isinstance(ours, list):
        told = {month["month"]: month for month in theirs}
        for mine in ours:
            yield from differing(mine, told.get(mine["month"]), of=name)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(ours) == len(theirs):
        for mine, one in zip(ours, theirs, strict=True):
            yield from differing(mine, one, name, name)
    elif _plain(ours) != _plain(theirs):
        yield f"{name}: {ours!r} for {theirs!r}"


def _plain(value: Any) -> Any:
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        return value
