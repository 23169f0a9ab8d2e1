"""What was handed over to a customer, what was left out and why, and the text that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlmodel import Session


class Further(Protocol):
    """What else is held of a customer, by who knows of it."""

    def tables(self, session: Session) -> Iterable[tuple[str, Sequence[str], Sequence[Mapping[str, Any]]]]:
        """Give tables: name, columns, rows."""

    def files(self, session: Session) -> Iterable[tuple[str, bytes | None]]:
        """Give files: name and bytes, None of one that is gone."""

    def left(self, session: Session) -> Iterable[tuple[str, str]]:
        """Give what stays here, and why."""

    def hashes(self, session: Session) -> frozenset[str]:
        """Return the hashes of his files, messages among them, that are nobody else's."""

    def erase(self, session: Session) -> None:
        """Erase all of it, files too, in the caller's transaction."""


@dataclass(frozen=True)
class Left:
    """Something that was not handed over, and why."""

    what: str
    """The first digits of a hash, and of a bill its number in the file."""
    why: str
    is_fault: bool = False
    """Whether it is his and should have been."""


@dataclass
class HandedOver:
    """What is in the archive."""

    originals: int = 0
    pages: int = 0
    """Bills of which only the pages are in it."""
    messages: int = 0
    intervals: int = 0
    """Interval files."""
    history: int = 0
    """Tables of billing history."""
    readings: dict[str, int] = field(default_factory=dict)
    """How many readings of each service account."""
    further: int = 0
    """Files of data requests."""
    bills: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    left: list[Left] = field(default_factory=list)


def readme(customer: str, handed: HandedOver) -> str:
    """Return what the customer reads first."""
    lines = [
        f"What is kept of {customer}",
        "",
        f"{handed.originals} files as they came, in originals/",
        f"{handed.pages} bills cut out of files that hold other pages too, in pages/; page numbers in the",
        "  tables are those of the whole file, of which first_page to last_page are there",
        f"{handed.messages} messages and archives, in messages/",
        f"{handed.bills} bills as they are read, in records/",
        f"{handed.intervals} interval files, in intervals/",
        f"{handed.further} files of data requests and authorizations: forms, mail, data, in requests/",
        f"{handed.history} tables of billing history, in history/",
        *(f"{count} readings of {account}, in readings/" for account, count in handed.readings.items()),
        *(f"{count} rows in {name}" for name, count in handed.rows.items()),
        "",
        "A document goes by its hash in all of them. Add up rows of charges.csv where `counts` is true.",
        "",
    ]
    if not handed.left:
        return "\n".join([*lines, "Nothing was left out.", ""])
    reasons = Counter(left.why for left in handed.left)
    lines += ["Left out, each for the reason given:", ""]
    return "\n".join([*lines, *(f"{count} x {why}" for why, count in reasons.items()), ""])
