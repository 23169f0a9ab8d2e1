"""How a file leaves the inbox when it is kept: nothing is left of it, or a person finds it with a note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from extractor.home import Home
from extractor.intake.filing import Outcome, note_on, outcome_of, put_away
from extractor.intake.holding import Held, is_still
from extractor.model import Status


@dataclass(frozen=True)
class Filed:
    """What became of a file of the inbox."""

    name: str
    outcome: Outcome
    """`left` of one that may not be opened, or not be kept through a fault of ours, and is still there."""
    is_new: bool
    """Whether something was kept that was not known before."""
    bills: int
    sha256: str = field(default="", compare=False)
    """Its hash; empty of a file that is too large to be read."""


def filed_away(home: Home, held: Held, is_new: bool) -> Filed:
    """File a file away that is kept.

    Raises:
        OSError: as the system says; the file is still in the inbox.
    """
    outcome = outcome_of(held.statuses)
    if held.said and outcome == "verified":
        outcome = "review"
    _leave(home, held, outcome)
    bills = sum(result.bill is not None for result in held.results)
    return Filed(held.arrival.name, outcome, is_new, bills, held.arrival.sha256)


def _leave(home: Home, held: Held, outcome: Outcome) -> None:
    """Take a file out of the inbox, unless another one has taken its place there."""
    if not is_still(held):
        return
    if outcome == "verified":
        held.path.unlink(missing_ok=True)
        return
    note = note_on(held.results, [*held.said, *_said_of_others(held)])
    unkept = held.items[0].unkept if held.items else None  # of what was erased
    data = held.original.read_bytes() if unkept is None else unkept
    put_away(home, held.path, data, outcome, note)


def _said_of_others(held: Held) -> Iterator[str]:
    """Give what was said of files that are no bills; of which file, where there are several."""
    for item in held.items:
        if item.look is not None and item.look.status != Status.VERIFIED:
            which = f"{item.arrival.name}: " if held.unpacker is not None else ""
            yield from (f"{which}{said}" for said in item.look.said)
