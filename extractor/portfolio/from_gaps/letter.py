"""The letter to a customer for bills that nobody else can give; its words stand in `templates/letters/`.

No e-mail address of a customer is known here, and the outbox writes to counterparties and to the house only:
a person sends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from sqlmodel import Session, col, select

from datarequests.letter import Letter, parted
from datarequests.letters import day, filled
from datarequests.tables import Authorization
from extractor.base.templating import rendered
from extractor.portfolio.from_gaps.model import Line

TEMPLATE = "letters/bills_wanted.txt.j2"


def letter(
    lines: Sequence[Line], address: str, utility: str, agent: Mapping[str, str], own: Path | None = None
) -> Letter:
    """Return the letter to a customer for the bills of some lines; `own` is a firm's own templates.

    Raises:
        TemplateFaultError: if a value that the template names is missing, or its first line is no subject.
    """
    owner = lines[0].service.owner
    values = {
        "customer": owner.customer_name if owner else "",
        "address": [address] if address else [],
        "utility": utility,
        "accounts": list(_accounts(lines)),
        "agent": dict(agent),
    }
    subject, text = parted(rendered(TEMPLATE, filled(values), own), TEMPLATE)
    return Letter(subject, text)


def _accounts(lines: Iterable[Line]) -> Iterable[dict[str, object]]:
    by: dict[str, dict[str, object]] = {}
    for line in lines:
        owner = line.service.owner
        bills = [{"first": day(first), "last": day(last)} for _, (first, last) in line.months]
        one = by.setdefault(
            line.account,
            {"number": line.account, "site": owner.site_name if owner else None, "bills": []},
        )
        listed = one["bills"]
        assert isinstance(listed, list)
        listed.extend(bills)
    return by.values()


def address_of(session: Session, customer: str) -> str:
    """Return a customer's mailing address as his last authorization has it; empty where there is none."""
    asked = select(Authorization.mailing_address).where(Authorization.customer == customer)
    return session.exec(asked.order_by(col(Authorization.id).desc())).first() or ""
