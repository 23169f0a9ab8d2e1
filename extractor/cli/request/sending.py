"""`billclerk request release`, `resend` and `settle`: what goes out, after a person has seen it."""

import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.desk import Opened, opened
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.request.drafted import Csv, numbers_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.letter import Attachment, Letter
    from datarequests.outbox import Kind, Office
    from datarequests.postman import Post
    from datarequests.tables import OutgoingMail
    from datarequests.viewed import Viewed

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
    _send(home, numbers or (), _released, yes, dry_run, may_name or [], who, file)


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
    _send(home, numbers, _resent, yes, dry_run, may_name or [], who)


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


@dataclass(frozen=True)
class Plan:
    """What is about to go out for a request."""

    viewed: "Viewed"
    what: str
    to: Sequence[str]
    copies: Sequence[str]
    letter: "Letter | None"
    put: "Callable[[Session, Office, str], Sequence[OutgoingMail]]"
    """Puts it into the outbox."""


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
            for line in _shown(plan):
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


def _released(at: Opened, session: "Session", number: int, may_name: Sequence[str]) -> Plan:
    """Plan what a release sends: a request that is ready, one again that failed, or drafts.

    Raises:
        MailError: if there is nothing to be released.
    """
    from datarequests.history import request_of
    from datarequests.messages import MailError
    from datarequests.outbox import Kind
    from datarequests.viewed import viewed
    from datarequests.waiting import again, drafts_of
    from datarequests.waiting import release as let_go
    from datarequests.workflow import State

    seen = viewed(session, request_of(session, number), now())
    drafts = drafts_of(session, number)
    if seen.state in (State.READY, State.SEND_FAILED) or seen.lies_in_a_file:
        return _with_letter(at, session, seen, Kind.REQUEST, may_name)
    if seen.state is State.SEND_UNKNOWN:
        return Plan(
            seen,
            "request, under the same Message-ID as before",
            seen.counterparty.mail_addresses[:1],
            (),
            None,
            lambda writes, _, who: [again(writes, number, who, now())],
        )
    if drafts:

        def put(writes: "Session", _: "Office", __: str) -> "Sequence[OutgoingMail]":
            rows = drafts_of(writes, number)
            for row in rows:
                let_go(writes, row)
            return rows

        to = sorted({one for row in drafts for one in row.recipients})
        copies = sorted({one for row in drafts for one in row.copies})
        return Plan(seen, ", ".join(row.kind for row in drafts), to, copies, None, put)
    raise MailError(
        f"request {number} is {seen.state}, nothing of it can be released; next: {seen.next_step}"
    )


def _resent(at: Opened, session: "Session", number: int, may_name: Sequence[str]) -> Plan:
    """Plan what is sent once more.

    Raises:
        MailError: if it was never sent, or nothing is to come any more.
    """
    from datarequests.history import request_of
    from datarequests.messages import MailError
    from datarequests.outbox import Kind
    from datarequests.viewed import viewed
    from datarequests.workflow import OPEN, State

    seen = viewed(session, request_of(session, number), now())
    if seen.state in OPEN:
        return _with_letter(at, session, seen, Kind.RESEND, may_name)
    if seen.state in (State.BOUNCED, State.REJECTED, State.TIMED_OUT):
        return _with_letter(at, session, seen, Kind.REQUEST, may_name)
    raise MailError(f"request {number} is {seen.state}, it cannot be sent again; next: {seen.next_step}")


def _with_letter(
    at: Opened, session: "Session", seen: "Viewed", kind: "Kind", may_name: Sequence[str]
) -> Plan:
    from datarequests.messages import MailError
    from datarequests.outbox import queue
    from extractor.cli.billed import letter_for
    from extractor.cli.mailing.outgoing import address_of_manager

    if seen.validity is not None and not seen.validity.holds:
        raise MailError(f"request {seen.number}: its authorization is {seen.validity.word}; get a new one")
    refuse_faults(at, session, seen)
    letter = letter_for(at.home, seen)
    manager = address_of_manager(session, seen.request.manager)
    copies = (manager,) if manager else ()

    def put(writes: "Session", office: "Office", who: str) -> "Sequence[OutgoingMail]":
        row = queue(writes, seen.request, letter, kind, office, who, now(), copies=copies, may_name=may_name)
        return [row]

    return Plan(seen, str(kind), seen.counterparty.mail_addresses[:1], copies, letter, put)


def refuse_faults(at: Opened, session: "Session", seen: "Viewed") -> None:
    """Refuse what must not be sent: since it was checked the form, the bills or the day may have changed.

    Raises:
        MailError: if something speaks against sending it; the message says what.
    """
    from datarequests.messages import MailError
    from extractor.cli.billed import BillsOf
    from extractor.cli.request.drafted import checked

    _, found = checked(at, session, seen.request, now(), BillsOf(session))
    if faults := [f"{one.said}. {one.reason}" for one in found if one.severity == "refuse"]:
        raise MailError(f"request {seen.number} must not be sent: {' '.join(faults)}")


def _shown(plan: Plan) -> Iterator[str]:
    """Give what a person is shown before anything goes out."""
    seen = plan.viewed
    yield f"request {seen.number} of {seen.request.customer}: {plan.what}"
    yield f"  to           {', '.join(plan.to) or 'nobody: no address is known'} ({seen.counterparty.name})"
    copies = (
        ", ".join(plan.copies) or f"none, {seen.request.manager or 'no manager'} has no address in the roster"
    )
    yield f"  copy         {copies}"
    accounts = dict.fromkeys(item.service_account for item in seen.items)
    yield f"  accounts     {', '.join(accounts)}"
    if plan.letter is not None:
        yield f"  subject      {plan.letter.subject}"
        for one in plan.letter.attachments:
            yield f"  attachment   {_file(one)}"
        if not plan.letter.attachments:
            yield "  attachment   none"
    if (fee := _fee(seen)) is not None:
        yield f"  fee          {fee}"


def _file(one: "Attachment") -> str:
    return f"{Path(one.name).name}, {one.mime}, {len(one.content):,} bytes"


def _fee(seen: "Viewed") -> str | None:
    """Return what was estimated last."""
    from decimal import Decimal

    from datarequests.workflow import Event
    from extractor.cli.request.fees import range_of

    estimates = [one for one in seen.events if one.event == Event.FEE_ESTIMATED]
    if not estimates:
        return None
    low, high = (estimates[-1].detail.get(name) for name in ("low", "high"))
    return f"{range_of(Decimal(low) if low else None, Decimal(high) if high else None)}, estimated"
