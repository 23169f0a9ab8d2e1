"""`billclerk request`: data requests to utilities. One module per part; each offers its commands here."""

import typer

from extractor.cli.request.seen import listed, show
from extractor.cli.request.sending import release, resend, settle

request = typer.Typer(
    help="Ask SCE and CPA for data in writing, and keep track of it.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
request.command("list")(listed)
request.command()(show)
request.command()(release)
request.command()(resend)
request.command()(settle)
