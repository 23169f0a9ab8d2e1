"""A bill's own pages: its file as it came where all of that is the bill's, else they are cut out of it.

A file may hold bills of several customers, and pages that belong to none of its bills and may be anybody's;
so of a file that is not one bill from the first page to the last only the bill's pages are handed out. Where
the pages of two bills lie among one another, none are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session

from extractor.base.errors import BillclerkError
from extractor.pages.child import Child
from extractor.pages.limits import ChildError, limits_of
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, Wanted, current

CUTTER = "extractor.pages.cutting:answer_request"
"""What cuts pages out of a file, in a guarded process."""

LEFT_OVER = "pages_left_over"
"""The finding that names the pages of a file that belong to no bill."""

Cut = Callable[[Path, Sequence[int]], bytes]
"""Cuts pages out of a file; nothing if it is no PDF."""


class NotHandedError(BillclerkError):
    """A bill's own pages cannot be had; the message says why."""

    exit_code = 1


@dataclass(frozen=True)
class Own:
    """What is handed out of a bill."""

    data: bytes
    is_whole: bool
    """Whether it is the file as it came."""


class OwnPages:
    """The own pages of bills; of a file with several bills the file is looked at once."""

    def __init__(self, session: Session, original: Callable[[str], Path | None], cut: Cut) -> None:
        self._session, self._original, self._cut = session, original, cut
        self._files: dict[str, _Pages] = {}

    def of(self, kept: Kept) -> Own:
        """Return what is handed out of a bill.

        Raises:
            NotHandedError: if its original is gone, or its pages cannot be told or cut from others.
        """
        path = self._original(kept.sha256)
        if path is None:
            raise NotHandedError("its original is missing; see `billclerk verify`")
        pages = self._pages(kept.sha256)
        numbers = pages.of(kept.position)
        if numbers is None:
            return Own(path.read_bytes(), is_whole=True)
        data = self._cut(path, numbers)
        if not data:
            raise NotHandedError(
                "its file has other pages too and they cannot be cut apart; take them apart by hand"
            )
        return Own(data, is_whole=False)

    def is_of_bills(self, sha256: str, positions: set[int]) -> bool:
        """Tell whether all pages of a file are of some of its bills."""
        return self._pages(sha256).are_of(positions)

    def _pages(self, sha256: str) -> _Pages:
        if sha256 not in self._files:
            self._files[sha256] = _pages(current(self._session, Wanted(sha256=sha256)))
        return self._files[sha256]


@dataclass(frozen=True)
class _Pages:
    """Which pages of a file are which bill's."""

    total: int | None
    ranges: dict[int, tuple[int, int] | None]
    """Of each bill, by its position, the first and the last page."""
    bills: frozenset[int]
    """Positions of what was read as a bill."""
    left: frozenset[int]
    """Pages between and around them that are no bill's."""

    def of(self, position: int) -> list[int] | None:
        """Return the pages of a bill, None for the whole file."""
        if self.are_of({position}):
            return None
        mine = self.ranges[position]
        others = [pages for other, pages in self.ranges.items() if other != position]
        if mine is None or any(other is None or _overlap(mine, other) for other in others):
            raise NotHandedError("its pages lie among those of another bill in one file")
        return self._own(mine)

    def are_of(self, positions: set[int]) -> bool:
        """Tell whether the whole file is of some bills; what is no bill at all is one thing."""
        if set(self.ranges) != positions:
            return False
        if len(self.ranges) == 1 and (self.total is None or not self.bills):
            return True
        found = {page for mine in self.ranges.values() if mine for page in self._own(mine)}
        return self.total is not None and found == set(range(1, self.total + 1))

    def _own(self, mine: tuple[int, int]) -> list[int]:
        return [page for page in range(mine[0], mine[1] + 1) if page not in self.left]


def _pages(bills: Iterator[Kept]) -> _Pages:
    results = {kept.position: kept.result for kept in bills}
    findings = [finding for result in results.values() for finding in result.findings]
    left = [finding.message for finding in findings if finding.code == LEFT_OVER]
    return _Pages(
        total=next((result.document.pages for result in results.values()), None),
        ranges={position: result.document.page_range for position, result in results.items()},
        bills=frozenset(position for position, result in results.items() if result.bill),
        left=frozenset(int(page) for message in left for page in _numbers(message)),
    )


def _numbers(message: str) -> list[str]:
    return "".join(char if char.isdigit() else " " for char in message).split()


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


@contextmanager
def cutter(settings: ReaderSettings) -> Iterator[Cut]:
    """Give what cuts pages out of files, in a guarded process."""
    limits = replace(limits_of(settings), output_bytes=settings.max_file_mb * 1_000_000)
    with Child(CUTTER, limits) as child:

        def cut(path: Path, numbers: Sequence[int]) -> bytes:
            question = {"path": str(path), "pages": list(numbers)}
            try:
                return child.request(json.dumps(question).encode())
            except ChildError:
                return b""

        yield cut
