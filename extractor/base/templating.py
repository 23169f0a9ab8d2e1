"""Jinja2 templates: a firm's own first, then the checkout's, then the copy that the wheel carries.

A template that misses a value is an error, never a blank. What a value says is escaped in HTML and nowhere
else; a template cannot run code (the sandbox), as a firm may have got it from somebody.

>>> environment().from_string("Dear {{ name }},").render(name="Sam & Co.")
'Dear Sam & Co.,'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.base.errors import BillclerkError

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

CHECKOUT = Path(__file__).parents[2] / "templates"
CARRIED = Path(__file__).parent / "templates"


class TemplateFaultError(BillclerkError):
    """A template misses a value or cannot be read; the message says which, where, and what to mend."""

    exit_code = 2


def rendered(name: str, values: Mapping[str, Any], own: Path | None = None) -> str:
    """Return a template filled in; a firm's own templates stand in the folder `own`.

    Raises:
        TemplateFaultError: if it misses a value, or is none.
    """
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        return environment(own).get_template(name).render(**values)
    except TemplateError as error:
        line = f", line {error.lineno}" if isinstance(error, TemplateSyntaxError) else ""
        raise TemplateFaultError(f"template {name}{line}: {error.message or type(error).__name__}") from None


@lru_cache(8)
def environment(own: Path | None = None) -> ImmutableSandboxedEnvironment:
    """Return what reads templates."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    places = [place for place in (own, CHECKOUT, CARRIED) if place is not None]
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(places),
        autoescape=lambda name: name is not None and name.removesuffix(".j2").endswith((".html", ".svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
