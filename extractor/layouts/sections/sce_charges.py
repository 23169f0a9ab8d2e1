"""SCE's charges area: delivery, generation if SCE sells the energy, other charges, taxes.

    Delivery charges - Cost to deliver your electricity      section heading
    Facilities rel demand   62 kW x $13.77000 x 27/30 days   $768.37
    Energy-Winter                                            group heading
      Mid peak              3,499 kWh x $0.07527             $263.37   indented: of the group
    Wildfire fund charge    17,922 kWh x $0.00595            $106.64   not indented: group ended
    Generation charges - Cost to generate your electricity
    SCE
    Other charges or credits
      Fixed recovery charge 17,922 kWh x $0.00153            $27.42
    Subtotal of your new charges                             $3,987.57
    State tax               17,922 kWh x $0.00030            $5.38
    Your new charges                                         $3,992.95

A rate change repeats labels under one heading, a season change prints a second heading.
On a CCA customer's bill the cost responsibility lines (PCIA, CTC ...) stand under one of the
sections or under a heading of their own; where exactly is not known first-hand, so all of
these places are read. Sources: 21 real bills (2024-12 to 2025-11), tariff sheets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from extractor.draft import Heading, ServiceAside, ServiceDraft
from extractor.layouts.sections import area
from extractor.layouts.sections.area import Item
from extractor.layouts.sections.block_head import read_head
from extractor.layouts.sections.charge_lines import amount_at_end
from extractor.layouts.sections.details import TOTAL, Block
from extractor.layouts.sections.sce_headings import (
    GROUP,
    PRINTED,
    RESPONSIBILITY,
    SUBTOTAL,
    is_known_heading,
    section_named,
    stands_outside,
    steps_above,
)
from extractor.layouts.sections.vocabulary import component_of, season_of, section_of, tou_of
from extractor.model import Component, Finding, Role, Section
from extractor.paper import Printed, box_of, printed
from extractor.values import usd


@dataclass
class _State:
    """Where in the block the reading stands."""

    service: int
    draft: ServiceDraft
    aside: ServiceAside
    findings: list[Finding] = field(default_factory=list)
    section: Section | None = None
    group: str | None = None
    group_x0: float = 0.0
    steps: tuple[float, float] = (0.0, 0.0)
    """The least step above a section heading or subtotal, the largest above a group's, in line pitches."""


def read_block(block: Block, service: int) -> tuple[ServiceDraft, ServiceAside, list[Finding]]:
    """Return the service that an SCE charges area says, what proves it, and what was not read."""
    draft, aside = ServiceDraft(), ServiceAside(page=block.first_page.number, tracked=block.tracked)
    state = _State(service, draft, aside)
    body, state.findings = read_head(block.lines, draft, aside, service)
    if draft.rate_schedule is not None:
        aside.cca_marked = draft.rate_schedule.text.rstrip().upper().endswith("(SCE)")
        aside.direct_access = "direct access" in draft.rate_schedule.text.lower()
    items = area.rejoined(area.items_of(body), is_known_heading)
    state.steps = steps_above(items)
    _walk(items, state)
    draft.role = _role(draft)
    draft.provider = Printed(
        "SCE", block.lines[0].text, block.first_page.number, box_of(block.lines[0].words)
    )
    return draft, aside, state.findings


def _walk(items: list[Item], state: _State) -> None:
    for item in items:
        if item.charge is not None:
            _charge_or_sum(item, state)
        elif is_known_heading(item):
            _known_heading(item, state)
        elif area.is_loose_heading(item):
            _loose_heading(item, state)
        else:
            state.findings.append(area.left_over(item, state.service))


def _known_heading(item: Item, state: _State) -> None:
    """Take a heading that we know by name."""
    state.group = None
    if (section := section_named(item)) is not None:
        state.section = section
        _note(state, item, "section", section=section)
        return
    match = GROUP.match(item.text)
    if match is None:
        if state.section is not None:  # above the first section it only says who supplies
            _note(state, item, "provider")
        return
    state.group, state.group_x0 = item.text, item.x0
    unit = {"energy": "kWh", "demand": "kW"}.get((match["what"] or "").lower())
    _note(state, item, "group", season=season_of(item.text), unit=unit)


def _loose_heading(item: Item, state: _State) -> None:
    """Take a heading we do not know: of a group, or of cost responsibility charges outside the sections."""
    if state.section in ("delivery", "generation", None):
        outside, named = stands_outside(item, state.steps), RESPONSIBILITY.search(item.text)
        if outside and named:
            state.section = "other"
        elif outside or (outside is None and named):
            message = f"whether {item.text!r} belongs to the section above or stands outside cannot be seen"
            state.findings.append(area.doubt("heading_place", message, item, state.service))
    if item.is_recognised and not PRINTED.fullmatch(item.text):
        message = f"the heading {item.text!r} was recognised, and is none that bills print"
        state.findings.append(area.doubt("heading", message, item, state.service))
    state.group, state.group_x0 = item.text, item.x0
    _note(state, item, "group")


def _note(state: _State, item: Item, kind: str, **more: object) -> None:
    state.aside.headings.append(
        Heading(kind, item.text, item.page, len(state.draft.charges), **more)  # type: ignore[arg-type]  # literals above
    )


def _charge_or_sum(item: Item, state: _State) -> None:
    amount = amount_at_end(item.text)
    if item.charge is not None and item.charge.quantity is None and amount is not None:
        if SUBTOTAL.match(item.text):
            state.draft.subtotal = _sum(item, amount)
            state.aside.subtotal_after = len(state.draft.charges)
            state.aside.subtotals.append((len(state.draft.charges), state.draft.subtotal))
            state.group = None
            return
        if TOTAL.match(item.text):
            state.draft.total = _sum(item, amount)
            return
    _charge(item, state)


def _sum(item: Item, amount: str) -> Printed[Decimal]:
    return printed(usd(amount), item.words, item.page)


def _charge(item: Item, state: _State) -> None:
    label, unit = item.label, item.charge.unit if item.charge else None
    group = _group_of(item, state)
    component = component_of(label, group, unit)
    section = section_of(component, state.section or "other")
    if state.section is None:
        message = f"the line {label!r} stands under no section heading"
        state.findings.append(area.doubt("no_heading", message, item, state.service))
    season = season_of(group or "") or season_of(label)
    state.draft.charges.append(
        area.charge_of(
            item,
            len(state.draft.charges) + 1,
            section,
            component,
            None if section == "tax" else group,
            season,
        )
    )
    if item.gap_above and not _follows_heading(state):
        message = f"there is room for another line or heading above {item.text!r}"
        state.findings.append(area.doubt("gap", message, item, state.service))


def _follows_heading(state: _State) -> bool:
    """Tell whether the charge just read is the first below a heading or a sum."""
    before = len(state.draft.charges) - 1
    headings = state.aside.headings
    return (
        before == 0 or bool(headings and headings[-1].after == before) or state.aside.subtotal_after == before
    )


def _group_of(item: Item, state: _State) -> str | None:
    """Return the group a line belongs to; a line back at the heading's indent ends the group."""
    if state.group is None:
        return None
    member = item.x0 > state.group_x0 + area.INDENT or (
        tou_of(item.label) is not None and GROUP.match(state.group)
    )
    if not member:
        state.group = None
    return state.group


def _role(draft: ServiceDraft) -> Role:
    """Return bundled if SCE's generation section sells energy; cost responsibility lines alone do not."""
    own = {Component.ENERGY, Component.TIME_DEMAND, Component.CPP}
    sells = any(line.section == "generation" and line.component in own for line in draft.charges)
    return "bundled" if sells else "delivery"
