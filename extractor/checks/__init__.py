"""Every identity that a bill makes possible, one function each; this list is the proof.

A check takes the record as read and gives proof rows (which identity, the values it protects,
printed, computed, whether it holds) and findings where something does not close.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from extractor.checks import (
    account,
    box,
    dates,
    detail,
    edi,
    energy,
    fitting,
    lines,
    recognised,
    structure,
    sums,
    supply,
    verdict,
)
from extractor.checks.compare import Case, Result
from extractor.checks.verdict import judged
from extractor.draft import Aside
from extractor.model import Bill, Evidence, Finding, Proof, Status

CHECKS: tuple[Callable[[Case], Iterator[Result]], ...] = (
    verdict.missing_fields,
    lines.lines_close,
    lines.percentages_stand_on_their_base,
    sums.subtotals,
    sums.totals,
    sums.new_charges,
    sums.billing_detail,
    detail.detail_rows,
    detail.accounts_repeated,
    account.account_summary,
    account.summary_rows,
    account.amount_due_alone,
    account.scan_line,
    account.printed_alike,
    box.cost_boxes,
    energy.own_generation,
    energy.cca_generation,
    energy.surcharges,
    energy.state_surcharge,
    energy.usage_block,
    dates.day_counts,
    dates.dates_in_order,
    dates.meter_dates,
    dates.prorations,
    structure.headings,
    structure.groups_have_lines,
    structure.one_supplier,
    structure.lines_under_their_headings,
    structure.seasons,
    structure.seasons_named,
    structure.price_periods_in_order,
    fitting.units,
    fitting.price_periods_named,
    fitting.tiers_whole,
    fitting.seasons_possible,
    fitting.demand_periods,
    fitting.headings_whole,
    fitting.blocks_once,
    supply.generation_missing,
    supply.unknown_labels,
    edi.form_confirmed,
    edi.invoice_total,
    edi.current_bill,
    edi.balances,
    edi.counts,
    edi.cents_shown,
    recognised.recognised_lines,
    recognised.recognised_values,
    recognised.recognised_schedules,
    recognised.recognised_alike,
)

OF_PRINT = (
    account.amount_due_alone,
    structure.headings,
    structure.lines_under_their_headings,
    structure.price_periods_in_order,
    fitting.headings_whole,
)
"""What is so on printed bills only: an EDI invoice has no headings, and its lines no order."""


def proven(
    bill: Bill, aside: Aside, evidence: dict[str, Evidence]
) -> tuple[Bill, Status, tuple[Proof, ...], tuple[Finding, ...]]:
    """Return the bill with its verdicts, its status, every identity tried, and all findings."""
    case = Case(bill, aside, evidence)
    checks = CHECKS if aside.edi is None else [check for check in CHECKS if check not in OF_PRINT]
    results = [result for check in checks for result in check(case)]
    proof = tuple(result for result in results if isinstance(result, Proof))
    findings = (*aside.findings, *(result for result in results if isinstance(result, Finding)))
    judged_bill, status = judged(bill, proof, findings)
    return judged_bill, status, proof, findings
