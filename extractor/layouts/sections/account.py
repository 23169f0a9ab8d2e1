"""The header block of a bill's first page, and the places that repeat what it says.

    Customer account        Rotating outage         Amount due $3,992.95
    700200000001            Group A013              Due by 06/24/25
    Service account         POD-ID
    8000000001              101760940000000001
    12345 N EXAMPLE STRT    Date bill prepared
    ANYTOWN, CA 90000       06/04/25

The account number is printed again on the stub, in the scan line and twice on page 2, the
date of preparation on page 2 (`which was 06/04/25`) and the stub (`STMT 06042025 P1`), the
amount due and its date in the summary and on the stub. Each repetition is a witness.
Sources: 21 real bills 2024-2025; samples of 2008, 2014, 2019 and 2021 for the older forms.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from extractor.draft import Aside, Draft, Witness
from extractor.layouts.sections.labelled import column_below, labels, value_below, value_of, value_right
from extractor.model import Finding
from extractor.paper import Box, Line, Printed, printed
from extractor.sheet import Page
from extractor.values import DATE, DATE_LOWER, USD, UnreadableValueError, day, usd

T = TypeVar("T")

ACCOUNT_NUMBER = re.compile(r"\d[\d-]{7,}\d")
SERVICE_NUMBER = re.compile(r"\d[\d-]{6,}\d")
CUSTOMER_ACCOUNT = re.compile(r"customer account(?: number)?\b")
SERVICE_ACCOUNT = re.compile(r"service account(?: number)?\b")
SERVICE_ADDRESS = re.compile(r"service address\b")
POD_ID = re.compile(r"pod[- ]?id\b")
OUTAGE = re.compile(r"rotating outage\b")
PREPARED = re.compile(r"date bill prepared\b:?")
STATED = re.compile(r"^(?:statement|bill) date\b:?", re.M)
AMOUNT_DUE = re.compile(r"amount due(?!\s+by\b)\b|do not pay\b")
DUE_BY = re.compile(r"due by\b:?")
STUB_DUE = re.compile(rf"amount due by {DATE_LOWER}\s+(\S.*)")
STATEMENT = re.compile(r"stmt (\d{8})\b")
PREPARED_AGAIN = re.compile(rf"preparation\s+date,\s+which\s+was\s+({DATE})", re.I)
ACCOUNT_AGAIN = re.compile(r"(?:change\s+of\s+mailing\s+address|enrollment)\s*:\s*(\d[\d-]{7,}\d)", re.I)
REPEATED = ("preparationdate,which", "changeofmailingaddress", "enrollment:")
NAME = re.compile(r"^(?P<name>\S.*?)\s*/\s*page \d+ of \d+$", re.I)
HEADER_NAME = re.compile(r"^(?P<name>\S.*?)\s*/\s*page \d+ of \d+$", re.I | re.M)
PAGE_ONE = re.compile(r"/\s*page \d+ of \d+$", re.M)
LABELLED_NAME = re.compile(r"customer name\s*:\s*(?P<name>\S.*)$", re.M)
SCAN = re.compile(r"^(\d[\d-]{8,}) (\d{5,9}) (\d{18,36})$", re.M)
AUTOPAY = re.compile(r"^we will automatically (?:debit|deduct|withdraw) (?:the|your) (?:total )?amount", re.M)

_ANY_DATE = re.compile(rf"{DATE}(?!\d)")
_ANY_USD = re.compile(rf"(?:{USD})(?!\d)")
_GROUP = re.compile(r"(?:group )?([A-Z]\d{3}|\d{3,4})", re.I)
_POD = re.compile(r"\d{10,20}")


def begins_bill(page: Page) -> bool:
    """Tell whether a page is the first of a bill: customer account and date of preparation stand on it.

    At least one of them has its value; a page that explains a bill has the words only.
    """
    if "customeraccount" not in page.squeezed or "datebillprepared" not in page.squeezed:
        return False
    accounts = _values(page, CUSTOMER_ACCOUNT, ACCOUNT_NUMBER, str)
    return any(True for _ in accounts) or any(True for _ in _values(page, PREPARED, _ANY_DATE, day))


def read_account(pages: Sequence[Page], draft: Draft, aside: Aside) -> None:
    """Read the header block of a bill's first page into the draft, and its repetitions as witnesses."""
    first = pages[0]
    draft.customer_name = _named_again(_name(first), pages)
    draft.autopay = _autopay(first)
    _take(draft, aside, "customer_account", list(_values(first, CUSTOMER_ACCOUNT, ACCOUNT_NUMBER, str)))
    stated = list(_values(first, PREPARED, _ANY_DATE, day)) or list(_values(first, STATED, _ANY_DATE, day))
    _take(draft, aside, "statement_date", stated)
    _take(draft, aside, "due_date", [*_values(first, DUE_BY, _ANY_DATE, day)])
    _take(draft, aside, "amount_due", [*_values(first, AMOUNT_DUE, _ANY_USD, usd)])
    _stub(first, draft, aside)
    for page in pages[1:]:
        _repeated(page, aside)
    aside.scan_line = _scan_line(first)
    if aside.scan_line is not None:
        account = aside.scan_line.value.split()[0]
        aside.witnesses.append(Witness("/bill/customer_account", _as(aside.scan_line, account)))


def _values(
    page: Page, label: re.Pattern[str], value: re.Pattern[str], convert: Callable[[str], T]
) -> Iterator[Printed[T]]:
    for found in labels(page, label):
        read = value_of(found, value, convert)
        if read is not None:
            yield read


def _take(draft: Draft, aside: Aside, name: str, values: Sequence[Printed[Any]]) -> None:
    """Take the first of the places that print a value; the others bear witness to it."""
    if values and getattr(draft, name) is None:
        setattr(draft, name, values[0])
        values = values[1:]
    aside.witnesses.extend(Witness(f"/bill/{name}", value) for value in values)


def settle_due_date(draft: Draft, aside: Aside) -> None:
    """Leave the due date open where it is printed in two ways: a date that nobody needs is not guessed."""
    due = draft.due_date
    told = [witness for witness in aside.witnesses if witness.pointer == "/bill/due_date"]
    other = next((witness.printed for witness in told if due and witness.printed.value != due.value), None)
    if due is None or other is None:
        return
    draft.due_date = None
    aside.witnesses = [witness for witness in aside.witnesses if witness not in told]
    message = f"the due date is printed as {due.text!r} and, on page {other.page}, as {other.text!r}"
    aside.findings.append(
        Finding(code="unread_field", severity="warning", message=message, page=due.page, bbox=due.bbox)
    )


def issuer_on(pages: Sequence[Page], names: re.Pattern[str], short: str) -> Printed[str] | str:
    """Return who issued the document, with the place that names it where one was read."""
    for page in pages:
        for found in page.find(names):
            return printed(short, found.words(), page.number)
    return short


def _name(page: Page) -> Printed[str] | None:
    """Return the customer's name: after a label of its own, or from the page header."""
    for found in page.find(LABELLED_NAME):
        return found.value("name", str)
    for found in page.find(PAGE_ONE):
        words = found.line.words
        starts = [
            at for at in range(1, len(words)) if words[at].x0 - words[at - 1].x1 > 1.5 * found.line.height
        ]
        for start in (0, *starts):
            text = " ".join(word.text for word in words[start:])
            if (match := NAME.match(text)) is not None:
                return printed(match["name"], words[start : start + len(match["name"].split())], page.number)
    return None


def _named_again(name: Printed[str] | None, pages: Sequence[Page]) -> Printed[str] | None:
    """Return a recognised name as unsure unless the headers of other pages repeat it: a word may be gone."""
    if name is None or name.confidence is None:
        return name
    headers = [match["name"].strip() for page in pages[1:] for match in HEADER_NAME.finditer(page.text)]
    alike = bool(headers) and all(header == name.value for header in headers)
    return name if alike else name._replace(confidence=0.0)


def _autopay(page: Page) -> Printed[bool] | None:
    """Return True if the first page says that the amount will be debited; an offer to enroll does not."""
    found = next(page.find(AUTOPAY), None)
    return printed(True, found.words(), page.number) if found else None


def _stub(page: Page, draft: Draft, aside: Aside) -> None:
    """Read the payment stub: amount and date again, statement mark, mailing address."""
    for found in page.find(STUB_DUE):
        _take(draft, aside, "amount_due", [value for value in [found.value(1, usd)] if value])
    for found in page.find(STATEMENT):
        stated = found.value(1, _stated)
        if stated is not None:
            aside.witnesses.append(Witness("/bill/statement_date", stated))
    draft.mailing_address = _mailing_address(page, draft.customer_name)


def _stated(text: str) -> dt.date:
    """Return the date of a statement mark, MMDDYYYY."""
    return dt.date(int(text[4:]), int(text[:2]), int(text[2:4]))


def _mailing_address(page: Page, name: Printed[str] | None) -> Printed[str] | None:
    """Return the address below the customer's name on the stub, its lines joined by commas."""
    if name is None:
        return None
    pattern = re.compile(rf"{re.escape(name.value.lower())}(?!\s*/)")
    for label in labels(page, pattern):
        lines = column_below(label, rows=4)
        if lines and re.search(r"\b[A-Z]{2} \d{5}(?:-\d{4})?$", lines[-1].text):
            words = [word for line in lines for word in line.words]
            return printed(", ".join(line.text for line in lines), words, page.number)
    return None


def _repeated(page: Page, aside: Aside) -> None:
    """Take page 2's repetitions from its text; its words are boilerplate nobody else needs."""
    if not any(mark in page.squeezed for mark in REPEATED):
        return
    found: list[tuple[str, str, Any]] = [
        ("/bill/customer_account", match[1], match[1]) for match in ACCOUNT_AGAIN.finditer(page.text)
    ]
    found += [
        ("/bill/statement_date", match[1], _day(match[1])) for match in PREPARED_AGAIN.finditer(page.text)
    ]
    whole = Box(0.0, 0.0, page.width, page.height)
    for pointer, said, value in found:
        if value is not None:
            aside.witnesses.append(Witness(pointer, Printed(value, said, page.number, whole)))


def _day(text: str) -> dt.date | None:
    try:
        return day(text)
    except UnreadableValueError:
        return None


def _scan_line(page: Page) -> Printed[str] | None:
    """Return the scan line at the foot of the stub: account, a number, amounts in cents."""
    return next((found.value(0, str) for found in reversed(list(page.find(SCAN)))), None)


def _as(place: Printed[Any], value: T) -> Printed[T]:
    return Printed(value, place.text, place.page, place.bbox, place.confidence)


HEADER_MARKS = ("serviceaccount", "serviceaddress", "pod-id", "podid", "rotatingoutage")
"""The labels of the header, without spaces; a page without any of them has no header."""


class ServiceHeader:
    """The header's part about one service: account, address, POD-ID, rotating outage group."""

    def __init__(self, page: Page) -> None:
        if not any(mark in page.squeezed for mark in HEADER_MARKS):
            page = Page(page.number, page.width, page.height, ())  # nothing of it is printed here
        self.service_account = self._one(page, SERVICE_ACCOUNT, SERVICE_NUMBER, str)
        self.pod_id = self._one(page, POD_ID, _POD, str)
        self.rotating_outage_group = self._one(page, OUTAGE, _GROUP, lambda text: text.split()[-1])
        self.service_address = _service_address(page)

    @property
    def says_something(self) -> bool:
        """Tell whether any of it is printed."""
        return any((self.service_account, self.pod_id, self.rotating_outage_group, self.service_address))

    @staticmethod
    def _one(
        page: Page, label: re.Pattern[str], value: re.Pattern[str], convert: Callable[[str], str]
    ) -> Printed[str] | None:
        for found in labels(page, label):
            read = value_below(found, value, convert) or value_right(found, value, convert)
            if read is not None:
                return read
        return None


def _service_address(page: Page) -> Printed[str] | None:
    """Return the address of service: below its own label, else below the service account's number."""
    for label in labels(page, SERVICE_ADDRESS):
        return _address(column_below(label, rows=3))
    for label in labels(page, SERVICE_ACCOUNT):
        lines = column_below(label, rows=4)
        if lines and SERVICE_NUMBER.fullmatch(lines[0].text):
            return _address(lines[1:])
        if value_right(label, SERVICE_NUMBER, str) is not None:
            return _address(lines)
    return None


def _address(lines: Sequence[Line]) -> Printed[str] | None:
    for count in range(1, len(lines) + 1):
        if re.search(r",? [A-Z]{2} \d{5}(?:-\d{4})?$", lines[count - 1].text):
            words = [word for line in lines[:count] for word in line.words]
            return printed(", ".join(line.text for line in lines[:count]), words, lines[0].page)
    return None
