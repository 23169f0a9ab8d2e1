"""What a cell of a roster says: account numbers as a spreadsheet may have left them, days, who sells energy.

A spreadsheet drops digits behind the fifteenth and zeros in front, and shows long numbers as `1.0176E+17`.
What still has all its digits is read; everything else is refused and never guessed. SCE's service accounts
have 10 digits, its customer accounts 10 (to 2021) or 12, POD-IDs 18 (facts on bills, 2.1): another number is
only taken if bills or the roster have it already.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container

from datarequests.addressing import plain_address
from extractor.store.plain import plain

DIGITS = {"service account": (10,), "customer account": (10, 12), "POD-ID": (18,)}
"""How many digits numbers have."""

EXACT = 15
"""Digits that a spreadsheet keeps of a number."""

_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?[Ee]\+?(\d{1,2})", re.ASCII)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+", re.ASCII)
_NUMBER = re.compile(r"\d[\d -]*\d|\d", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_SLASHED = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})(?: 0?0:00(?::00)?)?", re.ASCII)


def number_of(text: str, what: str, known: Container[str] = ()) -> str:
    """Return an account number or a POD-ID; `known` are those that bills or the roster have, without hyphens.

    >>> number_of("8000000001.0", "service account"), number_of("8.000000001E+09", "service account")
    ('8000000001', '8000000001')
    >>> number_of("1.0176E+17", "POD-ID")
    Traceback (most recent call last):
    ValueError: a spreadsheet has shortened the POD-ID to 1.0176E+17; make its column text and enter it again

    Raises:
        ValueError: if it is none, or not all of one.
    """
    number = re.sub(r"\.0+", "", text.removeprefix("'")) if re.fullmatch(r"'?\d+\.0+", text) else text
    number = number.removeprefix("'")
    if match := _SHORTENED.fullmatch(number):
        digits = match[1] + (match[2] or "")
        if len(digits) != int(match[3]) + 1 or len(digits) > EXACT:
            raise ValueError(
                f"a spreadsheet has shortened the {what} to {text}; make its column text and enter it again"
            )
        number = digits
    elif _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    if _NUMBER.fullmatch(number) is None:
        raise ValueError(f"{text!r} is no {what}")
    if plain(number) not in known:
        _refuse_lost(number, text, what)
    return number


def _refuse_lost(number: str, text: str, what: str) -> None:
    """Refuse a number that has not all of its digits, or may not have them."""
    count, may_be = len(plain(number)), DIGITS[what]
    if count not in may_be:
        like = " or ".join(map(str, may_be))
        raise ValueError(
            f"{what} {text} has {count} digits, and SCE's have {like}; a spreadsheet drops zeros in front,"
            " and long numbers' last digits"
        )
    if number.isdigit() and count > EXACT and not number[EXACT:].strip("0"):
        raise ValueError(
            f"{what} {text} ends as a spreadsheet leaves long numbers, its last digits lost; make its column"
            " text and enter it again (if it is really so, put a hyphen before the zeros)"
        )


def day_of(text: str) -> tuple[dt.date, bool]:
    """Return a date, and whether it could be read in another way: 3/4/2025 is March 4th, as the US write it.

    >>> day_of("3/4/2025"), day_of("2025-04-03")
    ((datetime.date(2025, 3, 4), True), (datetime.date(2025, 4, 3), False))

    Raises:
        ValueError: if it is none.
    """
    try:
        if match := _ISO.fullmatch(text):
            return dt.date(*map(int, match.groups())), False
        if match := _SLASHED.fullmatch(text):
            month, day, year = map(int, match.groups())
            return dt.date(year, month, day), day <= 12 and day != month
    except ValueError:
        pass
    raise ValueError(f"{text!r} is no date; write 2026-11-25, or 11/25/2026")


def provider_of(text: str) -> str:
    """Return who sells the energy, as bills are read: SCE, CPA, another CCA's short name, ESP.

    >>> provider_of("Clean Power Alliance"), provider_of("direct access"), provider_of("sce")
    ('CPA', 'ESP', 'SCE')

    Raises:
        ValueError: if nobody of that name is known.
    """
    from extractor.layouts.sections.providers import CCAS, ESP

    sellers = {one.short: one.names for one in (*CCAS, ESP)}
    sellers["SCE"] = r"southern california edison|\bSCE\b|\bbundled\b|\bedison\b"
    found = [short for short, names in sellers.items() if re.search(names, text, re.I)]
    if len(found) != 1:
        raise ValueError(f"provider {text!r} is not known; known are {', '.join(sorted(sellers))}")
    return found[0]


def email_of(text: str) -> str:
    """Return an e-mail address as it is written; `Pat Lee <pat@example.com>` is one, too.

    Raises:
        ValueError: if nobody can write to it.
    """
    if not plain_address(text):
        raise ValueError(f"{text!r} is no e-mail address that can be written to; it is like pat@example.com")
    return text
