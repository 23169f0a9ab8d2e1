"""How fast the parts are beside what they are measured against; goals are in the text that each prints.

The yardsticks: pdfplumber's extract_words as SCE's files need it (x_tolerance_ratio=0.15),
bare pypdfium2 (open, load page, load text page), and `python -c pass`.
"""

import io
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pdfplumber
import pypdfium2

from extractor.guarded import TARGET, Asked, read_lines, request_for
from extractor.pages import pdfium
from extractor.pages.child import ChildPool
from extractor.pages.limits import limits_of
from extractor.settings import ReaderSettings
from tests.bench.timing import medians, seconds

ROUNDS = 5
DENSE = 400
"""Words a page, on average, from which a bill counts for the speed of a whole read."""

MANY = 250
"""Bills that one and two jobs are compared on."""


class Sample(NamedTuple):
    """A sample bill in memory."""

    path: Path
    data: bytes
    pages: int
    words: int


def samples(folder: Path) -> list[Sample]:
    """Return the sample bills that can be opened."""
    found = []
    for path in sorted(folder.rglob("*.pdf")):
        data = path.read_bytes()
        try:
            pages = pdfium.read_pages(data)
        except Exception as error:  # samples of bad input are no bills to measure
            print(f"left out: {path.name} ({error})")
            continue
        found.append(Sample(path, data, len(pages), sum(len(page.words) for page in pages)))
    return found


def bare(bills: Sequence[Sample]) -> None:
    """Load every page and its text page, and ask for nothing."""
    for bill in bills:
        document = pypdfium2.PdfDocument(bill.data)
        for number in range(len(document)):
            page = document[number]
            text_page = page.get_textpage()
            text_page.close()
            page.close()
        document.close()


def ours(bills: Sequence[Sample]) -> None:
    """Read the words of every page."""
    for bill in bills:
        pdfium.read_pages(bill.data)


def theirs(bills: Sequence[Sample]) -> None:
    """Read the words of every page with pdfplumber."""
    for bill in bills:
        with pdfplumber.open(io.BytesIO(bill.data)) as document:
            for page in document.pages:
                page.extract_words(x_tolerance_ratio=0.15)
                page.close()


def read_all(paths: Sequence[Path], jobs: int) -> None:
    """Read files whole, through worker processes."""
    for _ in read_lines(paths, jobs, ReaderSettings()):
        pass


def words(bills: Sequence[Sample]) -> Iterator[str]:
    """Compare reading words: ours against pdfplumber (once, it is slow) and against bare page loading."""
    pages = sum(bill.pages for bill in bills)
    taken = medians({"ours": partial(ours, bills), "bare": partial(bare, bills)}, ROUNDS)
    plumber = seconds(partial(theirs, bills))
    yield f"words of {len(bills)} bills, {pages} pages, {sum(bill.words for bill in bills)} words"
    for name, time in (
        ("bare pypdfium2", taken["bare"]),
        ("billclerk", taken["ours"]),
        ("pdfplumber", plumber),
    ):
        yield f"  {name:<16}{1000 * time / pages:8.2f} ms a page {pages / time:8.0f} pages a second"
    yield f"  pdfplumber takes {plumber / taken['ours']:.1f} times as long (goal: at least 25)"


def whole(bills: Sequence[Sample]) -> Iterator[str]:
    """Compare a whole warm read through the reused worker process with bare page loading, bill by bill.

    The two take turns on each bill, so that a machine that is busy for a moment slows both.
    """
    dense = [bill for bill in bills if bill.words >= DENSE * bill.pages]
    if not dense:
        yield f"whole read: no sample has {DENSE} words a page"
        return
    settings = ReaderSettings()
    pages = sum(bill.pages for bill in dense)
    with ChildPool(TARGET, 1, limits_of(settings)) as pool:

        def read(bill: Sample) -> None:
            list(pool.map_ordered([request_for(Asked(bill.path), settings)]))

        rounds = []
        for _ in range(ROUNDS + 1):  # the first starts the process and is left out
            pairs = [(seconds(partial(bare, [bill])), seconds(partial(read, bill))) for bill in dense]
            rounds.append([sum(times) for times in zip(*pairs, strict=True)])
    yield f"whole read of {len(dense)} bills with {DENSE} words a page or more, {pages} pages"
    for name, times in zip(("bare pypdfium2", "billclerk read"), zip(*rounds[1:], strict=True), strict=True):
        time = median(times)
        yield f"  {name:<16}{1000 * time / pages:8.2f} ms a page {pages / time:8.0f} pages a second"
    ratio = median(read / floor for floor, read in rounds[1:])
    yield f"  a whole read takes {ratio:.2f} times bare pypdfium2 (goal: at most 3)"


def jobs(bills: Sequence[Sample]) -> Iterator[str]:
    """Compare one and two jobs on many bills, the start of the worker processes included."""
    paths = list(islice(cycle(bill.path for bill in bills), MANY))
    taken = medians({"1": partial(read_all, paths, 1), "2": partial(read_all, paths, 2)}, 3)
    yield f"{MANY} bills: one job {taken['1']:.2f} s, two jobs {taken['2']:.2f} s"
    yield f"  two jobs are {taken['1'] / taken['2']:.2f} times as fast (goal: at least 1.8)"


def start() -> Iterator[str]:
    """Compare `billclerk --help` with an interpreter that does nothing."""
    command = Path(sys.executable).with_name("billclerk")
    run = partial(subprocess.run, stdout=subprocess.DEVNULL, check=True)
    works = {"help": partial(run, [command, "--help"]), "pass": partial(run, [sys.executable, "-c", "pass"])}
    taken = medians(works, 21)
    yield f"billclerk --help {1000 * taken['help']:.0f} ms, python -c pass {1000 * taken['pass']:.0f} ms"
    yield f"  {taken['help'] / taken['pass']:.1f} times (goal: at most 9)"
