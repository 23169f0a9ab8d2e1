"""`billclerk authorizations sheet`: the PDF of an authorization, or the official form filled in."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from extractor.cli.authorizations.options import (
    FieldsFile,
    FormFile,
    Number,
    Output,
    read_file,
    write_file,
)
from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import Opened, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.counterparties import Form
    from datarequests.tables import Authorization


def sheet(
    number: Number,
    output: Output = None,
    form: FormFile = None,
    fields: FieldsFile = None,
    home: HomeOption = None,
) -> None:
    """Write the PDF of an authorization again, or fill in the official form's fields."""
    from datarequests.history import authorization_of
    from extractor.base.database import reading

    with opened(home) as at, reading(at.engine) as session:
        written(at, session, authorization_of(session, number), output, form, fields)


def written(
    at: Opened,
    session: "Session",
    row: "Authorization",
    output: Path | None,
    form: Path | None,
    fields: Path | None,
) -> None:
    """Write the PDF of an authorization, and what goes with it."""
    from datarequests.desks import desk
    from datarequests.sheets.cisr import cisr_sheet, more_accounts
    from datarequests.sheets.consent_letter import consent_letter
    from extractor.cli.billed import own_templates

    path = output or Path(f"authorization-{row.id}.pdf")
    to = desk(session, row.counterparty)
    current = to.form_on(now().astimezone(to.zone).date())
    if to.known.form == "letter":
        if form or fields:
            raise typer.BadParameter(f"{to.key} has no form: its letter is written", param_hint="--form")
        write_file(path, consent_letter(row, to, own_templates(at.home)))
        return
    write_file(path, _filled_in(row, form, fields, current) if form else cisr_sheet(row, current))
    more = more_accounts(row, current)
    if more is not None:
        write_file(path.with_name(f"{path.stem}-accounts{path.suffix}"), more)


def _filled_in(row: "Authorization", form: Path, fields: Path | None, current: "Form") -> bytes:
    """Return the official form with its fields filled in; what stayed empty is told."""
    from datarequests.sheets.acroform import fill, form_values, read_mapping

    told = read_mapping(read_file(fields).decode(), fields.name) if fields else {}
    done = fill(read_file(form), form_values(row, current), told)
    print(f"{len(done.filled)} fields were filled in: look at every one of them", file=sys.stderr)
    for name, value in done.filled.items():
        print(f"field {name!r} has {value}", file=sys.stderr)
    for name in done.empty:
        print(f"field {name!r} is empty", file=sys.stderr)
    for name in done.unused:
        print(f"no field takes {name}", file=sys.stderr)
    return done.data
