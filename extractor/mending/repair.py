"""What recognition misread, mended by the bill's own arithmetic.

A bill over-determines its numbers: quantity x rate x days = amount, sums, kWh of both sides, the
cost box, the summary's rows, the scan line. A word that stands on one reading is changed where
exactly one text, drawn from the other readings and from what recognition is known to confuse,
closes everything, no other such word could be changed instead, and at least two identities hold it.
Where none or several could, nothing is changed and a person is asked.

What two readings say alike is what is printed, right or wrong: a bill that prints a wrong sum is
for a person, on a scan as in a text. Only a comma and a point may be told apart by arithmetic even
then: they differ by a few dots, and no bill prints one for the other.

First texts are tried until everything closes; then each value that stands on one reading, changed
or not, has to be the only one that keeps it closed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from extractor.checks.recognised import UNCONFIRMED
from extractor.mending.confusions import candidates
from extractor.mending.suspects import Place, covers, is_sure, suspects
from extractor.model import Finding, ReadResult, Status
from extractor.paper import Word, box_of
from extractor.sheet import AGREED, Page, Scan

ENOUGH = 2
"""Identities that have to hold a value that stands on one reading."""

TRIALS = 600
"""Readings of the layout that the repair of a bill may cost; one takes a few milliseconds."""

MANY_PAGES = 12
"""Pages from which a bill gets fewer of them."""

Read = Callable[[Sequence[Page]], ReadResult]

Identity = tuple[str, int | None]
"""An identity's name, and the service it is of."""


class Trials:
    """Readings of changed pages, counted."""

    def __init__(self, read: Read, pages: Sequence[Page]) -> None:
        self._read = read
        self.left = TRIALS if len(pages) <= MANY_PAGES else TRIALS * MANY_PAGES // len(pages)

    def reading(self, pages: Sequence[Page]) -> ReadResult:
        """Return what pages say."""
        self.left -= 1
        return self._read(pages)


def repaired(pages: Sequence[Page], result: ReadResult, read: Read) -> ReadResult:
    """Return the reading with what arithmetic can mend and confirm mended and confirmed; else as it was.

    `read` reads pages without changing them.
    """
    trials = Trials(read, pages)
    changed, changes = _closed(list(pages), result, trials)
    if changed is None or _others_would_do(changed, changes, trials):
        return result
    confirmed, holding = _confirmed(changed, changes, trials)
    if confirmed is None:
        return result
    final = read(confirmed)
    if final.status != Status.VERIFIED:
        return result
    findings = [_told(place, text, holding[place]) for place, text in changes.items()]
    return final.model_copy(update={"findings": (*final.findings, *findings)})


def _score(result: ReadResult) -> int:
    """Return how much of a reading does not close; a value's lack of confirmation is not counted."""
    errors = sum(finding.severity == "error" and finding.code != UNCONFIRMED for finding in result.findings)
    return errors + sum(row.gate and not row.holds for row in result.proof)


def _closed(
    pages: list[Page], result: ReadResult, trials: Trials
) -> tuple[list[Page] | None, dict[Place, str]]:
    """Return pages on which everything closes and the texts changed for it; None if that is not to be had."""
    changes: dict[Place, str] = {}
    changed: set[Place] = set()
    score = _score(result)
    while score:
        step = _step(pages, result, score, trials, changed)
        if step is None:
            return None, {}
        place, text = step
        pages, changes[place] = _saying(pages, place, text), text
        changed.add(Place(place.page, place.word._replace(text=text)))
        result = trials.reading(pages)
        score = _score(result)
    return pages, changes


def _step(
    pages: list[Page], result: ReadResult, score: int, trials: Trials, changed: Collection[Place]
) -> tuple[Place, str] | None:
    """Return the first suspect that has one text better than all its others, and better than what is read.

    A word that was changed is none: what is two confusions away from what was read is a guess.
    """
    for place, texts in suspects(pages, result):
        if place in changed:
            continue
        scores: list[tuple[int, str]] = []
        for text in texts:
            if trials.left <= 0:
                return None
            trial = trials.reading(_saying(pages, place, text))
            if _keeps_lines(result, trial):
                scores.append((_score(trial), text))
        scores.sort()
        if scores and scores[0][0] < score and (len(scores) == 1 or scores[1][0] > scores[0][0]):
            return place, scores[0][1]
    return None


def _others_would_do(pages: list[Page], changes: Mapping[Place, str], trials: Trials) -> bool:
    """Tell whether, in the place of one of the changes, another word could be changed and all would close.

    Also if there were too many to try.
    """
    for place, text in changes.items():
        new = Place(place.page, place.word._replace(text=text))
        before = _saying(pages, new, place.word.text)
        for other, texts in suspects(before, trials.reading(before)):
            if other == place:
                continue
            for said in texts:
                if trials.left <= 0:
                    return True
                trial = trials.reading(_saying(before, other, said))
                if _score(trial) == 0:
                    return True
    return False


def _saying(pages: Sequence[Page], place: Place, text: str) -> list[Page]:
    """Return the pages, one word with another text and as unconfirmed as before."""
    return [
        page.saying({place.word: place.word._replace(text=text)})
        if isinstance(page, Scan) and page.number == place.page
        else page
        for page in pages
    ]


def _confirmed(
    pages: list[Page], changes: Mapping[Place, str], trials: Trials
) -> tuple[list[Page] | None, dict[Place, set[Identity]]]:
    """Return the pages with every number of the record that stood on one reading confirmed by arithmetic.

    With them come the identities that hold each change. A changed word that cannot be confirmed is no
    repair: None.
    """
    result = trials.reading(pages)
    new = {Place(place.page, place.word._replace(text=text)): place for place, text in changes.items()}
    agreed: dict[int, dict[Word, Word]] = {}
    holding: dict[Place, set[Identity]] = {}
    for page in pages:
        if not isinstance(page, Scan):
            continue
        for word in page.words:
            place = Place(page.number, word)
            if place not in new and (is_sure(word) or not _stands_alone(result, place)):
                continue
            held = _held_by(pages, result, place, page.disputed.get(word, ()), trials)
            if len(held) >= ENOUGH:
                agreed.setdefault(page.number, {})[word] = word._replace(confidence=AGREED)
                if place in new:
                    holding[new[place]] = held
            elif place in new:
                return None, {}
    return [
        page.saying(agreed.get(page.number, {})) if isinstance(page, Scan) else page for page in pages
    ], holding


def _stands_alone(result: ReadResult, place: Place) -> bool:
    """Tell whether a word is part of what a finding calls unconfirmed."""
    return any(
        finding.code == UNCONFIRMED
        and finding.page == place.page
        and finding.bbox is not None
        and covers(finding.bbox, place.word)
        and finding.bbox[0] - 1 <= place.word.x0 <= finding.bbox[2]
        for finding in result.findings
    )


def _held_by(
    pages: list[Page], result: ReadResult, place: Place, others: Sequence[str], trials: Trials
) -> set[Identity]:
    """Return the identities that hold a word; none if another text of it keeps everything closed, too."""
    if not any(char.isdigit() for char in place.word.text):
        return set()
    holding = _holding(result)
    held: set[Identity] = set()
    for text in candidates(place.word.text, others):
        if trials.left <= 0:
            return set()
        trial = trials.reading(_saying(pages, place, text))
        if _score(trial) == 0:
            return set()
        if _shape(trial) == _shape(result):
            held |= holding - _holding(trial)
    return held


def _holding(result: ReadResult) -> set[Identity]:
    """Return the identities that hold; a line's product and its product to the cent are one."""
    failing = {(row.identity, row.service) for row in result.proof if row.gate and not row.holds}
    return {
        (row.identity, row.service) for row in result.proof if row.gate and row.identity != "line_exact"
    } - failing


def _keeps_lines(result: ReadResult, trial: ReadResult) -> bool:
    """Tell whether all lines that were read are read still, by their labels, in their order.

    A vintage of another year would escape its identities. A line that could not be read may be, now.
    """
    before, after = ([label for labels in _shape(each) for label in labels] for each in (result, trial))
    left = iter(after)
    return all(label in left for label in before)


def _shape(result: ReadResult) -> list[list[str]]:
    """Return the labels of all lines: what a change of one number leaves as it is."""
    services = result.bill.services if result.bill else ()
    return [[line.label for line in service.charges] for service in services]


def _told(place: Place, text: str, held: set[Identity]) -> Finding:
    names = sorted({identity for identity, _ in held})
    read = place.word.text
    return Finding(
        code="repaired",
        severity="info",
        message=f"read as {read!r}, repaired to {text!r}: the only text with which {', '.join(names)} hold",
        page=place.page,
        bbox=box_of([place.word]),
    )
