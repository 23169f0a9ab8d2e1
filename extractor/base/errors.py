"""The root of all our errors. The class carries the exit code, the message says what to do.

A doubt about a document is data (a finding), never an exception; these are for the rest.
Exit codes: 2 wrong usage, 3 a document is at fault, 70 we are at fault (EX_SOFTWARE in sysexits.h).

>>> SettingsError("BILLCLERK_JBOS is no setting").exit_code
2
"""

from typing import ClassVar


class BillclerkError(Exception):
    """Something stopped the work; the message is for the person who can mend it."""

    exit_code: ClassVar[int] = 70


class SettingsError(BillclerkError):
    """An environment variable BILLCLERK_* is misspelt or has a value it cannot have; correct or unset it."""

    exit_code = 2
