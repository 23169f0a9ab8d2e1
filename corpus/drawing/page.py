"""A page under construction: texts put at places, written in a shuffled stream order.

Places are points from the top left corner, as in the geometry tables: x of the left edge
and y of the top of the text's box (0.718 of the size above the baseline). The content
stream of real bills puts labels, arithmetic and amounts apart; `layer` says which a text
is, and `write` orders layers by the bill's seed.
"""

import random
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from corpus.drawing import fonts
from corpus.drawing.type3 import heading_width
from corpus.model import Style

WIDTH, HEIGHT = 612.0, 792.0
ASCENT = 0.718
LAYERS = ("furniture", "label", "arithmetic", "amount", "sidebar", "late")


@dataclass(frozen=True)
class Run:
    """One text at one place."""

    x: float
    top: float
    text: str
    size: float
    face: str
    layer: str


@dataclass(frozen=True)
class Line:
    """One drawn line."""

    x0: float
    y0: float
    x1: float
    y1: float
    grey: float


class Page:
    """Collects what one page shows; knows nothing of bills."""

    def __init__(self, style: Style, number: int) -> None:
        self.style = style
        self.dice = random.Random(f"{style.seed}/{number}")
        self.runs: list[Run] = []
        self.lines: list[Line] = []

    def put(
        self, x: float, top: float, text: str, size: float = 9, face: str = "regular", layer: str = "label"
    ) -> None:
        """Put a text with its left edge at x."""
        if text:
            self.runs.append(Run(x, top, text, size, face, layer))

    def right(
        self, x: float, top: float, text: str, size: float = 9, face: str = "regular", layer: str = "amount"
    ) -> None:
        """Put a text with its right edge at x."""
        self.put(x - self.wide(text, size, face), top, text, size, face, layer)

    def centre(
        self, x: float, top: float, text: str, size: float = 9, face: str = "regular", layer: str = "label"
    ) -> None:
        """Put a text centred at x."""
        self.put(x - self.wide(text, size, face) / 2, top, text, size, face, layer)

    def block(
        self, x: float, top: float, texts: list[str] | tuple[str, ...], pitch: float = 10.55, size: float = 9
    ) -> float:
        """Put lines under each other; return the top of the line after them."""
        for number, text in enumerate(texts):
            self.put(x, top + number * pitch, text, size, layer="furniture")
        return top + len(texts) * pitch

    def rule(self, x0: float, y0: float, x1: float, y1: float, grey: float = 0.6) -> None:
        """Draw a thin line."""
        self.lines.append(Line(x0, y0, x1, y1, grey))

    def wide(self, text: str, size: float, face: str) -> float:
        """Return a text's width in this page's fonts."""
        if face == "heading":
            return heading_width(text, size) if self.style.type3_headings else fonts.width(text, size)
        return fonts.width(text, size, face)

    def write(self, canvas: Canvas) -> None:
        """Write everything in this bill's stream order and end the page."""
        for line in self.lines:
            canvas.setStrokeGray(line.grey)
            canvas.line(line.x0, HEIGHT - line.y0, line.x1, HEIGHT - line.y1)
        for run in self._ordered():
            _write_run(canvas, run, self.style, self.dice)
        canvas.showPage()

    def _ordered(self) -> list[Run]:
        layers = list(LAYERS)
        if self.dice.random() < 0.5:
            layers.remove("sidebar")
            layers.insert(self.dice.randint(1, 4), "sidebar")
        if self.dice.random() < 0.3:
            layers.remove("amount")
            layers.insert(layers.index("label"), "amount")
        return sorted(self.runs, key=lambda run: layers.index(run.layer))


def _write_run(canvas: Canvas, run: Run, style: Style, dice: random.Random) -> None:
    if run.face == "heading" and style.type3_headings:
        _show(canvas, run.x, run.top, [run.text], fonts.TYPE3_STANDIN, run.size, 100.0)
        return
    face = "regular" if run.face == "heading" else run.face
    names = fonts.EMBEDDED if style.era == "embedded" else fonts.BASE14
    scale = fonts.squeeze(run.text, run.size, face) if style.era == "embedded" else 100.0
    if style.word_offsets and " " in run.text:
        for x, word in _words(run, face):
            own = fonts.squeeze(word, run.size, face) if style.era == "embedded" else 100.0
            _show(canvas, x, run.top, [word], names[face], run.size, own)
        return
    _show(canvas, run.x, run.top, _strings(run, style, dice), names[face], run.size, scale)


def _strings(run: Run, style: Style, dice: random.Random) -> list[str]:
    """Cut some texts in two or three, as real streams do, without moving anything."""
    if not style.split_words or len(run.text) < 4 or dice.random() > 0.15:
        return [run.text]
    cut = dice.randint(1, len(run.text) - 2)
    return [run.text[:cut], run.text[cut : cut + 1], run.text[cut + 1 :]]


def _words(run: Run, face: str) -> list[tuple[float, str]]:
    found, start = [], 0
    for word in run.text.split(" "):
        if word:
            found.append((run.x + fonts.width(run.text[:start], run.size, face), word))
        start += len(word) + 1
    return found


def _show(
    canvas: Canvas, x: float, top: float, strings: list[str], font: str, size: float, scale: float
) -> None:
    text = canvas.beginText()
    text.setFont(font, size)
    if abs(scale - 100.0) > 0.01:
        text.setHorizScale(round(scale, 2))
    text.setTextOrigin(round(x, 2), round(HEIGHT - top - ASCENT * size, 2))
    for string in strings:
        text.textOut(string)
    canvas.drawText(text)
