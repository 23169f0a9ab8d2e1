"""Originals handed out under readable names: `{customer}/{service_account}/{statement_date}.pdf`.

What is in the folder already is never overwritten: a file with the same bytes is left as it is, beside any
other one a number is put behind the name. So the same export again changes nothing.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from extractor.base.errors import BillclerkError
from extractor.export.names import plain, value
from extractor.export.pages import NotHandedError, OwnPages
from extractor.home import written_privately
from extractor.store.current import Kept

FIELDS = ("customer", "customer_account", "service_account", "statement_date", "issuer", "rate", "document")
"""What a layout may name."""


class LayoutError(BillclerkError):
    """The layout of names is none; write for example {customer}/{service_account}/{statement_date}.pdf."""

    exit_code = 2


@dataclass(frozen=True)
class Handed:
    """A bill's pages handed out, or why not."""

    sha256: str
    path: Path | None
    why_not: str = ""
    is_new: bool = True
    """Whether it was not there already."""


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
    bills: Iterable[Kept], layout: str, out: Path, own: OwnPages, customer: Callable[[Kept], str]
) -> Iterator[Handed]:
    """Write each bill's own pages below a folder; give where, or why not.

    `customer` tells the name of the customer whose bill it is.
    """
    taken: set[Path] = set()
    for kept in bills:
        try:
            data = own.of(kept).data
        except NotHandedError as error:
            yield Handed(kept.sha256, None, str(error))
            continue
        wanted = out / _named(layout, kept, customer(kept))
        place = _place(wanted, data, taken)
        is_new = not place.exists()
        if is_new:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            written_privately(place, data)
        yield Handed(kept.sha256, place, is_new=is_new)


def _named(layout: str, kept: Kept, customer: str) -> Path:
    parts = [plain(part.format_map(_values(kept, customer))) for part in Path(layout).parts]
    return Path(*parts)


def _values(kept: Kept, customer: str) -> Mapping[str, str]:
    bill = kept.result.bill
    services = bill.services if bill else ()
    values = {
        "customer_account": (bill.customer_account if bill else None) or "unknown",
        "service_account": _one({one.service_account for one in services if one.service_account}),
        "statement_date": str(bill.statement_date) if bill and bill.statement_date else "undated",
        "issuer": (bill.issuer if bill else None) or "unknown",
        "rate": _one({one.rate_schedule for one in services if one.rate_schedule}),
        "document": kept.sha256[:12],
    }
    return {"customer": customer} | {name: value(said) for name, said in values.items()}


def _one(values: set[str]) -> str:
    return values.pop() if len(values) == 1 else "several" if values else "unknown"


def _place(path: Path, data: bytes, taken: set[Path]) -> Path:
    """Return where a bill goes: where nothing is, or where these bytes are and no other bill went."""
    for number in count(1):
        place = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        if place not in taken and (_is_free(place) or _holds(place, data)):
            taken.add(place)
            return place
    raise AssertionError


def _is_free(place: Path) -> bool:
    return not place.exists() and not place.is_symlink()


def _holds(place: Path, data: bytes) -> bool:
    is_file = place.is_file() and not place.is_symlink()
    return is_file and place.stat().st_size == len(data) and place.read_bytes() == data
