"""A CCA's own generation bill, without SCE's furniture around it (CPA's portal).

The layout is not publicly known: no sample was found. So only the section's own lines are
expected (provider's name, service account, period, lines with `@`, a total), under whatever
furniture. It claims a document only where none of SCE's furniture is there and service
account, period and total are printed; mailers and letters are no bills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor.draft import Aside, Draft, Witness
from extractor.layouts.sections import account, account_summary, generation
from extractor.layouts.sections.block_head import account_of, period_of, rate_of
from extractor.layouts.sections.charge_lines import amount_at_end
from extractor.layouts.sections.details import SUPPLY, Block, add_line, is_total, no_total
from extractor.layouts.sections.providers import Provider, provider_named
from extractor.layouts.sections.statement import fill, missing_pages, page_number
from extractor.model import Finding
from extractor.paper import Line
from extractor.sheet import Page

NAME = "cca_only"
REVISION = 1

_FURNITURE = ("datebillprepared", "southerncaliforniaedisoncompany", "yourdeliverychargesinclude")
_BESIDE = (
    SUPPLY,
    "rotatingoutage",
    "thingsyoushouldknow",
    "importantinformation",
    "yourelectricitybill",
    "sce.com",
)
"""What SCE prints around a CCA's charges, and a CCA may print, too."""

_HEADING = re.compile(r"^(?:details of (?:your )?(?:new )?charges|(?:electric )?generation charges)$", re.I)


def begins(page: Page) -> bool:
    """Tell whether a page is the first of a CCA's own bill: its charges are on it, and nothing of SCE's."""
    strange = any(mark in page.squeezed for mark in (*_FURNITURE, SUPPLY))
    if strange or "@" not in page.text or page_number(page) > 1 or _provider([page]) is None:
        return False
    return any(_account(line) for line in page.lines) and any(_period_in(line) for line in page.lines)


def recognizes(pages: Sequence[Page]) -> bool:
    """Tell whether a CCA's lines, service account, period and total are printed, and nothing of SCE's."""
    if any(mark in page.squeezed for page in pages for mark in _FURNITURE) or _provider(pages) is None:
        return False
    lines = [line for page in pages for line in page.lines]
    has_account = any(_account(line) for line in lines)
    has_period = any(_period_in(line) for line in lines)
    has_lines = any(" @ " in line.text and amount_at_end(line.text) for line in lines)
    has_total = any(is_total(line) for line in lines)
    return has_account and has_period and has_lines and has_total


def read(pages: Sequence[Page]) -> tuple[Draft, Aside]:
    """Return what the CCA's bill says, and what proves it."""
    provider = _provider(pages)
    assert provider is not None
    names = re.compile(provider.names.lower())
    draft, aside = Draft(issuer=account.issuer_on(pages, names, provider.short)), Aside()
    account.read_account(pages, draft, aside)
    account_summary.read_summary(pages[0], draft, aside)
    blocks = _blocks(pages)
    for index, block in enumerate(blocks):
        service, proof, findings = generation.read_block(block, provider, index)
        draft.services.append(service)
        aside.services.append(proof)
        aside.findings.extend(findings)
        if not block.closed:
            aside.findings.append(no_total(block, index))
        header = account.ServiceHeader(block.first_page)
        fill(service, header, index, aside)
        if len(blocks) == 1 and header.service_account is not None:
            aside.witnesses.append(Witness("/bill/services/0/service_account", header.service_account))
    aside.findings.extend(missing_pages(pages, "error"))  # a page of a statement is no bill
    aside.findings.extend(_of_a_statement(pages, draft))
    return draft, aside


def _of_a_statement(pages: Sequence[Page], draft: Draft) -> Iterator[Finding]:
    """Say so where a bill without a date may be what is left of SCE's statement."""
    if draft.statement_date is None and any(mark in page.squeezed for page in pages for mark in _BESIDE):
        yield Finding(
            code="missing_field",
            severity="error",
            message="the statement date was not read, and what stands around the charges is SCE's:"
            " it may be a page of SCE's statement",
            page=pages[0].number,
        )


def _provider(pages: Sequence[Page]) -> Provider | None:
    """Return the aggregator that the pages name, in the order of the file or, failing that, line by line."""
    named = provider_named(" ".join(page.text for page in pages))
    return named or provider_named(" ".join(line.text for page in pages for line in page.lines))


def _account(line: Line) -> bool:
    return account_of(line) is not None


def _period_in(line: Line) -> bool:
    return period_of(line) is not None


def _blocks(pages: Sequence[Page]) -> list[Block]:
    """Return the charges areas: from a heading, or the first line of a head, to a total."""
    blocks: list[Block] = []
    for page in pages:
        for at, line in enumerate(page.lines):
            block = blocks[-1] if blocks and not blocks[-1].closed else None
            if block is None and (
                _HEADING.match(line.text) or rate_of(line) or _account(line) or _period_in(line)
            ):
                block = Block(page, tracked=False)
                blocks.append(block)
            if block is not None:
                add_line(block, page, page.lines, at)
    return [
        block for block in blocks if block.closed or any(amount_at_end(line.text) for line in block.lines)
    ]
