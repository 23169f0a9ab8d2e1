"""`billclerk intervals`: interval data, and what people confirm of its files."""

import typer

from extractor.cli.mapping import confirm, map_columns, mappings

intervals = typer.Typer(
    help="Interval data: readings of meters, as files have them.", rich_markup_mode=None, no_args_is_help=True
)
intervals.command("map")(map_columns)
intervals.command("mappings")(mappings)
intervals.command("confirm")(confirm)
