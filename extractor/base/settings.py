"""The root of the settings: frozen objects, read once from BILLCLERK_* environment variables.

A part of the program describes its settings as a subclass of `Settings`; `extractor/cli/`
reads them and hands them down. pydantic-settings ignores a variable whose name it does
not know, so a misspelt limit would silently be no limit: `refuse_misspelt` looks at what
is left over under our prefix.

>>> class Example(Settings):
...     max_pages: int = 9
>>> refuse_misspelt([Example], {"BILLCLERK_MAX_PAGES": "12", "PATH": "/bin"})
>>> refuse_misspelt([Example], {"BILLCLERK_MAX_PAGE": "12"})
Traceback (most recent call last):
extractor.base.errors.SettingsError: BILLCLERK_MAX_PAGE is no setting; did you mean BILLCLERK_MAX_PAGES?
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from extractor.base.errors import SettingsError

PREFIX = "BILLCLERK_"

ENVIRONMENT_ONLY: dict[str, Any] = {"environment_only": True}
"""Marks the field of a secret, or of where the file itself is."""


class Settings(BaseSettings):
    """Settings of one part of the program; each field is the variable PREFIX + its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    @classmethod
    def variables(cls) -> list[str]:
        """Name the environment variables that these settings are read from."""
        return [PREFIX + name.upper() for name in cls.model_fields]


AnySettings = TypeVar("AnySettings", bound=Settings)


def load(kind: type[AnySettings], told: Mapping[str, Any] | None = None) -> AnySettings:
    """Read the settings of one kind from the environment, those it does not set from what a file told.

    Raises:
        SettingsError: a variable has a value it cannot have; names the variable, not the value.
    """
    unset = {
        name: value
        for name, value in (told or {}).items()
        if name in kind.model_fields and (PREFIX + name.upper()) not in os.environ
    }
    try:
        return kind(**unset)
    except ValidationError as error:
        wrong = (
            f"{PREFIX}{'.'.join(map(str, fault['loc'])).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise SettingsError("; ".join(wrong)) from None


def refuse_misspelt(kinds: Iterable[type[Settings]], environ: Mapping[str, str]) -> None:
    """Refuse a variable under our prefix that none of the kinds reads.

    Raises:
        SettingsError: names the variable and the nearest one that exists.
    """
    known = {variable for kind in kinds for variable in kind.variables()}
    for variable in environ:
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            near = get_close_matches(variable.upper(), known, n=1, cutoff=0)
            raise SettingsError(f"{variable} is no setting; did you mean {', '.join(near)}?")


def file_settings(path: Path, kinds: Iterable[type[Settings]]) -> dict[str, Any]:
    """Return what a file of settings says: `max_pages = 300`, a line each, as TOML.

    Raises:
        SettingsError: it is no TOML, names what is no setting, or one that only the environment may tell.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read as settings: {error}") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from None
    fields = {name: field for kind in kinds for name, field in kind.model_fields.items()}
    for name in told:
        if name not in fields:
            near = get_close_matches(name, fields, n=1, cutoff=0)
            raise SettingsError(f"{path}: {name} is no setting; did you mean {', '.join(near)}?")
        if fields[name].json_schema_extra == ENVIRONMENT_ONLY:
            raise SettingsError(
                f"{path}: {name} does not belong in a file; set {PREFIX}{name.upper()} instead"
            )
    return told
