"""A worker process's folder for temporary files: made for it alone, and gone with it.

Pictures of pages go through files on their way to tesseract, and a process that is killed
removes nothing. So its owner does, and where the owner was killed too, the process itself
as its last act.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "billclerk-"
"""What the folders' names begin with, below the system's folder for temporary files."""


def made_folder() -> Path:
    """Make an empty folder that only this user may look into."""
    return Path(tempfile.mkdtemp(prefix=PREFIX))


def removed(folder: Path) -> None:
    """Remove a folder and all that is in it, though a dying process may still want to write there.

    It gets another name first, under which nobody can add to it.
    """
    gone = folder.with_name(folder.name + "-gone")
    with suppress(FileNotFoundError):  # its other end was faster
        folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)
