"""What speaks against sending a request: rules, each a function whose docstring is the reason a clerk gives.

A counterparty that finds a mistake sends the request back after days, or answers with less. What it will
surely refuse is refused here; what it may take amiss is a warning, which a person can accept. Source: SCE's
questions and answers on Form 14-796, and what practitioners report of rejections; a rule that rests on an
assumed value only warns.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from datarequests.business_days import add_business_days, received_on
from datarequests.counterparties import Form
from datarequests.on_bills import OnBills
from datarequests.tables import Authorization
from datarequests.validity import months_after
from datarequests.viewed import Viewed


class Severity(StrEnum):
    """What is made of a finding."""

    REFUSE = "refuse"
    WARN = "warn"


class FileIs(StrEnum):
    """What became of the file that was signed."""

    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    NONE = "none"
    """Nothing was signed."""


@dataclass(frozen=True)
class Finding:
    """Something that speaks against sending a request."""

    code: str
    severity: Severity
    said: str
    """What was found."""
    reason: str = ""
    """Why it matters."""


@dataclass(frozen=True)
class Look:
    """What the rules look at."""

    viewed: Viewed
    bills: OnBills
    file: FileIs
    others_sent: int = 0
    """Other requests that were sent under the same authorization."""

    @property
    def authorization(self) -> Authorization | None:
        """What it is asked under."""
        return self.viewed.authorization

    @property
    def form(self) -> Form:
        """The counterparty's form of today."""
        return self.viewed.counterparty.form_on(self.viewed.today)

    @property
    def accounts(self) -> tuple[str, ...]:
        """The service accounts that are asked about, each once."""
        return tuple(dict.fromkeys(item.service_account for item in self.viewed.items))

    @property
    def options(self) -> tuple[str, ...]:
        """The options that are asked, each once."""
        return tuple(dict.fromkeys(item.option for item in self.viewed.items))

    @property
    def wants(self) -> frozenset[str]:
        """What the customer is after, as it was drafted or changed last."""
        said = [one.detail["wants"] for one in self.viewed.events if "wants" in one.detail]
        return frozenset(said[-1]) if said else frozenset()


Found = Iterator[tuple[Severity, str]]
Rule = Callable[[Look], Found]

REFUSE, WARN = Severity.REFUSE, Severity.WARN


def has_authorization(look: Look) -> Found:
    """Data is released only on the customer's written authorization, to that counterparty."""
    one, request = look.authorization, look.viewed.request
    if one is None:
        yield REFUSE, "it has no authorization"
    elif (one.customer, one.counterparty) != (request.customer, request.counterparty):
        yield REFUSE, f"its authorization is {one.customer}'s for {one.counterparty}"


def authorization_holds(look: Look) -> Found:
    """An authorization that has expired, was rejected, revoked, replaced or altered authorizes nothing."""
    valid = look.viewed.validity
    if valid is not None and not valid.holds and look.file is not FileIs.NONE:
        yield REFUSE, f"authorization {look.viewed.request.authorization_id} is {valid.word}"


def is_signed(look: Look) -> Found:
    """A form without signature and date is sent back, and one without the signer's title often is."""
    one = look.authorization
    if one is None:
        return
    if look.file is FileIs.NONE or one.executed_on is None:
        yield REFUSE, f"authorization {one.id} is not signed and dated yet"
    if not one.signatory:
        yield WARN, "nobody is named who signs for the customer"
    elif not one.signatory_title:
        yield WARN, f"{one.signatory} has no title"
    accepted = look.viewed.counterparty.known.electronic_signature
    if one.signature_kind == "electronic" and accepted.value != "yes":
        said = "does not take" if accepted.value == "no" else "has not said that it takes"
        yield (
            REFUSE if accepted.value == "no" else WARN,
            f"{look.viewed.counterparty.name} {said} electronic signatures",
        )


def file_is_as_signed(look: Look) -> Found:
    """Any alteration of a form after the customer has executed it makes it null and void."""
    if look.file is FileIs.CHANGED:
        yield REFUSE, "the signed file is no longer what was signed"
    elif look.file is FileIs.GONE:
        yield REFUSE, "the signed file is gone"


def is_used_once(look: Look) -> Found:
    """A one-time authorization is limited to one request for information."""
    one = look.authorization
    if one is not None and one.duration == "one_time" and look.others_sent:
        yield REFUSE, f"authorization {one.id} is good for one request, and one was sent under it"


def name_is_as_on_the_bill(look: Look) -> Found:
    """The name of record has to be the bill's, letter for letter: one difference is a reason to reject."""
    one = look.authorization
    if one is None:
        return
    for account in look.accounts:
        bill = look.bills.one(account)
        if bill is None or not bill.name or bill.name == one.customer_of_record:
            continue
        if _bare(bill.name) == _bare(one.customer_of_record):
            yield (
                WARN,
                f"the bill of {account} writes the name {bill.name!r}, the form {one.customer_of_record!r}",
            )
        else:
            yield (
                REFUSE,
                f"the bill of {account} is {bill.name!r}'s, the form says {one.customer_of_record!r}",
            )


def address_is_as_on_the_bill(look: Look) -> Found:
    """A service address that is missing or differs from the bill's is a reason to reject."""
    for account, address in _addresses(look).items():
        bill = look.bills.one(account)
        if account not in look.accounts:
            continue
        if not address:
            yield REFUSE, f"the form has no service address of {account}"
        elif bill is not None and bill.service_address and _bare(bill.service_address) != _bare(address):
            yield WARN, f"the bill of {account} says {bill.service_address!r}, the form {address!r}"


def account_has_its_digits(look: Look) -> Found:
    """An account number that is incomplete cannot be found at the utility."""
    counts = look.viewed.counterparty.known.service_account_digits.value
    for account in look.accounts:
        if not (account.isascii() and account.isdigit()) or len(account) not in counts:
            wanted = ", ".join(map(str, counts))
            yield REFUSE, f"{account} is no service account number: these have {wanted} digits"


def account_is_no_customer_account(look: Look) -> Found:
    """Data is released by service account; the customer account of the bill's head is another number."""
    for account in look.accounts:
        if account in look.bills.customer_accounts and not look.bills.has(account):
            yield (
                REFUSE,
                f"{account} is a customer account; name the service account, which stands with the charges",
            )


def account_is_on_a_bill(look: Look) -> Found:
    """A number that is on no bill of this customer may be mistyped, or another customer's."""
    for account in look.accounts:
        if not look.bills.has(account) and account not in look.bills.customer_accounts:
            yield WARN, f"{account} is on no bill of the customer that is kept here, and not in the roster"


def accounts_are_on_the_form(look: Look) -> Found:
    """The authorization covers the accounts that are listed on it, and no others."""
    if look.authorization is None:
        return
    for account in look.accounts:
        if account not in _addresses(look):
            yield REFUSE, f"{account} is not listed on authorization {look.authorization.id}"


def accounts_fit_the_form(look: Look) -> Found:
    """Accounts beyond the form's rows count only if they are on a separate sheet that is attached."""
    one, rows = look.authorization, look.form.rows
    if one is not None and len(one.accounts) > rows.value:
        yield (
            WARN,
            f"{len(one.accounts)} accounts for {rows.value} rows: is the separate sheet in the signed file?",
        )


def something_is_asked(look: Look) -> Found:
    """A request that names no option and no account asks for nothing."""
    if not look.viewed.items:
        yield REFUSE, "no option of any account is asked"
    if look.authorization is not None and not look.authorization.options:
        yield REFUSE, "no option is initialled on the form"


def options_are_on_the_form(look: Look) -> Found:
    """Only what is initialled on the form is authorized."""
    one = look.authorization
    if one is None:
        return
    for option in look.options:
        if option not in one.options and option.rstrip("abcd") not in one.options:
            yield REFUSE, f"option {option} is asked, and is not initialled on authorization {one.id}"


def option_5_for_intervals(look: Look) -> Found:
    """Interval data is released under option 5 alone; option 1 gives the usage that bills are made of."""
    if "interval" in look.wants and not _classes(look) & {"interval"}:
        yield REFUSE, "interval data is wanted, and the option for it (SCE's 5) is not asked"


def bills_are_not_to_be_had(look: Look) -> Found:
    """No option gives copies of bills, 1 only billing history; customers download bills from My Account."""
    if "bill_pdf" in look.wants:
        yield REFUSE, "bill PDFs are wanted, which is impossible: no option gives them"


def one_interval_is_chosen(look: Look) -> Found:
    """A form has to say for how long it holds, in exactly one of its boxes."""
    one = look.authorization
    if one is None:
        return
    known = {duration.duration: duration for duration in look.form.durations}
    if one.duration not in known:
        yield REFUSE, f"{one.duration!r} is no interval of the form"
    elif one.duration == "until" and one.until is None:
        yield REFUSE, "it holds until a date, and no date is given"
    elif one.duration == "until" and one.until is not None and one.executed_on is not None:
        months = known["until"].months
        if months is not None and one.until > months_after(one.executed_on, months):
            yield WARN, f"it is to hold until {one.until}, more than {months} months after it was executed"


def release_has_its_address(look: Look) -> Found:
    """What is released goes to an address, a fax number or a mail address that the form has to name."""
    one = look.authorization
    if one is not None and not one.release_to:
        yield REFUSE, f"it is to be released by {one.release_method}, and no address for that is given"


def agent_is_named(look: Look) -> Found:
    """A form whose agent block is not complete is sent back."""
    if look.authorization is None:
        return
    agent = look.authorization.agent
    for name in ("name", "company", "mailing_address", "telephone", "email"):
        if not agent.get(name):
            yield REFUSE, f"the agent's {name.replace('_', ' ')} is empty"


def revision_is_current(look: Look) -> Found:
    """The utility has refused forms of an older revision."""
    one, current = look.authorization, look.form.revision
    if one is not None and one.form_revision != current.value:
        is_sure = not current.source.assumed
        yield REFUSE if is_sure else WARN, f"the form is of {one.form_revision}, current is {current.value}"


def look_back_is_short(look: Look) -> Found:
    """The form says that requests for information may be limited to the most recent 12 month period."""
    months = look.viewed.counterparty.known.look_back_months.value
    begin = months_after(look.viewed.today, -months)
    firsts = [item.first for item in look.viewed.items if item.first is not None]
    if firsts and min(firsts) < begin:
        yield WARN, f"days from {min(firsts)} are asked, more than {months} months back"


def days_have_come(look: Look) -> Found:
    """There is no data of days to come."""
    lasts = [item.last for item in look.viewed.items if item.last is not None]
    if lasts and max(lasts) > look.viewed.today:
        yield WARN, f"days until {max(lasts)} are asked, which are to come"


def holds_until_the_answer(look: Look) -> Found:
    """An authorization that expires before the answer is due is a reason to reject, or not to answer."""
    valid = look.viewed.validity
    if valid is None or valid.last is None or not valid.holds:
        return
    latest = expected_latest(look.viewed)
    if valid.last < latest:
        yield WARN, f"authorization expires on {valid.last}, an answer may take until {latest}"


def channel_has_an_address(look: Look) -> Found:
    """A request goes only to an address that is known of its counterparty."""
    to, kind = look.viewed.counterparty, look.viewed.request.channel
    if not any(one.kind == kind and one.address for one in to.known.channels):
        yield REFUSE if kind == "email" else WARN, f"no address of {to.name} for {kind} is known"


RULES: tuple[Rule, ...] = (
    has_authorization,
    is_signed,
    authorization_holds,
    file_is_as_signed,
    is_used_once,
    name_is_as_on_the_bill,
    address_is_as_on_the_bill,
    account_has_its_digits,
    account_is_no_customer_account,
    account_is_on_a_bill,
    accounts_are_on_the_form,
    accounts_fit_the_form,
    something_is_asked,
    options_are_on_the_form,
    option_5_for_intervals,
    bills_are_not_to_be_had,
    one_interval_is_chosen,
    release_has_its_address,
    agent_is_named,
    revision_is_current,
    look_back_is_short,
    days_have_come,
    holds_until_the_answer,
    channel_has_an_address,
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


def expected_latest(viewed: Viewed) -> dt.date:
    """Return by when an answer is due at the latest if it is sent now.

    Raises:
        CalendarEndsError: if the calendar does not reach that day.
    """
    to = viewed.counterparty
    window = to.window(viewed.today, {item.option for item in viewed.items})
    zero = received_on(viewed.now, window.cutoff, window.zone, to.calendar)
    return add_business_days(zero, window.latest, to.calendar)


def _addresses(look: Look) -> dict[str, str]:
    accounts = look.authorization.accounts if look.authorization else []
    return {one["service_account"]: one.get("service_address", "") for one in accounts}


def _classes(look: Look) -> set[str]:
    found = (look.form.option(option) for option in look.options)
    return {option.kind for option in found if option is not None}


def _bare(text: str) -> str:
    """Return a name or an address without what only looks different: case and spaces."""
    return " ".join(text.split()).casefold()
