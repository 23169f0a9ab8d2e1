"""Lines of a plan as requests to be drafted: one for each customer, counterparty and authorization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from datarequests.drafting import Ask, Wanted
from extractor.portfolio.from_gaps.model import Line


def wanted(lines: Iterable[Line]) -> Iterator[tuple[Wanted, list[Line]]]:
    """Give the requests that lines come to, each with its lines; only of those that can be asked."""
    by: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in lines:
        if line.way == "request" and line.customer and line.counterparty and line.under:
            by[line.customer, line.counterparty, line.under].append(line)
    for (customer, counterparty, under), of in sorted(by.items()):
        managers = {line.service.owner.manager for line in of if line.service.owner}
        yield (
            Wanted(
                customer=customer,
                counterparty=counterparty,
                authorization=under,
                manager=managers.pop() if len(managers) == 1 else None,
                wants=tuple(dict.fromkeys(line.what for line in of)),
                items=tuple(Ask(line.account, line.option or "", line.first, line.last) for line in of),
            ),
            of,
        )


def letters(lines: Iterable[Line]) -> Mapping[str, list[Line]]:
    """Return by customer what only that customer has: bills."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.way == "letter" and line.customer:
            found[line.customer].append(line)
    return found
