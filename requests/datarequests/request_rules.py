"""What may be wrong with what a request asks: each rule with the reason that a clerk gives."""

from __future__ import annotations

from datarequests.looked import REFUSE, WARN, Found, Look, addresses_on_form
from datarequests.on_roster import Held
from datarequests.validity import months_after


def account_has_its_digits(look: Look) -> Found:
    """An account number that is incomplete cannot be found at the utility."""
    counts = look.viewed.counterparty.known.service_account_digits.value
    for account in look.accounts:
        if not (account.isascii() and account.isdigit()) or len(account) not in counts:
            wanted = ", ".join(map(str, counts))
            is_printed = look.bills.one(account) is not None  # then it is one, whatever is assumed
            severity = WARN if is_printed else REFUSE
            yield severity, f"service account numbers have {wanted} digits, {account} has not"


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
        if account not in addresses_on_form(look):
            yield REFUSE, f"{account} is not listed on authorization {look.authorization.id}"


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


def days_are_the_customers(look: Look) -> Found:
    """An authorization releases its customer's own data, not that of who had the account before or after."""
    customer = look.viewed.request.customer
    for account, days in look.days:
        held = look.roster.get(account, Held())
        for first, last in held.of_others(days):
            yield (
                REFUSE,
                f"by the roster {account} is another customer's from {first} to {last}; draft other days"
                f" (--from, --to) and `billclerk request withdraw {look.viewed.number}`, or mend the roster:"
                " `billclerk accounts import`",
            )
        for first, last in held.of_nobody(days):
            yield WARN, f"by the roster {account} is not {customer}'s from {first} to {last}, nor anybody's"


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


def channel_has_an_address(look: Look) -> Found:
    """A request goes only to an address that is known of its counterparty."""
    to, kind = look.viewed.counterparty, look.viewed.request.channel
    if not any(one.kind == kind and one.address for one in to.known.channels):
        yield REFUSE if kind == "email" else WARN, f"no address of {to.name} for {kind} is known"


def _classes(look: Look) -> set[str]:
    found = (look.form.option(option) for option in look.options)
    return {option.kind for option in found if option is not None}
