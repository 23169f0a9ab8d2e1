"""`billclerk request`: data requests to utilities. One module per part; each offers its commands here."""

import typer

from extractor.cli.request.drafted import draft
from extractor.cli.request.fees import fees, invoiced
from extractor.cli.request.linting import lint
from extractor.cli.request.seen import listed, show

request = typer.Typer(
    help="Ask SCE and CPA for data in writing, and keep track of it.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
request.command("list")(listed)
request.command()(show)
request.command()(draft)
request.command()(lint)
request.command()(fees)
request.command()(invoiced)
