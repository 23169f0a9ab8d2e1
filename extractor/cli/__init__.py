"""The command `billclerk`: one module per command; each parses, calls one function and prints.

Help must feel instant: nothing but Typer is imported before a command runs.
"""

import errno
import sys
import traceback
from typing import Annotated

import typer

from extractor.base.errors import BillclerkError
from extractor.cli.accounts import accounts
from extractor.cli.authorizations import authorizations
from extractor.cli.backup import backup, restore, verify
from extractor.cli.bill_coverage import bill_coverage
from extractor.cli.billing_history import billing_history
from extractor.cli.counterparties import counterparties
from extractor.cli.db import db
from extractor.cli.desk import accept, answer, bills, correct, questions, show
from extractor.cli.due import due
from extractor.cli.export import export
from extractor.cli.history import history
from extractor.cli.home import init
from extractor.cli.ingest import ingest
from extractor.cli.intervals import intervals
from extractor.cli.join import join
from extractor.cli.mailing import mail
from extractor.cli.people import customer
from extractor.cli.plot import plot
from extractor.cli.rates import rates
from extractor.cli.read import read
from extractor.cli.report import report
from extractor.cli.reprocess import reprocess
from extractor.cli.request import request
from extractor.cli.runs import runs
from extractor.cli.sample import sample
from extractor.cli.status import status, tick
from extractor.cli.today import today
from extractor.cli.watch import watch

app = typer.Typer(
    name="billclerk",
    help="Read electricity bills of Southern California Edison and Clean Power Alliance.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # its frames show locals, which carry account numbers
    no_args_is_help=True,
)
app.command()(read)
app.command()(init)
app.command()(ingest)
app.command()(watch)
app.command()(bills)
app.command()(show)
app.command()(correct)
app.command()(accept)
app.command()(questions)
app.command()(answer)
app.command()(reprocess)
app.command()(runs)
app.command()(join)
app.command("coverage")(bill_coverage)
app.command()(today)
app.command()(due)
app.command()(history)
app.command()(rates)
app.command()(export)
app.command()(plot)
app.command()(backup)
app.command()(restore)
app.command()(verify)
app.command()(status)
app.command()(tick)
app.command()(report)
app.add_typer(accounts, name="accounts")
app.add_typer(authorizations, name="authorizations")
app.add_typer(billing_history, name="billing-history")
app.add_typer(counterparties, name="counterparties")
app.add_typer(customer, name="customer")
app.add_typer(db, name="db")
app.add_typer(intervals, name="intervals")
app.add_typer(mail, name="mail")
app.add_typer(request, name="request")
app.add_typer(sample, name="sample")


OUTAGE = 75
"""Exit status where it may go well another time (EX_TEMPFAIL in sysexits.h)."""


def _print_version(wanted: bool) -> None:
    if wanted:
        from extractor import __version__

        typer.echo(f"billclerk {__version__}")
        raise typer.Exit


@app.callback()
def _billclerk(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the exit code of an error is its class's, 70 where we are at fault."""
    try:
        app()
    except BillclerkError as error:
        print(f"billclerk: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        said = _outage(error)
        if said is None:
            traceback.print_exc()  # frames without their locals
            sys.exit(70)
        print(f"billclerk: {said}; nothing is lost, run it again when that is mended", file=sys.stderr)
        sys.exit(OUTAGE)


def _outage(error: Exception) -> str | None:
    """Return what of the machine fails, where neither a document nor the program is at fault."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        return error.strerror
    database = sys.modules.get("sqlalchemy.exc")
    if database is not None and isinstance(error, database.OperationalError):
        return f"the database cannot be used: {error.orig}"  # without what the statement carried
    return None
