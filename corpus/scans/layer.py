"""An invisible text layer, as OCR software of the copier adds it: right places, some wrong digits."""

from __future__ import annotations

from numpy.random import Generator
from reportlab.pdfbase.pdfmetrics import stringWidth

from corpus.scans.bill import HEIGHT, Bill, Run

_MISREAD = dict(zip("0123456789", "8778965134", strict=True))
_ODDS = 0.01  # of a digit to be misread, where it is not made sure


def hidden_text(bill: Bill, page: int, chance: Generator) -> bytes:
    """Return a page's text in render mode 3; on a page with charges two amounts are always wrong."""
    amounts = bill.amounts(page) if page in bill.charge_pages else []
    wrong = {amounts[index] for index in chance.permutation(len(amounts))[:2]}
    shown = [_operators(run, _misread(run.text, run in wrong, chance)) for run in bill.runs(page)]
    return b"BT 3 Tr\n" + b"".join(shown) + b"ET\n"


def _misread(text: str, surely: bool, chance: Generator) -> str:
    digits = [index for index, char in enumerate(text) if char in _MISREAD]
    missed = {index for index in digits if chance.random() < _ODDS}
    if surely:
        missed = {digits[int(chance.integers(len(digits)))]}
    return "".join(_MISREAD[char] if index in missed else char for index, char in enumerate(text))


def _operators(run: Run, text: str) -> bytes:
    size = max(run.bottom - run.top, 4.0)
    stretch = 100 * (run.x1 - run.x0) / max(stringWidth(text, "Helvetica", size), 0.1)
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    placed = (
        f"/F0 {size:.2f} Tf {stretch:.1f} Tz 1 0 0 1 {run.x0:.2f} {HEIGHT - run.bottom + size * 0.2:.2f} Tm "
    )
    return placed.encode() + b"(" + escaped.encode("cp1252", "replace") + b") Tj\n"
