"""What `ingest` and `watch` share: what they take apart, the line on a file, and the clock."""

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from extractor.home import Home
    from extractor.intake.claims import OtherKind, Unpacker
    from extractor.intake.inbox import Filed
    from extractor.settings import ReaderSettings

UNPACK_SECONDS, UNPACK_PATIENCE = 20, 60.0
"""Processor and other seconds that a message or an archive may take, for others wait: 500 MB take three."""


def line_on(filed: "Filed") -> str:
    """Return what a person is told of a file."""
    from extractor.cli.wording import clean

    return clean(f"{filed.name}: {filed.outcome}{'' if filed.is_new else ', known before'}")


def unpackers(settings: "ReaderSettings") -> "Sequence[Unpacker]":
    """Return what the inbox can take apart: messages and archives, each in a guarded process."""
    from dataclasses import replace

    from extractor.intake.archives import ZipArchives
    from extractor.intake.mail import Messages
    from extractor.intake.unpacking import Guarded
    from extractor.pages.limits import limits_of

    sizes = settings.max_file_mb, settings.max_archive_mb
    limits = replace(limits_of(settings), cpu_seconds=UNPACK_SECONDS, wall_seconds=UNPACK_PATIENCE)
    return tuple(Guarded(claimer, limits, *sizes) for claimer in (Messages(), ZipArchives(*sizes)))


def kinds(home: "Home", engine: "Engine", settings: "ReaderSettings") -> "Sequence[OtherKind]":
    """Return what the inbox takes beside bills: interval files and billing history."""
    from functools import partial

    from extractor.billing_history.asking import Asker
    from extractor.intake.history_files import HistoryFiles
    from extractor.intake.interval_files import IntervalFiles, brief
    from extractor.intervals.taken.reading import Reader
    from extractor.intervals.taken.take import columns_held
    from extractor.pages.limits import limits_of

    limits = brief(limits_of(settings))
    reader = Reader(limits, partial(columns_held, engine))
    return (HistoryFiles(engine, Asker(limits), now), IntervalFiles(home, engine, reader, now))


def now() -> dt.datetime:
    """Return this moment."""
    return dt.datetime.now(dt.UTC)
