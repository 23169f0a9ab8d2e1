"""What people do with bills that are kept: `bills`, `show`, `correct`, `accept`, `questions`, `answer`."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.metered import meters_beside
from extractor.cli.opened import opened
from extractor.cli.said import Undo, Who, Why, named, saying_of
from extractor.cli.wanted import (
    AccountOption,
    CustomerOption,
    FromOption,
    ProviderOption,
    RateOption,
    StatusOption,
    ToOption,
    told_along,
    wanted_by,
)

if TYPE_CHECKING:
    from extractor.store.current import Kept

Format = Literal["table", "json"]

Named = Annotated[
    str,
    typer.Argument(
        metavar="DOCUMENT", help="The first digits of its hash; `:2` behind them for its second bill."
    ),
]
Seen = Annotated[
    int | None, typer.Option("--reading", help="The reading that you looked at, as `show` names it.")
]


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


def _told(bill: "Kept") -> None:
    """Say where a bill stands now, and what still keeps it in doubt."""
    from extractor.cli.wording import clean

    print(f"{bill.sha256[:12]}: {bill.state}, {bill.trust}")
    for finding in bill.result.findings:
        if finding.severity == "error":
            print(clean(f"  {finding.message}"), file=sys.stderr)
