"""`billclerk request draft`: one request, or all of a CSV file; the letter it will go out with is shown."""

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import Opened, opened
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.request.told import who_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from datarequests.bulk import Line
    from datarequests.drafting import Wanted
    from datarequests.looked import Finding
    from datarequests.tables import DataRequest
    from datarequests.viewed import Viewed
    from extractor.cli.billed import BillsOf

Day = dt.datetime | None
Csv = Annotated[
    Path | None, typer.Option("--csv", help="Those drafted from this CSV file, but what has gone out.")
]


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
    from extractor.cli.billed import BillsOf

    when = now()
    row, _ = keep(session, wanted, who, when, new_token())
    one, found = checked(at, session, row, when, BillsOf(session))
    _show_letter(at, one)
    _show_fees(session, one, who, when, schedule)
    for finding in found:
        print(line_on(finding), file=sys.stderr)
    print(f"request {row.id} is a draft", file=sys.stderr)


def checked(
    at: Opened, session: "Session", row: "DataRequest", when: dt.datetime, bills: "BillsOf"
) -> "tuple[Viewed, tuple[Finding, ...]]":
    """Return a request as it stands, and what speaks against sending it; be it that no letter can be made."""
    from datarequests.lint import lint
    from datarequests.linted import look_at
    from datarequests.looked import Finding, Severity
    from datarequests.viewed import viewed
    from extractor.base.errors import BillclerkError
    from extractor.cli.billed import letter_for, signed_files

    one = viewed(session, row, when)
    said = bills(row.customer, row.counterparty, [item.service_account for item in one.items])
    found = lint(look_at(session, one, said, signed_files(at.home)))
    if one.authorization is not None and not any(each.code == "file_is_as_signed" for each in found):
        try:
            letter_for(at.home, one)
        except BillclerkError as error:
            why = "A letter that misses something is not sent."
            found = (Finding("letter_can_be_made", Severity.REFUSE, str(error), why), *found)
    return one, found


def line_on(finding: "Finding") -> str:
    """Return what a person is told of a finding, with its reason."""
    from extractor.cli.wording import clean

    return clean(f"{finding.severity}: {finding.said}. {finding.reason} ({finding.code})")


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
    from extractor.cli.billed import BillsOf
    from extractor.cli.request.fees import range_of

    when = now()
    rows, faults = parsed(text_of(file), file.name)
    lines = tuple(_managed(session, line) for line in rows)
    fresh = refused = warned = 0
    bills = BillsOf(session)
    for line, row, is_new in list(draft_all(session, lines, file.name, who, when, faults)):
        one, found = checked(at, session, row, when, bills)
        if is_new:
            fresh += 1
            keep_estimate(session, one.number, estimated(session, one, schedule), who, when)
        fee = estimated(session, one, schedule)
        known = "" if is_new else ", drafted before"
        cost = range_of(fee.low, fee.high)
        print(f"line {line.number}: request {row.id} to {row.counterparty}, {cost}{known}")
        refused += any(each.severity == "refuse" for each in found)
        warned += bool(found) and not any(each.severity == "refuse" for each in found)
        for finding in found:
            print(f"{file.name}, line {line.number}: {line_on(finding)}", file=sys.stderr)
    clean = len(lines) - refused - warned
    print(
        f"{fresh} requests drafted, {len(lines) - fresh} known before;"
        f" {clean} without a finding, {warned} with warnings, {refused} that would be refused",
        file=sys.stderr,
    )


def _managed(session: "Session", line: "Line") -> "Line":
    from extractor.cli.billed import manager_of

    wanted = line.wanted
    manager = wanted.manager or manager_of(session, wanted.customer)
    return replace(line, wanted=replace(wanted, manager=manager))


def numbers_of(session: "Session", numbers: "Sequence[int]", file: Path | None) -> list[int]:
    """Return the requests that are named, or those drafted from a file that have not gone out yet.

    Raises:
        BadParameter: if neither is said, or both.
        BulkError: if a row of the file was never drafted.
    """
    from datarequests.bulk import drafted, read
    from datarequests.history import events_of, state_of
    from datarequests.workflow import NOT_SENT

    if (file is None) == (not numbers):
        raise typer.BadParameter("name requests by their numbers, or a file of them by --csv")
    if file is None:
        return list(dict.fromkeys(numbers))
    every = [one.id or 0 for one in drafted(session, read(text_of(file), file.name), file.name)]
    waiting = [number for number in every if state_of(events_of(session, number)) in NOT_SENT]
    if gone := len(every) - len(waiting):
        print(f"{gone} of the {len(every)} requests of {file.name} went out or ended before", file=sys.stderr)
    return waiting


def text_of(file: Path) -> str:
    """Return what a file of requests says."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8; save it as CSV UTF-8", param_hint="--csv") from None
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}", param_hint="--csv") from None
