"""What a person says: who, why, of which bill."""

from typing import TYPE_CHECKING, Annotated

import typer

from extractor.cli.filed import now

if TYPE_CHECKING:
    from extractor.store.said import Saying

Who = Annotated[str, typer.Option("--who", help="Who says so.")]
Why = Annotated[str, typer.Option("--why", help="Why: what you looked at, whom you asked.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take it back.")]


def saying_of(who: str, why: str) -> "Saying":
    """Return who says something, and why; both have to be said."""
    from extractor.store.said import Saying

    return Saying(named(who, "--who"), named(why, "--why"), now())


def named(text: str, option: str) -> str:
    """Return what an option says.

    Raises:
        BadParameter: if it says nothing.
    """
    if not text.strip():
        raise typer.BadParameter("say it: it is kept with the bill", param_hint=option)
    return text.strip()
