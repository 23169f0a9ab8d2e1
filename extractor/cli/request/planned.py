"""What a release or a resend would send, and how a person is shown that before anything goes out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.filed import now
from extractor.cli.opened import Opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.letter import Attachment
    from datarequests.outbox import Kind, Office
    from datarequests.tables import OutgoingMail
    from datarequests.viewed import Viewed


@dataclass(frozen=True)
class Plan:
    """What is about to go out for a request."""

    viewed: "Viewed"
    what: str
    to: Sequence[str]
    copies: Sequence[str]
    subjects: Sequence[str]
    files: Sequence["Attachment"]
    put: "Callable[[Session, Office, str], Sequence[OutgoingMail]]"
    """Puts it into the outbox."""


def released(at: Opened, session: "Session", number: int, may_name: Sequence[str]) -> Plan:
    """Plan what a release sends: a request that is ready, one again that failed, or drafts.

    Raises:
        MailError: if there is nothing to be released.
    """
    from datarequests.history import request_of
    from datarequests.messages import MailError
    from datarequests.outbox import Kind
    from datarequests.viewed import viewed
    from datarequests.waiting import again, drafts_of, in_doubt
    from datarequests.waiting import release as let_go
    from datarequests.workflow import State

    seen = viewed(session, request_of(session, number), now())
    drafts = drafts_of(session, number)
    if seen.state in (State.READY, State.SEND_FAILED) or seen.lies_in_a_file:
        return _with_letter(at, session, seen, Kind.REQUEST, may_name)
    if seen.state is State.SEND_UNKNOWN and (row := in_doubt(session, number)) is not None:
        what = "request, under the same Message-ID as before"
        return _of_rows(seen, what, [row], lambda writes, _, who: [again(writes, number, who, now())])
    if drafts:
        shown_ones = {row.id for row in drafts}

        def put(writes: "Session", _: "Office", __: str) -> "Sequence[OutgoingMail]":
            rows = [row for row in drafts_of(writes, number) if row.id in shown_ones]
            for row in rows:
                let_go(writes, row)
            return rows

        return _of_rows(seen, ", ".join(row.kind for row in drafts), drafts, put)
    raise MailError(
        f"request {number} is {seen.state}, nothing of it can be released; next: {seen.next_step}"
    )


def _of_rows(
    seen: "Viewed",
    what: str,
    rows: "Sequence[OutgoingMail]",
    put: "Callable[[Session, Office, str], Sequence[OutgoingMail]]",
) -> Plan:
    """Plan to send messages as they lie in the outbox."""
    from datarequests.incoming.parsed import parsed
    from datarequests.letter import Attachment

    messages = [parsed(row.message) for row in rows]
    files = [Attachment(one.name, one.mime, one.content) for each in messages for one in each.attachments]
    to = sorted({one for row in rows for one in row.recipients})
    copies = sorted({one for row in rows for one in row.copies})
    return Plan(seen, what, to, copies or ["none"], [one.subject for one in messages], files, put)


def resent(at: Opened, session: "Session", number: int, may_name: Sequence[str]) -> Plan:
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

    to = seen.counterparty.mail_addresses[:1]
    nobody = f"none, {seen.request.manager or 'no manager'} has no address in the roster"
    return Plan(seen, str(kind), to, copies or [nobody], [letter.subject], letter.attachments, put)


def refuse_faults(at: Opened, session: "Session", seen: "Viewed") -> None:
    """Refuse what must not be sent: the form, the bills, the roster or the day may be others by now.

    Raises:
        MailError: if something speaks against sending it; the message says what.
    """
    from datarequests.messages import MailError
    from extractor.cli.billed import KnownOf
    from extractor.cli.request.checked import checked

    _, found = checked(at, session, seen.request, now(), KnownOf(session))
    if faults := [f"{one.said}. {one.reason}" for one in found if one.severity == "refuse"]:
        raise MailError(f"request {seen.number} must not be sent: {' '.join(faults)}")


def shown(plan: Plan) -> Iterator[str]:
    """Give what a person is shown before anything goes out."""
    seen = plan.viewed
    yield f"request {seen.number} of {seen.request.customer}: {plan.what}"
    is_its = set(plan.to) & set(seen.counterparty.mail_addresses)
    whose = seen.counterparty.name if is_its or not plan.to else "our own people"
    yield f"  to           {', '.join(plan.to) or 'nobody: no address is known'} ({whose})"
    yield f"  copy         {', '.join(plan.copies)}"
    accounts = dict.fromkeys(item.service_account for item in seen.items)
    yield f"  accounts     {', '.join(accounts)}"
    for subject in plan.subjects:
        yield f"  subject      {subject}"
    for one in plan.files:
        yield f"  attachment   {_file(one)}"
    if not plan.files:
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
