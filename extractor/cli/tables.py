"""The table a person reads: of each bill the account, its services, the way to the amount due, its doubts.

Only the words are made here; what is measured and added was measured and added before.
"""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from extractor.cli.wording import clean, count, day, money, quantity, span
from extractor.model import Bill, Finding, ReadResult, Service

COLOURS = {
    "verified": "green",
    "review": "yellow",
    "unreadable": "red",
    "error": "red",
    "warning": "yellow",
    "info": "blue",
}
"""By status and by severity; colour never says what a word beside it does not."""


def bill_table(result: ReadResult) -> RenderableType:
    """Return what a person reads of one bill."""
    parts: list[RenderableType] = [_headline(result)]
    if result.bill:
        parts += [_indented(_account(result.bill)), _indented(_services(result.bill))]
        parts += [_indented(line) for line in _summary(result.bill)]
    parts += [_indented(line) for line in finding_lines(doubts(result), result.document.counted_in)]
    return Group(*parts, "")


def finding_lines(findings: Iterable[Finding], counted_in: str = "page") -> Iterable[Text]:
    """Say each finding with its place, a page or a segment."""
    for finding in findings:
        line = Text.assemble((finding.severity, COLOURS[finding.severity]), f" {clean(finding.code)}")
        line.append("".join(f", {where}" for where in _where(finding, counted_in)))
        yield line.append(f": {clean(finding.message)}")


def doubts(result: ReadResult) -> list[Finding]:
    """Return the findings that somebody should act on."""
    return [finding for finding in result.findings if finding.severity != "info"]


def _where(finding: Finding, counted_in: str) -> Iterable[str]:
    if finding.service is not None:
        yield f"service {finding.service + 1}"
    if finding.page is not None:
        yield f"{counted_in} {finding.page}"


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 2), expand=False)


def _headline(result: ReadResult) -> Text:
    document = result.document
    line = Text.assemble((clean(document.path), "bold"))
    if document.page_range:
        first, last = document.page_range
        what = document.counted_in
        line.append(f"  {what} {first}" if first == last else f"  {what}s {first}-{last}", "dim")
    line.append(f"  {result.status}", COLOURS[result.status])
    proven = sum(row.holds and row.gate for row in result.proof)
    if proven:
        line.append(f"  {count(proven, 'identity')} hold" + ("s" if proven == 1 else ""), "dim")
    return line


def _account(bill: Bill) -> Text:
    words = [f"{clean(bill.issuer)} account {clean(bill.customer_account)}", clean(bill.customer_name)]
    words += [f"statement {day(bill.statement_date)}", f"due {day(bill.due_date)}"]
    return Text("  ".join(words))


def _services(bill: Bill) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    for title, width in (("supplier", 10), ("account", 10), ("rate", 10), ("period", 13)):
        table.add_column(title, overflow="fold", min_width=width)
    for title in ("kWh", "total"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for service in bill.services:
        table.add_row(*_service(service))
    return table


def _service(service: Service) -> Iterable[str | Text]:
    yield f"{clean(service.provider)} {clean(service.role)}"
    yield clean(service.service_account)
    yield clean(service.rate_schedule) + (f", {clean(service.product)}" if service.product else "")
    yield span(service.period)
    yield quantity(service.usage_kwh)
    yield money(service.total)
    yield Text(service.status, COLOURS[service.status])


def _summary(bill: Bill) -> Iterable[Text]:
    """Give the rows that lead from the previous balance to the amount due."""
    rows = [("previous balance", bill.previous_balance)]
    rows += [(clean(line.label), line.amount) for line in bill.account_lines]
    rows += [("balance forward", bill.balance_forward), ("new charges", bill.new_charges)]
    said = [f"{label} {money(amount)}" for label, amount in rows if amount is not None]
    yield Text.assemble("  ".join(said), "  ", (f"amount due {money(bill.amount_due)}", "bold"))
