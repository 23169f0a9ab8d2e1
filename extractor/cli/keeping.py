"""A session that writes, or tries: of a dry run nothing is kept."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sqlmodel import Session

    from extractor.cli.opened import Opened


@contextmanager
def writing_at(at: "Opened", dry_run: bool) -> Iterator["Session"]:
    """Give a session that writes; of a dry run nothing is kept."""
    from extractor.base.database import writing

    with writing(at.engine) as session:
        yield session
        if dry_run:
            print("nothing was kept: a dry run", file=sys.stderr)
            session.flush()
            raise typer.Exit(0)  # takes all of it back
