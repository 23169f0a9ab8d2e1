"""What people correct on a bill, laid over a reading of it before the checks run.

A correction names a field as a person does: `amount_due`, `1.total` of the first service, `1.7.amount`
of its line 7. What it holds for in another reading of the same document is told by where it is printed,
not by its number: a later version of the program may count lines or services in another way. A correction
whose place no longer bears what it was made for is not applied, and is an error that says so.

>>> target_of("1.7"), target_of("amount_due"), target_of("2.period.end")
(Target(service=0, line=7, field=('amount',)), Target(service=None, line=None, field=('amount_due',)), \
Target(service=1, line=None, field=('period', 'end')))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from extractor.base.errors import BillclerkError
from extractor.model import BBox, Bill, Charge, Evidence, Finding, Service

Place = tuple[int, BBox | None]
"""A page as the file counts, and a box on it as it is shown; of EDI a segment, and no box."""

Shown = Callable[[Evidence], Place]
"""Tells where a place of a reading is in the file."""

SURE = 1.0
"""Confidence of what a person has read."""

FIXED = {
    "line",
    "evidence",
    "charges",
    "services",
    "status",
    "meters",
    "demands",
    "usage_history",
    "balances",
}
"""What is no value of its own."""

MONEY = re.compile(r"-?\$?-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")
"""An amount as bills print it."""


class CorrectionError(BillclerkError):
    """A correction names what the bill has not, or a value that cannot stand there: see the message."""

    exit_code = 2


@dataclass(frozen=True)
class Target:
    """What a correction is for; services count from 0, a line by its number."""

    service: int | None
    line: int | None
    field: tuple[str | int, ...]


@dataclass(frozen=True)
class Correction:
    """A value as a person read it, and the place of the line or service that it is for."""

    field: tuple[str | int, ...]
    value: str
    who: str
    page: int | None = None
    box: BBox | None = None
    is_line: bool = False
    was: str | None = None
    """What was read there when it was made."""

    @property
    def place(self) -> Place | None:
        """Where the line or the service stands, None for a field of the bill."""
        return None if self.page is None else (self.page, self.box)


def correction_from(data: Mapping[str, Any]) -> Correction:
    """Return a correction from its fields as JSON has them."""
    box = data.get("box")
    return Correction(
        field=tuple(data["field"]),
        value=data["value"],
        who=data["who"],
        page=data.get("page"),
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        is_line=bool(data.get("is_line")),
        was=data.get("was"),
    )


def target_of(name: str) -> Target:
    """Return what a name stands for.

    Raises:
        CorrectionError: if it is no name of a field.
    """
    parts: list[str | int] = [int(part) if part.isdigit() else part for part in name.strip().split(".")]
    numbers = [part for part in parts[:2] if isinstance(part, int)]
    if "" in parts or 0 in parts:
        raise CorrectionError(f"{name!r} is no field; write for example amount_due, 1.total or 1.7.amount")
    if not isinstance(parts[0], int):
        return Target(None, None, _from_zero(parts))
    if len(numbers) == 1:
        return Target(parts[0] - 1, None, _from_zero(parts[1:]))
    return Target(parts[0] - 1, numbers[1], _from_zero(parts[2:]) or ("amount",))


def _from_zero(parts: Sequence[str | int]) -> tuple[str | int, ...]:
    return tuple(part - 1 if isinstance(part, int) else part for part in parts)


def corrected(
    bill: Bill, evidence: dict[str, Evidence], corrections: Iterable[Correction], shown: Shown
) -> tuple[Bill, dict[str, Evidence], list[Finding]]:
    """Return a bill with people's corrections, its places, and a finding for each correction."""
    findings: list[Finding] = []
    for correction in corrections:
        try:
            pointer, where = _pointer(bill, correction, shown)
            before = value_at(bill, pointer)
            _refuse_another(correction, before)
            bill = _with(bill, pointer, correction.value)
        except CorrectionError as error:
            findings.append(_lost(correction, error))
            continue
        evidence = _vouched(evidence, pointer)
        if correction.is_line:
            bill = _line_vouched(bill, pointer)
        findings.append(_done(correction, before, value_at(bill, pointer), where))
    return bill, evidence, findings


def _refuse_another(correction: Correction, before: Any) -> None:
    """Refuse a row of the account summary that is not the one that was corrected: rows are told by number.

    Raises:
        CorrectionError: if it says neither what it said then nor what a person made of it.
    """
    said = None if before is None else str(before)
    if correction.field[0] == "account_lines" and said not in (correction.was, correction.value):
        raise CorrectionError(f"the row reads {said} now")


def made(bill: Bill, target: Target, value: str, who: str) -> tuple[Correction, str | None]:
    """Return the correction of a field of a record as shown, and what was read there.

    Raises:
        CorrectionError: if the bill has no such field, or the value cannot stand there.
    """
    pointer: tuple[str | int, ...] = target.field
    anchor: Charge | None = None
    if target.service is not None:
        service = _service(bill, target.service)
        pointer = ("services", target.service, *target.field)
        anchor = service.charges[0] if service.charges else None
        if target.line is not None:
            at = _line(service, target.line)
            anchor = service.charges[at]
            pointer = ("services", target.service, "charges", at, *target.field)
    if target.service is not None and anchor is None:
        raise CorrectionError(
            "the service has no charge lines by which it would be found again; accept the bill"
        )
    before = value_at(bill, pointer)
    _with(bill, pointer, value)
    was = None if before is None else str(before)
    correction = Correction(target.field, value, who, is_line=target.line is not None, was=was)
    if anchor is not None:
        correction = replace(correction, page=anchor.evidence.page, box=anchor.evidence.bbox)
    return correction, None if before is None else str(before)


def value_at(bill: Bill, pointer: Sequence[str | int]) -> Any:
    """Return the value that a pointer below a bill names.

    Raises:
        CorrectionError: if there is none.
    """
    value: Any = bill
    for step in pointer:
        if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, BaseModel) and step in type(value).model_fields:
            value = getattr(value, str(step))
        else:
            raise CorrectionError(f"the bill has no {_name(pointer)}")
    return value


def _service(bill: Bill, index: int) -> Service:
    if index >= len(bill.services):
        raise CorrectionError(f"the bill has {len(bill.services)} services, not {index + 1}")
    return bill.services[index]


def _line(service: Service, number: int) -> int:
    found = [at for at, line in enumerate(service.charges) if line.line == number]
    if len(found) != 1:
        raise CorrectionError(f"the service has no line {number}")
    return found[0]


def _pointer(
    bill: Bill, correction: Correction, shown: Shown
) -> tuple[tuple[str | int, ...], Evidence | None]:
    """Return where a correction belongs in this reading: found again by the place on paper."""
    if correction.place is None:
        return correction.field, None
    found = [
        (index, at, line.evidence)
        for index, service in enumerate(bill.services)
        for at, line in enumerate(service.charges)
        if is_of_one_line(correction.place, shown(line.evidence))
    ]
    if len(found) != 1:
        how = "no line" if not found else "several lines"
        raise CorrectionError(f"at its place the program reads {how} now")
    index, at, where = found[0]
    of_line = ("services", index, "charges", at) if correction.is_line else ("services", index)
    return (*of_line, *correction.field), where


def is_of_one_line(one: Place, other: Place) -> bool:
    """Tell whether two boxes are of one line of print: each has the middle of the other's height."""
    (page, box), (other_page, other_box) = one, other
    if box is None or other_box is None:
        return page == other_page and box is other_box
    (_, top, _, bottom), (_, other_top, _, other_bottom) = box, other_box
    middle, other_middle = (top + bottom) / 2, (other_top + other_bottom) / 2
    return page == other_page and top <= other_middle <= bottom and other_top <= middle <= other_bottom


def _with(bill: Bill, pointer: tuple[str | int, ...], value: str) -> Bill:
    """Return a bill with another value at a place.

    Raises:
        CorrectionError: if it cannot stand there.
    """
    *way, name = pointer
    holder = value_at(bill, way)
    if not isinstance(holder, BaseModel) or name in FIXED or name not in type(holder).model_fields:
        raise CorrectionError(f"{_name(pointer)} is no value that can be corrected")
    changed: Any = holder.model_copy(update={str(name): _parsed(type(holder), str(name), value, pointer)})
    for depth in range(len(way), 0, -1):
        above = value_at(bill, way[: depth - 1])
        step = way[depth - 1]
        if isinstance(above, tuple):
            changed = tuple(changed if at == step else item for at, item in enumerate(above))
        else:
            changed = above.model_copy(update={str(step): changed})
    result: Bill = changed
    return result


def _parsed(holder: type[BaseModel], name: str, value: str, pointer: Sequence[str | int]) -> Any:
    plain = value.strip()
    kind: Any = holder.model_fields[name].annotation
    adapter = TypeAdapter[Any](kind)
    wanted: str | None = plain
    if plain.lower() in ("", "none") and _takes(adapter, None):
        wanted = None
    elif MONEY.fullmatch(plain) and not _takes(adapter, plain):
        wanted = plain.replace("$", "").replace(",", "")
    try:
        return adapter.validate_python(wanted)
    except ValidationError as error:
        why = error.errors()[0]["msg"].lower()
        raise CorrectionError(f"{value!r} cannot be the {_name(pointer)}: {why}") from None


def _takes(adapter: TypeAdapter[Any], value: str | None) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _vouched(evidence: dict[str, Evidence], pointer: Sequence[str | int]) -> dict[str, Evidence]:
    """Return the places of values, that of a corrected one as sure as a person is."""
    name = "/bill/" + "/".join(map(str, pointer))
    if name not in evidence or evidence[name].confidence is None:
        return evidence
    return evidence | {name: evidence[name].model_copy(update={"confidence": SURE})}


def _line_vouched(bill: Bill, pointer: tuple[str | int, ...]) -> Bill:
    """Return a bill in which a line that a person corrected is one that a person has read."""
    of_line = pointer[:4]
    line: Charge = value_at(bill, of_line)
    if line.evidence.confidence is None:
        return bill
    _, index, _, at = of_line
    service = bill.services[int(index)]
    sure = line.model_copy(update={"evidence": line.evidence.model_copy(update={"confidence": SURE})})
    lines = tuple(sure if number == at else charge for number, charge in enumerate(service.charges))
    services = tuple(
        service.model_copy(update={"charges": lines}) if number == index else other
        for number, other in enumerate(bill.services)
    )
    return bill.model_copy(update={"services": services})


def _name(pointer: Sequence[str | int]) -> str:
    return " ".join(str(step + 1) if isinstance(step, int) else step for step in pointer).replace("_", " ")


def _done(correction: Correction, before: Any, after: Any, where: Evidence | None) -> Finding:
    said = f"{_name(correction.field)}: read {_text(before)}, corrected to {_text(after)} by {correction.who}"
    return Finding(
        code="corrected",
        severity="info",
        message=said if before != after else f"{_name(correction.field)}: read {_text(after)}, as corrected",
        page=where.page if where else None,
        bbox=where.bbox if where else None,
    )


def _lost(correction: Correction, error: CorrectionError) -> Finding:
    return Finding(
        code="correction_lost",
        severity="error",
        message=f"the correction of {_name(correction.field)} to {correction.value} is not applied: {error}",
    )


def _text(value: Any) -> str:
    return "nothing" if value is None else str(value)
