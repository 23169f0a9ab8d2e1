"""What `ingest` and `watch` share: what they take apart, the line on a file, and the clock."""

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from extractor.claims import Unpacker
    from extractor.inbox import Filed
    from extractor.settings import ReaderSettings


def line_on(filed: "Filed") -> str:
    """Return what a person is told of a file."""
    from extractor.cli.wording import clean

    return clean(f"{filed.name}: {filed.outcome}{'' if filed.is_new else ', known before'}")


def unpackers(settings: "ReaderSettings") -> "Sequence[Unpacker]":
    """Return what the inbox can take apart: messages and archives."""
    from extractor.archives import ZipArchives
    from extractor.mail import Messages

    return Messages(), ZipArchives(settings.max_file_mb, settings.max_archive_mb)


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)
