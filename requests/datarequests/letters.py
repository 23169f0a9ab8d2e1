r"""The letter of a request: subject, text and what is enclosed; the same each time it is made.

A letter is a template of `templates/mail/` filled in. Its first line is the subject; the reference of the
request stands in it whatever the template says, for by that an answer is matched. Whatever a value says is
put on one line: a customer's name cannot add a line to the head of a message. Names of enclosed files are our
own and carry no account number.

>>> reference("cisr", "sce", 12, "k3v9")
'CISR-000012-k3v9'
>>> REFERENCE.search("AW: [CISR-000012-k3v9] Form 14-796").groups()
('000012', 'k3v9')
>>> one_line("ACME\r\nBcc: all@example.com")
'ACME Bcc: all@example.com'
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datarequests.addressing import reference
from datarequests.letter import Attachment, Letter, one_line, parted
from datarequests.workflow import NOT_SENT
from extractor.base.errors import BillclerkError
from extractor.base.templating import rendered

if TYPE_CHECKING:
    from datarequests.tables import Authorization
    from datarequests.viewed import Viewed

TEMPLATES = {"cisr": "mail/cisr_instruction.txt.j2", "letter": "mail/cpa_request.txt.j2"}
"""The template of a request, by the kind of form that its counterparty works with."""

FORM = "14-796"

SHEET_TITLE = "Preparation sheet for SCE Form 14-796"
"""Title of the paper that only prepares the form; it stands in the PDF as it is."""

REFERENCE = re.compile(r"\[[A-Z][A-Z0-9_-]*-([0-9]{6,})-([0-9A-Za-z]{1,16})\]")
"""A request's reference in a subject: its number and its token."""

KINDS = {
    b"%PDF-": ("pdf", "application/pdf"),
    b"\x89PNG": ("png", "image/png"),
    b"\xff\xd8\xff": ("jpg", "image/jpeg"),
    b"II*\0": ("tif", "image/tiff"),
    b"MM\0*": ("tif", "image/tiff"),
}
"""What a signed form may be, by how its file begins."""


class LetterError(BillclerkError):
    """A letter cannot be made of what is known, or what it would enclose is not what was signed."""

    exit_code = 2


def letter_of(viewed: Viewed, signed: bytes | None = None, own: Path | None = None) -> Letter:
    """Return the letter of a request, with the signed file of its authorization; `own`: a firm's templates.

    Raises:
        LetterError: if it has no authorization, or the file is not the one that was signed.
        TemplateFaultError: if a value that the template names is missing.
    """
    authorization = viewed.authorization
    if authorization is None:
        raise LetterError(f"request {viewed.number} has no authorization; draft it again with one")
    kind = viewed.counterparty.known.form
    refer = reference(kind, viewed.counterparty.key, viewed.number, viewed.request.token)
    name = TEMPLATES[kind]
    subject, text = parted(rendered(name, values_of(viewed, authorization, refer), own), name)
    if f"[{refer}]" not in subject:
        subject = f"[{refer}] {subject}"
    enclosed = () if signed is None else (enclosure(authorization, signed, refer),)
    return Letter(subject, text, enclosed)


def enclosure(authorization: Authorization, signed: bytes, refer: str) -> Attachment:
    """Return the signed form as it is enclosed.

    Raises:
        LetterError: if it is not the file that was signed, or no kind of file that can be sent.
    """
    if hashlib.sha256(signed).hexdigest() != authorization.signed_sha256:
        raise LetterError(
            f"the file of authorization {authorization.id} is not the one that was signed, which"
            " makes it void; run `billclerk authorizations check`, and have a new form signed"
        )
    suffix, mime = kind_of(signed)
    return Attachment(f"authorization-{refer.rpartition('-')[0]}.{suffix}", mime, signed)


def kind_of(signed: bytes) -> tuple[str, str]:
    """Return the suffix and the type of a signed form.

    Raises:
        LetterError: if it is neither PDF nor picture.
    """
    for begin, kind in KINDS.items():
        if signed.startswith(begin):
            return kind
    raise LetterError("a signed form is a PDF, or a PNG, JPEG or TIFF picture of it")


def refuse_sheet(signed: bytes) -> None:
    """Refuse our own preparation sheet as a signed form, also one that was signed on a screen.

    Raises:
        LetterError: if it is that.
    """
    if SHEET_TITLE.encode() in signed:
        raise LetterError(
            "that is the preparation sheet, which no counterparty takes; have the official form signed"
        )


def values_of(viewed: Viewed, authorization: Authorization, refer: str) -> dict[str, Any]:
    """Return what a request's templates may name; what is not known is not among it."""
    executed = authorization.executed_on
    values: dict[str, Any] = filled(
        {
            "reference": refer,
            "form": FORM,
            "form_revision": authorization.form_revision,
            "counterparty": viewed.counterparty.name,
            "utility": viewed.counterparty.known.utility,
            "customer_of_record": authorization.customer_of_record,
            "customer_address": authorization.mailing_address,
            "executed_on": day(executed) if executed else "(not signed yet)",
            "release_method": authorization.release_method,
            "release_to": authorization.release_to,
            "agent": dict(authorization.agent),
            "accounts": _accounts(viewed, authorization),
        }
    )
    return values


def _accounts(viewed: Viewed, authorization: Authorization) -> list[dict[str, Any]]:
    """Return what is asked, by service account in its order; what came before it is sent is not asked."""
    addresses = {one["service_account"]: one.get("service_address") for one in authorization.accounts}
    asked: dict[str, list[dict[str, Any]]] = {}
    form = viewed.counterparty.form_on(viewed.today)
    is_out = viewed.state not in NOT_SENT
    for item in viewed.items if is_out else viewed.missing:
        option = form.option(item.option)
        span = {"first": day(item.first), "last": day(item.last)} if item.first and item.last else {}
        asked.setdefault(item.service_account, []).append(
            {"option": item.option, "name": option.name if option else item.option, **span}
        )
    return [
        {
            "service_account": account,
            "service_address": addresses.get(account) or "(not on the authorization)",
            "items_asked": items,
        }
        for account, items in asked.items()
    ]


def filled(value: Any) -> Any:
    """Return values for a template: text on one line; what is None or empty is left out, and so is missed."""
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        kept = {name: filled(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in (None, "")}
    return [filled(one) for one in value] if isinstance(value, list | tuple) else value


def day(date: dt.date) -> str:
    """Return a date as it is written in letters.

    >>> day(dt.date(2026, 3, 1))
    'March 1, 2026'
    """
    return f"{date:%B} {date.day}, {date.year}"
