"""Every file that was taken, byte for byte, under its hash: originals/ab/ab12...ef.pdf."""

from __future__ import annotations

import hashlib
from pathlib import Path

from extractor.home import written_privately

SUFFIXES = {
    b"%PDF": ".pdf",
    b"\x89PNG": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"II*\0": ".tif",
    b"MM\0*": ".tif",
    b"ISA": ".edi",
}
"""What a kept file's name ends in, by how it begins: for whoever opens it by hand."""


def kept(folder: Path, data: bytes) -> Path:
    """Keep bytes and return where; bytes that are there already are left as they are.

    Raises:
        OSError: as the system says, the disk being full for one; nothing half-written is left in its place.
    """
    path = place_of(folder, hashlib.sha256(data).hexdigest(), data)
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        written_privately(path, data)
    return path


def place_of(folder: Path, sha256: str, data: bytes) -> Path:
    """Return where bytes of this hash are kept."""
    suffix = next((suffix for begin, suffix in SUFFIXES.items() if data.startswith(begin)), "")
    return folder / sha256[:2] / f"{sha256}{suffix}"


def place_by_hash(folder: Path, sha256: str) -> Path | None:
    """Return where a file of this hash is kept, None if it is not."""
    within = folder / sha256[:2]
    found = [path for suffix in ("", *SUFFIXES.values()) if (path := within / f"{sha256}{suffix}").is_file()]
    return found[0] if found else None
