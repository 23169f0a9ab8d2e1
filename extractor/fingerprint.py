"""A hash of all that what is read of a document depends on: two programs with one fingerprint read alike.

Only the source of pages, values, layouts and checks counts, and the versions of what they read with, so a
release that changes something else re-reads nothing.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent
PACKAGES = ("pages", "layouts", "checks", "edi", "mending")
MODULES = (
    "bills",
    "disagreement",
    "draft",
    "model",
    "paper",
    "reading",
    "seasons",
    "sheet",
    "units",
    "values",
    "x12",
)
LIBRARIES = ("numpy", "pdfplumber", "pillow", "pypdfium2", "pytesseract")


@cache
def fingerprint() -> str:
    """Return the hash of this program's reading, 64 hexadecimal digits.

    >>> len(fingerprint())
    64
    """
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    digest.update(_tesseract().encode())
    return digest.hexdigest()


def _sources() -> list[Path]:
    files = (path for name in PACKAGES for path in (ROOT / name).rglob("*"))
    within = (path for path in files if path.suffix in (".py", ".txt"))
    return [*within, *(ROOT / f"{name}.py" for name in MODULES)]


def _tesseract() -> str:
    """Return tesseract's version, nothing where it is not installed."""
    if shutil.which("tesseract") is None:
        return ""
    said = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).partition("\n")[0]
