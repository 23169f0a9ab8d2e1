"""`billclerk db`: the tables of the database and their version."""

import typer

from extractor.cli.home import HomeOption, address_of, home_of

db = typer.Typer(help="Look after the database.", rich_markup_mode=None, no_args_is_help=True)


@db.callback()
def _db() -> None:
    pass


@db.command()
def upgrade(home: HomeOption = None) -> None:
    """Bring the tables up to this program's version, a copy of the database put aside first.

    Other commands do that by themselves where nobody else works with the database.
    """
    from extractor.base.database import opened
    from extractor.base.schema import schemas
    from extractor.store.opening import upgraded

    place = home_of(home)
    engine = opened(address_of(place))
    try:
        done = upgraded(engine, place.path)
    finally:
        engine.dispose()
    versions = ", ".join(f"{one.newest()} ({one.name})" for one in schemas())
    typer.echo(f"the database is {'now' if done else 'already'} of version {versions}")
