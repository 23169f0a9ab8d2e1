"""An SCE statement as a whole: which page serves which service, composed of the section grammars.

Page 1 carries the account and its summary; a page with the cost box and the usage block
(page 3) comes before the details of its service; each charges area is one service. A page
that prints its own `Service account` header speaks for itself, all others for the account of
page 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.draft import Aside, Draft, ServiceDraft, Witness
from extractor.layouts.sections import (
    account,
    account_summary,
    balances,
    billing_detail,
    cost_box,
    demand_box,
    details,
    generation,
    sce_charges,
    usage,
)
from extractor.layouts.sections.details import Block, blocks_of
from extractor.model import Finding, Severity
from extractor.paper import box_of
from extractor.sheet import Page

BILL = re.compile(r"(?:bill|statement)\b")
KIND = re.compile(
    r"(?:this is (?:your |an? )?)?(?:[\w-]+ ){0,3}?"
    r"(?:(?P<final>final|closing)|(?P<opening>opening|first)|(?P<corrected>corrected|rebilled)"
    r"|(?P<catch_up>catch-?up)|(?P<nem_settlement>settlement)|(?P<summary>summary)) ",
    re.I,
)
"""What stands before `bill` where one says what it is, from the start of a line."""

NEEDED = (
    "datebillprepared",
    "detailsofyournewcharges",
    "detailsofyourtrackedcharges",
    billing_detail.MARKER,
    cost_box.MARKER,
    details.SUPPLY,
    *usage.MARKERS,
    *balances.MARKERS,
)
PAGE_OF = re.compile(r"[Pp](?:age|AGE) (\d+) [oO][fF] (\d+)\b")
ARITHMETIC = re.compile(r"\d (?:kWh|kW) ?[x@]", re.I)


def is_statement(pages: Sequence[Page]) -> bool:
    """Tell whether pages are a statement that bills something, not a letter with account and date."""
    billing = ("youraccountsummary", "yournewcharges", "detailsofyour", billing_detail.MARKER)
    return account.begins_bill(pages[0]) and any(mark in page.squeezed for page in pages for mark in billing)


def needs_words(text: str) -> bool:
    """Tell whether a page's text says that its words will be read: furniture we know, or arithmetic."""
    squeezed = "".join(text.lower().split())
    if any(marker in squeezed for marker in NEEDED):
        return True
    return "kw" in squeezed and ARITHMETIC.search(text) is not None


def read_statement(pages: Sequence[Page]) -> tuple[Draft, Aside]:
    """Return what an SCE statement says, and what proves it."""
    draft, aside = Draft(issuer="SCE"), Aside()
    account.read_account(pages, draft, aside)
    account_summary.read_summary(pages[0], draft, aside)
    aside.findings.extend(account_summary.unread_rows(pages[0]))
    billing_detail.read_detail(pages, aside)
    _kind(pages[0], draft, aside)
    blocks = blocks_of(pages)
    for index, block in enumerate(blocks):
        _service(block, index, draft, aside)
    _headers(pages[0], blocks, draft, aside)
    _usage(pages, blocks, draft, aside)
    _balances(pages, blocks, draft)
    _estimate_and_meters(draft)
    aside.findings.extend((*_stamps(pages, blocks), *missing_pages(pages, "warning")))
    if draft.customer_account is None or not blocks:
        aside.findings.extend(_sideways(pages))
    return draft, aside


def _stamps(pages: Sequence[Page], blocks: Sequence[Block]) -> Iterator[Finding]:
    """Say which words were taken for stamps, on the pages that carry something of the record."""
    carrying = {pages[0].number, *(number for block in blocks for number in block.pages)}
    for page in pages:
        if page.number in carrying and page.stamps and not page.on_its_side:
            words = sorted(page.stamps, key=lambda word: word.x0)
            message = f"printed across the page, and no part of it: {' '.join(word.text for word in words)!r}"
            yield Finding(
                code="stamp", severity="info", message=message, page=page.number, bbox=box_of(words)
            )


def _sideways(pages: Sequence[Page]) -> Iterator[Finding]:
    """Say which pages of a bill that could not be read are shown on their side."""
    for page in pages:
        if page.on_its_side:
            message = "the page is shown on its side; turn it upright, save the file and read it again"
            yield Finding(code="sideways", severity="error", message=message, page=page.number)


def missing_pages(pages: Sequence[Page], severity: Severity) -> Iterator[Finding]:
    """Say which pages are not there, where the others count more pages than there are."""
    counts = [PAGE_OF.search(page.text) for page in pages]
    totals = {int(count[2]) for count in counts if count}
    if len(totals) != 1 or len(pages) >= max(totals):
        return
    seen = {int(count[1]) for count in counts if count}
    missing = ", ".join(str(number) for number in range(1, max(totals) + 1) if number not in seen)
    message = f"of {max(totals)} pages not there: {missing}"
    yield Finding(code="pages_missing", severity=severity, message=message)


def _kind(page: Page, draft: Draft, aside: Aside) -> None:
    """Take what the bill calls itself, if it does, and say in which words."""
    for found in page.find(BILL):
        match = KIND.fullmatch(found.before)
        if match is None:
            continue
        draft.kind = draft.kind or match.lastgroup
        message = f"the bill calls itself {match.lastgroup}: {found.line.text!r}"
        aside.findings.append(Finding(code="bill_kind", severity="info", message=message, page=page.number))


def _service(block: Block, index: int, draft: Draft, aside: Aside) -> None:
    supplier = generation.supplier_of(block)
    if supplier is None:
        service, proof, findings = sce_charges.read_block(block, index)
    else:
        service, proof, findings = generation.read_block(block, supplier, index)
    if not block.closed:
        message = "the total of these charges was not found; a page may be missing"
        findings.append(
            Finding(code="no_total", severity="error", message=message, service=index, page=block.pages[-1])
        )
    draft.services.append(service)
    aside.services.append(proof)
    aside.findings.extend(findings)


def _headers(first: Page, blocks: Sequence[Block], draft: Draft, aside: Aside) -> None:
    """Give each service the header that speaks for it: its own page's, else the first page's."""
    general = account.ServiceHeader(first)
    known: dict[int, account.ServiceHeader] = {first.number: general}
    for index, (block, service) in enumerate(zip(blocks, draft.services, strict=True)):
        page = block.first_page
        if page.number not in known:
            known[page.number] = account.ServiceHeader(page)
        own = known[page.number]
        fill(service, own, index, aside)
        fill(service, general, index, aside)


def fill(service: ServiceDraft, header: account.ServiceHeader, index: int, aside: Aside) -> None:
    """Take from a header what the service does not have yet; never from another service's header."""
    account_ = header.service_account
    if account_ is not None and service.service_account is not None:
        if account_.value != service.service_account.value:
            return
        if account_ is not service.service_account:
            aside.witnesses.append(Witness(f"/bill/services/{index}/service_account", account_))
    for name in ("service_account", "pod_id", "service_address", "rotating_outage_group"):
        if getattr(service, name) is None:
            setattr(service, name, getattr(header, name))


def _usage(pages: Sequence[Page], blocks: Sequence[Block], draft: Draft, aside: Aside) -> None:
    """Read each usage page into the SCE service whose details come next (or, at the end, came last)."""
    own = [at for at, service in enumerate(draft.services) if service.role != "generation"]
    read: set[str] = set()
    for page in pages:
        if not _is_usage_page(page) or page.squeezed in read:
            continue  # a page may be there twice
        read.add(page.squeezed)
        later = [at for at in own if blocks[at].first_page.number >= page.number]
        if not own:
            return
        at = later[0] if later else own[-1]
        usage.read_usage(page, draft.services[at], draft)
        demand_box.read_demands(page, draft.services[at])
        box = cost_box.read_cost_box(page)
        if box is not None:
            aside.services[at].cost_box = box


def _balances(pages: Sequence[Page], blocks: Sequence[Block], draft: Draft) -> None:
    """Read tracked amounts: of SCE from its usage pages, of a CCA from below its charges on their page."""
    for page in pages:
        if not any(marker in page.squeezed for marker in balances.MARKERS):
            continue
        here = [at for at, block in enumerate(blocks) if page.number in block.pages]
        later = [at for at, block in enumerate(blocks) if block.first_page.number > page.number]
        floor = max(
            (line.bottom for at in here for line in blocks[at].lines if line.page == page.number), default=0.0
        )
        for at in here[-1:] or later[:1]:
            draft.services[at].balances.extend(balances.read_balances(page, floor))


def _is_usage_page(page: Page) -> bool:
    return cost_box.MARKER in page.squeezed or any(marker in page.squeezed for marker in usage.MARKERS)


def _estimate_and_meters(draft: Draft) -> None:
    for service in draft.services:
        if service.role != "generation":
            usage.settle_meters(service)
