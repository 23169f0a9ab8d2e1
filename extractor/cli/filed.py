"""What `ingest` and `watch` share: the line on a file, and the clock."""

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.inbox import Filed


def line_on(filed: "Filed") -> str:
    """Return what a person is told of a file."""
    from extractor.cli.wording import clean

    return clean(f"{filed.name}: {filed.outcome}{'' if filed.is_new else ', known before'}")


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)
