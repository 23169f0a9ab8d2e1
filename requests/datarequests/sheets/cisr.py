"""The authorization sheet of SCE's Form 14-796: what to write into the official form, laid out after it.

It is no form: SCE takes only its own, of the revision that is current. What is known word for word stands so
(title, parties, accounts, the paragraph on information, options 1 to 3a), from the copy of the form at
https://solpower.energy/sce-usage-authorization-2/; all else is paraphrased and carries a dagger.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportlab.platypus import Flowable, PageBreak

from datarequests.counterparties import Form
from datarequests.letters import SHEET_TITLE, day
from datarequests.sheets.paper import BODY, HEADING, SMALL, TITLE, gap, grid, made, paragraph, together
from datarequests.tables import Authorization

MARK = "PREPARATION SHEET - NOT THE OFFICIAL FORM"

ATTACHED = "SEPARATE SHEET WITH FORM 14-796 - NOT THE OFFICIAL FORM"

PARAPHRASED = "\u2020"
"""Stands after what the form says in other words."""

FORM_TITLE = "AUTHORIZATION TO: RECEIVE CUSTOMER INFORMATION OR ACT ON A CUSTOMER'S BEHALF"

INFORMATION = (
    "This authorization provides authority to the Agent. The Agent must thereafter provide specific written"
    " instructions/requests (e-mail is acceptable) about the particular account(s) before any information is"
    " released or action is taken. In certain instances, the requested act or function may result in cost to"
    " you, the customer. Requests for information may be limited to the most recent 12 month period."
)

AUTHORIZES = (
    "I (Customer) authorize my Agent to act on my behalf to perform the following specific acts and functions"
    " (initial or put an 'x' inside all applicable boxes):"
)

VERBATIM = {
    "1": "Request and receive billing records, billing history and all meter usage data used for bill"
    " calculation for all of my account(s), as specified herein, regarding utility services furnished by the"
    " Utility.",
    "2": "EPA Benchmarking",
    "3": "Request and receive copies of correspondence in connection with my account(s) concerning (initial"
    " all that apply):",
}
"""Options whose text is known word for word."""

PARTS_OF_3 = {
    "3a": "a. Verification of rate, date of rate change, and related information;",
    "3b": f"b. Contracts and Service Agreements;{PARAPHRASED}",
    "3c": f"c. Previous adjustments and credits;{PARAPHRASED}",
    "3d": f"d. Unresolved or disputed billing adjustments.{PARAPHRASED}",
}

RELEASES = {"mail": "Hard copy by US mail", "fax": "Facsimile", "email": "Electronic, by e-mail"}


def cisr_sheet(authorization: Authorization, form: Form) -> bytes:
    """Return the sheet as a PDF: what belongs into each place of the form, and its list of accounts.

    Raises:
        SheetError: if a letter of it cannot be printed.
    """
    rows = form.rows.value
    foot = f"authorization {authorization.id}, prepared for Form 14-796 of {authorization.form_revision}"
    parts = [*_first(authorization, rows), *_options(authorization, form), *_rest(authorization, form)]
    if len(authorization.accounts) > rows:
        parts += [PageBreak(), *_more_accounts(authorization, rows)]
    return made(parts, SHEET_TITLE, foot, MARK)


def more_accounts(authorization: Authorization, form: Form) -> bytes | None:
    """Return the list of accounts that the official form has no rows for; None if it has.

    Raises:
        SheetError: if a letter of it cannot be printed.
    """
    if len(authorization.accounts) <= form.rows.value:
        return None
    foot = f"authorization {authorization.id}, with Form 14-796 of {authorization.form_revision}"
    parts = list(_more_accounts(authorization, form.rows.value))
    return made(parts, "Additional accounts with SCE Form 14-796", foot, ATTACHED)


def _first(one: Authorization, rows: int) -> Iterator[Flowable]:
    yield paragraph(
        f"Copy this onto the official Form 14-796 of SCE, revision {one.form_revision} or the one that is"
        f" current, and have that signed. {PARAPHRASED} marks what the form says in other words: read it"
        " there. Any alterations after the customer has executed the form make it null and void.",
        SMALL,
    )
    yield paragraph(FORM_TITLE, TITLE)
    yield paragraph(
        f"I, {one.signatory or '______________________'} of {one.customer_of_record} (Customer) have the"
        f" following mailing address {one.mailing_address or '______________________'}, and do hereby appoint"
        f" {_agent(one)} of {one.agent.get('mailing_address') or '______________________'} to act as my agent"
        " and consultant (Agent) for the listed account(s) and in the categories indicated below:"
    )
    yield paragraph("ACCOUNTS INCLUDED IN THIS AUTHORIZATION:", HEADING)
    yield _accounts(one.accounts[:rows])
    if len(one.accounts) > rows:
        more = len(one.accounts) - rows
        yield paragraph(f"{more} additional accounts on a separate sheet attached.{PARAPHRASED}")
    yield paragraph("INFORMATION, ACTS AND FUNCTIONS AUTHORIZED", HEADING)
    yield paragraph(INFORMATION)


def _agent(one: Authorization) -> str:
    return one.agent.get("company") or one.agent.get("name") or "______________________"


def _accounts(accounts: Sequence[dict[str, str]]) -> Flowable:
    rows = [("", "SERVICE ADDRESS", "SERVICE ACCOUNT NUMBER")]
    for at, account in enumerate(accounts, 1):
        rows.append((str(at), account.get("service_address", ""), account["service_account"]))
    return grid(rows, (0.06, 0.6, 0.34))


def _options(one: Authorization, form: Form) -> Iterator[Flowable]:
    yield paragraph(AUTHORIZES)
    chosen = set(one.options)
    rows = []
    for option in form.options:
        is_chosen = option.option in chosen or any(part.startswith(option.option) for part in chosen)
        text = VERBATIM.get(option.option, f"{option.name}{PARAPHRASED}")
        rows.append((_box(is_chosen), f"{option.option}.", text))
        if option.option == "3" and is_chosen:
            rows += [(_box(part in chosen), "", said) for part, said in PARTS_OF_3.items()]
    yield grid(rows, (0.07, 0.05, 0.88), heading=False)


def _box(is_chosen: bool) -> str:
    return "[ x ]" if is_chosen else "[    ]"


def _rest(one: Authorization, form: Form) -> Iterator[Flowable]:
    durations = [
        (_box(one.duration == known.duration), f"{known.name}{_until(one, known.duration)}{PARAPHRASED}")
        for known in form.durations
    ]
    yield gap(4)
    yield together(
        paragraph(f"AUTHORIZATION INTERVAL (initial one only){PARAPHRASED}", HEADING),
        grid(durations, (0.07, 0.93), heading=False),
    )
    releases = [
        (
            _box(one.release_method == method),
            f"{name}{PARAPHRASED}",
            one.release_to * (one.release_method == method),
        )
        for method, name in RELEASES.items()
    ]
    yield together(
        paragraph(f"RELEASE OF ACCOUNT INFORMATION{PARAPHRASED}", HEADING),
        grid(releases, (0.07, 0.4, 0.53), heading=False),
    )
    yield _signatures(one)


def _until(one: Authorization, duration: str) -> str:
    return f": {day(one.until)}" if duration == "until" and one.duration == "until" and one.until else ""


def _signatures(one: Authorization) -> Flowable:
    """Return who signs what; the places stay empty, as it is signed on the form."""
    customer = [
        ("Customer: name", one.signatory or ""),
        ("Title", one.signatory_title or ""),
        ("Signature, telephone", "on the official form"),
        ("Executed this __ day of __ at city, state", "on the official form"),
    ]
    agent = [
        ("Agent: name", one.agent.get("name", "")),
        ("Company", one.agent.get("company", "")),
        ("Telephone", one.agent.get("telephone", "")),
        ("Signature, date", "on the official form"),
    ]
    return together(
        paragraph(f"DECLARATIONS AND SIGNATURES{PARAPHRASED}", HEADING),
        paragraph(
            "The customer declares under penalty of perjury to be authorized to execute the form for the"
            " customer of record, and able to bind it financially; may cancel it in writing at any time; and"
            f" agrees that the utility may verify it.{PARAPHRASED}",
            BODY,
        ),
        grid(customer + agent, (0.4, 0.6), heading=False),
    )


def _more_accounts(one: Authorization, rows: int) -> Iterator[Flowable]:
    """Give the list of the accounts that the form has no rows for."""
    yield paragraph("ADDITIONAL ACCOUNTS INCLUDED IN THIS AUTHORIZATION", TITLE)
    yield paragraph(f"Customer of record: {one.customer_of_record}. Agent: {_agent(one)}.")
    listed = [("", "SERVICE ADDRESS", "SERVICE ACCOUNT NUMBER")]
    for at, account in enumerate(one.accounts[rows:], rows + 1):
        listed.append((str(at), account.get("service_address", ""), account["service_account"]))
    yield grid(listed, (0.06, 0.6, 0.34))
