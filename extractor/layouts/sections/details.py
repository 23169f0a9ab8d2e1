"""The charges area: from `Details of your new charges` to the total, cut from all around it.

A bill has one such block for each provider, service account and period. A block may go on
over several pages; the page header is printed again and is no part of it. On SCE's pages a
sidebar of amounts that are already inside the lines stands to the right of the amounts
(x from about 431 of 612 points); it is cut off by where its own headings begin, because in
the file's order and on the same height it is woven between the charge lines.

Sources: geometry of a TOU-GS-2-E bill of June 2025; CPA's sample bill of 2024.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractor.layouts.sections.charge_lines import amount_at_end, looks_like_charge
from extractor.model import Finding
from extractor.paper import Line, Word
from extractor.sheet import Found, Page

HEADING = re.compile(
    r"^details? of (?:your )?(?:(?P<kind>new|tracked|current) )?charges(?P<more>.*cont.*)?$", re.I
)
MARKER = re.compile(r"details?of(?:your)?(?:new|tracked|current)?charges")
RATE = re.compile(
    r"^(?:your )?rate(?:(?: schedule| plan)?\s*:\s*| (?=(?-i:[A-Z]{2,})))(?P<rate>[^\s:][^:]*)$",
    re.I,
)
TOTAL = re.compile(
    r"^(?:(?:your )?(?:total )?(?:new|tracked|current) charges"
    r"|total (?:of )?(?:your )?(?:new|current|tracked|generation)? ?charges"
    r"|total (?:[\w%'&.]+ ){0,5}(?:electric )?generation charges|total)\b(?P<rest>.*)$",
    re.I,
)
LAST = re.compile(r"^(?:your )?(?:total )?(?:new|tracked|current) charges\b", re.I)
"""The total that ends a block for certain; of other totals it is the last that does."""
RESTART = 4
"""Lines within which a block that begins without a heading prints its period."""

SIDEBAR = re.compile(r"charges include\b:?|additional information:?$", re.M)
PAGE_OF = re.compile(r"[Pp](?:age|AGE) \d+ [oO][fF] \d+$")
SERVICE_HEADER = re.compile(r"^service account\b.*\b(?:service address|pod-id|rotating outage)\b", re.I)
"""The labels of a service's header, in one row; what they name stands close below."""
SUPPLY = "supply/generation"


@dataclass
class Block:
    """The lines of one charges area, heading and total included."""

    first_page: Page
    tracked: bool
    lines: list[Line] = field(default_factory=list)
    closed: bool = False
    pages: list[int] = field(default_factory=list)


def blocks_of(pages: Iterable[Page]) -> list[Block]:
    """Return the charges areas of a bill's pages, in printed order."""
    blocks: list[Block] = []
    for page in pages:
        blocks.extend(_on_page(page, blocks[-1] if blocks and not blocks[-1].closed else None))
    return blocks


def is_details_page(page: Page) -> bool:
    """Tell whether a charges area begins on a page."""
    return MARKER.search(page.squeezed) is not None


def _on_page(page: Page, open_block: Block | None) -> Iterator[Block]:
    """Give the blocks that begin on a page; go on with the one still open from the page before."""
    starting = is_details_page(page)
    if not starting and open_block is None:
        return
    lines: Sequence[Line] = main_column(page)
    if not starting and not any(amount_at_end(line.text) for line in lines):
        return
    block = open_block
    if block is not None:
        own, below = _until_heading(lines)
        if not _continued_by_heading(lines, block):
            _fill(block, page, _without_header(own))
            block = None
        elif any(amount_at_end(line.text) for line in own):
            _fill(block, page, _without_header(own))
        lines = below
    for index, line in enumerate(lines):
        if match := HEADING.match(line.text):
            if block is not None and not block.closed and _is_continuation(lines, index, block):
                continue
            block = Block(page, (match["kind"] or "").lower() == "tracked")
            yield block
        elif block is not None and block.closed and _restarts(lines, index):
            block = Block(page, block.tracked)
            yield block
        if block is not None and not block.closed:
            add_line(block, page, lines, index)


def _restarts(lines: Sequence[Line], at: int) -> bool:
    """Tell whether another block begins below a closed one without a heading: at its rate, or a name."""
    below = lines[at + 1].text if at + 1 < len(lines) else ""
    named = RATE.match(lines[at].text) or (RATE.match(below) and len(lines[at].words) <= 6)
    return bool(named) and any("period" in line.text.lower() for line in lines[at : at + RESTART])


def _continued_by_heading(lines: Sequence[Line], block: Block) -> bool:
    return any(
        HEADING.match(line.text) and _is_continuation(lines, at, block) for at, line in enumerate(lines)
    )


def _is_continuation(lines: Sequence[Line], at: int, block: Block) -> bool:
    """Tell whether a heading repeats the open block's: it says so, or names no rate of its own."""
    match = HEADING.match(lines[at].text)
    if match and match["more"]:
        return True
    return not any(RATE.match(line.text) for line in lines[at + 1 : at + 6]) and not block.closed


def _until_heading(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    for at, line in enumerate(lines):
        if HEADING.match(line.text):
            return list(lines[:at]), list(lines[at:])
    return list(lines), []


def _without_header(lines: list[Line]) -> list[Line]:
    """Drop the page header that a continued block has above its lines."""
    start = next((at + 1 for at, line in enumerate(lines[:6]) if PAGE_OF.search(line.text)), 0)
    for at, line in enumerate(lines[start : start + 2], start):
        if SERVICE_HEADER.search(line.text):
            start = at + 1
            while start < len(lines) and lines[start].top - lines[start - 1].bottom < line.height:
                start += 1
    return lines[start:]


def _fill(block: Block, page: Page, lines: Sequence[Line]) -> None:
    for at in range(len(lines)):
        if not block.closed:
            add_line(block, page, lines, at)


def add_line(block: Block, page: Page, lines: Sequence[Line], at: int) -> None:
    """Add a line to its block, and close the block with its total; page headers are no part of it."""
    line = lines[at]
    if PAGE_OF.search(line.text) and not looks_like_charge(line.text):
        return
    block.lines.append(line)
    if page.number not in block.pages:
        block.pages.append(page.number)
    block.closed = is_total(line) and (
        LAST.match(line.text) is not None or not _total_follows(lines[at + 1 :])
    )


def is_total(line: Line) -> bool:
    """Tell whether a line is a total with its amount."""
    return TOTAL.match(line.text) is not None and amount_at_end(line.text) is not None


def _total_follows(lines: Sequence[Line]) -> bool:
    """Tell whether a block's certain total comes before the next block begins."""
    for line in lines:
        if HEADING.match(line.text) or RATE.match(line.text):
            return False
        if LAST.match(line.text) and is_total(line):
            return True
    return False


def no_total(block: Block, service: int) -> Finding:
    """Return the finding for a block that no total ends."""
    return Finding(
        code="no_total",
        severity="error",
        message="the total of these charges was not found; a page may be missing",
        service=service,
        page=block.pages[-1] if block.pages else block.first_page.number,
    )


def main_column(page: Page) -> tuple[Line, ...]:
    """Return a page's lines without its sidebar, if it has one."""
    edge = sidebar_edge(page)
    if edge is None:
        return page.lines
    parts = [_until(line, edge) for line in page.lines]
    whole = tuple(line for line in parts if line is not None)
    if any(_overlap(above, below) for above, below in pairwise(whole)):  # the sidebar had parted a line
        return page.gathered(word for line in whole for word in line.words)
    return whole


def _until(line: Line, edge: float) -> Line | None:
    """Return the part of a line that stands left of an edge; a page header goes on over the whole width."""
    if line.words[-1].x0 < edge or PAGE_OF.search(line.text):
        return line
    words = [word for word in line.words if word.x0 < edge]
    return Line(words, line.page) if words else None


def _overlap(above: Line, below: Line) -> bool:
    """Tell whether two lines share a height, so that their words may be of one line."""
    first, second = above.words[0], below.words[0]
    return first.top + first.bottom > 2 * second.top or second.top + second.bottom < 2 * first.bottom


def sidebar_edge(page: Page) -> float | None:
    """Return where a page's sidebar begins: the leftmost of its own headings in the right half."""
    edges = [word.x0 for found in page.find(SIDEBAR) for word in _sidebar_word(found, page.width)]
    return min(edges) - 2.0 if edges else None


def _sidebar_word(found: Found, width: float) -> Iterator[Word]:
    """Give the first word of a sidebar heading, which may share its height with a charge line."""
    words = found.line.between(0, found.end)
    start = len(words) - 1
    while start > 0 and _goes_on(words[start - 1], words[start]) and words[start - 1].x0 > width / 2:
        start -= 1
    if words[start].x0 > width / 2:
        yield words[start]


def _goes_on(left: Word, right: Word) -> bool:
    """Tell whether two words are of one heading: near, and the left one is no number of the lines' column."""
    near = right.x0 - left.x1 < 0.8 * (left.bottom - left.top)
    return near and not any(char.isdigit() for char in left.text)
