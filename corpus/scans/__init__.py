"""Scans of the corpus's bills, as a copier, a fax or a phone would give them.

They are made on demand and the same every time for the same bill, kind and seed; their golden records
are those of the text bills.
"""

from corpus.scans.batch import Leaf, batch, leaves
from corpus.scans.goldens import SAMPLES, golden, sample
from corpus.scans.kinds import KINDS, Kind, scan, sheets
from corpus.scans.orders import Sheet

__all__ = [
    "KINDS",
    "SAMPLES",
    "Kind",
    "Leaf",
    "Sheet",
    "batch",
    "golden",
    "leaves",
    "sample",
    "scan",
    "sheets",
]
