"""`billclerk init`, and the home that other commands work in."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extractor.home import Home

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The home folder: by default BILLCLERK_HOME, else the current folder."),
]


def init(
    home: Annotated[Path, typer.Argument(metavar="HOME", help="A new or empty folder.")] = Path(),
) -> None:
    """Make a home: inbox, originals, database and a settings file, for nobody else to read.

    What is there already stays as it is.
    """
    from extractor.cli.settings import default_file
    from extractor.home import created
    from extractor.store.opening import store

    made = created(home, default_file())
    with store(address_of(made), made.path):
        typer.echo(f"{made.path} is ready; drop bills into {made.inbox}")


def home_of(option: Path | None) -> "Home":
    """Return the home that a command works in.

    Raises:
        NoHomeError: if there is none.
    """
    from extractor.home import found

    return found(option, os.environ, Path.cwd())


def address_of(home: "Home") -> str:
    """Return the address of a home's database.

    Raises:
        SettingsError: a setting is misspelt or has a value that it cannot have.
    """
    from extractor.cli.settings import from_environment
    from extractor.settings import HomeSettings

    server = from_environment(HomeSettings, home).database_url
    return server.get_secret_value() if server else home.database
