"""The bytes of a file, read once; devices and FIFOs are never opened."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from extractor.pages.errors import TooLargeError, UnreadableFileError

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How zip archives begin."""

OTHER_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")


def is_archive(head: bytes) -> bool:
    """Tell by its first bytes whether a file is an archive.

    One that only stores its files has a PDF a few bytes further on, and it may hold others, too.
    """
    return head.startswith(ZIP + OTHER_ARCHIVES) or head[257:262] == b"ustar"


def file_bytes(path: Path | str, limit: int) -> bytes:
    """Return the bytes of a regular file, or of the one a link leads to; devices and FIFOs are never opened.

    Raises:
        TooLargeError: if it has more than `limit` bytes.
        UnreadableFileError: if it is missing, may not be read, is no regular file, or grows meanwhile.
    """
    try:
        _refuse_special(Path(path).stat())
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return whole(file, limit)
    except FileNotFoundError as error:
        raise UnreadableFileError("there is no such file; check the path") from error
    except OSError as error:
        raise UnreadableFileError(f"the file may not be read: {error.strerror}") from error


def _refuse_special(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError("this is no regular file; give the file itself")


def whole(file: BinaryIO, limit: int) -> bytes:
    """Return the bytes of an open file, as many as it had when asked, however fast it grows.

    Raises:
        TooLargeError: if it has more than `limit` bytes.
        UnreadableFileError: if it is no regular file, or grows meanwhile.
    """
    status = os.fstat(file.fileno())
    _refuse_special(status)
    size = status.st_size
    if size > limit:
        raise TooLargeError(
            f"the file is larger than {limit:,} bytes; split it or raise BILLCLERK_MAX_FILE_MB"
        )
    data = file.read(size + 1)
    if len(data) > size:
        raise UnreadableFileError(
            "the file grows while it is read; read it again when it has its whole length"
        )
    return data
