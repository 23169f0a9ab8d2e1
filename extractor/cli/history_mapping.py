"""`billclerk billing-history map` and `mappings`: what people say of the columns of such tables."""

from typing import Annotated, Literal

import typer

from extractor.cli import mapping
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened


def map_table(
    file: mapping.File,
    columns: mapping.Columns = None,
    sheet: mapping.Sheet = None,
    charges: Annotated[
        Literal["delivery", "generation", "bundled", "unknown"] | None,
        typer.Option("--charges", help="Whose charges the dollars are."),
    ] = None,
    bounds: Annotated[
        Literal["inclusive", "end", "start"] | None,
        typer.Option(
            "--bounds", help="Which days are of the period: both, all but its end, all but its start."
        ),
    ] = None,
    dates: mapping.Dates = None,
    decimal: mapping.Decimals = None,
    is_confirmed: mapping.Confirm = False,
    who: mapping.Who = None,
    why: mapping.Why = None,
    name: mapping.Name = None,
    home: HomeOption = None,
) -> None:
    """Say what the columns of FILE, a table of billing history, are taken for, and what only you can tell.

    Nothing is imported, and nothing is remembered without --confirm. The exit status is 1 while something
    has to be said, 3 where the file cannot be read so.
    """
    from extractor.billing_history.asking import Asker
    from extractor.billing_history.propose import Said
    from extractor.cli.history_proposal import lines_on
    from extractor.cli.settings import from_environment
    from extractor.pages.limits import limits_of
    from extractor.settings import ReaderSettings
    from extractor.store.mappings import HISTORY

    confirmed = mapping.confirmation(file, is_confirmed, who, why, name)
    said = Said(sheet, mapping.columns_said(columns), bounds, dates, decimal, charges)
    with opened(home) as at:
        looked = Asker(limits_of(from_environment(ReaderSettings, at.home))).shown(file, said)
    for line in lines_on(looked):
        print(line)
    mapping.remember(looked.proposal, confirmed, HISTORY, home)


def mappings(
    undo: mapping.Undo = None,
    who: mapping.UndoneBy = None,
    every: mapping.Every = False,
    home: HomeOption = None,
) -> None:
    """List the mappings of billing history that people confirmed, or take one back.

    What was imported by it stays until it is taken back itself.
    """
    from extractor.base.database import writing
    from extractor.store.mappings import HISTORY, take_mapping_back

    if undo is None:
        mapping.list_mappings(HISTORY, every, home)
        return
    if not who:
        raise typer.BadParameter("say --who", param_hint="--undo")
    with opened(home) as at, writing(at.engine) as session:
        take_mapping_back(session, undo, HISTORY, who, now())
    print(f"mapping {undo} is taken back; imports by it stay: `billclerk billing-history list`")
