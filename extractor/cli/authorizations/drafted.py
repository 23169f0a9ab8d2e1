"""`billclerk authorizations draft` and `expiring`: forms to be signed, from bills or from the last form."""

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.authorizations.options import DryRun, FieldsFile, FormFile, Output, Who
from extractor.cli.authorizations.papers import written
from extractor.cli.authorizations.seen import told_of
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from datarequests.on_bills import OnBills


def draft(
    customer: Annotated[str, typer.Option("--customer", help="The customer's key in the roster.")],
    who: Who,
    counterparty: Annotated[str, typer.Option("--counterparty", help="Whom it is for: sce or cpa.")] = "sce",
    name: Annotated[
        str | None, typer.Option("--name", help="The customer of record; by default as on the bills.")
    ] = None,
    mailing_address: Annotated[
        str | None, typer.Option("--mailing-address", help="The customer's; by default as on the bills.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option(
            "--account",
            help="A service account, or `NUMBER=SERVICE ADDRESS`; by default all on the customer's bills.",
        ),
    ] = None,
    option: Annotated[
        str | None,
        typer.Option("--option", help="The options, as `1,5`; by default these, of CPA `generation`."),
    ] = None,
    duration: Annotated[
        Literal["one_time", "one_year", "until"], typer.Option("--duration", help="How long it holds.")
    ] = "one_year",
    until: Annotated[
        dt.datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], help="The last day, with --duration until."),
    ] = None,
    release: Annotated[
        Literal["email", "fax", "mail"], typer.Option("--release", help="How data is to be released.")
    ] = "email",
    release_to: Annotated[
        str | None, typer.Option("--release-to", help="Where to; by default the agent's e-mail or address.")
    ] = None,
    signatory: Annotated[str | None, typer.Option("--signatory", help="Who signs for the customer.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="The title of who signs.")] = None,
    output: Output = None,
    form: FormFile = None,
    fields: FieldsFile = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Draft an authorization from the customer's bills, and write it as a PDF: SCE's sheet, or CPA's letter.

    What no bill says is said by options; whom the customer appoints by the settings BILLCLERK_AGENT_*.
    """
    from datarequests.bulk import parts
    from datarequests.consents import Consent
    from datarequests.consents import draft as keep
    from datarequests.desks import desk
    from datarequests.settings import AgentSettings
    from extractor.cli.billed import on_bills
    from extractor.cli.settings import from_environment
    from extractor.cli.wording import clean

    named = dict(_account(one) for one in account or ())
    with opened(home) as at, writing_at(at, dry_run) as session:
        agent = from_environment(AgentSettings, at.home).agent()
        to = desk(session, counterparty)
        bills = on_bills(session, customer, to.key, named)
        chosen = _chosen(bills, named)
        agents = {"email": agent["email"], "mail": agent["mailing_address"]}
        row = keep(
            session,
            Consent(
                counterparty=to.key,
                customer=customer,
                customer_of_record=name or _only(_names(bills, chosen), "names of record", "--name"),
                mailing_address=mailing_address
                or _only(_mailing(bills, chosen), "mailing addresses", "--mailing-address"),
                accounts=tuple(chosen.items()),
                agent=agent,
                options=parts(option) if option else _usual(to.known.form),
                duration=duration,
                until=until.date() if until else None,
                release_method=release,
                release_to=release_to or agents.get(release, ""),
                signatory=signatory,
                signatory_title=title,
            ),
            who,
            now(),
        )
        told_of(row)
        for one in bills.services:
            if one.service_account in chosen and one.name and one.name != row.customer_of_record:
                print(clean(f"the bill of {one.service_account} is {one.name}'s"), file=sys.stderr)
        if not dry_run:
            written(at, session, row, output, form, fields)


def _account(text: str) -> tuple[str, str]:
    number, _, address = text.partition("=")
    return number.strip(), address.strip()


def _usual(form: str) -> tuple[str, ...]:
    return ("1", "5") if form == "cisr" else ("generation",)


def _chosen(bills: "OnBills", named: dict[str, str]) -> dict[str, str]:
    """Return the service accounts with their addresses: those named, else all on the customer's bills."""
    if not named:
        return {one.service_account: one.service_address or "" for one in bills.services}
    said = {one.service_account: one.service_address or "" for one in bills.services}
    return {number: address or said.get(number, "") for number, address in named.items()}


def _names(bills: "OnBills", chosen: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(b.name for b in bills.services if b.name and b.service_account in chosen))


def _mailing(bills: "OnBills", chosen: dict[str, str]) -> tuple[str, ...]:
    found = (one.mailing_address for one in bills.services if one.service_account in chosen)
    return tuple(dict.fromkeys(address for address in found if address))


def _only(found: tuple[str, ...], what: str, option: str) -> str:
    """Return what all bills say; what they do not, or say in two ways, a person has to."""
    from datarequests.consents import ConsentError

    match found:
        case [one]:
            return one
        case []:
            raise ConsentError(f"the customer's verified bills print no {what}; say it by {option}")
        case _:
            raise ConsentError(f"the customer's bills print several {what}: {'; '.join(found)}; say {option}")


def expiring(
    who: Annotated[
        str | None, typer.Option("--who", help="Who drafts renewals; without it they are only listed.")
    ] = None,
    within: Annotated[
        str, typer.Option("--within", help="Those that expire within so many days, or did: `60d`.")
    ] = "60d",
    folder: Annotated[Path, typer.Option("--output", help="The folder for the PDFs of renewals.")] = Path(),
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """List the signed forms that expire soon, and with --who draft their renewals from what they say.

    A renewal that is drafted already is not drafted again; the old form is superseded when it is signed.
    """
    from datarequests.consents import expiring as soon
    from datarequests.consents import renew, renewal_of

    days = _days(within)
    with opened(home) as at, writing_at(at, dry_run) as session:
        found = list(soon(session, now(), days))
        if not found:
            print(f"no authorization expires within {days} days, or did", file=sys.stderr)
        for one in found:
            there = renewal_of(session, one.number)
            last = f"authorization {one.number} of {one.row.customer} for {one.row.counterparty}"
            said = f"renewal {there.id} is being signed" if there else "no renewal is drafted"
            if there is None and who is not None:
                row, _ = renew(session, one.row, who, now())
                said = f"renewal {row.id} drafted"
                if not dry_run:
                    written(at, session, row, folder / f"authorization-{row.id}.pdf", None, None)
            print(f"{last}: until {one.validity.last} ({one.validity.word}); {said}")


def _days(text: str) -> int:
    number = text.strip().removesuffix("d")
    if not (number.isascii() and number.isdigit()) or int(number) > 3660:
        raise typer.BadParameter("write a number of days, as 60d", param_hint="--within")
    return int(number)
