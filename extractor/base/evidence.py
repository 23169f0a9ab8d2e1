"""What the detail of an event names of files among the originals: one rule for backups and for erasing.

>>> [*files_in({"evidence": "a1", "files": ["b2", "c3"], "why": "a fax"}), *files_in({"evidence": None})]
['a1', 'b2', 'c3']
"""

from collections.abc import Iterator, Mapping
from typing import Any


def files_in(detail: Mapping[str, Any]) -> Iterator[str]:
    """Give the hashes of the files that an event's detail names."""
    for name in ("evidence", "files"):
        said = detail.get(name) or []
        yield from [said] if isinstance(said, str) else said
