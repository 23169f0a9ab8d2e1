"""`billclerk sample`: values drawn at random for a person to confirm, and the accuracy that this proves."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened
from extractor.cli.said import Who, named

if TYPE_CHECKING:
    from extractor.portfolio.sampling.answers import Given
    from extractor.portfolio.sampling.kept import Shown
    from extractor.store.sampled import Sample

Of = Literal["trusted", "verified", "review", "all"]
Format = Literal["table", "json"]

MOST = 2000
"""Values of one sample: more than one person looks at."""


class Short(TyperGroup):
    """A group that draws where no command is named: `billclerk sample 20`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put `draw` before a number."""
        is_named = not args or args[0] in self.commands or args[0] == "--help"
        return super().parse_args(ctx, args if is_named else ["draw", *args])


sample = typer.Typer(
    cls=Short,
    help="Confirm values drawn at random beside their pages, and measure the accuracy on your own bills.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

Named = Annotated[str, typer.Argument(metavar="SAMPLE", help="Its name: size and seed, as `draw` prints it.")]


@sample.command()
def draw(
    size: Annotated[int, typer.Argument(metavar="COUNT", min=1, max=MOST, help="How many values.")],
    seed: Annotated[
        int | None, typer.Option("--seed", min=0, help="The same seed of the same bills: the same values.")
    ] = None,
    of: Annotated[
        Of,
        typer.Option("--of", help="Of bills that are verified, corrected or accepted (trusted), or these."),
    ] = "trusted",
    customer: Annotated[
        str | None, typer.Option("--customer", help="Of this customer of the roster.")
    ] = None,
    account: Annotated[
        str | None, typer.Option("--account", help="Of this customer account or service account.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The page to write, .html; else billclerk-sample-NAME.html here."),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Draw COUNT values and write a page with each beside its place on the bill, and a table for answers.

    `billclerk sample 20` is `billclerk sample draw 20`.
    """
    import secrets

    from extractor.base.database import reading, writing
    from extractor.portfolio.sampling.draw import drawn
    from extractor.portfolio.sampling.frame import Asked
    from extractor.portfolio.sampling.kept import keep, shown
    from extractor.store.erasing import customer_named

    if out is not None and out.suffix.lower() != ".html":
        raise typer.BadParameter("name a file that ends in .html", param_hint="--out")
    chosen = str(secrets.randbelow(1_000_000) if seed is None else seed)
    asked = Asked(of, customer, account)
    with opened(home) as at:
        with reading(at.engine) as session:
            if customer is not None:
                customer_named(session, customer)
            found = drawn(session, asked, size, chosen)
        with writing(at.engine) as session:
            kept = keep(session, asked, size, chosen, found, now())
            values = shown(session, kept)
        _written(at, kept, values, out)
    _told(kept, values, size)


def _written(at: Opened, kept: "Sample", values: "list[Shown]", out: Path | None) -> None:
    from extractor.cli.billed import own_templates
    from extractor.cli.settings import from_environment
    from extractor.pages.limits import limits_of
    from extractor.portfolio.sampling.page import pictures, written
    from extractor.settings import ReaderSettings

    page = out or Path(f"billclerk-sample-{kept.name}.html")
    limits = limits_of(from_environment(ReaderSettings, at.home))
    pieces = pictures(at.home.originals, values, limits)
    table, is_new = written(kept, values, pieces, page, own_templates(at.home))
    print(page)
    print(f"{table}{'' if is_new else ': is there already, and is left as it is'}")
    for number, piece in sorted(pieces.items()):
        if isinstance(piece, str):
            print(f"value {number}: not drawn: {piece}", file=sys.stderr)


def _told(kept: "Sample", values: "list[Shown]", size: int) -> None:
    """Say how the sample was drawn, and what to do with it."""
    from extractor.portfolio.sampling.page import whole

    print(f"sample {kept.name}: {len(values)} values of {whole(kept)}", file=sys.stderr)
    for name, length, passed in kept.strata:
        drawn = sum(value.row.stratum == name for value in values)
        said = f"; {passed} passed over, being printed nowhere" if passed else ""
        print(f"  {name}: {drawn} of {length:,} values{said}", file=sys.stderr)
    if kept.no_pages:
        print(f"  EDI invoices: {kept.no_pages:,} values, on no page to look at, not drawn", file=sys.stderr)
    if len(values) < size:
        print(f"  there are no more than these {len(values)}", file=sys.stderr)
    print(
        f"fill in the answers, then: billclerk sample answer {kept.name} FILE.csv --who YOU", file=sys.stderr
    )


@sample.command()
def answer(
    name: Named,
    what: Annotated[
        str | None,
        typer.Argument(metavar="FILE|NUMBER", help="The table that was filled in, or a value's number."),
    ] = None,
    said: Annotated[
        str | None, typer.Argument(metavar="ANSWER", help="Of one value: right, wrong or unclear.")
    ] = None,
    printed: Annotated[
        str | None, typer.Option("--printed", help="What is printed, of a value that is wrong.")
    ] = None,
    who: Who = "",
    home: HomeOption = None,
) -> None:
    """Record what a person says of the values: a whole table, one value, or one after the other, asked here.

    The latest answer to a value counts. All of a table is kept, or nothing of it.
    """
    from extractor.base.database import reading, writing
    from extractor.cli.sampled import told_wrong
    from extractor.portfolio.sampling.kept import add_answers, sample_named, shown

    person = named(who, "--who")
    with opened(home) as at:
        if what is None:
            with reading(at.engine) as session:
                given = _asked(shown(session, sample_named(session, name)))
        else:
            given = _given(what, said, printed)
        with writing(at.engine) as session:
            kept = sample_named(session, name)
            answered = add_answers(session, kept, given, person, now())
            left = sum(value.answer is None for value in shown(session, kept))
    told_wrong(kept, answered)
    taken = "the answer" if len(answered) == 1 else f"{len(answered)} answers"
    print(f"{taken} to sample {name} kept; not answered yet: {left}", file=sys.stderr)


def _given(what: str, said: str | None, printed: str | None) -> "list[Given]":
    """Return what one value, or a table, is answered."""
    from extractor.portfolio.sampling.answers import Given, answer_of, given_in

    if what.isdecimal():
        if said is None:
            raise typer.BadParameter("is the value right, wrong or unclear?", param_hint="ANSWER")
        return [Given(int(what), None, answer_of(said), printed)]
    if said is not None or printed is not None:
        raise typer.BadParameter("a table has its own answers; give none", param_hint="ANSWER")
    path = Path(what)
    if not path.is_file():
        raise typer.BadParameter(f"there is no {path}", param_hint="FILE|NUMBER")
    try:
        return given_in(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise typer.BadParameter("the table is no text in UTF-8; save it as CSV UTF-8") from None


def _asked(values: "list[Shown]") -> "list[Given]":
    """Ask for the answers that are missing, on the terminal."""
    from extractor.cli.wording import clean
    from extractor.portfolio.sampling.answers import AnswerError, Given, answer_of
    from extractor.portfolio.sampling.values import said

    if not sys.stdin.isatty():
        raise typer.BadParameter("name a table or a value; questions are asked on a terminal only")
    given: list[Given] = []
    for value in (one for one in values if one.answer is None):
        row = value.row
        print(clean(f"{row.number:>4}  {row.what}"))
        while True:
            word = typer.prompt(
                clean(f"      {said(row.kind, row.value)}: right, wrong, unclear, or quit"), default="right"
            )
            if word.strip().lower() in ("q", "quit"):
                return given
            try:
                answer = answer_of(word)
            except AnswerError as error:
                print(error, file=sys.stderr)
                continue
            printed = typer.prompt("      printed", default="") if answer == "wrong" else ""
            given.append(Given(row.number, None, answer, printed.strip() or None))
            break
    return given


@sample.command()
def results(
    name: Annotated[str | None, typer.Option("--sample", help="Of this one alone; else of all.")] = None,
    output: Annotated[
        Format, typer.Option("--format", help="A table, or one JSON object per line.")
    ] = "table",
    home: HomeOption = None,
) -> None:
    """Print the accuracy that the answers prove, with its interval of 95 %, and what is wrong."""
    from extractor.base.database import reading
    from extractor.cli.sampled import as_json, told_result
    from extractor.portfolio.sampling.kept import sample_named, samples
    from extractor.portfolio.sampling.results import results as measured

    with opened(home) as at, reading(at.engine) as session:
        wanted = samples(session) if name is None else [sample_named(session, name)]
        for one in measured(session, wanted):
            if output == "json":
                print(as_json(one))
            else:
                told_result(one)
    if not wanted:
        print("no sample was drawn yet; draw one with `billclerk sample 20`", file=sys.stderr)
