"""A picture as a file: the same picture gives the same bytes, with its title for who cannot see it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

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


def new_figure(width: float, height: float) -> Figure:
    """Return an empty picture of so many inches."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it cannot keep its font list, it says so
    from matplotlib import rc_context
    from matplotlib.figure import Figure as Empty

    with rc_context(STYLE):
        return Empty(figsize=(width, height), layout="constrained")


def save(figure: Figure, path: Path, form: PictureForm, title: str) -> None:
    """Write a picture; nothing in it tells of when."""
    from matplotlib import rc_context

    metadata: dict[str, Any] = {"Title": title}
    metadata |= {"Date": None} if form == "svg" else {"Software": None}
    with rc_context(STYLE):
        figure.savefig(path, format=form, dpi=DPI, metadata=metadata)
