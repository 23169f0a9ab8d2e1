"""`billclerk intervals`: readings of meters, beside the bills."""

import typer

from extractor.cli.coverage import coverage

intervals = typer.Typer(
    help="Readings of meters: import them, see what is held.", rich_markup_mode=None, no_args_is_help=True
)


@intervals.callback()
def _intervals() -> None:
    """Keep each a command of its own, however many there are."""


intervals.command()(coverage)
