"""What people do with bills that are kept: `bills`, `show`, `correct`, `accept`, `questions`, `answer`."""

import datetime as dt
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption, address_of, home_of

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlmodel import Session

    from extractor.desk import Desk
    from extractor.home import Home
    from extractor.intervals.compared.compare import Tolerance
    from extractor.intervals.short import Meters
    from extractor.store.current import Kept, Wanted
    from extractor.store.said import Saying

Format = Literal["table", "json"]
States = Literal["verified", "corrected", "accepted", "review", "unreadable"]

Named = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT", help="The first digits of its hash; `:2` behind them for its second bill."
    ),
]
Who = Annotated[str, typer.Option("--who", help="Who says so.")]
Why = Annotated[str, typer.Option("--why", help="Why: what you looked at, whom you asked.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back.")]
Seen = Annotated[
    int | None, typer.Option("--reading", help="The reading that you looked at, as `show` names it.")
]

AccountOption = Annotated[
    str | None,
    typer.Option("--account", help="Of this customer account or service account, and its other numbers."),
]
FromOption = Annotated[
    dt.datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="With billed days on or after this one."),
]
ToOption = Annotated[
    dt.datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="With billed days on or before this one."),
]
StatusOption = Annotated[
    States | None, typer.Option("--status", help="In this state, people's work considered.")
]
ProviderOption = Annotated[
    str | None, typer.Option("--provider", help="With charges of this provider: SCE, CPA.")
]
RateOption = Annotated[str | None, typer.Option("--rate", help="On this rate schedule, as printed.")]
CustomerOption = Annotated[str | None, typer.Option("--customer", help="Of this customer of the roster.")]


class Opened(NamedTuple):
    """A home, its store and its desk."""

    home: "Home"
    engine: "Engine"
    desk: "Desk"


@contextmanager
def opened(option: HomeOption) -> Iterator[Opened]:
    """Give the desk of a home.

    Raises:
        NoHomeError: if there is none.
        SchemaError: if its database is of another version.
    """
    from extractor.cli.settings import from_environment
    from extractor.desk import Desk
    from extractor.settings import ReaderSettings
    from extractor.store.opening import store

    place = home_of(option)
    settings = from_environment(ReaderSettings, place)
    with store(address_of(place), place.path) as engine:
        yield Opened(place, engine, Desk(place, engine, settings))


def wanted_by(
    account: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    status: States | None,
    provider: str | None,
    rate: str | None,
    customer: str | None,
) -> "Wanted":
    """Return which bills options ask for; days in the wrong order are refused."""
    from extractor.store.current import Wanted

    first, last = (None if day is None else day.date() for day in (since, until))
    if first and last and last < first:
        raise typer.BadParameter("it lies before --from", param_hint="--to")
    return Wanted(account, first, last, status, provider, rate, customer)


def told_along(session: "Session", account: str | None) -> None:
    """Say which other numbers an account takes along, by which aliases, and what is left out."""
    from extractor.cli.wording import clean
    from extractor.store.numbers import accounts_of, numbers_of, partly_of

    numbers = [] if account is None else numbers_of(session, account)
    for one in numbers[1:]:
        days = "".join(f" {word} {day}" for word, day in (("from", one.since), ("to", one.until)) if day)
        by = ", ".join(f"alias {row.id}, {row.kind} ({row.evidence})" for row in one.by)
        print(clean(f"{account} takes along {one.number}{days}: {by}"), file=sys.stderr)
    holders = accounts_of(session, numbers) if numbers else []
    if holders:
        said = f"{account} is billed to {len(holders)} customer accounts: {', '.join(holders)}"
        print(clean(f"{said}; --customer shows one customer's alone"), file=sys.stderr)
    count = partly_of(session, numbers) if numbers[1:] else 0
    if count:
        what = "1 service is" if count == 1 else f"{count} services are"
        print(
            f"{what} left out, billed only partly within these days; `billclerk accounts` has them",
            file=sys.stderr,
        )


def tolerance_of(home: "Home") -> "Tolerance":
    """Return how far bills and meters may be apart, by the settings."""
    from extractor.cli.settings import from_environment
    from extractor.intervals.compared.compare import Tolerance
    from extractor.settings import JoinSettings

    settings = from_environment(JoinSettings, home)
    return Tolerance(settings.join_kwh, settings.join_percent / 100, settings.join_kw)


def meters_beside(at: Opened, session: "Session", wanted: "Wanted") -> "Meters":
    """Return in short what the meters of bills say; nothing, and at no cost, where no readings are."""
    from extractor.store.metered import has_readings

    if not has_readings(session):
        return {}
    from extractor.intervals.summary import meters_of
    from extractor.store.current import current

    return meters_of(at.home, at.engine, session, current(session, wanted), tolerance_of(at.home))


def bills(
    account: AccountOption = None,
    since: FromOption = None,
    until: ToOption = None,
    status: StatusOption = None,
    provider: ProviderOption = None,
    rate: RateOption = None,
    customer: CustomerOption = None,
    output: Annotated[
        Format, typer.Option("--format", help="A table, or one JSON object per line.")
    ] = "table",
    home: HomeOption = None,
) -> None:
    """List the bills that are kept, each with its state and whether it counts."""
    from extractor.base.database import reading
    from extractor.cli.kept import bill_rows, listed
    from extractor.store.current import current

    wanted = wanted_by(account, since, until, status, provider, rate, customer)
    with opened(home) as at, reading(at.engine) as session:
        told_along(session, account)
        meters = meters_beside(at, session, wanted)
        rows = bill_rows(current(session, wanted), meters)
        if output == "json":
            import json

            for row in rows:
                print(json.dumps(row))
        else:
            listed(rows, bool(meters))


def show(name: Named, home: HomeOption = None) -> None:
    """Print a bill with its line numbers, its proof and findings, and what people and readings said of it."""
    from extractor.base.database import reading
    from extractor.cli.kept import shown
    from extractor.store.metered import has_readings
    from extractor.store.said import bill_named
    from extractor.store.summaries import has_summaries

    with opened(home) as at, reading(at.engine) as session:
        kept = bill_named(session, name)
        shown(session, kept)
        if has_readings(session) or has_summaries(session):
            from extractor.cli.beside import shown_beside

            shown_beside(at, session, kept)


def correct(
    name: Named,
    field: Annotated[
        str,
        typer.Argument(
            metavar="FIELD",
            help="As `show` numbers them: amount_due, 1.total, 1.7.amount; or a correction's number.",
        ),
    ],
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="What is printed there; none for nothing.")
    ] = None,
    who: Who = "",
    why: Why = "",
    undo: Undo = False,
    seen: Seen = None,
    home: HomeOption = None,
) -> None:
    """Correct a value of a bill; the checks run again with it.

    Who corrects a value of a charge line has read the whole line. `--undo` takes a correction back, by
    the number that `show` gives it.
    """
    with opened(home) as at:
        if undo:
            if not field.isdigit():
                raise typer.BadParameter(
                    "give the number of the correction, as `show` lists them", param_hint="FIELD"
                )
            bill = at.desk.undo_correction(name, int(field), named(who, "--who"), now())
        else:
            if value is None:
                raise typer.BadParameter("what is printed there?", param_hint="VALUE")
            bill = at.desk.correct(name, field, value, saying_of(who, why), seen)
    _told(bill)


def accept(
    name: Named, who: Who = "", why: Why = "", undo: Undo = False, seen: Seen = None, home: HomeOption = None
) -> None:
    """Take a bill in review as it is; it is shown as accepted by you, never as proven."""
    with opened(home) as at:
        if undo:
            bill = at.desk.undo_acceptance(name, named(who, "--who"), now())
        else:
            bill = at.desk.accept(name, saying_of(who, why), seen)
    _told(bill)


def questions(
    answered: Annotated[
        bool, typer.Option("--answered", help="Those that were answered: what, by whom, when and why.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Print what only a person can tell: which of two files is right, whose a usage point is, and more."""
    from extractor.base.database import reading
    from extractor.cli import asked, kept
    from extractor.store.account_questions import account_questions
    from extractor.store.questions import questions as open_ones

    with opened(home) as at, reading(at.engine) as session:
        if answered:
            count = kept.answered(session) + asked.answered(session)
            said = "answer holds" if count == 1 else "answers hold"
        else:
            count = kept.asked(session, list(open_ones(session)))
            count += asked.asked(list(account_questions(session)))
            said = "question" if count == 1 else "questions"
    print(f"{count} {said}", file=sys.stderr)


def answer(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="Its name, as `questions` prints it.")],
    said: Annotated[
        str | None,
        typer.Argument(
            metavar="ANSWER",
            help="Of two files of a bill the right document; of two bills of the same days, what the later "
            "one does: adds, replaces, duplicate; of accounts what `questions` names.",
        ),
    ] = None,
    who: Who = "",
    why: Why = "",
    undo: Undo = False,
    home: HomeOption = None,
) -> None:
    """Answer a question; what counts follows from it, as long as the bills say what they say now.

    `--undo` takes an answer back, by the name that `questions --answered` gives it.
    """
    with opened(home) as at:
        if undo:
            if said is not None:
                raise typer.BadParameter("an answer is taken back as a whole; give none", param_hint="ANSWER")
            is_open = at.desk.undo_answer(question, named(who, "--who"), now())
            print(f"taken back; {'it is open again' if is_open else 'nothing is asked by that name now'}")
        else:
            if said is None:
                raise typer.BadParameter("what do you answer?", param_hint="ANSWER")
            at.desk.answer(question, said, saying_of(who, why))
            print("answered")


def saying_of(who: str, why: str) -> "Saying":
    """Return who says something, and why; both have to be said."""
    from extractor.store.said import Saying

    return Saying(named(who, "--who"), named(why, "--why"), now())


def named(text: str, option: str) -> str:
    """Return what an option says.

    Raises:
        BadParameter: if it says nothing.
    """
    if not text.strip():
        raise typer.BadParameter("say it: it is kept with the bill", param_hint=option)
    return text.strip()


def _told(bill: "Kept") -> None:
    """Say where a bill stands now, and what still keeps it in doubt."""
    from extractor.cli.wording import clean

    print(f"{bill.sha256[:12]}: {bill.state}, {bill.trust}")
    for finding in bill.result.findings:
        if finding.severity == "error":
            print(clean(f"  {finding.message}"), file=sys.stderr)
