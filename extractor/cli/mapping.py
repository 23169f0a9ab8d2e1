"""`billclerk intervals map`, `mappings` and `confirm`: what people say of files that no format is sure of."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from extractor.cli.desk import Undo, opened
from extractor.cli.filed import now
from extractor.cli.home import HomeOption

if TYPE_CHECKING:
    from extractor.intervals.mapped.asking import Shown

OPEN = 1
"""Exit status where something has to be said yet."""
REFUSED = 3
"""Exit status where the file cannot be read by what is said."""

Who = Annotated[str, typer.Option("--who", help="Who says so.")]


def map_columns(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file or an .xlsx workbook.")],
    columns: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="ROLE=COLUMN", help="Which column is what; COLUMN empty: none is."),
    ] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Of a workbook with several layouts.")] = None,
    unit: Annotated[
        Literal["kWh", "Wh", "MWh", "kW"] | None, typer.Option("--unit", help="Of the values.")
    ] = None,
    label: Annotated[
        Literal["start", "end"] | None, typer.Option("--label", help="What a time is of its interval.")
    ] = None,
    zone: Annotated[
        Literal["local", "utc", "pst"] | None,
        typer.Option("--zone", help="The clock: local time, UTC, or standard time all the year."),
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", min=1, max=1440, help="How long an interval is.")
    ] = None,
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", help="delivered, received, net or total; COLUMN=received of one column."),
    ] = None,
    dates: Annotated[
        Literal["mdy", "dmy", "ymd"] | None, typer.Option("--dates", help="The order of a date's parts.")
    ] = None,
    decimal: Annotated[
        Literal["point", "comma"] | None, typer.Option("--decimal", help="Before the decimals of a number.")
    ] = None,
    extra: Annotated[
        Literal["second", "elapsed"] | None,
        typer.Option("--extra-hour", help="Columns past 24 hours: the second hour from 1:00, or counted on."),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="ROLE:WORD=MEANING", help="What a word in a column means."),
    ] = None,
    is_confirmed: Annotated[
        bool, typer.Option("--confirm", help="Remember it; --who and --why with it.")
    ] = False,
    who: Annotated[str | None, typer.Option("--who", help="Who says so.")] = None,
    why: Annotated[str | None, typer.Option("--why", help="By what you know it: it is kept.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call the layout.")] = None,
    home: HomeOption = None,
) -> None:
    """Say what the columns of FILE are taken for, by what, and what only you can tell.

    Nothing is imported, and nothing is remembered without --confirm. The exit status is 1 while something
    has to be said, 3 where the file cannot be read so.
    """
    from extractor.cli.proposal import lines_on
    from extractor.cli.settings import from_environment
    from extractor.intervals.mapped.answers import Answers
    from extractor.intervals.mapped.asking import Asker
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings

    if not file.is_file():
        raise typer.BadParameter(f"there is no {file}", param_hint="FILE")
    if is_confirmed and not (who and why):
        raise typer.BadParameter("say --who and --why", param_hint="--confirm")
    answers = Answers(
        sheet=sheet,
        columns=columns_said(columns or []),
        unit=unit,
        label=label,
        zone=zone,
        minutes=minutes,
        channels=_channels(channel or []),
        order=dates,
        decimal=decimal,
        extra=extra,
        words=_words(words or []),
    )
    with opened(home) as at:
        looked = Asker(limits_of(from_environment(ReaderSettings, at.home))).shown(file, answers)
    for line in lines_on(looked):
        print(line)
    if not looked.is_complete:
        print("nothing is remembered, and nothing can be imported by it yet", file=sys.stderr)
        raise typer.Exit(REFUSED if looked.refused or looked.proposal.refusals else OPEN)
    if is_confirmed:
        _remember(looked, name or file.suffix.lstrip("."), str(who), str(why), home)
    else:
        print("if that is right, say it again with --confirm --who NAME --why REASON", file=sys.stderr)


def _remember(looked: "Shown", name: str, who: str, why: str, home: Path | None) -> None:
    from extractor.base.database import writing
    from extractor.store.mappings import add_mapping
    from extractor.store.said import Saying

    mapping = looked.proposal.mapping
    with opened(home) as at, writing(at.engine) as session:
        row = add_mapping(
            session, mapping.signature, mapping.model_dump_json(), name, Saying(who, why, now())
        )
        print(f"mapping {row.id}: files of this layout are read by it from now on")


# --- answers -------------------------------------------------------------------------------------------


def columns_said(said: list[str]) -> dict[str, list[str]]:
    """Return the columns that a person names, by role."""
    found: dict[str, list[str]] = {}
    for one in said:
        role, equals, column = one.partition("=")
        if not equals:
            raise typer.BadParameter(f"{one!r}: write ROLE=COLUMN", param_hint="--set")
        found.setdefault(role, []).extend([column] if column else [])
    return found


def _channels(said: list[str]) -> "dict[str, Literal['delivered', 'received', 'net', 'total', 'unknown']]":
    found: dict[str, Literal["delivered", "received", "net", "total", "unknown"]] = {}
    for one in said:
        column, _, channel = one.rpartition("=")
        match channel:
            case "delivered" | "received" | "net" | "total":
                found[column] = channel
            case _:
                raise typer.BadParameter(
                    f"{channel!r} is none of delivered, received, net, total", param_hint="--channel"
                )
    return found


def _words(said: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"channel": {}, "unit": {}, "quality": {}}
    for one in said:
        role, colon, rest = one.partition(":")
        word, equals, meaning = rest.rpartition("=")
        if not colon or not equals or role not in found:
            raise typer.BadParameter(
                f"{one!r}: write ROLE:WORD=MEANING, of channel, unit or quality", param_hint="--word"
            )
        found[role][word] = meaning
    return found


# --- what is kept --------------------------------------------------------------------------------------


def mappings(
    undo: Annotated[int | None, typer.Option("--undo", help="Take the mapping of this number back.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="Who takes it back.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those that were taken back, too.")] = False,
    home: HomeOption = None,
) -> None:
    """List the mappings of columns that people confirmed, or take one back.

    Imports by a mapping that is taken back stay, and are unconfirmed from then on.
    """
    from extractor.base.database import reading, writing
    from extractor.cli.wording import clean, count
    from extractor.intervals.mapped.remembered import name_of
    from extractor.store import mappings as store

    if undo is not None:
        if not who:
            raise typer.BadParameter("say --who", param_hint="--undo")
        with opened(home) as at, writing(at.engine) as session:
            found = store.undo_mapping(session, undo, name_of(undo), who, now())
        print(f"mapping {undo} is taken back; unconfirmed by it: {count(found, 'import')}")
        return
    with opened(home) as at, reading(at.engine) as session:
        for row in store.mappings(session, undone=every):
            taken = f", taken back {row.undone_at:%Y-%m-%d} by {row.undone_by}" if row.undone_at else ""
            print(clean(f"{row.id}: {row.name}, {row.at:%Y-%m-%d} by {row.who}: {row.why}{taken}"))


def confirm(
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="The number of an import.")],
    who: Who,
    why: Annotated[str, typer.Option("--why", help="By what you know it: it is kept.")] = "",
    undo: Undo = False,
    home: HomeOption = None,
) -> None:
    """Confirm that the readings of IMPORT are what its format takes them for, and so of all of that format.

    For formats known only second-hand (SCE EnergyManager, by the layout of the report; EDI). It holds until
    it is taken back, or the format is read in another way.
    """
    from extractor.base.database import writing
    from extractor.cli.wording import clean, count
    from extractor.store.mappings import base, confirm_format, undo_confirmation
    from extractor.store.said import Saying

    with opened(home) as at, writing(at.engine) as session:
        if undo:
            row, found = undo_confirmation(session, number, who, now())
        else:
            row, found = confirm_format(session, number, Saying(who, why, now()))
        print(
            clean(f"{base(row.format)}, {count(found, 'import')}: {'unconfirmed' if undo else 'confirmed'}")
        )
