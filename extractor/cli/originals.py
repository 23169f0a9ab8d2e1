"""`billclerk export originals`: the files themselves, under readable names."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session

from extractor.cli.kept import SHORT
from extractor.export.originals import checked, hand_out
from extractor.home import Home
from extractor.originals import place_by_hash
from extractor.pages.child import Child
from extractor.pages.limits import ChildError, limits_of
from extractor.settings import ReaderSettings
from extractor.store.current import Kept, Wanted, current
from extractor.store.roster import customer_of

CUTTER = "extractor.pages.cutting:answer_request"
"""What cuts pages out of a file, in a guarded process."""


def handed_out(
    session: Session, home: Home, bills: Iterable[Kept], layout: str, out: Path, settings: ReaderSettings
) -> int:
    """Hand out the originals of bills; return the exit status, 1 where one could not be."""
    limits = replace(limits_of(settings), output_bytes=settings.max_file_mb * 1_000_000)
    with Child(CUTTER, limits) as child:
        return _handed_out(session, home, bills, checked(layout), out, child)


def _handed_out(
    session: Session, home: Home, bills: Iterable[Kept], layout: str, out: Path, child: Child
) -> int:
    others: Counter[str] = Counter()

    def original(sha256: str) -> Path | None:
        return place_by_hash(home.originals, sha256)

    def is_together(kept: Kept) -> bool:
        if kept.sha256 not in others:
            others[kept.sha256] = sum(1 for _ in current(session, Wanted(sha256=kept.sha256)))
        return others[kept.sha256] > 1

    def alone(kept: Kept) -> bytes | None:
        ranges = [one.result.document.page_range for one in current(session, Wanted(sha256=kept.sha256))]
        path = original(kept.sha256)
        mine = kept.result.document.page_range
        if path is None or mine is None or any(_overlap(mine, one) for one in ranges if one and one != mine):
            return None
        if ranges.count(mine) > 1:
            return None
        question = {"path": str(path), "first": mine[0], "last": mine[1]}
        try:
            return child.request(json.dumps(question).encode()) or None
        except ChildError:
            return None

    count = failed = 0
    for handed in hand_out(
        bills, layout, out, original, lambda kept: customer_of(session, kept), is_together, alone
    ):
        if handed.path is None:
            failed += 1
            print(f"{handed.sha256[:SHORT]}: not handed out: {handed.why_not}", file=sys.stderr)
        else:
            count += 1
    print(f"{count:,} files in {out}" + (f", {failed} not handed out" if failed else ""), file=sys.stderr)
    return 1 if failed else 0


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
