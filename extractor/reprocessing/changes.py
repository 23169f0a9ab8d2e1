"""What another reading of a document changes: field by field, and whether that is for the better.

    unchanged   every value and status is what it was
    verified    in doubt before, proven now
    review      a bill now, where there was none before
    changed     other values, and in doubt before or in both
    altered     proven before and now, with other values: one of the two is wrong; or a proven service of
                a bill in review says something else, or is in doubt
    worse       proven before, in doubt now; or in doubt before, and nothing now

The last two are held back until a person accepts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal, NamedTuple

from extractor.model import ReadResult, Service, Status

Kind = Literal["unchanged", "verified", "review", "changed", "altered", "worse"]

KINDS: tuple[Kind, ...] = ("unchanged", "verified", "review", "changed", "altered", "worse")
"""From what asks for no attention to what asks for most."""

ACCEPTED_BY: dict[Kind, str] = {"altered": "--accept-changes", "worse": "--accept-regressions"}
"""What is held back, each with the option by which a person accepts it beforehand."""

NO_VALUES = ("evidence", "status")
"""What of a record is not printed on the bill."""


class Difference(NamedTuple):
    """A field, and what it was and is; None where there was or is nothing."""

    field: str
    before: str | None
    after: str | None


def kind_of(before: Sequence[ReadResult], after: Sequence[ReadResult]) -> Kind:
    """Return what the change of a document's records is, the one that asks for most attention."""
    kinds = [_kind_of_bill(old, new) for old, new in zip_longest(before, after)]
    return max(kinds, key=KINDS.index, default="unchanged")


def _kind_of_bill(before: ReadResult | None, after: ReadResult | None) -> Kind:
    was, now = (result.status if result else Status.UNREADABLE for result in (before, after))
    same = not any(True for _ in _of_bill(before, after, ""))
    if was == Status.VERIFIED:
        return "worse" if now != was else "unchanged" if same else "altered"
    if now == Status.VERIFIED:
        return "verified"
    if was == Status.REVIEW and now == Status.UNREADABLE:
        return "worse"
    if _loses_a_service(before, after):
        return "altered"
    if was == Status.UNREADABLE and now == Status.REVIEW:
        return "review"
    return "unchanged" if same and was == now else "changed"


def _loses_a_service(before: ReadResult | None, after: ReadResult | None) -> bool:
    """Tell whether a service that was proven, on a bill in review, says something else or is in doubt."""
    old, new = ((result.bill.services if result and result.bill else ()) for result in (before, after))
    proven = [service for service in old if service.status == "verified"]
    left = [_said(service) for service in new if service.status == "verified"]
    return any(_said(service) not in left for service in proven)


def _said(service: Service) -> dict[str, str]:
    return dict(_leaves(service.model_dump(mode="json"), ""))


def differences(before: Sequence[ReadResult], after: Sequence[ReadResult]) -> list[Difference]:
    """Return all fields that differ; charge lines are told by what they say, not by their number."""
    several = max(len(before), len(after)) > 1
    found: list[Difference] = []
    for number, (old, new) in enumerate(zip_longest(before, after), 1):
        prefix = f"bill {number} " if several else ""
        was, now = (str(result.status) if result else None for result in (old, new))
        if was != now:
            found.append(Difference(f"{prefix}status", was, now))
        found.extend(_of_bill(old, new, prefix))
    return found


def _of_bill(before: ReadResult | None, after: ReadResult | None, prefix: str) -> Iterator[Difference]:
    old, new = (_plain(result) for result in (before, after))
    services = old.pop("services", []), new.pop("services", [])
    yield from _fields(old, new, prefix)
    for number, (was, now) in enumerate(zip_longest(*services), 1):
        of = f"{prefix}service {number} "
        was, now = dict(was or {}), dict(now or {})
        charges = was.pop("charges", []), now.pop("charges", [])
        yield from _fields(was, now, of)
        yield from _lines(*charges, of)


def _plain(result: ReadResult | None) -> dict[str, Any]:
    bill = result.bill if result else None
    return {} if bill is None else bill.model_dump(mode="json")


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str) -> Iterator[Difference]:
    old, new = dict(_leaves(before, "")), dict(_leaves(after, ""))
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield Difference(f"{prefix}{name}", old.get(name), new.get(name))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Give the values in a record, each by the way to it."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key not in NO_VALUES:
                yield from _leaves(item, f"{name} {key}".strip())
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            yield from _leaves(item, f"{name} {number}")
    elif value is not None:
        yield name, str(value)


def _lines(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], prefix: str
) -> Iterator[Difference]:
    olds, news = [_told(line) for line in before], [_told(line) for line in after]
    for tag, first, last, begin, end in SequenceMatcher(None, olds, news, autojunk=False).get_opcodes():
        old, new = before[first:last], after[begin:end]
        if tag == "equal" or len(old) == len(new):
            for was, now in zip(old, new, strict=True):
                ours = {name: value for name, value in was.items() if name != "line"}
                theirs = {name: value for name, value in now.items() if name != "line"}
                yield from _fields(ours, theirs, f"{prefix}line {was['line']} ")
        else:
            yield from (
                Difference(f"{prefix}line {line['line']}", " ".join(_told(line)), None) for line in old
            )
            yield from (
                Difference(f"{prefix}line {line['line']}", None, " ".join(_told(line))) for line in new
            )


def _told(line: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what a line is told by."""
    named = (line["label"], line["quantity"], line["unit"], line["rate"], line["amount"])
    return tuple(str(value) for value in named if value is not None)
