"""What a person is told of an interval file that was taken, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.intervals.given import ASKED, Problem
from extractor.intervals.taken.take import Taken

MOST = 20
"""Sentences of one kind: a file with thousands of the same faults needs no more."""


def concerns(taken: Taken) -> list[str]:
    """Return what somebody has to know of a file; nothing if all is well."""
    still_open = [one for one in taken.imported.problems if not _is_answered(taken, one)]
    worse = [one for one in still_open if one.severity != "info"]
    return [*_first(worse), *_of_whom(taken), *_of_all(taken)]


def _is_answered(taken: Taken, one: Problem) -> bool:
    """Tell whether a problem is a question that a person answered by confirming the layout."""
    return one.code == ASKED and taken.is_confirmed


def remarks(taken: Taken) -> list[str]:
    """Return what else there is to say of a file, and nobody has to look at."""
    said = _first([one for one in taken.imported.problems if one.severity == "info"])
    if taken.summaries:
        said.append(
            f"{taken.summaries} summaries of what was billed are kept: they are shown beside bills, and prove"
            " nothing"
        )
    return said


def _first(problems: list[Problem]) -> list[str]:
    """Return the first problems of many, each with its line."""
    said = [f"line {one.line}: {one.message}" if one.line else one.message for one in problems[:MOST]]
    more = len(problems) - len(said)
    return [*said, f"and {more} more of the kind"] if more else said


def _of_whom(taken: Taken) -> Iterator[str]:
    if taken.unheard:
        yield (
            f"no bill and no row of the roster names {_named('service account', taken.unheard)}:"
            " is the number right?"
        )
    if taken.astray:
        yield (
            f"nobody knows which service account {_named('usage point or meter', taken.astray)} is;"
            " its readings are kept, and join no bill until somebody says it"
        )


def _of_all(taken: Taken) -> Iterator[str]:
    if taken.span is None and not taken.links and not taken.summaries:
        yield "there is nothing in it to be kept: no reading of electric energy, no account and no summary"
    if taken.imported.contradicted:
        yield (
            f"{taken.imported.contradicted} intervals are in it several times with different values;"
            " the last one counts"
        )
    if not taken.is_confirmed:
        yield (
            "this format is known only second-hand: its readings are unconfirmed; compare some with a bill,"
            f" and if they agree: billclerk intervals confirm {taken.imported.number} --who NAME --why REASON"
        )


def _named(thing: str, names: tuple[str, ...]) -> str:
    """Return names, the first ones of many.

    >>> _named("meter", ("1", "2"))
    'meter 1, 2'
    """
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return f"{thing} {', '.join(names[:MOST])}{more}"
