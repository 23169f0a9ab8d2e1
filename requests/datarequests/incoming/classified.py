"""What a reply seems to say, by its words: a suggestion that a person confirms, with the words that say so.

Only what cannot be mistaken counts by itself: a case number in a machine's answer is an event, not an
acknowledgement by a person; files are looked at by what they hold, not by what the text promises. The formats
of SCE's and CPA's answers are not known: these are the words that such desks use.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from datarequests.incoming.parsed import Incoming
from datarequests.incoming.quoted import own_words


class Says(StrEnum):
    """What a reply seems to say."""

    ACKNOWLEDGED = "acknowledged"
    CORRECTION = "correction"
    """It asks for something of us."""
    REJECTED = "rejected"
    DATA = "data"
    """Files are attached that may be the data."""
    PORTAL = "portal"
    """The data lies behind a link: fetch it by hand."""
    PROMISED = "promised"
    """It names a day by which the answer comes."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Suggestion:
    """What a reply seems to say."""

    says: Says
    words: str = ""
    """The words by which."""
    case: str | None = None
    promised: dt.date | None = None
    doubt: str = ""
    """A sentence in which more may be said than that: a person reads it."""


CASE = re.compile(
    r"\b(?P<what>case|ticket|reference|request|incident|confirmation|tracking|inquiry|service request)\s*"
    r"(?P<named>number|no\.?|id|#)?\s*(?:is|:|#)*\s*#?\s*(?P<case>[A-Z]{0,6}-?\d[\w-]{3,20})",
    re.IGNORECASE,
)
_ALONE = frozenset({"case", "ticket", "incident", "tracking"})
"""What a number may follow without a word that it is one."""
_DAY = re.compile(r"\d{1,4}[-/]\d{1,2}[-/]\d{1,4}")
_TELEPHONE = re.compile(r"1?-?\d{3}-\d{3}-\d{4}")

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=\D)|\n\s*\n")
_DATE = re.compile(
    r"\b(?:by|on|before|no later than|around|is|date:?)\s+"
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(\d{1,2}/\d{1,2}/\d{2,4}|\d{4}-\d{2}-\d{2}|"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4})",
    re.IGNORECASE,
)
_WILL = re.compile(r"\b(?:will|shall|expect\w*|estimat\w*|anticipat\w*|should (?:be|receive|have))\b", re.I)
_OURS_TO_DO = re.compile(r"\b(?:please|you must|you (?:need|will need|have) to|kindly|unless)\b", re.I)

WORDS: tuple[tuple[Says, re.Pattern[str]], ...] = tuple(
    (says, re.compile(pattern, re.IGNORECASE))
    for says, pattern in (
        (
            Says.REJECTED,
            r"(?<!not )(?:has been|have been|was|were|is being|is hereby) (?:rejected|denied|declined)|"
            r"(?:unable|cannot|can ?not|not able|can't) (?:to )?(?:be )?"
            r"(?:process|fulfil|honor|release|accept|provide|grant)\w*|"
            r"(?:we|have to|must) (?:reject|deny|decline)\b|"
            r"(?:reject|deny|declin)ing (?:your|this|the) request|"
            r"(?:we|and|it) (?:have |has )?(?:rejected|denied|declined)\b|"
            r"\b(?:status|request)\W{1,3}(?:rejected|denied|declined)\b|"
            r"rejection (?:reason|notice)|reason for rejection",
        ),
        (
            Says.CORRECTION,
            r"please (?:correct|re-?submit|re-?send|provide|complete|sign|initial|revise|update|clarify)|"
            r"(?<!nothing )(?<!not )\b(?:is|are|was|were|form) (?:missing|incomplete|incorrect|illegible)|"
            r"not (?:been )?(?:signed|initialed|initialled|dated)|do(?:es)? not match|"
            r"additional information (?:is |was )?(?:needed|required)|corrected (?:form|copy|version)|"
            r"(?<!if )\b(?:we|you) (?:will )?(?:still )?(?:need|require)\b|"
            r"\b(?:is|has|are|have) (?:invalid|expired)\b|\bon hold\b",
        ),
        (
            Says.PORTAL,
            r"https?://\S+|secure (?:message|e-?mail|portal|file transfer|link)|"
            r"encrypted (?:message|e-?mail)",
        ),
        (Says.DATA, r"(?:attached|enclosed|attachment)|please find"),
        (
            Says.ACKNOWLEDGED,
            r"(?:have|has been|was|is|we|acknowledge\w*|confirm\w*) (?:received|receipt of|logged|assigned)"
            r"(?: (?:your|this|the)\b| [a-z]+ (?:request|form|inquiry)|\.|,| and)|"
            r"your (?:\w+ ){0,3}(?:request|form|e-?mail|inquiry) "
            r"(?:has been|was|is being|is) (?:received|processed|assigned|logged|opened|created)|"
            r"thank you for (?:contacting|your (?:\w+ ){0,2}(?:request|e-?mail|inquiry))",
        ),
    )
)
"""What is looked for, the graver first: an answer that attaches a form to be corrected is no data."""

_TROUBLE = re.compile(
    r"\b(?:den(?:y|ied|ial|ying)|reject\w*|declin\w*|refus\w*|invalid|void|expir\w*|hold|held|pending|needs?|"
    r"needed|requir\w*|missing|incomplete|incorrect|wrong|unable|cannot|unless|until|before|however|but|"
    r"unfortunately|regret\w*|sorry|fees?|invoice\w*|pay\w*|paid|instead|closed|cancel\w*|withdrawn|"
    r"re-?submit\w*|re-?send\w*|correct(?:ed|ion|ions)?|must|mismatch|match\w*|discrepan\w*|fail\w*|"
    r"returned|sign|signed|signature|please|not)\b|n't\b",
    re.IGNORECASE,
)
"""What more than an acknowledgement may be said by."""

_COURTESY = re.compile(
    r"^\W*if you (?:have|need|require)\b|\bdo(?:n't| not) (?:hesitate|reply|respond)\b|"
    r"^\W*please (?:allow|keep|retain|save|refer|reference|include|quote|use|feel free|contact|call|expect|"
    r"find|see|let (?:us|me) know)\b",
    re.IGNORECASE,
)
"""What desks write below every letter."""

_FETCH = re.compile(r"download|retrieve|view|access|available|pick up|open the|click", re.IGNORECASE)
"""What makes a link one behind which data lies."""


def suggested(
    message: Incoming, now: dt.datetime, not_cases: Collection[str] = (), files: int | None = None
) -> Suggestion:
    """Return what a reply seems to say; what it quotes of ours does not count.

    `not_cases` are numbers that are no case of theirs, though they may stand where one would: ours, and
    service accounts. `files` says how many of the files may be data, all of those that are not in the text
    by default.
    """
    own = own_words(message.text)
    text = f"{message.subject}\n\n{own}"
    count = sum(not one.is_inline for one in message.attachments) if files is None else files
    case = case_in(text, not_cases)
    day = promised_in(text, now)
    for says, words in WORDS:
        found = words.search(text)
        if found is None or (says is Says.DATA and not count):
            continue
        if says is Says.PORTAL and not _is_fetched(text, found, bool(count)):
            continue
        return Suggestion(says, _short(found[0]), case, day, doubt_in(own))
    if count:
        return Suggestion(Says.DATA, f"{count} {'file' if count == 1 else 'files'} attached", case, day)
    if day:
        return Suggestion(Says.PROMISED, str(day), case, day)
    return Suggestion(Says.UNKNOWN, "", case, doubt=doubt_in(own))


def doubt_in(text: str) -> str:
    """Return the first sentence in which more may be said than that something was received.

    >>> doubt_in("We have received it, case 123456. It is on hold."), doubt_in("Please allow 10 days.")
    ('It is on hold.', '')
    """
    for sentence in _SENTENCE.split(text):
        if _TROUBLE.search(sentence) and not _COURTESY.search(sentence):
            return _short(sentence)
    return ""


def _is_fetched(text: str, found: re.Match[str], has_files: bool) -> bool:
    """Tell whether something lies behind a link: a letter's foot has links, too."""
    around = text[max(0, found.start() - 200) : found.end() + 60]
    return not has_files and _FETCH.search(around) is not None


def case_in(text: str, not_these: Collection[str] = ()) -> str | None:
    """Return the number that a text gives to a case; None where it gives none, or several.

    >>> case_in("Your case number is 0012345."), case_in("Ticket #SR-20391 was opened")
    ('0012345', 'SR-20391')
    >>> case_in("your request 2026-03-01"), case_in("Case 111111 replaces case 222222")
    (None, None)
    """
    others = {_plain(one) for one in not_these}
    found = {}
    for match in CASE.finditer(text):
        case = match["case"].rstrip("-_")
        if not _is_named(match):
            continue
        if _DAY.fullmatch(case) or _TELEPHONE.fullmatch(case) or _plain(case) in others:
            continue
        found[_plain(case)] = case
    return next(iter(found.values())) if len(found) == 1 else None


def _is_named(match: re.Match[str]) -> bool:
    """Tell whether something says that a number is one: `your request 2026-03-01` says none."""
    is_case = match["named"] is not None or match["what"].lower() in _ALONE
    return is_case or any(sign in match[0] for sign in (":", "#", " is "))


def promised_in(text: str, now: dt.datetime) -> dt.date | None:
    """Return the day by which a text says that an answer will come; one that has passed is none.

    >>> now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    >>> promised_in("You will receive it by March 9, 2026.", now)
    datetime.date(2026, 3, 9)
    >>> promised_in("Please resubmit it by 03/09/2026, or it will be closed.", now)
    """
    for sentence in _SENTENCE.split(text):
        if not _WILL.search(sentence) or _OURS_TO_DO.search(sentence):
            continue
        for found in _DATE.finditer(sentence):
            day = _day(found[1])
            if day is not None and day >= now.date():
                return day
    return None


def _plain(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", text.lower())


def _short(text: str) -> str:
    return " ".join(text.split())[:120]


def _day(text: str) -> dt.date | None:
    plain = re.sub(r"[.,]", "", text).strip()
    for form in ("%m/%d/%Y", "%m/%d/%y", "%Y-%m-%d", "%B %d %Y", "%b %d %Y"):
        try:
            return dt.datetime.strptime(plain, form).date()  # noqa: DTZ007  (a day, no moment)
        except ValueError:
            continue
    return None
