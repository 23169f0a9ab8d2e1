"""A community choice aggregator's charges: the `SUPPLY/GENERATION` section.

The CCA computes its lines, taxes included, and SCE only prints them; hence another grammar:

    Lean Power - Mid-Peak - Winter   161.14 kWh @ 0.2106     $33.94
    Lean Power - Super OfPk -        214.99 kWh @ 0.11733    $25.22
    Winter                                                            the season word wraps, or is lost
    Demand - On-Peak - Summer        13.6 kW @ 19.6          266.56
    User Utility Tax                                         $4.27
    Energy Surcharge                                         $0.19
    Sub-Total of CPA Generation Charges                      $99.36   taxes are already inside
    Your New Charges                                         $99.36

A sub-total is whatever stands above it, so its place decides what it adds up. Several lines
of a bill may bear one label (a rate change). Sources: CPA's sample bill of 2024, a real
TOU-GS-2-D bill of 2019, a reconciled residential bill of August 2026.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.draft import Heading, HeadingKind, PeriodDraft, ServiceAside, ServiceDraft
from extractor.layouts.sections import area
from extractor.layouts.sections.area import Item
from extractor.layouts.sections.balances import balance_of
from extractor.layouts.sections.block_head import account_of, period_of, rate_of, read_head
from extractor.layouts.sections.charge_lines import amount_at_end
from extractor.layouts.sections.details import HEADING, SUPPLY, TOTAL, Block
from extractor.layouts.sections.providers import CCAS, ESP, Provider, product_named, provider_named
from extractor.layouts.sections.vocabulary import component_of, is_tax, season_of, tou_of
from extractor.model import Charge, Component, Finding, Season, Section, Tou
from extractor.paper import Box, Line, Printed, box_of, printed
from extractor.seasons import seasons_of
from extractor.sheet import Page
from extractor.units import by

SECTION = re.compile(r"^(?:electric )?generation charges$|^(?:[\w ]+ )?generation charges?$", re.I)
DELIVERY = re.compile(r"^delivery charges\b(?!.*\d)", re.I)
CARRIED = re.compile(r"(?:cumulative|year-?to-?date)\b", re.I)
NAMED_WITHIN = 4
"""Lines at the top of a block in which its supplier is named."""

SUBTOTAL = re.compile(r"^sub-?\s?total\b|^net charges\b", re.I)


def supplier_of(block: Block) -> Provider | None:
    """Return who sells in a block: the aggregator named at its head, or on its page; None for SCE itself."""
    if any(DELIVERY.match(line.text) for line in block.lines):
        return None  # SCE's own charges, whoever they name as the supplier
    rate = next((rate for line in block.lines[:6] if (rate := rate_of(line)) is not None), None)
    if rate is not None and re.match(r"ESP\b", rate.value):
        return ESP
    head = " ".join(line.text for line in block.lines[:5] if amount_at_end(line.text) is None)
    supply = SUPPLY in block.first_page.squeezed
    if (named := provider_named(head)) is not None:
        return named
    if not supply:
        return ESP if re.search(ESP.names, head, re.I) and "@" in _text(block) else None
    if re.search(ESP.names, head, re.I):
        return ESP
    return provider_named(_header_text(block.first_page)) or _unlisted(block)


def _text(block: Block) -> str:
    return " ".join(line.text for line in block.lines)


def _header_text(page: Page) -> str:
    return " ".join(line.text for line in page.lines[:8])


def _unlisted(block: Block) -> Provider:
    """Return an aggregator we do not know under the name that stands below the heading."""
    for line in block.lines[:3]:
        other = HEADING.match(line.text) or rate_of(line) or period_of(line) or account_of(line)
        if amount_at_end(line.text) is None and not other:
            return Provider(line.text.strip(), re.escape(line.text.strip()))
    return Provider("unlisted CCA", r"(?!)")


def read_block(
    block: Block, provider: Provider, service: int
) -> tuple[ServiceDraft, ServiceAside, list[Finding]]:
    """Return the service that a generation section says, what proves it, and what was not read."""
    draft = ServiceDraft(role="generation")
    aside = ServiceAside(page=block.first_page.number, tracked=block.tracked, direct_access=provider is ESP)
    body, findings = read_head(block.lines, draft, aside, service)
    if provider not in (*CCAS, ESP):
        findings.append(_unlisted_finding(provider, block, service))
    named = _named(body, provider, block, draft, aside)
    items = area.rejoined(area.items_of(named), _is_balance)
    _walk(items, provider, draft, aside, service, findings)
    products = {
        product_named(provider, line.label) for line in draft.charges if line.component == Component.ENERGY
    }
    draft.product = _product(draft.charges, provider) if len(products) == 1 else None
    if len(products) > 1:
        findings.append(_products_finding(products, block, service))
    return draft, aside, findings


def _product(charges: Sequence[Charge], provider: Provider) -> Printed[str] | None:
    """Return the product that the energy lines name, where the first of them does."""
    for line in charges:
        if line.component == Component.ENERGY and (name := product_named(provider, line.label)) is not None:
            place = line.evidence
            box = None if place.bbox is None else Box(*place.bbox)
            return Printed(name, place.text, place.page, box, place.confidence)
    return None


def _named(
    lines: Sequence[Line], provider: Provider, block: Block, draft: ServiceDraft, aside: ServiceAside
) -> list[Line]:
    """Take the provider's name and the section's heading; return the lines that remain."""
    body: list[Line] = []
    for at, line in enumerate(lines):
        if SECTION.match(line.text):
            _note(aside, line, "section")
        elif _names(provider, line) and at < NAMED_WITHIN:
            draft.provider = draft.provider or printed(provider.short, line.words, line.page)
            _note(aside, line, "provider")
        else:
            body.append(line)
    if draft.provider is None:
        first = block.lines[0]
        draft.provider = Printed(provider.short, first.text, first.page, box_of(first.words))
    return body


def _names(provider: Provider, line: Line) -> bool:
    return amount_at_end(line.text) is None and re.search(provider.names, line.text, re.I) is not None


def _note(aside: ServiceAside, line: Line, kind: HeadingKind) -> None:
    section: Section | None = "generation" if kind == "section" else None
    aside.headings.append(Heading(kind, line.text, line.page, 0, section))


def _walk(
    items: list[Item],
    provider: Provider,
    draft: ServiceDraft,
    aside: ServiceAside,
    service: int,
    findings: list[Finding],
) -> None:
    last = max((at for at, item in enumerate(items) if _is_total(item)), default=-1)
    for at, item in enumerate(items):
        if item.charge is None or (item.charge.quantity is None and CARRIED.match(item.text)):
            balance = balance_of(Line(item.words, item.page))
            if balance is not None:
                draft.balances.append(balance)
            else:
                findings.append(area.left_over(item, service))
        elif item.charge.quantity is None and (SUBTOTAL.match(item.text) or (_is_total(item) and at < last)):
            draft.subtotal = printed(item.charge.amount, item.words, item.page)
            aside.subtotal_after = len(draft.charges)
            aside.subtotals.append((len(draft.charges), draft.subtotal))
        elif at == last:
            draft.total = printed(item.charge.amount, item.words, item.page)
        else:
            draft.charges.append(_charge(item, provider, draft))


def _is_total(item: Item) -> bool:
    return item.charge is not None and item.charge.quantity is None and TOTAL.match(item.text) is not None


def _is_balance(item: Item) -> bool:
    return balance_of(Line(item.words, item.page)) is not None


def _charge(item: Item, provider: Provider, draft: ServiceDraft) -> Charge:
    charge = item.charge
    assert charge is not None
    label = item.label
    component = component_of(label, None, charge.unit)
    if (
        component == Component.UNKNOWN
        and by(charge.unit, "kWh")
        and (product_named(provider, label) or season_of(label))
    ):
        component = Component.ENERGY
    season = season_of(label) or _lost_season(tou_of(label), charge.quantity is not None, draft.period)
    section: Section = "tax" if is_tax(component) else "generation"
    return area.charge_of(item, len(draft.charges) + 1, section, component, None, season)


def _lost_season(tou: Tou | None, computed: bool, period: PeriodDraft | None) -> Season | None:
    """Return the season of a line that lost its word: from price period or billing period."""
    if tou is None or not computed:
        return None
    if tou == "on_peak":
        return "summer"
    if tou == "super_off_peak":
        return "winter"
    if period is None:
        return None
    seasons = seasons_of(period.start.value, period.end.value)
    return seasons[0] if len(seasons) == 1 else None


def _unlisted_finding(provider: Provider, block: Block, service: int) -> Finding:
    return Finding(
        code="unlisted_provider",
        severity="info",
        message=f"the supplier {provider.short!r} is not in our list; its name is kept as printed",
        service=service,
        page=block.first_page.number,
    )


def _products_finding(products: set[str | None], block: Block, service: int) -> Finding:
    names = ", ".join(sorted(product for product in products if product))
    return Finding(
        code="product_changed",
        severity="info",
        message=f"the product changes inside the period: {names or 'no product named'}",
        service=service,
        page=block.first_page.number,
    )
