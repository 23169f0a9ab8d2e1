"""Names of files and folders, by what documents and the roster say: safe in any folder, and clear.

A folder allows 255 bytes; a letter may take four of them. What is too long ends at the border of a letter,
and its extension stays. Two customers never get one name: where the roster has two of one name, their keys
stand behind it.

>>> plain("a/b: c.pdf"), plain("..")
('a_b_ c.pdf', '_')
>>> names = Names([("bakery", "Example"), ("school", "Example")])
>>> names.of_customer("bakery"), names.of_stranger("EXAMPLE", "700200000001")
('Example (bakery)', 'EXAMPLE (700200000001)')
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

LONGEST = 200
"""Bytes of a name, so that a number can be put behind it and a suffix while it is written."""

LONGEST_VALUE = 100
"""Bytes of one value in a name, so that none crowds out the others."""

LONGEST_EXTENSION = 10

_UNSAFE = re.compile(r"[^\w .,&@+=()\-]+")


def plain(name: str) -> str:
    """Return a name that is safe in any folder: what a document says was written by a stranger."""
    name = _safe(name).strip(" .") or "_"
    if len(name.encode()) <= LONGEST:
        return name
    extension = Path(name).suffix
    if len(extension.encode()) > LONGEST_EXTENSION:
        extension = ""
    return cut(name, LONGEST - len(extension.encode())) + extension


def value(text: str) -> str:
    """Return a value as a part of a name."""
    return cut(_safe(text), LONGEST_VALUE)


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", unicodedata.normalize("NFC", text))


def cut(text: str, longest: int) -> str:
    """Return as much of a text as there is room for, in bytes of UTF-8.

    >>> cut("日本語", 7), cut("abc", 7)
    ('日本', 'abc')
    """
    return text.encode()[:longest].decode(errors="ignore")


class Names:
    """The customers' names in names of files, each one's own."""

    def __init__(self, customers: Iterable[tuple[str, str]]) -> None:
        """Take the customers of the roster, their keys and names."""
        named = dict(customers)
        self._names = _told_apart(named)
        self._taken = {_as_seen(name) for name in (*map(value, named.values()), *self._names.values())}

    def of_customer(self, key: str) -> str:
        """Return the name of a customer of the roster."""
        return self._names[key]

    def of_stranger(self, printed: str, account: str) -> str:
        """Return the name of a customer by what the bill prints, the roster not saying whose it is."""
        name = value(printed)
        if _as_seen(name) not in self._taken:
            return name
        return f"{cut(name, LONGEST_VALUE // 2)} ({value(account)})"


def _told_apart(customers: dict[str, str]) -> dict[str, str]:
    """Return a name for each key; the key stands behind what is not one customer's alone."""
    names = {key: value(name) for key, name in customers.items()}
    for behind in (_key, _mark):
        counts = Counter(map(_as_seen, names.values()))
        for key, name in customers.items():
            if counts[_as_seen(names[key])] > 1:
                names[key] = f"{cut(value(name), LONGEST_VALUE // 2)} ({behind(key)})"
    return names


def _as_seen(name: str) -> str:
    """Return a name as folders tell it from others: some know no capitals."""
    return plain(name).casefold()


def _key(key: str) -> str:
    return cut(value(key), LONGEST_VALUE // 2 - 3)


def _mark(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:12]
