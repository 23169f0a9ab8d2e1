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

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from extractor.draft import Heading, ServiceAside, ServiceDraft
from extractor.layouts.sections import area
from extractor.layouts.sections.area import Item
from extractor.layouts.sections.block_head import account_of, period_of, rate_of
from extractor.layouts.sections.charge_lines import amount_at_end
from extractor.layouts.sections.details import HEADING, TOTAL, Block
from extractor.layouts.sections.providers import provider_named
from extractor.layouts.sections.vocabulary import component_of, season_of, section_of, tou_of, vintage_of
from extractor.model import Charge, Component, Evidence, Finding, Role, Section
from extractor.paper import Line, Printed, box_of, printed
from extractor.values import usd

SECTIONS: tuple[tuple[Section, re.Pattern[str]], ...] = (
    ("delivery", re.compile(r"^delivery charges\b(?! (?:or|and)\b)(?!.*\d)|^your delivery charges$", re.I)),
    (
        "generation",
        re.compile(r"^generation charges\b(?! (?:or|and)\b)(?!.*\d)|^your generation charges$", re.I),
    ),
    (
        "other",
        re.compile(r"^other (?:charges?|credits?)\s*(?:or|and|/|&)\s*(?:charges?|credits?)\b(?!.*\d)", re.I),
    ),
    ("tax", re.compile(r"^taxes(?: and (?:fees|surcharges))?$", re.I)),
)
RESPONSIBILITY = re.compile(r"cost responsib|community choice|\bCCA\b|\bCRS\b", re.I)
GROUP = re.compile(
    r"^(?:(?:summer|winter)(?: season)?\s*[-\u2013]?\s*)?(?P<what>energy|demand)(?: charges?)?"
    r"(?:\s*[-\u2013:]?\s*\(?(?:summer|winter)\)?)?:?$|^cpp participation:?$",
    re.I,
)
PROVIDER = re.compile(r"^(?:SCE|southern california edison(?: company)?)$", re.I)
SET_OFF = 1.12
"""Section headings stand at least this much farther from the line above than the headings of groups."""
SUBTOTAL = re.compile(r"^sub-?\s?total\b", re.I)


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
    body = _head(block.lines, state)
    items = area.rejoined(area.items_of(body), _is_known_heading)
    state.steps = _steps(items)
    _walk(items, state)
    draft.role = _role(draft)
    draft.provider = Printed(
        "SCE", block.lines[0].text, block.first_page.number, box_of(block.lines[0].words)
    )
    return draft, aside, state.findings


def _head(lines: list[Line], state: _State) -> list[Line]:
    """Read the head of the block and return the lines below it."""
    draft, aside = state.draft, state.aside
    body: list[Line] = []
    for at, line in enumerate(lines):
        if HEADING.match(line.text):
            continue
        if (rate := rate_of(line)) is not None:
            if draft.rate_schedule is None:
                draft.rate_schedule = rate
                aside.cca_marked = rate.text.rstrip().upper().endswith("(SCE)")
                aside.direct_access = "direct access" in rate.text.lower()
        elif (account := account_of(line)) is not None:
            draft.service_account = draft.service_account or account
        elif (period := period_of(_unwrapped(lines, at))) is not None:
            if draft.period is None:
                draft.period, aside.period_note = period
        elif not _closes_period(lines, at):
            body.append(line)
    return body


def _unwrapped(lines: list[Line], at: int) -> Line:
    """Return a line, with the next one where its bracket is still open."""
    line = lines[at]
    if "(" in line.text and ")" not in line.text and at + 1 < len(lines) and ")" in lines[at + 1].text:
        return Line([*line.words, *lines[at + 1].words], line.page)
    return line


def _closes_period(lines: list[Line], at: int) -> bool:
    """Tell whether a line only closes the bracket of the period above it."""
    return (
        at > 0
        and _unwrapped(lines, at - 1) is not lines[at - 1]
        and period_of(_unwrapped(lines, at - 1)) is not None
    )


def _walk(items: list[Item], state: _State) -> None:
    for item in items:
        if item.charge is not None:
            _charge_or_sum(item, state)
        elif _is_known_heading(item):
            _known_heading(item, state)
        elif area.is_loose_heading(item):
            _loose_heading(item, state)
        else:
            state.findings.append(area.left_over(item, state.service))


def _is_known_heading(item: Item) -> bool:
    """Tell whether a text line is a heading that we know by name."""
    named = _section_named(item) or PROVIDER.match(item.text) or GROUP.match(item.text)
    return item.charge is None and (bool(named) or provider_named(item.text) is not None)


def _section_named(item: Item) -> bool:
    """Tell whether a text line is a section's heading."""
    return item.charge is None and any(words.match(item.text) for _, words in SECTIONS)


def _known_heading(item: Item, state: _State) -> None:
    """Take a heading that we know by name."""
    state.group = None
    for section, words in SECTIONS:
        if words.match(item.text):
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
        outside, named = _stands_outside(item, state.steps), RESPONSIBILITY.search(item.text)
        if outside and named:
            state.section = "other"
        elif outside or (outside is None and named):
            state.findings.append(_unplaced(item, state.service))
    state.group, state.group_x0 = item.text, item.x0
    _note(state, item, "group")


def _steps(items: list[Item]) -> tuple[float, float]:
    """Return the least step above a section's heading or the subtotal, the largest above a group's."""
    sections, groups = [], [1.0]
    for above, item in pairwise(items):
        if item.step and (_section_named(item) or SUBTOTAL.match(item.text)):
            sections.append(item.step)
        elif item.step and above.charge is not None and item.charge is None and GROUP.match(item.text):
            groups.append(item.step)
    return min(sections, default=0.0), max(groups)


def _stands_outside(item: Item, steps: tuple[float, float]) -> bool | None:
    """Tell whether a heading is set off as sections are and groups are not; None if that cannot be seen."""
    section, group = steps
    if not section and item.step:
        return item.gap_above
    if not item.step or section < SET_OFF * group:
        return None
    return item.step > (section + group) / 2


def _unplaced(item: Item, service: int) -> Finding:
    return Finding(
        code="heading_place",
        severity="error",
        message=f"whether {item.text!r} heads a part of the section above or stands outside cannot be seen",
        service=service,
        page=item.page,
        bbox=box_of(item.words),
    )


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
            state.group = None
            return
        if TOTAL.match(item.text):
            state.draft.total = _sum(item, amount)
            return
    _charge(item, state)


def _sum(item: Item, amount: str) -> Printed[Decimal]:
    return printed(usd(amount), item.words, item.page)


def _charge(item: Item, state: _State) -> None:
    charge = item.charge
    assert charge is not None
    label = item.label
    tou = tou_of(label)
    group = _group_of(item, state)
    component = component_of(label, group, charge.unit)
    section = section_of(component, state.section or "other")
    if state.section is None:
        state.findings.append(
            Finding(
                code="no_heading",
                severity="error",
                message=f"the line {label!r} stands under no section heading",
                service=state.service,
                page=item.page,
                bbox=box_of(item.words),
            )
        )
    state.draft.charges.append(
        Charge(
            line=len(state.draft.charges) + 1,
            section=section,
            component=component,
            group=None if section == "tax" else group,
            label=label,
            tou=tou,
            season=season_of(group or "") or season_of(label),
            vintage=vintage_of(label),
            quantity=charge.quantity,
            unit=charge.unit,
            rate=charge.rate,
            days=charge.days,
            amount=charge.amount,
            evidence=Evidence(
                page=item.page, bbox=box_of(item.words), text=item.text, confidence=_sure(item)
            ),
        )
    )
    if item.gap_above and not _follows_heading(state):
        state.findings.append(_gap(item, state.service))


def _follows_heading(state: _State) -> bool:
    """Tell whether the charge just read is the first below a heading or a sum."""
    before = len(state.draft.charges) - 1
    headings = state.aside.headings
    return (
        before == 0 or bool(headings and headings[-1].after == before) or state.aside.subtotal_after == before
    )


def _gap(item: Item, service: int) -> Finding:
    return Finding(
        code="gap",
        severity="error",
        message=f"there is room for another line or heading above {item.text!r}",
        service=service,
        page=item.page,
        bbox=box_of(item.words),
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


def _sure(item: Item) -> float | None:
    return min((word.confidence for word in item.words if word.confidence is not None), default=None)


def _role(draft: ServiceDraft) -> Role:
    """Return bundled if SCE's generation section sells energy; cost responsibility lines alone do not."""
    own = {Component.ENERGY, Component.TIME_DEMAND, Component.CPP}
    sells = any(line.section == "generation" and line.component in own for line in draft.charges)
    return "bundled" if sells else "delivery"
