"""How many readings a second each interval format gives, beside its bare parser over the same bytes."""

from collections.abc import Iterator
from itertools import chain

from tests.bench import intervals_csv, intervals_edi, intervals_espi


def report() -> Iterator[str]:
    """Say how fast every format is read."""
    return chain(intervals_espi.report(), intervals_csv.report(), intervals_edi.report())
