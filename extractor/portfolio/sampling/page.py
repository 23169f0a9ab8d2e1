"""The page of a sample: each value beside the piece of the page that prints it, and the table of answers.

The page needs nothing but itself: pictures stand in it, nothing is fetched, and it may be printed. Both files
are for nobody else to read.
"""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from extractor.base.errors import BillclerkError
from extractor.base.templating import rendered
from extractor.home import written_privately
from extractor.originals import place_by_hash
from extractor.pages.child import Child
from extractor.pages.limits import Limits
from extractor.portfolio.sampling.answers import AnswerError, numbers_in, table_of
from extractor.portfolio.sampling.crops import TARGET, Crop, crops
from extractor.portfolio.sampling.kept import Shown
from extractor.portfolio.sampling.values import said
from extractor.store.sampled import Sample

TEMPLATE = "reports/sample.html"
SHORT = 12

WHOLE = {
    "trusted": "trusted bills",
    "verified": "verified bills",
    "review": "bills in review",
    "all": "bills",
}
"""What a sample is of, in words."""

Picture = bytes | str
"""A piece of a page, or why there is none."""


def pictures(originals: Path, values: Sequence[Shown], limits: Limits | None = None) -> dict[int, Picture]:
    """Return the piece of the page of each value, by its number, or why there is none."""
    of: dict[str, list[Shown]] = defaultdict(list)
    for value in values:
        of[value.sha256].append(value)
    made: dict[int, Picture] = {}
    with Child(TARGET, limits) as child:
        for sha256, group in of.items():
            for value, piece in zip(group, _pieces(child, originals, sha256, group), strict=True):
                made[value.row.number] = piece
    return made


def _pieces(child: Child, originals: Path, sha256: str, group: Sequence[Shown]) -> Sequence[Picture]:
    path = place_by_hash(originals, sha256)
    if path is None:
        return ["the original is missing; restore it from a backup"] * len(group)
    wanted = [Crop(value.row.page, _box(value)) for value in group]
    try:
        return crops(child, path, sha256, wanted)
    except BillclerkError as error:
        return [str(error)] * len(group)


def _box(value: Shown) -> tuple[float, float, float, float]:
    x0, top, x1, bottom = value.row.box
    return x0, top, x1, bottom


def written(
    sample: Sample,
    values: Sequence[Shown],
    pieces: Mapping[int, Picture],
    out: Path,
    own: Path | None = None,
) -> tuple[Path, bool]:
    """Write the page, and beside it the table of answers unless it is there; return which, and if it is new.

    Raises:
        AnswerError: if the table that is there is of another sample.
    """
    table = out.with_suffix(".csv")
    rows = [(value.row.number, value.row.value) for value in values]
    is_new = not table.exists()
    if not is_new and numbers_in(table.read_text(encoding="utf-8-sig")) != [number for number, _ in rows]:
        raise AnswerError(f"{table} is there and of another sample; name another file by --out")
    written_privately(out, page(sample, values, pieces, table.name, own).encode())
    if is_new:
        written_privately(table, table_of(rows).encode())
    return table, is_new


def page(
    sample: Sample,
    values: Sequence[Shown],
    pieces: Mapping[int, Picture],
    table: str,
    own: Path | None = None,
) -> str:
    """Return the page, which names the table beside it; a firm's own template stands in the folder `own`."""
    told = {
        "name": sample.name,
        "at": f"{sample.at:%Y-%m-%d %H:%M} UTC",
        "whole": whole(sample),
        "groups": [
            {"name": name, "drawn": sum(value.row.stratum == name for value in values), "values": length}
            for name, length, _ in sample.strata
        ],
        "table": table,
        "values": [_told(value, pieces[value.row.number]) for value in values],
    }
    return rendered(TEMPLATE, told, own)


def whole(sample: Sample) -> str:
    """Say what a sample is of.

    >>> whole(Sample(of="review", customer_key="bakery"))
    'bills in review, of customer bakery'
    """
    customer = f", of customer {sample.customer_key}" if sample.customer_key else ""
    return f"{WHOLE[sample.of]}{customer}{', of one account' if sample.account else ''}"


def _told(value: Shown, piece: Picture) -> dict[str, Any]:
    row = value.row
    return {
        "number": row.number,
        "what": row.what,
        "said": said(row.kind, row.value),
        "value": row.value,
        "document": value.sha256[:SHORT],
        "page": row.page,
        "state": row.state,
        "source": row.stratum,
        "picture": _inline(piece) if isinstance(piece, bytes) else None,
        "why_not": piece if isinstance(piece, str) else None,
        "answer": value.answer.answer if value.answer else None,
        "printed": (value.answer.printed if value.answer else None) or "",
        "now": value.now,
        "is_outdated": value.is_outdated,
    }


def _inline(piece: bytes) -> str:
    kind = "png" if piece.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(piece).decode()}"
