"""What a reply seems to say, by its words: a suggestion that a person confirms, with the words that say so.

Only what cannot be mistaken counts by itself: a case number in a machine's answer is an event, not an
acknowledgement by a person; files are looked at by what they hold, not by what the text promises. The formats
of SCE's and CPA's answers are not known: these are the words that such desks use.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

from datarequests.incoming.parsed import Incoming


class Says(StrEnum):
    """What a reply seems to say."""

    ACKNOWLEDGED = "acknowledged"
    CORRECTION = "asks_for_correction"
    REJECTED = "rejected"
    DATA = "data_attached"
    PORTAL = "portal_link"
    """The data lies behind a link: fetch it by hand."""
    PROMISED = "promised"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Suggestion:
    """What a reply seems to say."""

    says: Says
    words: str = ""
    """The words by which."""
    case: str | None = None
    promised: dt.date | None = None


_QUOTE = re.compile(r"^\s*(>|On .{5,200} wrote:|-+\s*Original Message\s*-+|_{10,}|From: .+@)", re.IGNORECASE)

CASE = re.compile(
    r"\b(?:case|ticket|reference|request|incident|confirmation|tracking)\s*(?:number|no\.?|id|#)?\s*(?:is|:|#)*\s*"
    r"#?\s*([A-Z]{0,6}-?\d[\w-]{3,20})",
    re.IGNORECASE,
)
_PROMISED = re.compile(
    r"\b(?:by|on|before|no later than|expected(?: on| by)?|estimated(?: completion)?(?: date)?(?: is|:)?)\s+"
    r"(\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4})",
    re.IGNORECASE,
)

WORDS: tuple[tuple[Says, re.Pattern[str]], ...] = tuple(
    (says, re.compile(pattern, re.IGNORECASE))
    for says, pattern in (
        (
            Says.REJECTED,
            r"(?:has been|was|is|been) (?:rejected|denied|declined)|(?:unable|cannot|can not|not able) to "
            r"(?:process|fulfill|fulfil|honor|release|accept)|"
            r"(?:reject|declin|deny)(?:ing|ed) (?:your|this|the) request",
        ),
        (
            Says.CORRECTION,
            r"please (?:correct|re-?submit|resend|provide|complete|sign|initial|revise|update)|"
            r"(?:missing|incomplete|incorrect|illegible|"
            r"not (?:signed|initialed|dated)|does not match|do not match)|"
            r"additional information (?:is )?(?:needed|required)|corrected form",
        ),
        (
            Says.PORTAL,
            r"(?:download|available|access|retrieve|view)\w* (?:it |them |the (?:data|file|files|message) )?"
            r"(?:\w+ ){0,4}(?:at|from|here|through|via|using|by clicking)\b.{0,120}https?://|"
            r"secure (?:message|e-?mail|portal)",
        ),
        (Says.DATA, r"(?:attached|enclosed|attachment)|please find"),
        (
            Says.ACKNOWLEDGED,
            r"(?:have |has been |was )?(?:received|receipt of|acknowledg\w+) (?:your|this|the)?\s*"
            r"(?:request|form|e-?mail|inquiry)|"
            r"your (?:request|form|e-?mail|inquiry) "
            r"(?:has been|was|is being) (?:received|processed|assigned|logged)|"
            r"thank you for (?:contacting|your (?:request|e-?mail|inquiry))",
        ),
    )
)
"""What is looked for, the graver first: an answer that attaches a form to be corrected is no data."""


def suggested(message: Incoming) -> Suggestion:
    """Return what a reply seems to say; what it quotes of ours does not count."""
    text = f"{message.subject}\n{own_words(message.text)}"
    case = CASE.search(text)
    number = case[1] if case else None
    promised = _day(found[1]) if (found := _PROMISED.search(text)) else None
    for says, words in WORDS:
        if says is Says.DATA and not message.attachments:
            continue
        if found := words.search(text):
            return Suggestion(says, " ".join(found[0].split())[:120], number, promised)
    if message.attachments:
        return Suggestion(Says.DATA, f"{len(message.attachments)} files attached", number, promised)
    if promised:
        return Suggestion(Says.PROMISED, str(promised), number, promised)
    return Suggestion(Says.UNKNOWN, "", number)


def own_words(text: str) -> str:
    r"""Return a text up to what it quotes.

    >>> own_words("We got it.\n\nOn Mon, Mar 2, 2026, Pat wrote:\n> please correct")
    'We got it.\n'
    """
    kept = []
    for line in text.splitlines():
        if _QUOTE.match(line):
            break
        kept.append(line)
    return "\n".join(kept)


def _day(text: str) -> dt.date | None:
    plain = re.sub(r"[.,]", "", text).strip()
    for form in ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d %Y", "%b %d %Y"):
        try:
            return dt.datetime.strptime(plain, form).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    return None
