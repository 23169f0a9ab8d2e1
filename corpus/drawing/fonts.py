"""The two font eras of SCE's bills (bills.md 2).

Until August 2025 base-14 fonts that are not embedded. From September 2025 embedded ones; we
embed Bitstream Vera, which reportlab carries and whose licence allows it, squeezed to
Helvetica's widths so that both eras share one geometry. The quotes and bullets of that era
extract as C1 control characters: `finish` sees to it.
"""

from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

BASE14 = {"regular": "Helvetica", "bold": "Helvetica-Bold"}
EMBEDDED = {
    "regular": "Vera",
    "bold": "Vera",
}  # one face: font names never said what is bold, and files stay small
TYPE3_STANDIN = "Courier-Bold"  # never used for anything else; `finish` swaps it
_FOLDER = Path(reportlab.__file__).parent / "fonts"


def register() -> None:
    """Make the embedded fonts known to reportlab, anew, so that no file depends on another."""
    for name in set(EMBEDDED.values()):
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / f"{name}.ttf")))


def width(text: str, size: float, face: str = "regular") -> float:
    """Return how wide a text is on the real bills: in base-14 metrics.

    >>> round(width("17,922 kWh x $0.00595", 9), 1)
    95.1
    """
    return float(pdfmetrics.stringWidth(text, BASE14[face], size))


def squeeze(text: str, size: float, face: str) -> float:
    """Return the horizontal scale, in per cent, that gives an embedded text its base-14 width."""
    natural = float(pdfmetrics.stringWidth(text, EMBEDDED[face], size))
    return 100.0 * width(text, size, face) / natural if natural else 100.0


def font_file(name: str) -> Path:
    """Return the path of a TrueType file that reportlab carries."""
    return _FOLDER / f"{name}.ttf"
