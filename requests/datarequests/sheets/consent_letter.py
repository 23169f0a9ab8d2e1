"""The customer's written authorization letter, for a counterparty that has no form of its own, as CPA.

Its words are a template (`templates/letters/customer_authorization.txt.j2`): paragraphs with an empty line
between them. The list of accounts and the places for signatures are added below.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reportlab.platypus import Flowable

from datarequests.counterparties import Counterparty
from datarequests.letters import day, filled
from datarequests.sheets.paper import HEADING, LETTER, gap, grid, made, paragraph, together
from datarequests.tables import Authorization
from extractor.base.templating import rendered

TEMPLATE = "letters/customer_authorization.txt.j2"

LINE = "_" * 34


def consent_letter(authorization: Authorization, to: Counterparty, own: Path | None = None) -> bytes:
    """Return the letter as a PDF, to be signed by the customer; `own`: a firm's own templates.

    Raises:
        SheetError: if a letter of it cannot be printed.
        TemplateFaultError: if a value that the template names is missing.
    """
    text = rendered(TEMPLATE, _values(authorization, to), own)
    parts: list[Flowable] = [paragraph(one, LETTER) for one in _paragraphs(text)]
    parts += [paragraph("Accounts", HEADING), _accounts(authorization), gap(10), _signatures(authorization)]
    return made(parts, "Authorization to release customer information", f"authorization {authorization.id}")


def _values(one: Authorization, to: Counterparty) -> Any:
    on = one.created_at.astimezone(to.zone).date()
    form = to.form_on(on)
    options = [
        {"option": name, "name": (known.name if (known := form.option(name)) else name)}
        for name in one.options
    ]
    return filled(
        {
            "customer_of_record": one.customer_of_record,
            "customer_address": one.mailing_address,
            "drafted_on": day(on),
            "counterparty": to.name,
            "utility": to.known.utility,
            "agent": dict(one.agent),
            "options": options,
            "duration": one.duration,
            "until": day(one.until) if one.until else None,
            "release_method": one.release_method,
            "release_to": one.release_to,
        }
    )


def _paragraphs(text: str) -> Iterator[str]:
    for one in text.split("\n\n"):
        if one.strip():
            yield one.strip()


def _accounts(one: Authorization) -> Flowable:
    rows = [("Service account", "Service address")]
    rows += [(each["service_account"], each.get("service_address", "")) for each in one.accounts]
    return grid(rows, (0.3, 0.7))


def _signatures(one: Authorization) -> Flowable:
    rows = [
        ("For the Customer", "For the Agent"),
        (f"\n\nSignature {LINE}", f"\n\nSignature {LINE}"),
        (f"Name {one.signatory or LINE}", f"Name {one.agent.get('name') or LINE}"),
        (f"Title {one.signatory_title or LINE}", f"Company {one.agent.get('company') or LINE}"),
        (f"Telephone {LINE}", f"Telephone {one.agent.get('telephone') or LINE}"),
        (f"Date {LINE}", f"Date {LINE}"),
    ]
    return together(grid(rows, (0.5, 0.5)))
