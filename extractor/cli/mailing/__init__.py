"""`billclerk mail`: the mail of requests. One module per part; each offers its commands here."""

import typer

from extractor.cli.mailing.outgoing import drop, outbox, send
from extractor.cli.mailing.received import assign, confirm, fetch, ignore, listed, orphans, show

mail = typer.Typer(help="The mail of requests.", rich_markup_mode=None, no_args_is_help=True)
mail.command()(fetch)
mail.command("list")(listed)
mail.command()(orphans)
mail.command()(show)
mail.command()(assign)
mail.command()(confirm)
mail.command()(ignore)
mail.command()(outbox)
mail.command()(send)
mail.command()(drop)
