"""Mutations of lines, headings and pages: dropped, doubled, exchanged, moved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random

from extractor.layouts.sections.details import main_column
from extractor.paper import Line, Word
from extractor.sheet import Page
from tests.extractor.mutation_tools import (
    AMOUNT,
    DATE,
    NUMBER,
    RESPONSIBILITY,
    SECTIONS,
    UNIT,
    Pages,
    any_page,
    any_word,
    charge_rows,
    reword,
    rows,
    telling,
    with_page,
    with_texts,
    with_words,
)


def reworded(page: Page, said: str, misread: str) -> Page:
    """Return a page on which some words in a row say something else, word by word; `~` is a word that is lost."""
    old, new = said.split(), misread.split()
    assert len(old) == len(new), (said, misread)
    for line in page.lines:
        texts = [word.text for word in line.words]
        for at in range(len(texts) - len(old) + 1):
            if texts[at : at + len(old)] == old:
                changed = dict(zip(line.words[at : at + len(old)], new, strict=True))
                left = [word for word in page.words if changed.get(word) != "~"]
                return with_texts(with_words(page, left), {w: t for w, t in changed.items() if t != "~"})
    raise ValueError(f"page {page.number} does not say {said!r}")


def _line(page: Page, said: str) -> Line:
    return next(line for line in rows(page) if said in line.text)


def exchanged(page: Page, one: str, other: str) -> Page:
    """Return a page on which the first lines that say this and that have changed places."""
    return _swapped(page, _line(page, one).words, _line(page, other).words)


def printed_twice(page: Page, said: str) -> Page:
    """Return a page on which a line is there twice, what stands below it moved down."""
    line, by = _line(page, said), _pitch(rows(page))
    return _shifted(page, line, by, also=tuple(_moved(line.words, by)))


def _swapped(page: Page, one: Sequence[Word], other: Sequence[Word]) -> Page:
    by = other[-1].top - one[-1].top
    stay = [word for word in page.words if word not in one and word not in other]
    return with_words(page, [*stay, *_moved(one, by), *_moved(other, -by)])


# --- lines -------------------------------------------------------------------------------------


def _pitch(lines: Sequence[Line]) -> float:
    steps = sorted(below.bottom - above.bottom for above, below in pairwise(lines))
    return max(steps[len(steps) // 2], 4.0) if steps else 10.0


def _moved(words: Sequence[Word], by: float) -> Iterator[Word]:
    for word in words:
        yield word._replace(top=word.top + by, bottom=word.bottom + by)


def _shifted(
    page: Page, line: Line, by: float, without: Sequence[Word] = (), also: Sequence[Word] = ()
) -> Page:
    """Return a page whose column of `line` moves, all below the line by some points."""
    column = {word for row in rows(page) for word in row.words if word.top > line.bottom - 1}
    stay = [word for word in page.words if word not in column and word not in without]
    return with_words(page, [*stay, *_moved([word for word in page.words if word in column], by), *also])


def _row(chance: Random, pages: Pages, choose: Callable[[Page], list[Line]]) -> tuple[Page, Line] | None:
    found = [(page, line) for page in telling(pages) for line in choose(page)]
    return chance.choice(found) if found else None


def drop_line(chance: Random, pages: Pages) -> Pages | None:
    """A line is not there; what stands below it may have moved up."""
    chosen = _row(chance, pages, chance.choice((rows, charge_rows)))
    if chosen is None:
        return None
    page, line = chosen
    by = -_pitch(rows(page)) if chance.random() < 0.5 else 0.0
    return with_page(pages, _shifted(page, line, by, without=line.words))


def duplicate_line(chance: Random, pages: Pages) -> Pages | None:
    """A line is there twice, what stands below it moved down."""
    chosen = _row(chance, pages, chance.choice((rows, charge_rows)))
    if chosen is None:
        return None
    page, line = chosen
    by = _pitch(rows(page))
    return with_page(pages, _shifted(page, line, by, also=tuple(_moved(line.words, by))))


def swap_lines(chance: Random, pages: Pages) -> Pages | None:
    """Two lines with amounts, not far apart, have changed places.

    Nothing tells which is which of two lines with one label (delivery and generation print the
    same kWh), or of cost responsibility lines, whose place on a CCA customer's bill is not known.
    """
    page = any_page(chance, pages)
    lines = charge_rows(page) if page else []
    if page is None or len(lines) < 2:
        return None
    at = chance.randrange(len(lines) - 1)
    one, other = lines[at], lines[min(at + chance.choice((1, 1, 2, 5)), len(lines) - 1)]
    texts = [" ".join(word.text for word in _label(line)) for line in (one, other)]
    if texts[0] == texts[1] or all(RESPONSIBILITY.search(text) for text in texts):
        return None
    return with_page(pages, _swapped(page, one.words, other.words))


def swap_labels(chance: Random, pages: Pages) -> Pages | None:
    """Two charge lines that are counted in different units have changed labels."""
    page = any_page(chance, pages)
    lines = charge_rows(page) if page else []
    if page is None or len(lines) < 2:
        return None
    one, other = chance.sample(lines, 2)
    if _units(one) == _units(other):
        return None  # nothing on a bill tells which of two such lines is which
    by = other.words[-1].top - one.words[-1].top
    labels = [_label(one), _label(other)]
    stay = [word for word in page.words if word not in labels[0] and word not in labels[1]]
    return with_page(pages, with_words(page, [*stay, *_moved(labels[0], by), *_moved(labels[1], -by)]))


def _units(line: Line) -> list[str]:
    return [word.text for word in line.words if UNIT.fullmatch(word.text)]


def _label(line: Line) -> list[Word]:
    """Return the words up to the first number that is followed by a unit, a sign or nothing."""
    for at, word in enumerate(line.words):
        if (
            at
            and NUMBER.fullmatch(word.text.strip("()"))
            and "$" in line.text[len(" ".join(w.text for w in line.words[:at])) :]
        ):
            return list(line.words[:at])
    return list(line.words[:-1])


# --- headings ----------------------------------------------------------------------------------


def _headings(page: Page) -> list[Line]:
    """Return the lines without a number among the charges."""
    lines = rows(page)
    amounts = [at for at, line in enumerate(lines) if AMOUNT.fullmatch(line.words[-1].text)]
    inside = lines[max(0, amounts[0] - 4) : amounts[-1]] if amounts and "Details of your" in page.text else []
    return [line for line in inside if not re.search(r"\d", line.text)]


def drop_heading(chance: Random, pages: Pages) -> Pages | None:
    """A heading is not there, and its place is empty."""
    chosen = _row(chance, pages, _headings)
    if chosen is None:
        return None
    page, line = chosen
    return with_page(pages, with_words(page, [word for word in page.words if word not in line.words]))


def swap_headings(chance: Random, pages: Pages) -> Pages | None:
    """Two headings have changed places."""
    page = any_page(chance, pages)
    lines = _headings(page) if page else []
    if page is None or len(lines) < 2:
        return None
    one, other = chance.sample(lines, 2)
    by = other.words[0].top - one.words[0].top
    stay = [word for word in page.words if word not in one.words and word not in other.words]
    return with_page(pages, with_words(page, [*stay, *_moved(one.words, by), *_moved(other.words, -by)]))


def change_heading(chance: Random, pages: Pages) -> Pages | None:
    """A heading says another section, or Demand for Energy."""
    found = [
        (page, word)
        for page in telling(pages)
        for line in _headings(page)
        for word in line.words[:1]
        if word.text in SECTIONS or re.match("Energy|Demand", word.text)
    ]

    def changed(text: str) -> str:
        if text in SECTIONS:
            return chance.choice(SECTIONS)
        return (
            text.replace("Energy", "Demand")
            if text.startswith("Energy")
            else text.replace("Demand", "Energy")
        )

    return reword(pages, any_word(chance, found), changed)


# --- pages -------------------------------------------------------------------------------------


def drop_page(chance: Random, pages: Pages) -> Pages | None:
    """A page is not there."""
    page = any_page(chance, pages)
    left = tuple(one for one in pages if one is not page)
    return left or None


def swap_pages(chance: Random, pages: Pages) -> Pages | None:
    """Two pages have changed places."""
    if len(pages) < 2:
        return None
    one, other = chance.sample(range(len(pages)), 2)
    order = list(pages)
    order[one], order[other] = order[other], order[one]
    return renumbered(order)


def duplicate_page(chance: Random, pages: Pages) -> Pages | None:
    """A page is there twice."""
    page = any_page(chance, pages)
    if page is None:
        return None
    order = list(pages)
    order.insert(chance.randrange(len(order) + 1), page)
    return renumbered(order)


def renumbered(pages: Sequence[Page]) -> Pages:
    """Return pages counted from 1 in this order."""
    return tuple(
        page if page.number == number else Page(number, page.width, page.height, page.words, page.source)
        for number, page in enumerate(pages, 1)
    )


def move_sidebar(chance: Random, pages: Pages) -> Pages | None:
    """The sidebar stands further left or right, up to into the amounts."""
    found = [page for page in telling(pages) if main_column(page) != page.lines]
    if not found:
        return None
    page = chance.choice(found)
    column = {word for line in main_column(page) for word in line.words}
    by = chance.uniform(-80.0, 20.0)
    words = [
        word if word in column else word._replace(x0=word.x0 + by, x1=word.x1 + by) for word in page.words
    ]
    return with_page(pages, with_words(page, words))


def move_period(chance: Random, pages: Pages) -> Pages | None:
    """A billing period is as many days earlier or later at both ends, where its charges begin."""
    found = [
        (page, line)
        for page in telling(pages)
        for line in page.lines
        if re.search(r"billing period", line.text, re.I) and len(DATE.findall(line.text)) == 2
    ]
    if not found:
        return None
    page, line = chance.choice(found)
    by = dt.timedelta(days=chance.choice((-40, -30, -10, -2, -1, 1, 2, 10, 365, -365)))
    new = {text: _later(text, by) for text in DATE.findall(line.text)}
    texts = {word: new[word.text] for word in line.words if word.text in new}
    return with_page(pages, with_texts(page, texts))


def _later(text: str, by: dt.timedelta) -> str:
    month, day, year = (int(part) for part in text.split("/"))
    return f"{dt.date(2000 + year, month, day) + by:%m/%d/%y}"
