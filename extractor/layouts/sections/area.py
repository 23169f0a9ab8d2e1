"""Reading a charges area line by line: charge lines, headings, wrapped labels, and what is left over.

Every word of the area has to end up somewhere. A line that ends with an amount is a charge
(or a sum); a line without one is a known heading, the rest of a label that did not fit, or a
heading we do not know; anything else is left over and makes the service doubtful.

A label wraps only where the next word would not have fitted in front of the arithmetic, after
a dash that promises more (`Lean Power - Super OfPk -` / `Winter`), or before words that only
name a price period or season.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from extractor.layouts.sections.charge_lines import ChargeLine, looks_like_charge, parse
from extractor.layouts.sections.vocabulary import season_of, tou_of, vintage_of
from extractor.layouts.sections.wordlist import is_known, may_be_glued, words
from extractor.model import Charge, Component, Evidence, Finding, Season, Section
from extractor.paper import Line, Word, box_of

DASH = re.compile(r"\s*[-\u2013\u2014]\s*$")
LONGEST_REST = 8
"""Words at most in the part of a label that stands on a line of its own."""

LEADING_DASH = re.compile(r"^[-\u2013\u2014]\s")
PERIOD_WORD = re.compile(r"(?:on|mid|off?|super|peak|pk|ofpk|summer|winter|-)(?:-?(?:peak|pk))?", re.I)
"""A word that names a price period or season: alone on a line, the end of a label that wrapped."""

NO_LABEL = re.compile(
    r":|\d{5,}|^(?:delivery|generation|other) ?charges?\b|^sub-? ?total\b|^your new charges\b", re.I
)
"""What no part of a label has: a colon, an account's number, the words of a section's heading or a sum."""

LOOSE_HEADING = re.compile(
    r"^[A-Z][\w&()'/,. -]*\b(?i:charges?|credits?|surcharges?|participation|program|adjustments?"
    r"|fees?|CRS|\([A-Z]+s?\))(?:\s*\([A-Za-z]+\))?:?$"
)
PITCH_GAP = 1.6
"""A step of more than this many line pitches leaves room for a line that was not read."""
GUTTER = 1.0
"""The space that is kept between labels and numbers, as a share of the height of a line."""

INDENT = 3.0
"""Points by which a line stands to the right of its group's heading, at least."""

INDENTED = 15.0
"""Points by which the parts of one wrapped label may stand apart at the left."""

RUN = 1.5
"""Words of one label stand nearer to one another than this many heights."""
ALIKE = 0.25
"""Lines of one label differ in height by less than this share."""


MARKED = re.compile(r"[A-Za-z].*[.,:;!?*\"]|[.,:;!?*\"].*[A-Za-z]")
"""A word with a mark that labels seldom have, and specks look like."""

ABBREVIATED = 5
"""Signs of a word with a full stop up to which it may stand for a longer one."""
DOUBTED = 0.5
"""Confidence of a label that only recognition speaks for."""


@dataclass
class Item:
    """One logical line of the area: a charge with its whole label, or a text line."""

    words: list[Word]
    page: int
    text: str
    top: float
    x0: float
    charge: ChargeLine | None = None
    label_words: tuple[Word, ...] = ()
    numbers_left: float = 0.0
    """Left edge of what follows the label."""
    gap_above: bool = False
    step: float = 0.0
    """The step down from the line above, in line pitches; 0 where the line is the first of its page."""

    @property
    def label(self) -> str:
        """The label, wrapped words rejoined, without a trailing dash; without specks if it was recognised."""
        text = DASH.sub("", " ".join(word.text for word in self.label_words)).strip()
        return _without_specks(text) if self.is_recognised else text

    @property
    def is_recognised(self) -> bool:
        """Whether it was read by OCR."""
        return any(word.confidence is not None for word in self.words)

    @property
    def label_right(self) -> float:
        """Right edge of the label's last word."""
        return self.label_words[-1].x1 if self.label_words else self.x0


def items_of(lines: Sequence[Line]) -> list[Item]:
    """Return the area's lines as items, charges parsed, larger steps between lines marked."""
    items = [_item(line) for line in lines]
    pitch = _pitch(lines)
    for (above, below), item in zip(pairwise(lines), items[1:], strict=True):
        item.step = (below.bottom - above.bottom) / pitch if above.page == below.page and pitch > 0 else 0.0
        item.gap_above = item.step > PITCH_GAP
    return items


def _item(line: Line) -> Item:
    charge = parse(line.text)
    label = line.between(0, charge.label_end) if charge else ()
    numbers = line.words[len(label)].x0 if 0 < len(label) < len(line.words) else line.x1
    return Item(list(line.words), line.page, line.text, line.top, line.x0, charge, label, numbers)


def _pitch(lines: Sequence[Line]) -> float:
    steps = sorted(b.bottom - a.bottom for a, b in pairwise(lines) if a.page == b.page)
    return steps[len(steps) // 2] if steps else 0.0


def numbers_column(items: Sequence[Item]) -> float:
    """Return where the arithmetic of a block begins, at its leftmost."""
    edges = [item.numbers_left for item in items if item.charge and item.charge.quantity is not None]
    return min(edges, default=min((i.numbers_left for i in items if i.charge), default=0.0))


def rejoined(items: Sequence[Item], is_heading: Callable[[Item], bool]) -> list[Item]:
    """Return the items with wrapped labels made whole; known headings are never part of a label."""
    column = numbers_column(items)
    whole: list[Item] = []
    waiting: list[Item] = []  # text lines that may begin the label of the charge below them
    for item, below in zip_longest(items, items[1:]):
        above = whole[-1] if whole else None
        if item.charge is None and not is_heading(item):
            if _heads_the_line_below(item, below):
                whole.extend((*waiting, item))
                waiting = []
            elif above is not None and not waiting and _wraps_after(above, item, column):
                _join_after(above, item)
            else:
                waiting.append(item)
            continue
        if len(waiting) == 1 and _wraps_before(waiting[0], item, column):
            _join_before(waiting.pop(), item)
        whole.extend((*waiting, item))
        waiting = []
    return [*whole, *waiting]


def _heads_the_line_below(text: Item, below: Item | None) -> bool:
    """Tell whether a text line is a heading that we do not know: the charge below it stands indented."""
    indented = below is not None and below.charge is not None and below.x0 > text.x0 + INDENT
    return indented and is_loose_heading(text)


def _wraps_after(item: Item, text: Item, column: float) -> bool:
    """Tell whether `text` is the rest of the label of the charge line above it."""
    if item.charge is None or _is_no_label(text, item) or not _in_one_print(item, text):
        return False
    promised = DASH.search(" ".join(word.text for word in item.label_words)) or LEADING_DASH.match(text.text)
    if promised or (" - " in item.label and _names_the_rest(item.label, text)):
        return len(text.words) <= 4
    if item.page != text.page:
        return False
    return _would_not_fit(item.label_right, text.words[0], column)


def _wraps_before(text: Item, item: Item, column: float) -> bool:
    """Tell whether `text` is the beginning of the label of the charge line below it."""
    if (
        item.charge is None
        or _is_no_label(text, item)
        or item.page != text.page
        or not _in_one_print(item, text)
    ):
        return False
    if is_loose_heading(text) and item.x0 > text.x0 + INDENT:
        return False
    return _would_not_fit(text.words[-1].x1, item.label_words[0], column)


def _names_the_rest(label: str, text: Item) -> bool:
    """Tell whether a line names a price period or season alone, and one that the label does not name yet."""
    named = any(find(label) and find(text.text) for find in (tou_of, season_of))
    return not named and all(PERIOD_WORD.fullmatch(word.text) for word in text.words)


def _in_one_print(item: Item, text: Item) -> bool:
    """Tell whether a text line may be of a label: at its left edge, as tall, and its words in one run."""
    tall, other = (line.words[0].bottom - line.words[0].top for line in (item, text))
    run = all(right.x0 - left.x1 < RUN * tall for left, right in pairwise(text.words))
    return run and abs(item.x0 - text.x0) <= INDENTED and abs(tall - other) < ALIKE * tall


def _is_no_label(text: Item, item: Item) -> bool:
    """Tell whether a text line is no part of a label: an amount, a number, a title, a sentence."""
    sentence = len(text.text.split()) > LONGEST_REST
    title = text.text.isupper() and not item.label.isupper() and re.search(r"[A-Z]{5}", text.text) is not None
    return sentence or title or looks_like_charge(text.text) or NO_LABEL.search(text.text) is not None


def _would_not_fit(right: float, word: Word, edge: float) -> bool:
    em = word.bottom - word.top
    return right + 0.3 * em + 0.9 * (word.x1 - word.x0) > edge - GUTTER * em


def _join_after(item: Item, text: Item) -> None:
    item.label_words += tuple(text.words)
    item.words.extend(text.words)
    item.text = f"{item.text} {text.text}"


def _join_before(text: Item, item: Item) -> None:
    item.label_words = (*text.words, *item.label_words)
    item.words = [*text.words, *item.words]
    item.text = f"{text.text} {item.text}"
    item.x0 = min(item.x0, text.x0)
    item.gap_above, item.step = text.gap_above, text.step


def is_loose_heading(item: Item) -> bool:
    """Tell whether a text line reads like a heading that we do not know by name."""
    return item.charge is None and not looks_like_charge(item.text) and bool(LOOSE_HEADING.match(item.text))


def left_over(item: Item, service: int) -> Finding:
    """Return the finding for a line that could not be read, or words that belong to nothing."""
    if looks_like_charge(item.text):
        message = f"a line among the charges could not be read: {item.text!r}"
        return doubt("unread_line", message, item, service)
    return doubt("unread_words", f"words among the charges belong to no line: {item.text!r}", item, service)


def doubt(code: str, message: str, item: Item, service: int) -> Finding:
    """Return an error finding about a line of the area."""
    return Finding(
        code=code,
        severity="error",
        message=message,
        service=service,
        page=item.page,
        bbox=box_of(item.words),
    )


def _without_specks(label: str) -> str:
    """Return a recognised label without full stops behind its words, which no label that is listed has.

    >>> _without_specks("Anytown UUT."), _without_specks("Mid peak"), _without_specks("Anytown St.")
    ('Anytown UUT', 'Mid peak', 'Anytown St.')
    >>> _without_specks("Energy. Surcharge"), _without_specks("No. 5 lamp")
    ('Energy Surcharge', 'No. 5 lamp')
    """
    *first, last = label.split(" ")
    inner = (_without_a_speck(word) if len(word) > ABBREVIATED else word for word in first)
    return " ".join((*inner, _without_a_speck(last)))


def _without_a_speck(word: str) -> str:
    core = word.rstrip(".,:;")
    return core if core in words() and word not in words() else word


def _may_be_misread(word: str, component: Component) -> bool:
    """Tell whether a recognised word of a label may be another, however often it was read alike.

    Nothing holds the words of a label but the word list; only a city's tax is called by the city. No reading
    tells two words that are set close from one, a full stop from a speck, or a letter from a pen's stroke.
    """
    unlisted = word.isalpha() and not is_known(word) and component != Component.UUT
    alone = len(word) == 1 and word.isalpha()
    marked = MARKED.search(word) is not None and word not in words()
    return unlisted or alone or marked or may_be_glued(word)


def charge_of(
    item: Item, line: int, section: Section, component: Component, group: str | None, season: Season | None
) -> Charge:
    """Return the charge that a line of the area is, with its place."""
    charge, label = item.charge, item.label
    assert charge is not None
    sure = [word.confidence for word in item.words if word.confidence is not None]
    parts = (part for part in label.split())
    if sure and (component == Component.UNKNOWN or any(_may_be_misread(part, component) for part in parts)):
        sure.append(DOUBTED)
    return Charge(
        line=line,
        section=section,
        component=component,
        group=group,
        label=label,
        tou=tou_of(label),
        season=season,
        vintage=vintage_of(label),
        quantity=charge.quantity,
        unit=charge.unit,
        rate=charge.rate,
        days=charge.days,
        amount=charge.amount,
        evidence=Evidence(
            page=item.page, bbox=box_of(item.words), text=item.text, confidence=min(sure, default=None)
        ),
    )
