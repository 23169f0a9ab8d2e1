"""`billclerk authorizations`: a customer's consent, from the draft to the signed form and its renewal."""

import typer

from extractor.cli.authorizations.drafted import draft, expiring
from extractor.cli.authorizations.happened import (
    approve,
    check,
    given,
    reject,
    returned,
    revoke,
    sign,
    submitted,
)
from extractor.cli.authorizations.papers import sheet
from extractor.cli.authorizations.seen import listed, show

authorizations = typer.Typer(
    help="Customers' written consent: draft forms, take the signed ones in, see which hold.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
authorizations.command()(draft)
authorizations.command()(sheet)
authorizations.command("list")(listed)
authorizations.command()(show)
authorizations.command()(given)
authorizations.command()(returned)
authorizations.command()(sign)
authorizations.command()(submitted)
authorizations.command()(approve)
authorizations.command()(reject)
authorizations.command()(revoke)
authorizations.command()(check)
authorizations.command()(expiring)
