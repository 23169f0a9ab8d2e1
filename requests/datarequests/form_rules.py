"""What may be wrong with the authorization of a request: each rule with the reason that a clerk gives."""

from __future__ import annotations

from datarequests.looked import REFUSE, WARN, FileIs, Found, Look, addresses_on_form, expected_latest
from datarequests.validity import months_after


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
    if one is None or one.duration != "one_time":
        return
    if look.others_sent:
        yield REFUSE, f"authorization {one.id} is good for one request, and one was sent under it"
    elif look.others_in_doubt:
        yield (
            REFUSE,
            f"authorization {one.id} is good for one request, and one may have been sent under it:"
            " settle that first",
        )


def name_is_as_on_the_bill(look: Look) -> Found:
    """The name of record has to be the bill's, letter for letter: one difference is a reason to reject."""
    one = look.authorization
    if one is None:
        return
    for account in look.accounts:
        bill = look.bills.one(account)
        if bill is None or not bill.name or bill.name == one.customer_of_record:
            continue
        if bare(bill.name) == bare(one.customer_of_record):
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
    for account, address in addresses_on_form(look).items():
        bill = look.bills.one(account)
        if account not in look.accounts:
            continue
        if not address:
            yield REFUSE, f"the form has no service address of {account}"
        elif bill is not None and bill.service_address and bare(bill.service_address) != bare(address):
            yield WARN, f"the bill of {account} says {bill.service_address!r}, the form {address!r}"


def accounts_fit_the_form(look: Look) -> Found:
    """Accounts beyond the form's rows count only if they are on a separate sheet that is attached."""
    one, rows = look.authorization, look.form.rows
    if one is not None and len(one.accounts) > rows.value:
        yield (
            WARN,
            f"{len(one.accounts)} accounts for {rows.value} rows: is the separate sheet in the signed file?",
        )


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


def holds_until_the_answer(look: Look) -> Found:
    """An authorization that expires before the answer is due is a reason to reject, or not to answer."""
    valid = look.viewed.validity
    if valid is None or valid.last is None or not valid.holds:
        return
    latest = expected_latest(look.viewed)
    if valid.last < latest:
        yield WARN, f"authorization expires on {valid.last}, an answer may take until {latest}"


def bare(text: str) -> str:
    """Return a name or an address without what only looks different: case and spaces."""
    return " ".join(text.split()).casefold()
