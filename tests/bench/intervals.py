"""How many readings a second each interval format gives, beside its bare parser over the same bytes."""

from collections.abc import Iterator
from itertools import chain

from tests.bench import intervals_csv, intervals_edi, intervals_espi, intervals_joined, intervals_kept


def report() -> Iterator[str]:
    """Say how fast every format is read, kept, and joined to bills."""
    formats = intervals_espi, intervals_csv, intervals_edi
    return chain(*(one.report() for one in formats), intervals_kept.keeping(), intervals_joined.report())
