"""Mutations of single words: a digit, a sign, a point, a unit, a price period."""

from __future__ import annotations

import re
from random import Random

from tests.extractor.mutation_tools import (
    AMOUNT,
    DATE,
    NUMBER,
    PRICE_PERIODS,
    SHARE,
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
    words_like,
)


def other_digit(chance: Random, text: str) -> str:
    """Return a text with one of its digits changed."""
    at = chance.choice([at for at, char in enumerate(text) if char.isdigit()])
    return text[:at] + chance.choice([digit for digit in "0123456789" if digit != text[at]]) + text[at + 1 :]


def change_digit(chance: Random, pages: Pages) -> Pages | None:
    """One digit of a word is another."""
    return reword(
        pages, any_word(chance, words_like(pages, re.compile(r"\d"))), lambda text: other_digit(chance, text)
    )


def change_amount(chance: Random, pages: Pages) -> Pages | None:
    """One digit of an amount is another."""
    found = [
        (page, word) for page, word in words_like(pages, re.compile(r"\.\d\d")) if AMOUNT.fullmatch(word.text)
    ]
    return reword(pages, any_word(chance, found), lambda text: other_digit(chance, text))


def change_sum(chance: Random, pages: Pages) -> Pages | None:
    """One digit of a subtotal, a total or a balance is another."""
    found = [
        (page, line.words[-1])
        for page in telling(pages)
        for line in charge_rows(page)
        if re.search(r"total|your new charges|balance|amount", line.text, re.I)
    ]
    return reword(pages, any_word(chance, found), lambda text: other_digit(chance, text))


def drop_word(chance: Random, pages: Pages) -> Pages | None:
    """A word is not there."""
    page = any_page(chance, pages)
    if page is None:
        return None
    word = chance.choice([word for line in rows(page) for word in line.words])
    return with_page(pages, with_words(page, [one for one in page.words if one != word]))


def lose_sign(chance: Random, pages: Pages) -> Pages | None:
    """A number has the other sign."""
    found = [(page, word) for page, word in words_like(pages, NUMBER) if NUMBER.fullmatch(word.text)]
    return reword(pages, any_word(chance, found), lambda text: text[1:] if text[0] == "-" else f"-{text}")


def lose_point(chance: Random, pages: Pages) -> Pages | None:
    """A number has lost its decimal point."""
    return reword(
        pages, any_word(chance, words_like(pages, re.compile(r"\d\.\d"))), lambda text: text.replace(".", "")
    )


def lose_comma(chance: Random, pages: Pages) -> Pages | None:
    """A number has lost a thousands comma, or the comma became a point."""
    mark = chance.choice(("", "."))
    return reword(
        pages,
        any_word(chance, words_like(pages, re.compile(r"\d,\d"))),
        lambda text: text.replace(",", mark, 1),
    )


def change_unit(chance: Random, pages: Pages) -> Pages | None:
    """A unit is another."""
    return reword(
        pages,
        any_word(chance, words_like(pages, re.compile(r"^(?:kWh|kW|kVar|days)$"))),
        lambda text: chance.choice([unit for unit in ("kWh", "kW", "kVar", "days") if unit != text]),
    )


def change_share(chance: Random, pages: Pages) -> Pages | None:
    """In a proration n/N one of the two is another, or both are."""
    found = [(page, word) for page, word in words_like(pages, SHARE) if SHARE.fullmatch(word.text)]

    def changed(text: str) -> str:
        part, _, whole = text.partition("/")
        match chance.randrange(3):
            case 0:
                return f"{other_digit(chance, part)}/{whole}"
            case 1:
                return f"{part}/{other_digit(chance, whole)}"
        return f"{int(part) + 1}/{int(whole) + 1}"

    return reword(pages, any_word(chance, found), changed)


def change_price_period(chance: Random, pages: Pages) -> Pages | None:
    """A label names another price period."""
    found = [(page, word) for page, word in words_like(pages, re.compile(r".")) if word.text in PRICE_PERIODS]
    return reword(pages, any_word(chance, found), lambda text: chance.choice(PRICE_PERIODS))


def change_season(chance: Random, pages: Pages) -> Pages | None:
    """A heading, a label or a bracket names the other season."""
    found = any_word(chance, words_like(pages, re.compile("Summer|Winter")))
    swap = {"Summer": "Winter", "Winter": "Summer"}
    return reword(pages, found, lambda text: re.sub("Summer|Winter", lambda match: swap[match[0]], text))


def swap_words(chance: Random, pages: Pages) -> Pages | None:
    """Two words of one kind have changed places."""
    page = any_page(chance, pages)
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
    page = any_page(chance, pages)
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
    found = any_word(chance, words_like(pages, re.compile(r"\d\S*\d")))
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
