"""The settings of all parts, read once from the environment and handed down from here."""

import os
from typing import TypeVar

from datarequests.settings import (
    AgentSettings,
    MailboxSettings,
    MailSettings,
    RequestSettings,
    TickSettings,
)
from extractor.base.settings import ENVIRONMENT_ONLY, Settings, file_settings, load, refuse_misspelt
from extractor.home import Home
from extractor.settings import CoverageSettings, HomeSettings, JoinSettings, ReaderSettings

KINDS = (
    ReaderSettings,
    JoinSettings,
    CoverageSettings,
    RequestSettings,
    TickSettings,
    AgentSettings,
    MailSettings,
    MailboxSettings,
    HomeSettings,
)
"""Every kind of settings there is: a variable that none of them reads is misspelt."""

AnySettings = TypeVar("AnySettings", bound=Settings)


def from_environment(kind: type[AnySettings], home: Home | None = None) -> AnySettings:
    """Read settings of one kind, those that the environment does not set from the home's file.

    Raises:
        SettingsError: a BILLCLERK_* variable or a line of the file is misspelt or has a value it cannot have.
    """
    refuse_misspelt(KINDS, os.environ)
    return load(kind, file_settings(home.settings, KINDS) if home else None)


def default_file() -> str:
    """Return the settings file of a new home: each setting with its default, to be uncommented."""
    lines = ["# Settings of this home; BILLCLERK_* environment variables come first.", ""]
    for kind in KINDS:
        for name, field in kind.model_fields.items():
            if field.json_schema_extra != ENVIRONMENT_ONLY:
                default = field.get_default(call_default_factory=True)
                lines += [f"# {field.description}", f"# {name} = {shown(default)}", ""]
    return "\n".join(lines)


def shown(default: object) -> str:
    """Return a default as the settings file has it."""
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default or ""}"' if default is None or isinstance(default, str) else f"{default:g}"
