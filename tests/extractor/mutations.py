"""What can go wrong with the words of a page, one operator each: a misread digit, a lost line, a moved sidebar.

An operator takes a source of chance and a file's pages and returns other pages, or None where
there is nothing to change. Pages are never changed in place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random

from extractor.layouts.sections.details import main_column
from extractor.paper import Line, Word
from extractor.sheet import Page

Pages = tuple[Page, ...]
Operator = Callable[[Random, Pages], Pages | None]

AMOUNT = re.compile(r"-?\(?-?\$?[\d,]*\.\d\d\)?-?")
NUMBER = re.compile(r"-?\$?[\d,]*\.?\d+%?")
DATE = re.compile(r"\d\d/\d\d/\d\d")
UNIT = re.compile("kWh|kW|kVar|days")
RESPONSIBILITY = re.compile(
    r"\b(?:municipal|wildfire|vintage|PCIA|indifference|CTC|competition|recovery)\b", re.I
)
SHARE = re.compile(r"(\d+)/(\d+)")
PRICE_PERIODS = ("On", "Mid", "Off", "On-Peak", "Mid-Peak", "Off-Peak", "OfPk")
SECTIONS = ("Delivery", "Generation", "Other")
TELLING = re.compile(
    r"details of your|datebillprepared|date bill prepared|billing cycle|avg\. cost|billing detail|\d (?:kWh|kW) ?[x@]",
    re.I,
)


# --- pages and their words ---------------------------------------------------------------------


def with_words(page: Page, words: Sequence[Word]) -> Page:
    """Return a page with other words."""
    return Page(page.number, page.width, page.height, tuple(words), page.source)


def with_texts(page: Page, texts: dict[Word, str]) -> Page:
    """Return a page some of whose words say something else."""
    return with_words(page, [_saying(word, texts[word]) if word in texts else word for word in page.words])


def _saying(word: Word, text: str) -> Word:
    """Return a word that says something else, as wide as its letters were, its right edge where it was."""
    width = (word.x1 - word.x0) * len(text) / len(word.text)
    return word._replace(text=text, x0=word.x1 - width)


def with_page(pages: Pages, page: Page) -> Pages:
    """Return the pages, one of them replaced by the page of the same number."""
    return tuple(page if page.number == one.number else one for one in pages)


def telling(pages: Pages) -> list[Page]:
    """Return the pages that carry something of a record; the others are boilerplate."""
    return [page for page in pages if TELLING.search(page.text)]


def rows(page: Page) -> list[Line]:
    """Return the lines of a page without its sidebar."""
    return [line for line in main_column(page) if line.words]


def charge_rows(page: Page) -> list[Line]:
    """Return the lines from the head of the charges to their total; on other pages all that end with an amount."""
    return [line for line in rows(page) if AMOUNT.fullmatch(line.words[-1].text)]


def _any(chance: Random, found: Sequence[tuple[Page, Word]]) -> tuple[Page, Word] | None:
    return chance.choice(found) if found else None


def _words(pages: Pages, wanted: re.Pattern[str]) -> list[tuple[Page, Word]]:
    return [(page, word) for page in telling(pages) for word in page.words if wanted.search(word.text)]


def _reword(pages: Pages, found: tuple[Page, Word] | None, change: Callable[[str], str]) -> Pages | None:
    if found is None:
        return None
    page, word = found
    text = change(word.text)
    return with_page(pages, with_texts(page, {word: text})) if text not in ("", word.text) else None


def _page(chance: Random, pages: Pages) -> Page | None:
    found = telling(pages)
    return chance.choice(found) if found else None


# --- single words ------------------------------------------------------------------------------


def other_digit(chance: Random, text: str) -> str:
    """Return a text with one of its digits changed."""
    at = chance.choice([at for at, char in enumerate(text) if char.isdigit()])
    return text[:at] + chance.choice([digit for digit in "0123456789" if digit != text[at]]) + text[at + 1 :]


def change_digit(chance: Random, pages: Pages) -> Pages | None:
    """One digit of a word is another."""
    return _reword(
        pages, _any(chance, _words(pages, re.compile(r"\d"))), lambda text: other_digit(chance, text)
    )


def change_amount(chance: Random, pages: Pages) -> Pages | None:
    """One digit of an amount is another."""
    found = [
        (page, word) for page, word in _words(pages, re.compile(r"\.\d\d")) if AMOUNT.fullmatch(word.text)
    ]
    return _reword(pages, _any(chance, found), lambda text: other_digit(chance, text))


def change_sum(chance: Random, pages: Pages) -> Pages | None:
    """One digit of a subtotal, a total or a balance is another."""
    found = [
        (page, line.words[-1])
        for page in telling(pages)
        for line in charge_rows(page)
        if re.search(r"total|your new charges|balance|amount", line.text, re.I)
    ]
    return _reword(pages, _any(chance, found), lambda text: other_digit(chance, text))


def drop_word(chance: Random, pages: Pages) -> Pages | None:
    """A word is not there."""
    page = _page(chance, pages)
    if page is None:
        return None
    word = chance.choice([word for line in rows(page) for word in line.words])
    return with_page(pages, with_words(page, [one for one in page.words if one != word]))


def lose_sign(chance: Random, pages: Pages) -> Pages | None:
    """A number has the other sign."""
    found = [(page, word) for page, word in _words(pages, NUMBER) if NUMBER.fullmatch(word.text)]
    return _reword(pages, _any(chance, found), lambda text: text[1:] if text[0] == "-" else f"-{text}")


def lose_point(chance: Random, pages: Pages) -> Pages | None:
    """A number has lost its decimal point."""
    return _reword(
        pages, _any(chance, _words(pages, re.compile(r"\d\.\d"))), lambda text: text.replace(".", "")
    )


def lose_comma(chance: Random, pages: Pages) -> Pages | None:
    """A number has lost a thousands comma, or the comma became a point."""
    mark = chance.choice(("", "."))
    return _reword(
        pages, _any(chance, _words(pages, re.compile(r"\d,\d"))), lambda text: text.replace(",", mark, 1)
    )


def change_unit(chance: Random, pages: Pages) -> Pages | None:
    """A unit is another."""
    return _reword(
        pages,
        _any(chance, _words(pages, re.compile(r"^(?:kWh|kW|kVar|days)$"))),
        lambda text: chance.choice([unit for unit in ("kWh", "kW", "kVar", "days") if unit != text]),
    )


def change_share(chance: Random, pages: Pages) -> Pages | None:
    """In a proration n/N one of the two is another, or both are."""
    found = [(page, word) for page, word in _words(pages, SHARE) if SHARE.fullmatch(word.text)]

    def changed(text: str) -> str:
        part, _, whole = text.partition("/")
        match chance.randrange(3):
            case 0:
                return f"{other_digit(chance, part)}/{whole}"
            case 1:
                return f"{part}/{other_digit(chance, whole)}"
        return f"{int(part) + 1}/{int(whole) + 1}"

    return _reword(pages, _any(chance, found), changed)


def change_price_period(chance: Random, pages: Pages) -> Pages | None:
    """A label names another price period."""
    found = [(page, word) for page, word in _words(pages, re.compile(r".")) if word.text in PRICE_PERIODS]
    return _reword(pages, _any(chance, found), lambda text: chance.choice(PRICE_PERIODS))


def change_season(chance: Random, pages: Pages) -> Pages | None:
    """A heading, a label or a bracket names the other season."""
    found = _any(chance, _words(pages, re.compile("Summer|Winter")))
    swap = {"Summer": "Winter", "Winter": "Summer"}
    return _reword(pages, found, lambda text: re.sub("Summer|Winter", lambda match: swap[match[0]], text))


def swap_words(chance: Random, pages: Pages) -> Pages | None:
    """Two words of one kind have changed places."""
    page = _page(chance, pages)
    if page is None:
        return None
    kind = chance.choice((AMOUNT, NUMBER, DATE, SHARE, re.compile(r"\$\d.*"), re.compile(r"\S+")))
    found = [word for line in rows(page) for word in line.words if kind.fullmatch(word.text)]
    if len(found) < 2:
        return None
    at = chance.randrange(len(found) - 1)
    one, other = (found[at], found[at + 1]) if chance.random() < 0.5 else chance.sample(found, 2)
    if one.text == other.text or any(
        {one, other} <= set(line.words) and " @ " in line.text for line in rows(page)
    ):
        return None  # a CCA's demand and its rate bear no signs that tell them apart
    return with_page(pages, with_texts(page, {one: other.text, other: one.text}))


def join_words(chance: Random, pages: Pages) -> Pages | None:
    """The space between two words is lost."""
    page = _page(chance, pages)
    line = chance.choice(rows(page)) if page else None
    if page is None or line is None or len(line.words) < 2:
        return None
    at = chance.randrange(len(line.words) - 1)
    one, other = line.words[at : at + 2]
    joined = one._replace(text=one.text + other.text, x1=other.x1)
    words = [joined if word == one else word for word in page.words if word != other]
    return with_page(pages, with_words(page, words))


def split_word(chance: Random, pages: Pages) -> Pages | None:
    """A word falls into two."""
    found = _any(chance, _words(pages, re.compile(r"\d\S*\d")))
    if found is None:
        return None
    page, word = found
    at = chance.randrange(1, len(word.text))
    middle = word.x0 + (word.x1 - word.x0) * at / len(word.text)
    gap = 0.12 * (word.bottom - word.top)
    parts = (
        word._replace(text=word.text[:at], x1=middle - gap),
        word._replace(text=word.text[at:], x0=middle + gap),
    )
    return with_page(pages, with_words(page, [*(one for one in page.words if one != word), *parts]))


# --- changes that are named, not left to chance -------------------------------------------------


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
    page = _page(chance, pages)
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
    page = _page(chance, pages)
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
    page = _page(chance, pages)
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

    return _reword(pages, _any(chance, found), changed)


# --- pages -------------------------------------------------------------------------------------


def drop_page(chance: Random, pages: Pages) -> Pages | None:
    """A page is not there."""
    page = _page(chance, pages)
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
    page = _page(chance, pages)
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


OPERATORS: tuple[Operator, ...] = (
    change_digit,
    change_amount,
    change_sum,
    drop_word,
    lose_sign,
    lose_point,
    lose_comma,
    change_unit,
    change_share,
    change_price_period,
    change_season,
    swap_words,
    join_words,
    split_word,
    drop_line,
    duplicate_line,
    swap_lines,
    swap_labels,
    drop_heading,
    swap_headings,
    change_heading,
    drop_page,
    swap_pages,
    duplicate_page,
    move_sidebar,
    move_period,
)
