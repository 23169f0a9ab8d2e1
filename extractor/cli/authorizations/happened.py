"""`billclerk authorizations sign`, `submitted`, `approve`, `reject`, `revoke` and `check`."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.authorizations.options import DryRun, Number, OnDay, Who, read_file
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.keeping import writing_at
from extractor.cli.opened import opened

if TYPE_CHECKING:
    from datarequests.holding import Held


def sign(
    number: Number,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The signed form: a PDF or a picture of it.")],
    executed_on: Annotated[
        dt.datetime,
        typer.Option(
            "--executed-on", formats=["%Y-%m-%d"], help="The day the customer signed, as on the form."
        ),
    ],
    kind: Annotated[Literal["wet", "scan", "electronic"], typer.Option("--kind", help="How it was signed.")],
    who: Who,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Take a signed form in: its file is kept among the originals and frozen by its hash.

    From now on any change of that file makes the authorization void. A form that it renews is superseded.
    """
    import hashlib

    from datarequests.consents import Signature, seen
    from datarequests.consents import sign as keep
    from datarequests.holding import all_held
    from datarequests.letters import kind_of, refuse_sheet
    from extractor.originals import kept

    data = read_file(file)
    kind_of(data)
    refuse_sheet(data)
    signature = Signature(hashlib.sha256(data).hexdigest(), file.name, kind, executed_on.date())
    with opened(home) as at, writing_at(at, dry_run) as session:
        row = keep(session, number, signature, who, now())
        if not dry_run:
            kept(at.home.originals, data)  # before the event: a file without one is harmless
        one = seen(session, row, now())
        is_now = f"{one.validity.word}, until {one.validity.last}"
        print(f"authorization {number} is {is_now}; file {signature.sha256}")
        if row.supersedes_id is not None:
            _told_held(all_held(session, row.supersedes_id, who, now()))


def given(
    number: Number, who: Who, on: OnDay = None, dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Say that the form was given to the customer, who is to sign it."""
    _happened(number, "given_out", who, on, {}, dry_run, home)


def returned(
    number: Number, who: Who, on: OnDay = None, dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Say that the customer has signed, and the agent has not yet."""
    _happened(number, "signed_by_customer", who, on, {}, dry_run, home)


def submitted(
    number: Number, who: Who, on: OnDay = None, dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Say that a signed form was given to the counterparty."""
    _happened(number, "submitted", who, on, {}, dry_run, home)


def approve(
    number: Number, who: Who, on: OnDay = None, dry_run: DryRun = False, home: HomeOption = None
) -> None:
    """Say that the counterparty has the form on file."""
    _happened(number, "approved", who, on, {}, dry_run, home)


def reject(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why, as the counterparty said.")],
    who: Who,
    on: OnDay = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Say that the counterparty rejected the form; a new one has to be drafted and signed."""
    _happened(number, "rejected", who, on, {"reason": reason}, dry_run, home)


def revoke(
    number: Number,
    who: Who,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, as the customer said.")] = None,
    on: OnDay = None,
    dry_run: DryRun = False,
    home: HomeOption = None,
) -> None:
    """Say that the customer has cancelled the authorization: nothing more is sent under it."""
    _happened(number, "revoked", who, on, {"reason": reason} if reason else {}, dry_run, home)


def _happened(
    number: int,
    event: str,
    who: str,
    on: dt.datetime | None,
    detail: dict[str, str],
    dry_run: bool,
    home: HomeOption,
) -> None:
    """Add an event to an authorization, and say what it is then."""
    from datarequests.authorization_flow import AuthorizationEvent
    from datarequests.consents import moment, seen
    from datarequests.history import authorization_of
    from datarequests.holding import happened as record_happened

    with opened(home) as at, writing_at(at, dry_run) as session:
        row = authorization_of(session, number)
        when = now()
        happened = moment(session, row, on.date() if on else None, when)
        held = record_happened(session, number, AuthorizationEvent(event), who, happened, when, detail)
        print(f"authorization {number} is {seen(session, row, when).validity.word}")
        _told_held(held)


def _told_held(held: "tuple[Held, ...]") -> None:
    """Say which requests are held by what happened to their authorization."""
    for one in held:
        print(f"request {one.number}: blocked_by_authorization: {one.why}")


def check(who: Who = "billclerk", dry_run: DryRun = False, home: HomeOption = None) -> None:
    """Compare each signed form with what was signed: one that was changed, or is gone, is void.

    The exit status is 1 where one is.
    """
    from datarequests.authorization_flow import AuthorizationEvent
    from datarequests.consents import altered
    from datarequests.holding import happened
    from extractor.base.database import writing
    from extractor.cli.billed import signed_files

    count = 0
    with opened(home) as at, writing(at.engine) as session:
        find = signed_files(at.home)
        for one in list(altered(session, find, now())):
            count += 1
            why = "gone" if find(one.row.signed_sha256 or "") is None else "changed"
            is_now = "would be void" if dry_run else "void"
            print(f"authorization {one.number}: its signed file is {why}: {is_now}")
            if not dry_run:
                event = AuthorizationEvent.ALTERED
                _told_held(happened(session, one.number, event, who, now(), now(), {"file": why}))
    if not count:
        print("all signed forms are as they were signed")
    raise typer.Exit(1 if count else 0)
