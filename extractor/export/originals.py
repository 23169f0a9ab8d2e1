"""Originals handed out under readable names: `{customer}/{service_account}/{statement_date}.pdf`.

A file that holds several bills may hold those of several customers, so of such a file only the bill's own
pages are handed out; where the pages of two bills lie among one another, nothing is, and that is said.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from extractor.base.errors import BillclerkError
from extractor.home import written_privately
from extractor.store.current import Kept

FIELDS = ("customer", "customer_account", "service_account", "statement_date", "issuer", "rate", "document")
"""What a layout may name."""

_UNSAFE = re.compile(r"[^\w .,&@+=()\-]+")
LONGEST = 100


class LayoutError(BillclerkError):
    """The layout of names is none; write for example {customer}/{service_account}/{statement_date}.pdf."""

    exit_code = 2


@dataclass(frozen=True)
class Handed:
    """A bill's pages handed out, or why not."""

    sha256: str
    path: Path | None
    why_not: str = ""


def checked(layout: str) -> str:
    """Return a layout of names.

    Raises:
        LayoutError: if it names what there is not, or leads out of its folder.
    """
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(layout) if name is not None]
    except ValueError as error:
        raise LayoutError(f"the layout {layout!r} is none: {error}") from None
    unknown = [name for name in names if name not in FIELDS]
    if unknown or not names:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise LayoutError(f"a layout names some of {known}; not {', '.join(unknown) or 'nothing'}")
    if layout.startswith("/") or ".." in Path(layout).parts:
        raise LayoutError("a layout leads to no other folder: write no leading / and no ..")
    return layout


def hand_out(
    bills: Iterable[Kept],
    layout: str,
    out: Path,
    original: Callable[[str], Path | None],
    customers: Callable[[Kept], str | None],
    together: Callable[[Kept], bool],
    alone: Callable[[Kept], bytes | None],
) -> Iterator[Handed]:
    """Write each bill's pages below a folder; give where, or why not.

    `original` tells where a document's file is, `customers` whose a bill is, `together` whether its file
    holds others, and `alone` cuts its own pages out of such a file.
    """
    taken: dict[Path, str] = {}
    for kept in bills:
        source = original(kept.sha256)
        if source is None:
            yield Handed(kept.sha256, None, "its original is missing; see `billclerk verify`")
            continue
        data = alone(kept) if together(kept) else source.read_bytes()
        if data is None:
            yield Handed(kept.sha256, None, "its pages lie among those of another bill in one file")
            continue
        place = _free(out / _named(layout, kept, customers(kept)), f"{kept.sha256}:{kept.position}", taken)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        written_privately(place, data)
        yield Handed(kept.sha256, place)


def _named(layout: str, kept: Kept, customer: str | None) -> Path:
    parts = [_plain(part.format_map(_values(kept, customer))) for part in Path(layout).parts]
    return Path(*parts)


def _values(kept: Kept, customer: str | None) -> Mapping[str, str]:
    bill = kept.result.bill
    services = bill.services if bill else ()
    return {
        "customer": customer or (bill.customer_name if bill else None) or "unknown",
        "customer_account": (bill.customer_account if bill else None) or "unknown",
        "service_account": _one({one.service_account for one in services if one.service_account}),
        "statement_date": str(bill.statement_date) if bill and bill.statement_date else "undated",
        "issuer": (bill.issuer if bill else None) or "unknown",
        "rate": _one({one.rate_schedule for one in services if one.rate_schedule}),
        "document": kept.sha256[:12],
    }


def _one(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else "several" if values else "unknown"


def _plain(part: str) -> str:
    """Return a name that is safe in any folder: what a document says was written by a stranger."""
    name = _UNSAFE.sub("_", part).strip(" .") or "_"
    path = Path(name)
    return path.stem[:LONGEST] + path.suffix[:10]


def _free(path: Path, whose: str, taken: dict[Path, str]) -> Path:
    """Return a place that no other bill has been handed out to."""
    for number in count(1):
        place = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        if taken.setdefault(place, whose) == whose:
            return place
    raise AssertionError
