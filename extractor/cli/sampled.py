"""What `billclerk sample results` prints: counts, the accuracy with its interval, and what to do about it.

Bounds are rounded outwards, to hundredths of a percent: an accuracy that is proven is never rounded up.
"""

import json
import math
import shlex
from collections.abc import Iterable
from typing import Any

from extractor.cli.noted import print_noted
from extractor.cli.wording import clean
from extractor.portfolio.sampling.kept import Shown
from extractor.portfolio.sampling.page import SHORT, whole
from extractor.portfolio.sampling.results import Counted, Reading, Result
from extractor.store.sampled import Sample


def down(share: float) -> str:
    """Return a share in percent, no larger than it is.

    >>> down(0.86089), down(1.0), up(0.139108), up(0.0)
    ('86.08 %', '100 %', '13.92 %', '0 %')
    """
    return _percent(math.floor(round(share * 10_000, 6)))


def up(share: float) -> str:
    """Return a share in percent, no smaller than it is."""
    return _percent(math.ceil(round(share * 10_000, 6)))


def _percent(hundredths: int) -> str:
    whole_percent, rest = divmod(hundredths, 100)
    return f"{whole_percent}.{rest:02} %" if rest else f"{whole_percent} %"


def told_wrong(sample: Sample, values: Iterable[Shown]) -> None:
    """Print the command that corrects each value that is wrong."""
    for value in values:
        if value.answer is not None and value.answer.answer == "wrong":
            row = value.row
            said = f", printed {value.answer.printed}" if value.answer.printed else ""
            print(clean(f"{row.number}: wrong: {row.what} is {row.value}{said}"))
            now = f"by now the bill says {value.now or 'nothing'} there"
            print(clean(f"    {now if value.is_outdated else correction(sample, value)}"))


def correction(sample: Sample, value: Shown) -> str:
    """Return the command that corrects a value."""
    row, printed = value.row, value.answer.printed if value.answer else None
    name = f"{value.sha256[:SHORT]}:{row.position}"
    why = f"sample {sample.name}, value {row.number}"
    who = value.answer.who if value.answer else "YOU"
    words = ["billclerk", "correct", name, row.field, printed or "PRINTED", "--who", who, "--why", why]
    return shlex.join(words)


def told_result(result: Result) -> None:
    """Print what samples come to."""
    names = ", ".join(sample.name for sample in result.samples)
    print(f"{'sample' if len(result.samples) == 1 else 'samples'} {names}: {_design(result)}")
    _print_groups(result)
    if result.counted.looked_at + result.counted.unclear == 0:
        print("nothing is answered yet")
        return
    _print_accuracy(result)
    _print_kinds(result)
    _print_wrong(result)
    print()


def _design(result: Result) -> str:
    of = whole(result.samples[-1])
    return f"{len(result.values)} values of {of}, drawn at random within each group by itself"


def _print_groups(result: Result) -> None:
    rows = []
    for name, (counted, length, weight) in result.groups.items():
        rows.append(([name, f"{length:,}", f"{weight:.1%}".replace("%", " %"), *_counts(counted)], ""))
    titles = ("group", "values", "weight", "right", "wrong", "unclear", "not answered")
    print_noted(titles, rows, right=range(1, 7))
    if result.passed:
        print(f"{result.passed} values that were drawn are printed nowhere, and were passed over")
    if result.samples[-1].no_pages:
        print(f"{result.samples[-1].no_pages:,} values of EDI invoices are on no page, and are not in this")


def _counts(counted: Counted) -> list[str]:
    return [str(counted.right), str(counted.wrong), str(counted.unclear), str(counted.open)]


def _print_accuracy(result: Result) -> None:
    unclear = result.counted.unclear
    print(
        _sentence("accuracy" + (", unclear ones left out" if unclear else ""), result.without_unclear, result)
    )
    if unclear:
        print(_sentence("accuracy, unclear ones taken as wrong", result.with_unclear_as_wrong, result))
    last = result.with_unclear_as_wrong if unclear else result.without_unclear
    wrong, of = result.without_unclear.wrong, result.without_unclear.looked_at
    print(
        f"{wrong} of {of} wrong: at most {up(result.without_unclear.most_wrong)} wrong with 95 % confidence"
    )
    if unclear:
        print(
            f"{last.wrong} of {last.looked_at} wrong or unclear: at most {up(last.most_wrong)} with 95 %"
            " confidence"
        )
    verified_wrong, verified = result.wrong_though_verified
    print(f"wrong although called verified: {verified_wrong} of {verified}")
    if result.counted.open:
        print(
            f"{result.counted.open} values are not answered: this holds if they are left out by chance alone"
        )
    print(_to_show(last, "wrong or unclear" if unclear else "wrong"))


def _sentence(what: str, reading: Reading, result: Result) -> str:
    design = "weighted by group" if len(result.groups) > 1 else "exact"
    interval = f"{down(reading.low)} to {up(reading.high)} with 95 % confidence ({design})"
    if reading.accuracy is None:
        return f"{what}: {interval}; no estimate, as nothing of a group is answered"
    return f"{what}: {down(reading.accuracy)}, {interval}"


def _to_show(reading: Reading, failing: str) -> str:
    if reading.most_wrong <= 0.01:
        return "99 % is shown"
    if reading.needed is None:
        return "to show 99 %: cannot be said before something of each group is answered"
    more = max(reading.needed - reading.looked_at, 0)
    met = (
        f"none of them {failing}" if not reading.wrong else f"no more than {reading.wrong} of them {failing}"
    )
    return f"to show 99 %: {reading.needed:,} values in all, {met} ({more:,} more)"


def _print_kinds(result: Result) -> None:
    print()
    rows = []
    for (group, kind), counted in result.kinds.items():
        low, high = counted.accuracy
        said = f"{down(low)} to {up(high)}" if counted.looked_at else "-"
        rows.append(([group, kind, *_counts(counted), said], ""))
    titles = ("group", "kind", "right", "wrong", "unclear", "not answered", "accuracy, 95 %")
    print_noted(titles, rows, right=range(2, 6))


def _print_wrong(result: Result) -> None:
    of = {sample.id: sample for sample in result.samples}
    if result.wrong:
        print()
    for value in result.wrong:
        told_wrong(of[value.row.sample_id], [value])
    for value in result.outdated:
        if value.answer is not None and value.answer.answer != "wrong":
            row = value.row
            said = f"{of[row.sample_id].name} value {row.number}: outdated: {row.what} was {row.value} and is"
            print(clean(f"{said} {value.now or 'nothing'} by now; it was answered {value.answer.answer}"))


def as_json(result: Result) -> str:
    """Return what samples come to as a line of JSON; shares from 0 to 1, not rounded."""
    wrong, verified = result.wrong_though_verified
    told: dict[str, Any] = {
        "samples": [sample.name for sample in result.samples],
        "of": result.samples[-1].of,
        "customer": result.samples[-1].customer_key,
        "account": result.samples[-1].account,
        **_json_counts(result.counted),
        "groups": [
            {"group": name, "values": length, "weight": weight, **_json_counts(counted)}
            for name, (counted, length, weight) in result.groups.items()
        ],
        "kinds": [
            {"group": group, "kind": kind, **_json_counts(counted), "interval": counted.accuracy}
            for (group, kind), counted in result.kinds.items()
        ],
        "without_unclear": _json_reading(result.without_unclear),
        "unclear_as_wrong": _json_reading(result.with_unclear_as_wrong),
        "wrong_though_verified": wrong,
        "verified": verified,
        "outdated": len(result.outdated),
        "passed_over": result.passed,
        "no_pages": result.samples[-1].no_pages,
    }
    return json.dumps(told)


def _json_counts(counted: Counted) -> dict[str, int]:
    return {
        "right": counted.right,
        "wrong": counted.wrong,
        "unclear": counted.unclear,
        "not_answered": counted.open,
    }


def _json_reading(reading: Reading) -> dict[str, Any]:
    return {
        "accuracy": reading.accuracy,
        "interval": [reading.low, reading.high],
        "most_wrong": reading.most_wrong,
        "needed_for_99": reading.needed,
    }
