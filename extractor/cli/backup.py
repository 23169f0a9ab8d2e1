"""`billclerk backup`, `restore` and `verify`: what a firm would miss, kept elsewhere and looked after."""

import datetime as dt
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from extractor.cli.filed import now
from extractor.cli.home import HomeOption
from extractor.cli.opened import opened

SHORT = 12
"""Digits by which a document is shown."""


def backup(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The backup to write: a .tar file, or a folder, which is made if need be."
        ),
    ],
    home: HomeOption = None,
) -> None:
    """Write one consistent set of database, originals and settings, while others go on working.

    Into a folder it goes under a name with the time. The exit status is 1 where an original is missing.
    """
    from extractor.upkeep.backup import backup as written

    with opened(home) as at:
        made_at = now()
        target = _target(out, made_at)
        taken = written(at.home, at.engine, target, made_at)
    for sha256 in taken.missing:
        print(f"{sha256[:SHORT]}: its original is missing", file=sys.stderr)
    for name in taken.lost:
        print(f"intervals/{name}: missing or altered", file=sys.stderr)
    rows = sum(taken.rows.values())
    print(f"{target}: {taken.originals:,} originals, {taken.files:,} other files, {rows:,} rows")
    raise typer.Exit(1 if taken.missing or taken.lost else 0)


def _target(out: Path, made_at: dt.datetime) -> Path:
    """Return the file to write; a name without .tar is a folder, where none takes the place of another."""
    if out.suffix == ".tar" and not out.is_dir():
        return out
    if out.exists() and not out.is_dir():
        raise typer.BadParameter(f"{out} is a file; name a folder, or a .tar file", param_hint="FILE")
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    return out / f"billclerk-{made_at:%Y%m%d-%H%M%S}.tar"


def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    target: Annotated[Path, typer.Argument(metavar="HOME", help="A new or empty folder.")],
) -> None:
    """Put a backup back into a new home; where BILLCLERK_DATABASE_URL names a server, into that database."""
    from extractor.cli.settings import from_environment
    from extractor.settings import HomeSettings
    from extractor.upkeep.backup import restore as put_back

    if not source.is_file():
        raise typer.BadParameter(f"there is no {source}", param_hint="FILE")
    server = from_environment(HomeSettings).database_url
    manifest = put_back(source, target, server.get_secret_value() if server else None)
    print(f"{target} is as it was on {manifest['made_at']}: {manifest['originals']:,} originals")
    if manifest["missing"]:
        print(f"{len(manifest['missing'])} originals were missing then already", file=sys.stderr)


def verify(
    source: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A backup to check instead of the home.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Compare originals and readings with their hashes, of the home or of a backup, which is not restored.

    Of a backup its database and all counts are checked too. The exit status is 1 where something is wrong.
    """
    if source is not None:
        _verify_file(source)
    from extractor.upkeep.backup import verify as checked_in

    with opened(home) as at:
        checked = checked_in(at.home, at.engine)
    _print_wrong(checked.missing, checked.altered)
    for name in checked.lost:
        print(f"intervals/{name}: missing or altered")
    others = f"; {len(checked.unknown)} files belong to no document" if checked.unknown else ""
    wrong = len(checked.missing) + len(checked.altered) + len(checked.lost)
    print(f"{checked.documents:,} documents, {wrong} wrong{others}", file=sys.stderr)
    raise typer.Exit(0 if checked.is_sound else 1)


def _verify_file(source: Path) -> None:
    from extractor.upkeep.archived import verify_file

    if not source.is_file():
        raise typer.BadParameter(f"there is no {source}", param_hint="FILE")
    found = verify_file(source)
    _print_wrong(found.missing, found.altered)
    for fault in found.faults:
        print(fault)
    wrong = len(found.missing) + len(found.altered) + len(found.faults)
    gone = f"; {len(found.gone_before)} originals were missing then already" if found.gone_before else ""
    print(
        f"backup of {found.made_at}: {found.documents:,} documents, {found.originals:,} originals,"
        f" {found.files:,} other files, {found.rows:,} rows, {wrong} wrong{gone}",
        file=sys.stderr,
    )
    raise typer.Exit(0 if found.is_sound else 1)


def _print_wrong(missing: Iterable[str], altered: Iterable[str]) -> None:
    for what, hashes in (("missing", missing), ("altered", altered)):
        for sha256 in hashes:
            print(f"{sha256[:SHORT]}: {what}")
