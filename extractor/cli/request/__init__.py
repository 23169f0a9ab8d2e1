"""`billclerk request`: data requests to utilities. One module per part; each offers its commands here."""

import typer

from extractor.cli.request.drafted import draft
from extractor.cli.request.ending import close, override, rebase, time_out, withdraw
from extractor.cli.request.fees import fees, invoiced
from extractor.cli.request.linting import lint
from extractor.cli.request.missing import close_covered
from extractor.cli.request.moving import move
from extractor.cli.request.outside import ack, assign, correct, note, process, promise, reject, sent
from extractor.cli.request.receiving import receive
from extractor.cli.request.seen import listed, show
from extractor.cli.request.sending import release, resend, settle
from extractor.cli.request.ticking import tick

request = typer.Typer(
    help="Ask SCE and CPA for data in writing, and keep track of it.",
    rich_markup_mode=None,
    no_args_is_help=True,
)
request.command("list")(listed)
request.command()(show)
request.command()(draft)
request.command()(lint)
request.command()(move)
request.command()(fees)
request.command()(invoiced)
request.command()(sent)
request.command()(ack)
request.command()(process)
request.command()(receive)
request.command()(correct)
request.command()(promise)
request.command()(reject)
request.command()(note)
request.command()(assign)
request.command()(withdraw)
request.command("cancel", hidden=True)(withdraw)
request.command("time-out")(time_out)
request.command()(override)
request.command()(rebase)
request.command()(close)
request.command("close-covered")(close_covered)
request.command()(tick)
request.command()(release)
request.command()(resend)
request.command()(settle)
