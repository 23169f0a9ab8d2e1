"""What commands of `billclerk authorizations` share: their options, and files that are read and written."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer

Number = Annotated[int, typer.Argument(metavar="AUTHORIZATION", help="The number of an authorization.")]
Who = Annotated[str, typer.Option("--who", help="Who says so.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, no more.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="The PDF to write; by default authorization-NUMBER.pdf in this folder."),
]
FormFile = Annotated[
    Path | None, typer.Option("--form", help="The official form, a PDF with fields: they are filled in.")
]
FieldsFile = Annotated[
    Path | None,
    typer.Option("--fields", help='Which field takes which value: lines `"Field" = "value"` (TOML).'),
]
OnDay = Annotated[
    dt.datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="The day on which it happened; by default now."),
]


def read_file(path: Path) -> bytes:
    """Return a file that the user named."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None


def write_file(path: Path, data: bytes) -> None:
    """Write a PDF that nobody else may read."""
    from extractor.home import written_privately

    try:
        written_privately(path, data)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}") from None
    print(f"written: {path}", file=sys.stderr)
