"""`billclerk intervals map`, `mappings` and `confirm`: what people say of files that no format is sure of."""

from typing import Annotated, Literal

import typer

from extractor.cli import mapping
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened
from extractor.cli.said import Undo, Who


def map_columns(
    file: mapping.File,
    columns: mapping.Columns = None,
    sheet: mapping.Sheet = None,
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
    dates: mapping.Dates = None,
    decimal: mapping.Decimals = None,
    extra: Annotated[
        Literal["second", "elapsed"] | None,
        typer.Option("--extra-hour", help="Columns past 24 hours: the second hour from 1:00, or counted on."),
    ] = None,
    words: Annotated[
        list[str] | None,
        typer.Option("--word", metavar="ROLE:WORD=MEANING", help="What a word in a column means."),
    ] = None,
    is_confirmed: mapping.Confirm = False,
    who: mapping.Who = None,
    why: mapping.Why = None,
    name: mapping.Name = None,
    home: HomeOption = None,
) -> None:
    """Say what the columns of FILE are taken for, by what, and what only you can tell.

    Nothing is imported, and nothing is remembered without --confirm. The exit status is 1 while something
    has to be said, 3 where the file cannot be read so.
    """
    from extractor.cli.interval_proposal import lines_on
    from extractor.cli.settings import from_environment
    from extractor.intervals.mapped.answers import Answers
    from extractor.intervals.mapped.asking import Asker
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings
    from extractor.store.mappings import INTERVALS

    confirmed = mapping.confirmation(file, is_confirmed, who, why, name)
    answers = Answers(
        sheet=sheet,
        columns=mapping.columns_said(columns),
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
    mapping.remember(looked.proposal, confirmed, INTERVALS, home)


# --- answers -------------------------------------------------------------------------------------------


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
    undo: mapping.Undo = None,
    who: mapping.UndoneBy = None,
    every: mapping.Every = False,
    home: HomeOption = None,
) -> None:
    """List the mappings of columns that people confirmed, or take one back.

    Imports by a mapping that is taken back stay, and are unconfirmed from then on.
    """
    from extractor.base.database import writing
    from extractor.cli.wording import count
    from extractor.intervals.mapped.remembered import name_of
    from extractor.store.mappings import INTERVALS, undo_mapping

    if undo is None:
        mapping.list_mappings(INTERVALS, every, home)
        return
    if not who:
        raise typer.BadParameter("say --who", param_hint="--undo")
    with opened(home) as at, writing(at.engine) as session:
        found = undo_mapping(session, undo, name_of(undo), who, now())
    print(f"mapping {undo} is taken back; unconfirmed by it: {count(found, 'import')}")


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
