r"""Which file system a folder is on: SQLite loses its locks on a network share, so a home there is refused.

>>> table = "1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:5 / /mnt/n\\040s rw - nfs4 server:/a rw\n"
>>> kind_of(Path("/mnt/n s/home"), table), kind_of(Path("/mnt/other"), table)
('nfs4', 'ext4')
"""

from __future__ import annotations

import re
from pathlib import Path

from extractor.base.errors import BillclerkError

MOUNTS = Path("/proc/self/mountinfo")

NETWORK = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs"),
        *("fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs"),
        "virtiofs",
    )
)
"""Kinds of file system that several machines may write to."""


class NetworkShareError(BillclerkError):
    """SQLite loses data on a network share; use a local disk, or BILLCLERK_DATABASE_URL."""

    exit_code = 2


def refuse_share(path: Path, mounts: Path = MOUNTS) -> None:
    """Refuse a database file that is on a network share.

    Raises:
        NetworkShareError: if it is.
    """
    try:
        table = mounts.read_text("utf-8", "surrogateescape")
    except OSError:  # no Linux: nothing is known
        return
    kind = kind_of(path.resolve(), table)
    if kind in NETWORK:
        raise NetworkShareError(
            f"{path.parent} is on a network share ({kind}), where SQLite loses data when two machines write;"
            " put the home on a local disk, or name a PostgreSQL database by BILLCLERK_DATABASE_URL"
        )


def kind_of(path: Path, table: str) -> str | None:
    """Return the kind of file system that a path is on, by the system's table of mounts."""
    best: tuple[int, str] | None = None
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        place = Path(re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), fields[4]))
        if path.is_relative_to(place) and (best is None or len(place.parts) >= best[0]):
            best = (len(place.parts), after.split()[0])
    return best[1] if best else None
