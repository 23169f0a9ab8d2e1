"""Zip archives in the inbox, with limits: a few kilobytes can unpack to more than any disk holds.

Nothing of an archive's names is used as a path, and nothing is unpacked to disk: a member is bytes and a
name. What the archive's own directory says of sizes is not believed; members are counted as they unpack.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from extractor.intake.claims import CannotUnpackError, Origin, Part
from extractor.pages.files import ZIP

MOST_FILES = 2000
"""Files in one archive."""

CHUNK = 1 << 20

UNSOUND = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What is raised by archives that are damaged, encrypted or made in a way that nobody uses."""


class ZipArchives:
    """Claims zip archives."""

    kind = "archive"

    def __init__(self, max_file_mb: int, max_archive_mb: int) -> None:
        self._of_file = max_file_mb * 1_000_000
        self._of_all = max_archive_mb * 1_000_000

    def claims(self, name: str, head: bytes) -> bool:
        """Tell whether a file is a zip archive, and no document that is one inside (docx, xlsx)."""
        return head.startswith(ZIP) and PurePosixPath(name).suffix.lower() in (
            "",
            ".zip",
        )

    def parts(self, data: bytes, origin: Origin) -> Iterator[Part]:
        """Give the files in an archive.

        Raises:
            CannotUnpackError: if it is damaged or encrypted, or a limit is broken.
        """
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [member for member in archive.infolist() if not member.is_dir()]
                if len(members) > MOST_FILES:
                    raise CannotUnpackError(
                        f"the archive holds more than {MOST_FILES:,} files; drop them in parts"
                    )
                yield from self._members(archive, members, replace(origin, came_by="archive"))
        except UNSOUND as error:
            why = "it asks for a password" if "password" in str(error) else "it is damaged"
            raise CannotUnpackError(f"the archive cannot be unpacked: {why}") from None

    def _members(
        self, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], origin: Origin
    ) -> Iterator[Part]:
        left = self._of_all
        for member in members:
            data = self._unpacked(archive, member, left)
            left -= len(data)
            name = PurePosixPath(member.filename).name
            if name.startswith(".") or "__MACOSX" in PurePosixPath(member.filename).parts:
                continue  # what other systems put beside files
            yield Part(name, data, origin)

    def _unpacked(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
        limit = min(self._of_file, left)
        chunks: list[bytes] = []
        size = 0
        with archive.open(member) as file:
            while chunk := file.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise CannotUnpackError(
                        "the archive unpacks to more than it may;"
                        " unpack it by hand, or raise BILLCLERK_MAX_ARCHIVE_MB or BILLCLERK_MAX_FILE_MB"
                    )
                chunks.append(chunk)
        return b"".join(chunks)
