"""What speaks against sending a request, as commands ask and say it."""

import datetime as dt
from typing import TYPE_CHECKING

from extractor.cli.opened import Opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from datarequests.looked import Finding
    from datarequests.tables import DataRequest
    from datarequests.viewed import Viewed
    from extractor.cli.billed import KnownOf


def checked(
    at: Opened, session: "Session", row: "DataRequest", when: dt.datetime, known: "KnownOf"
) -> "tuple[Viewed, tuple[Finding, ...]]":
    """Return a request as it stands, and what speaks against sending it; be it that no letter can be made."""
    from datarequests.lint import lint
    from datarequests.linted import look_at
    from datarequests.looked import Finding, Severity
    from datarequests.viewed import viewed
    from extractor.base.errors import BillclerkError
    from extractor.cli.billed import letter_for, signed_files

    one = viewed(session, row, when)
    accounts = [item.service_account for item in one.items]
    said = known.bills(row.customer, row.counterparty, accounts)
    held = known.roster(row.customer, accounts)
    found = lint(look_at(session, one, said, held, signed_files(at.home)))
    if one.authorization is not None and not any(each.code == "file_is_as_signed" for each in found):
        try:
            letter_for(at.home, one)
        except BillclerkError as error:
            why = "A letter that misses something is not sent."
            found = (Finding("letter_can_be_made", Severity.REFUSE, str(error), why), *found)
    return one, found


def line_on(finding: "Finding") -> str:
    """Return what a person is told of a finding, with its reason."""
    from extractor.cli.wording import clean

    return clean(f"{finding.severity}: {finding.said}. {finding.reason} ({finding.code})")
