"""`billclerk request release`, `resend` and `settle`: what goes out, after a person has seen it."""

import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened
from extractor.cli.request.named import Csv, numbers_of
from extractor.cli.request.planned import Plan, released, resent, shown

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.outbox import Office
    from datarequests.postman import Post

Numbers = Annotated[list[int], typer.Argument(metavar="REQUEST...", help="The numbers of requests.")]
Number = Annotated[int, typer.Argument(metavar="REQUEST", help="The number of a request.")]
By = Annotated[str | None, typer.Option("--who", help="Who does it; by default the name you log in by.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write .eml files to look at, and change nothing.")]
MayName = Annotated[
    list[str] | None,
    typer.Option("--may-name", help="A number in an attachment that is no other account's; may be repeated."),
]


def release(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="REQUEST...", help="The numbers of requests.")
    ] = None,
    file: Csv = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    may_name: MayName = None,
    who: By = None,
    home: HomeOption = None,
) -> None:
    """Send requests that are ready, and drafts of follow-ups, after showing what goes to whom.

    Until mail is live nothing is sent: messages are written into the home's `outbox/`. The exit status is 1
    where something was not sent.
    """
    _send(home, numbers or (), released, yes, dry_run, may_name or [], who, file)


def resend(
    numbers: Numbers,
    yes: Yes = False,
    dry_run: DryRun = False,
    may_name: MayName = None,
    who: By = None,
    home: HomeOption = None,
) -> None:
    """Send requests once more, in the thread of the first message.

    Of one that is out the clock goes on as it was; of one that bounced, was rejected or has timed out it
    starts anew.
    """
    _send(home, numbers, resent, yes, dry_run, may_name or [], who)


def settle(
    number: Number,
    arrived: Annotated[
        bool, typer.Option("--arrived/--not-arrived", help="Whether the counterparty has it: ask, or look.")
    ],
    who: By = None,
    home: HomeOption = None,
) -> None:
    """Say whether a message arrived of which nobody knows, as the connection was lost when it was given."""
    from datarequests.waiting import settle as settled
    from extractor.base.database import writing

    with opened(home) as at, writing(at.engine) as session:
        row = settled(session, number, arrived, who or getpass.getuser(), now())
        kind = row.kind.replace("_", "-")
    said = "counts as sent" if arrived else "was not sent; release it again"
    print(f"request {number}: the {kind} {said}")


def _send(
    home: HomeOption,
    numbers: Sequence[int],
    planned: "Callable[[Opened, Session, int, Sequence[str]], Plan]",
    yes: bool,
    dry_run: bool,
    may_name: Sequence[str],
    who: str | None,
    file: Path | None = None,
) -> None:
    from extractor.base.database import reading, writing
    from extractor.cli.mailing.outgoing import office_of, post_of
    from extractor.cli.wording import clean, count

    with opened(home) as at:
        post, office = post_of(at.home), office_of(at.home)
        with reading(at.engine) as session:
            plans = _planned(at, session, numbers_of(session, numbers, file), planned, may_name)
        for plan in plans:
            for line in shown(plan):
                print(clean(line))
        if dry_run:
            _rehearse(at, plans, office)
            return
        if not post.settings.is_live:
            print(f"NOTHING WILL BE SENT: {post.settings.why_not_live}", file=sys.stderr)
        elif post.settings.mail_redirect:
            print(f"ALL MAIL GOES TO {post.settings.mail_redirect} INSTEAD", file=sys.stderr)
        if not yes and not typer.confirm(f"send {count(len(plans), 'message')}?", err=True):
            raise typer.Exit(1)
        with writing(at.engine) as session:
            person = who or getpass.getuser()
            mails = [row.id or 0 for plan in plans for row in plan.put(session, office, person)]
        raise typer.Exit(_work(at, post, mails))


def _planned(
    at: Opened,
    session: "Session",
    numbers: Sequence[int],
    planned: "Callable[[Opened, Session, int, Sequence[str]], Plan]",
    may_name: Sequence[str],
) -> list[Plan]:
    """Return what goes out, all of it or nothing.

    Raises:
        MailError: names each request of which nothing may go.
    """
    from datarequests.messages import MailError

    plans, faults = [], []
    for number in numbers:
        try:
            plans.append(planned(at, session, number, may_name))
        except MailError as error:
            faults.append(str(error))
    if faults:
        raise MailError("\n".join(faults))
    return plans


def _work(at: Opened, post: "Post", mails: Sequence[int]) -> int:
    """Send messages and say what came of each; return the exit status."""
    from datarequests.postman import work_outbox
    from datarequests.tables import OutgoingMail
    from extractor.base.database import reading
    from extractor.cli.mailing.outgoing import told

    done = {one.mail: one for one in work_outbox(at.engine, post, mails)}
    with reading(at.engine) as session:
        rows = [session.get(OutgoingMail, mail) for mail in mails]
    status = 0
    for row in rows:
        if row is not None:
            line, is_sent = told(row, done.get(row.id or 0))
            print(line, file=sys.stdout if is_sent else sys.stderr)
            status = status if is_sent else 1
    return status


def _rehearse(at: Opened, plans: Sequence[Plan], office: "Office") -> None:
    """Write what would go out, in a transaction that is taken back."""
    from sqlmodel import Session

    from datarequests.postman import FOLDER, put_down

    with Session(at.engine, expire_on_commit=False) as session:
        try:
            rows = [row for plan in plans for row in plan.put(session, office, "dry run")]
            made = [(row.message_id, row.message) for row in rows]
        finally:
            session.rollback()
    for message_id, message in made:
        path = put_down(at.home.path / FOLDER / "dry-run", message_id, message)
        print(f"dry run, nothing was sent: {path}", file=sys.stderr)
