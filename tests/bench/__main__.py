"""`make bench`: speed as ratios, and how much of a misread digit would go unnoticed.

Asserts nothing: a busy machine is no fault of the code. `python -m tests.bench words jobs`
runs only those parts.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from tests.bench import intervals, portfolio, scans, speed, store

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


def undetected() -> Iterator[str]:
    """Say which share of single-digit misreadings stays unnoticed, by field."""
    name = "tests.bench.undetected"
    if importlib.util.find_spec(name) is None:
        yield "undetected misreadings: not measured yet"
        return
    yield from importlib.import_module(name).report(SAMPLES)


def parts() -> Mapping[str, Callable[[], Iterator[str]]]:
    """Return what can be measured, by name."""
    bills = speed.samples(SAMPLES)
    of_bills = {name: partial(getattr(speed, name), bills) for name in ("words", "whole", "jobs")}
    return of_bills | {
        "start": speed.start,
        "undetected": undetected,
        "scans": scans.report,
        "store": store.report,
        "intervals": intervals.report,
        "portfolio": portfolio.report,
    }


def main(wanted: list[str]) -> None:
    """Print the figures of the wanted parts, all of them when none is named."""
    measures = parts()
    for name in wanted or measures:
        for line in measures[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
