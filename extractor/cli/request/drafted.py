"""`billclerk request draft`: one request, or all of a CSV file; the letter it will go out with is shown."""

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.opened import Opened, opened
from extractor.cli.request.checked import checked, line_on
from extractor.cli.request.named import text_of
from extractor.cli.request.told import who_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from datarequests.bulk import Line
    from datarequests.drafting import Drafted, Wanted
    from datarequests.viewed import Viewed

Day = dt.datetime | None


def draft(
    who: Annotated[str, typer.Option("--who", help="Who asks; by default the login name.")] = "",
    customer: Annotated[
        str | None, typer.Option("--customer", help="The customer's key in the roster.")
    ] = None,
    counterparty: Annotated[str, typer.Option("--counterparty", help="Who is asked: sce or cpa.")] = "sce",
    authorization: Annotated[
        int | None, typer.Option("--authorization", help="Under which authorization, if there are several.")
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", help="A service account; by default all of the authorization."),
    ] = None,
    option: Annotated[
        str | None,
        typer.Option("--option", help="The options, as `1,5`; by default all of the authorization."),
    ] = None,
    want: Annotated[
        str | None,
        typer.Option(
            "--want", help="What is wanted, for the linter: billing_history, interval, bill_pdf, generation."
        ),
    ] = None,
    since: Annotated[
        Day, typer.Option("--from", formats=["%Y-%m-%d"], help="First day; by default twelve months back.")
    ] = None,
    until: Annotated[
        Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; by default yesterday.")
    ] = None,
    channel: Annotated[
        Literal["email", "fax", "mail", "portal"], typer.Option("--channel", help="On which way it goes out.")
    ] = "email",
    manager: Annotated[
        str | None,
        typer.Option(
            "--manager",
            help="Who looks after it, by key; else the customer's manager. With --missing: only what"
            " this manager looks after.",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--csv", help="A CSV file with a request in each row; all or none are drafted."),
    ] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", help="The schedule of fees; by default that of third parties.")
    ] = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="Ask for all that is missing, of all customers or of one; see below."),
    ] = False,
    letters: Annotated[
        Path | None,
        typer.Option(
            "--letters", metavar="FOLDER", help="With --missing: where letters to customers are written."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it, and keep nothing.")] = False,
    home: HomeOption = None,
) -> None:
    """Draft a request under an authorization, show the letter, check it, and estimate its fees.

    Nothing is sent: `request release` does that. A file that is drafted once more drafts only its new rows.
    `--missing` asks for the months of bills and readings that are not kept, under authorizations that hold,
    but for what an open request has already; of bills it writes letters to the customers.
    """
    if missing:
        from extractor.cli.request.missing import draft_missing

        _refuse_beside_missing(authorization, option, want, since, until, file)
        chosen = tuple(account or ())
        draft_missing(customer, manager, chosen, who, channel, schedule, letters, dry_run, home)
        return
    from datarequests.bulk import parts
    from datarequests.drafting import Wanted
    from extractor.cli.billed import manager_of

    who = who_of(who)
    if letters is not None:
        raise typer.BadParameter(
            "letters are written of what is missing; add --missing", param_hint="--letters"
        )
    if (file is None) == (customer is None):
        raise typer.BadParameter("name a customer, or a file of requests by --csv")
    with opened(home) as at, writing_at(at, dry_run) as session:
        if file is not None:
            _draft_file(at, session, file, who, schedule)
            return
        wanted = Wanted(
            customer=customer or "",
            counterparty=counterparty,
            authorization=authorization,
            accounts=tuple(account or ()),
            options=parts(option or ""),
            first=since.date() if since else None,
            last=until.date() if until else None,
            channel=channel,
            manager=manager or manager_of(session, customer or ""),
            wants=parts(want or ""),
        )
        _draft_one(at, session, wanted, who, schedule)


def _refuse_beside_missing(*given: object) -> None:
    """Refuse options that say what is asked: what is missing says that."""
    if any(one is not None for one in given):
        raise typer.BadParameter(
            "what is missing says what is asked of whom; beside it only --customer, --account, --manager,"
            " --channel, --schedule, --letters and --dry-run",
            param_hint="--missing",
        )


def _draft_one(at: Opened, session: "Session", wanted: "Wanted", who: str, schedule: str | None) -> None:
    from datarequests.drafting import draft as keep
    from datarequests.drafting import new_token
    from extractor.cli.billed import KnownOf

    when, known = now(), KnownOf(session)
    made = keep(session, wanted, who, when, new_token(), known.roster)
    one, found = checked(at, session, made.row, when, known)
    _show_letter(at, one)
    for words in _left_out(made):
        print(words, file=sys.stderr)
    _show_fees(session, one, who, when, schedule)
    for finding in found:
        print(line_on(finding), file=sys.stderr)
    print(f"request {made.row.id} is a draft", file=sys.stderr)


def _left_out(made: "Drafted") -> "Iterator[str]":
    """Give what a person is told of days that the roster leaves out of the last twelve months."""
    from extractor.cli.wording import clean

    customer = made.row.customer
    for account, first, last, is_anothers in made.left_out:
        whose = f"another customer's, not {customer}'s" if is_anothers else f"not {customer}'s"
        more = "" if is_anothers else "; --from and --to ask for them all the same"
        yield clean(f"left out: {account} from {first} to {last}, by the roster {whose}{more}")


def _show_letter(at: Opened, one: "Viewed") -> None:
    from extractor.cli.billed import letter_for
    from extractor.cli.wording import clean

    letter = letter_for(at.home, one)
    print(f"To: {', '.join(one.counterparty.mail_addresses) or '(no address is known)'}")
    print(f"Subject: {clean(letter.subject)}")
    for enclosed in letter.attachments:
        print(f"Attachment: {enclosed.name}, {len(enclosed.content):,} bytes")
    if not letter.attachments:
        print("Attachment: none: the authorization is not signed, or its file is gone")
    print()
    for line in letter.text.splitlines():
        print(clean(line))


def _show_fees(session: "Session", one: "Viewed", who: str, when: dt.datetime, schedule: str | None) -> None:
    from datarequests.charged import estimated, keep_estimate
    from extractor.cli.request.fees import range_of

    found = estimated(session, one, schedule)
    keep_estimate(session, one.number, found, who, when)
    print(f"fees: {range_of(found.low, found.high)}", file=sys.stderr)
    for assumed in found.assumptions:
        print(f"fees: {assumed}", file=sys.stderr)


def _draft_file(at: Opened, session: "Session", file: Path, who: str, schedule: str | None) -> None:
    """Draft the requests of a file, then check all of them."""
    from datarequests.bulk import draft_all, parsed
    from datarequests.charged import estimated, keep_estimate
    from extractor.cli.billed import KnownOf
    from extractor.cli.request.fees import range_of
    from extractor.cli.wording import count

    when = now()
    rows, faults = parsed(text_of(file), file.name)
    lines = tuple(_managed(session, line) for line in rows)
    fresh = refused = warned = 0
    known = KnownOf(session)
    for line, made in list(draft_all(session, lines, file.name, who, when, faults, known.roster)):
        row, is_new, _ = made
        one, found = checked(at, session, row, when, known)
        if is_new:
            fresh += 1
            keep_estimate(session, one.number, estimated(session, one, schedule), who, when)
        fee = estimated(session, one, schedule)
        before = "" if is_new else ", drafted before"
        cost = range_of(fee.low, fee.high)
        print(f"line {line.number}: request {row.id} to {row.counterparty}, {cost}{before}")
        refused += any(each.severity == "refuse" for each in found)
        warned += bool(found) and not any(each.severity == "refuse" for each in found)
        for words in (*_left_out(made), *map(line_on, found)):
            print(f"{file.name}, line {line.number}: {words}", file=sys.stderr)
    clean = len(lines) - refused - warned
    print(
        f"{count(fresh, 'request')} drafted, {len(lines) - fresh} known before;"
        f" {clean} without a finding, {warned} with warnings, {refused} that would be refused",
        file=sys.stderr,
    )


def _managed(session: "Session", line: "Line") -> "Line":
    from extractor.cli.billed import manager_of

    wanted = line.wanted
    manager = wanted.manager or manager_of(session, wanted.customer)
    return replace(line, wanted=replace(wanted, manager=manager))
