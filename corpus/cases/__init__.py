"""The samples, by theme, in one tuple whose names are unique."""

from corpus.cases import (
    accounts,
    cca_only,
    core,
    domestic,
    files,
    grid,
    lines,
    meters,
    old,
    old_cpa,
    solar,
    supply,
)
from corpus.model import Sample

_MODULES = (core, domestic, accounts, lines, solar, supply, meters, old, old_cpa, cca_only, files, grid)


def _unique() -> tuple[Sample, ...]:
    """Return the first sample of each name: the grid leaves to others what they show better."""
    by_name: dict[str, Sample] = {}
    for sample in (sample for module in _MODULES for sample in module.SAMPLES):
        by_name.setdefault(sample.name, sample)
    return tuple(by_name.values())


SAMPLES = _unique()
