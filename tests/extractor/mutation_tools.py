"""Pages of words that can be changed, and what a mutation may look for on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
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
    return with_words(page, [saying(word, texts[word]) if word in texts else word for word in page.words])


def saying(word: Word, text: str) -> Word:
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


def any_word(chance: Random, found: Sequence[tuple[Page, Word]]) -> tuple[Page, Word] | None:
    return chance.choice(found) if found else None


def words_like(pages: Pages, wanted: re.Pattern[str]) -> list[tuple[Page, Word]]:
    return [(page, word) for page in telling(pages) for word in page.words if wanted.search(word.text)]


def reword(pages: Pages, found: tuple[Page, Word] | None, change: Callable[[str], str]) -> Pages | None:
    if found is None:
        return None
    page, word = found
    text = change(word.text)
    return with_page(pages, with_texts(page, {word: text})) if text not in ("", word.text) else None


def any_page(chance: Random, pages: Pages) -> Page | None:
    found = telling(pages)
    return chance.choice(found) if found else None


# --- single words ------------------------------------------------------------------------------
