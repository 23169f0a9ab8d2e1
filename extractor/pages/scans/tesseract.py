"""Tesseract, the outside program: pictures of single lines in, its TSV out, by one process."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from extractor.pages.errors import NoRecogniserError
from extractor.pages.scans.halving import DiedError, is_crash
from extractor.pages.scans.pieces import Piece

LINE = 7
"""Page mode for one line of text."""


def tsv_of(pieces: Sequence[Piece]) -> str:
    """Return what tesseract says of some pieces, a page each, counted from 1: its TSV, boxes in pixels.

    Raises:
        NoRecogniserError: if tesseract is not installed.
        DiedError: if it died of one of the pieces.
    """
    import pytesseract

    os.environ["OMP_THREAD_LIMIT"] = "1"  # its threads cost more than they bring
    with tempfile.TemporaryDirectory(prefix="pieces-") as folder:
        config = f"--psm {LINE} --dpi {pieces[0].dpi:.0f} -c tessedit_do_invert=0"
        try:
            return str(pytesseract.image_to_data(os.fspath(_written(pieces, Path(folder))), config=config))
        except pytesseract.TesseractNotFoundError as error:
            raise NoRecogniserError(
                "the pages are pictures, and tesseract, which reads them, is not installed;"
                " install the package tesseract-ocr"
            ) from error
        except pytesseract.TesseractError as error:
            if is_crash(error.status):
                raise DiedError from error
            raise


def _written(pieces: Sequence[Piece], folder: Path) -> Path:
    """Write pieces as the uncompressed pictures of one file; a file of each takes ten times as long."""
    first, *others = (Image.fromarray(piece.pixels) for piece in pieces)
    pictures = io.BytesIO()  # to a disk Pillow writes each number of a header alone
    first.save(pictures, "TIFF", save_all=True, append_images=others)
    path = folder / "pieces.tif"
    path.write_bytes(pictures.getbuffer())
    return path
