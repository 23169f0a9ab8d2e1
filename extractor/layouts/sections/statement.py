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
from extractor.layouts.sections.charge_lines import parse
from extractor.layouts.sections.details import Block, blocks_of, is_total, no_total
from extractor.model import Finding, Severity
from extractor.paper import box_of, printed
from extractor.sheet import Found, Page

BILL = re.compile(r"(?:bill|statement)\b")
_KIND = (
    r"(?:(?P<final>final|closing)|(?P<opening>opening|first)|(?P<corrected>corrected|rebilled)"
    r"|(?P<catch_up>catch-?up)|(?P<nem_settlement>settlement)|(?P<summary>summary)) "
)
SENTENCE = re.compile(rf"this is (?:your|an?) (?:[\w-]+ ){{0,3}}?{_KIND}", re.I)
TITLE = re.compile(_KIND, re.I)
"""A bill says what it is in a sentence (`This is your final bill.`) or in a line of nothing else."""

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
EDISON = re.compile(r"southern california edison(?: company)?\b")
PAGE_OF = re.compile(r"[Pp](?:age|AGE) (\d+) [oO][fF] (\d+)\b")
ARITHMETIC = re.compile(r"\d (?:kWh|kW) ?[x@]", re.I)


def begins_statement(page: Page) -> bool:
    """Tell whether a page is the first of a statement; one that counts itself later only explains a bill."""
    return account.begins_bill(page) and page_number(page) <= 1


def page_number(page: Page) -> int:
    """Return what a page counts itself as (`Page 4 of 10`), 0 if it does not."""
    numbers = {int(match[1]) for match in PAGE_OF.finditer(page.text)}
    return 1 if 1 in numbers else min(numbers, default=0)  # a text may refer to other pages


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
    draft, aside = Draft(issuer=account.issuer_on(pages[:1], EDISON, "SCE")), Aside()
    account.read_account(pages, draft, aside)
    account_summary.read_summary(pages[0], draft, aside)
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
    aside.findings.extend((*_left_over(pages, blocks), *_unread_fields(pages, draft)))
    account.settle_due_date(draft, aside)
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


def _left_over(pages: Sequence[Page], blocks: Sequence[Block]) -> Iterator[Finding]:
    """Say which pages have charges with a total and belong to no charges area of this bill."""
    read = {pages[0].number, *(number for block in blocks for number in block.pages)}
    for page in pages:
        if page.number in read or ARITHMETIC.search(page.text) is None or _is_usage_page(page):
            continue
        counted = [line for line in page.lines if (charge := parse(line.text)) and charge.rate is not None]
        if len(counted) > 1 and any(is_total(line) for line in page.lines):
            message = "charges on this page belong to no part of the bill that was read"
            yield Finding(code="charges_left_over", severity="error", message=message, page=page.number)


UNREAD_ON_FIRST = (
    ("pod_id", account.POD_ID),
    ("rotating_outage_group", account.OUTAGE),
    ("due_date", account.DUE_BY),
)
UNREAD_ON_USAGE = (
    ("meters", re.compile(r"for meter\b(?=.*\bfrom\b)")),
    ("next_cycle_end", re.compile(r"next billing cycle will end\b")),
    ("exported_kwh", re.compile(r"total electricity you exported\b.*\bin kwh\b")),
    ("max_demand_kw", re.compile(r"maximum demand reached this billing period\b")),
)
"""Fields that may stay null, and the labels that say they are printed."""


def _unread_fields(pages: Sequence[Page], draft: Draft) -> Iterator[Finding]:
    """Say which optional fields are printed and could not be read."""
    usage_pages = [page for page in pages if _is_usage_page(page)]
    for where, fields in ((pages[:1], UNREAD_ON_FIRST), (usage_pages, UNREAD_ON_USAGE)):
        for name, label in fields:
            if any(getattr(holder, name, None) for holder in (draft, *draft.services)):
                continue
            found = next((found for page in where for found in page.find(label)), None)
            if found is not None:
                yield Finding(
                    code="unread_field",
                    severity="warning",
                    message=f"the {name.replace('_', ' ')} is printed and could not be read",
                    page=found.line.page,
                    bbox=box_of(found.words()),
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
    sheets = [page for page in pages if page.source == "text" or page.text.strip()]  # a copier's blank backs
    numbers = [int(count[1]) for count in counts if count]
    seen = set(numbers)
    twice = len(numbers) - len(seen)
    if len(totals) != 1 or len(sheets) - twice >= max(totals):
        return
    missing = [str(number) for number in range(1, max(totals) + 1) if number not in seen]
    what = f"page {missing[0]}" if len(missing) == 1 else f"pages {', '.join(missing)}"
    message = f"{what} of {max(totals)} {'is' if len(missing) == 1 else 'are'} missing"
    yield Finding(code="pages_missing", severity=severity, message=message)


def _kind(page: Page, draft: Draft, aside: Aside) -> None:
    """Take what the bill calls itself, if it does, and say in which words."""
    kinds: dict[str, Found] = {}
    for found in page.find(BILL):
        alone = not found.line.text[found.end :].strip(" .")
        match = SENTENCE.fullmatch(found.before) or (TITLE.fullmatch(found.before) if alone else None)
        if match is not None and match.lastgroup:
            kinds.setdefault(match.lastgroup, found)
    for kind, found in kinds.items():
        draft.kind = printed(kind, found.line.words, page.number) if len(kinds) == 1 else None
    for kind, found in kinds.items():
        message = f"the bill calls itself {kind}: {found.line.text!r}"
        aside.findings.append(Finding(code="bill_kind", severity="info", message=message, page=page.number))


def _service(block: Block, index: int, draft: Draft, aside: Aside) -> None:
    supplier = generation.supplier_of(block)
    if supplier is None:
        service, proof, findings = sce_charges.read_block(block, index)
    else:
        service, proof, findings = generation.read_block(block, supplier, index)
    if not block.closed:
        findings.append(no_total(block, index))
    draft.services.append(service)
    aside.services.append(proof)
    aside.findings.extend(findings)


def _headers(first: Page, blocks: Sequence[Block], draft: Draft, aside: Aside) -> None:
    """Give each service the header that speaks for it: its own page's, else the first page's.

    The first page speaks for the whole bill only where no details page has a header of its own.
    """
    general = account.ServiceHeader(first)
    known: dict[int, account.ServiceHeader] = {first.number: general}
    own = [
        known.setdefault(block.first_page.number, account.ServiceHeader(block.first_page)) for block in blocks
    ]
    sce = [
        header for header, service in zip(own, draft.services, strict=True) if service.role != "generation"
    ]
    speaks = not any(header.says_something for header in sce if header is not general)
    for index, (header, service) in enumerate(zip(own, draft.services, strict=True)):
        fill(service, header, index, aside)
        if service.service_account is not None or (speaks and not header.says_something) or header is general:
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
    """Read each usage page into the SCE service that it names or, as a rule, whose details come next."""
    own = [at for at, service in enumerate(draft.services) if service.role != "generation"]
    read: set[str] = set()
    for page in pages:
        if not own or not _is_usage_page(page) or page.squeezed in read:
            continue  # a page may be there twice
        read.add(page.squeezed)
        at = _service_of_usage(page, pages[0], blocks, draft, own)
        usage.read_usage(page, draft.services[at], draft)
        demand_box.read_demands(page, draft.services[at])
        box = cost_box.read_cost_box(page)
        if box is not None:
            aside.services[at].cost_box = box


def _service_of_usage(
    page: Page, first: Page, blocks: Sequence[Block], draft: Draft, own: Sequence[int]
) -> int:
    header = None if page is first else account.ServiceHeader(page).service_account
    if header is not None:
        named = [at for at in own if _has_account(draft.services[at], header.value)]
        own = named or own
    later = [at for at in own if blocks[at].first_page.number >= page.number]
    waiting = [at for at in later if not draft.services[at].meters and draft.services[at].usage_kwh is None]
    return (waiting or later or own[-1:])[0]


def _has_account(service: ServiceDraft, account_: str) -> bool:
    return service.service_account is not None and service.service_account.value == account_


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
