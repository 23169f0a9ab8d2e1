"""The words that bills print: by them a recognised label counts as read, and a page as upright.

`words.txt` has them as printed, letter for letter: the labels and headings of charges, names of SCE's
rate schedules, and what SCE's pages say around them. No names, no places of customers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice

_AROUND = re.compile(r"^[(\"']+|[).,:;?!\"'*]+$")
_GROUP = re.compile(r"[A-Z][O\d]{3}")
"""A rotating outage group: a letter and three digits."""

_SPECK = re.compile("([A-Za-z]+)[.,:;'`\"\u00b7\u2018\u2019\u201c\u201d]([A-Za-z]+)[*'\"]*")

_SIGNS = str.maketrans(
    {"\u00a2": "c", "\u20ac": "e", "\u00a3": "E", "\u00a9": "c", "\u00ae": "e", "\u00a7": "S"}
)
"""Signs that a letter with a speck on it is taken for."""

_DOTTED = re.compile(r"[A-Z]+\.[A-Z]{2,}")
"""Two words in capitals with a point between them and no space; P.O. has single letters."""

LONGEST = 40
"""Letters up to which what sticks together is looked at: trying is not free."""

WAYS = 16
"""In how many ways a word is parted at most: names made of short words part in many."""

SHORT = 4
"""Letters from which a word that is one letter away from another tells anything."""


@cache
def words() -> frozenset[str]:
    """Return the list."""
    return frozenset((files(__package__) / "words.txt").read_text(encoding="utf-8").split())


def is_known(text: str) -> bool:
    """Tell whether a printed word is on the list: whole, a dash and all, or on both sides of a stroke.

    >>> is_known("Energy-Summer"), is_known("Winter/Summer"), is_known("peak"), is_known("peek")
    (True, True, True, False)
    >>> is_known("or-credits"), is_known("$1.00"), is_known("-peak")
    (False, False, False)
    """
    if text in words():
        return True
    return all(part in words() for part in _AROUND.sub("", text).split("/"))


@cache
def _spellings() -> dict[str, str]:
    """Return the words that are printed in one way only, by their letters in lower case."""
    found: dict[str, str] = {}
    for word in words():
        found[word.lower()] = "" if word.lower() in found else word
    return {letters: word for letters, word in found.items() if word}


_NUMBERED = re.compile(r"(\d{2,})([A-Za-z]{3,})")
"""A number and a word without a space between them."""


def spelled(text: str) -> str:
    """Return a recognised word as it is always printed: its capitals, no accents; any other as it is.

    >>> spelled("cTc"), spelled("PEAK"), spelled("kwh"), spelled("charg\u00e9"), spelled("NO01")
    ('CTC', 'PEAK', 'kWh', 'charge', 'N001')
    """
    if text in words():
        return text
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text.translate(_SIGNS)).encode("ascii", "ignore").decode()
        if is_known(plain):
            return plain
    if _GROUP.fullmatch(text) and not text.isalpha():
        return text[0] + text[1:].replace("O", "0")
    return _spellings().get(text.lower(), text)


def apart(text: str) -> str:
    """Return a word that is several listed ones as these, the fewest; any other, or a doubtful one, as it is.

    >>> apart("Fixedrecoverycharge"), apart("account"), apart("ofyour"), apart("Your.new")
    ('Fixed recovery charge', 'account', 'of your', 'Your new')
    >>> apart("Baselinecredit"), apart("Carson"), apart("Your\u2018new")
    ('Baseline credit', 'Carson', 'Your new')
    >>> apart("2018Vintage"), apart("NEM2"), apart("21st"), apart("3Cchoice")
    ('2018 Vintage', 'NEM2', '21st', '3Cchoice')
    """
    if is_known(text):
        return text
    speck = _SPECK.fullmatch(text)
    if speck is not None and is_known(speck[1]) and is_known(speck[2]):
        return f"{speck[1]} {speck[2]}"
    number = _NUMBERED.fullmatch(text)
    if number is not None and is_known(number[2]):
        return f"{number[1]} {number[2]}"
    core = text.rstrip(":")
    ways = sorted(islice(_ways(core), WAYS), key=len)[:2] if core.isalpha() and len(core) <= LONGEST else []
    is_one = len(ways) == 1 or (len(ways) == 2 and len(ways[0]) < len(ways[1]))
    return " ".join(ways[0]) + text[len(core) :] if is_one else text


def may_be_glued(text: str) -> bool:
    """Tell whether an unlisted word begins or ends in a listed one, or is a number and letters.

    >>> [may_be_glued(word) for word in ("Baselinecredits", "2018Vintge", "HPS", "charge")]
    [True, True, False, False]
    """
    if is_known(text) or text.isupper():
        return False
    cuts = range(SHORT, len(text) - 1)
    glued = any(_is_listed(text[:at]) or _is_listed(text[-at:]) for at in cuts)
    return glued or _NUMBERED.fullmatch(text) is not None


def _ways(text: str) -> Iterator[tuple[str, ...]]:
    """Give the ways in which a text is listed words of two letters and more, one behind the other."""
    if _is_listed(text):
        yield (text,)
    for at in range(2, len(text) - 1):
        if _is_listed(text[:at]):
            yield from ((text[:at], *rest) for rest in _ways(text[at:]))


def _is_listed(text: str) -> bool:
    """Tell whether a word is listed as it is, or is long enough to be told with another first letter."""
    return text in words() or (len(text) >= SHORT and {text.lower(), text.capitalize()} & words() != set())


def meant(text: str) -> Sequence[str]:
    """Return the listed words one letter away from a word that is on no list; none for a short one.

    Names and addresses, which are on none, are printed in capitals: they mean what they say, but for a
    speck between two words.

    >>> meant("chargs"), meant("charge"), meant("Carson"), meant("HILL"), meant("E.SAMPLE")
    (('Charge', 'Charges', 'charge', 'charges'), (), (), (), ('E SAMPLE',))
    """
    if _DOTTED.fullmatch(text):
        return (text.replace(".", " "),)
    core = _AROUND.sub("", text)
    if len(core) < SHORT or text.isupper() or is_known(text):
        return ()
    lower = core.lower()
    near = {word for short in _shortened(lower) for word in _near().get(short, ())}
    return tuple(sorted(word for word in near if _is_one_away(lower, word.lower())))


@cache
def _near() -> dict[str, tuple[str, ...]]:
    """Return the words of the list by themselves and by what is left of them without one letter."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words():
        if len(word) >= SHORT:
            for short in _shortened(word.lower()):
                found[short] = (*found.get(short, ()), word)
    return found


def _shortened(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _is_one_away(text: str, word: str) -> bool:
    """Tell whether one letter put in, left out or changed makes one text of the other.

    >>> _is_one_away("peek", "peak"), _is_one_away("pak", "peak"), _is_one_away("kaep", "peak")
    (True, True, False)
    """
    short, long = sorted((text, word), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next(
        (at for at, (one, other) in enumerate(zip(short, long, strict=False)) if one != other), len(short)
    )
    return short[at:] == long[at + 1 :] or (len(short) == len(long) and short[at + 1 :] == long[at + 1 :])
