"""A picture as a file: the same picture gives the same bytes, with words for who cannot see it."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PictureForm = Literal["svg", "png"]
DPI = 150
STYLE: Any = {"svg.hashsalt": "billclerk", "svg.fonttype": "none", "font.family": "DejaVu Sans"}
"""Names inside an SVG are made from the salt, not from chance; its text stays text."""


def form_of(path: Path) -> PictureForm | None:
    """Return which kind of picture a file's name asks for, None if another.

    >>> form_of(Path("load.SVG")), form_of(Path("load.pdf"))
    ('svg', None)
    """
    return next((form for form in get_args(PictureForm) if path.suffix.lower() == f".{form}"), None)


def new_figure(width: float, height: float, layout: Literal["constrained"] | None = "constrained") -> Figure:
    """Return an empty picture of so many inches."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it cannot keep its font list, it says so
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Empty

    with rc_context(STYLE):
        return Empty(figsize=(width, height), layout=layout)


def save(figure: Figure, path: Path, form: PictureForm, title: str, description: str = "") -> None:
    """Write a picture; nothing in it tells of when."""
    path.write_bytes(drawn(figure, form, title, description))


def drawn(figure: Figure, form: PictureForm, title: str, description: str = "") -> bytes:
    """Return a picture as the bytes of a file, with a title and what it shows in words."""
    from matplotlib import rc_context

    metadata: dict[str, Any] = {"Title": title}
    metadata |= {"Description": description} if description else {}
    metadata |= {"Date": None} if form == "svg" else {"Software": None}
    out = io.BytesIO()
    with rc_context(STYLE):
        figure.savefig(out, format=form, dpi=DPI, metadata=metadata)
    return _described(out.getvalue(), description) if form == "svg" else out.getvalue()


def _described(svg: bytes, description: str) -> bytes:
    """Return an SVG that readers of screens take as one picture, with its description."""
    words = f"</title>\n <desc>{escape(description)}</desc>" if description else "</title>"
    return svg.replace(b"<svg ", b'<svg role="img" ', 1).replace(b"</title>", words.encode(), 1)
