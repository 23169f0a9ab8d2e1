"""What speaks against sending a request: rules, each a function whose docstring is the reason a clerk gives.

A counterparty that finds a mistake sends the request back after days, or answers with less. What it will
surely refuse is refused here; what it may take amiss is a warning, which a person can accept. Source: SCE's
questions and answers on Form 14-796, and what practitioners report of rejections; a rule that rests on an
assumed value only warns.
"""

from __future__ import annotations

from datarequests import form_rules, request_rules
from datarequests.looked import Finding, Look, Rule, Severity

RULES: tuple[Rule, ...] = (
    form_rules.has_authorization,
    form_rules.is_signed,
    form_rules.authorization_holds,
    form_rules.file_is_as_signed,
    form_rules.is_used_once,
    form_rules.name_is_as_on_the_bill,
    form_rules.address_is_as_on_the_bill,
    request_rules.account_has_its_digits,
    request_rules.account_is_no_customer_account,
    request_rules.account_is_on_a_bill,
    request_rules.accounts_are_on_the_form,
    form_rules.accounts_fit_the_form,
    request_rules.something_is_asked,
    request_rules.options_are_on_the_form,
    request_rules.option_5_for_intervals,
    request_rules.bills_are_not_to_be_had,
    form_rules.one_interval_is_chosen,
    form_rules.release_has_its_address,
    form_rules.agent_is_named,
    form_rules.revision_is_current,
    request_rules.days_are_the_customers,
    request_rules.look_back_is_short,
    request_rules.days_have_come,
    form_rules.holds_until_the_answer,
    request_rules.channel_has_an_address,
)


def lint(look: Look) -> tuple[Finding, ...]:
    """Return all that speaks against sending a request, what is refused first."""
    found = [
        Finding(rule.__name__, severity, said, (rule.__doc__ or "").strip())
        for rule in RULES
        for severity, said in rule(look)
    ]
    return tuple(sorted(found, key=lambda one: one.severity is not Severity.REFUSE))


def is_refused(findings: tuple[Finding, ...]) -> bool:
    """Tell whether a request must not go out as it is."""
    return any(one.severity is Severity.REFUSE for one in findings)
