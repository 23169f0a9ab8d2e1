"""The settings of all parts, read once from the environment and handed down from here."""

import os
from typing import TypeVar

from extractor.base.settings import Settings, load, refuse_misspelt
from extractor.settings import ReaderSettings

KINDS = (ReaderSettings,)
"""Every kind of settings there is: a variable that none of them reads is misspelt."""

AnySettings = TypeVar("AnySettings", bound=Settings)


def from_environment(kind: type[AnySettings]) -> AnySettings:
    """Read settings of one kind.

    Raises:
        SettingsError: a BILLCLERK_* variable is misspelt or has a value that it cannot have.
    """
    refuse_misspelt(KINDS, os.environ)
    return load(kind)
