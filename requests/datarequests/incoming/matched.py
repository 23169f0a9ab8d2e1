"""Which request a message is for: by what we gave it to carry, never by guessing.

In this order: the reply address with its signature, the Message-IDs it answers (or of the message a bounce
embeds), the token in its subject. If two of these name different requests, or none does, it is an orphan that
a person assigns; the sender's domain and a service account in it are told with it as a suggestion, no more.
What a sender outside the counterparty's domains says never moves a request: that is an orphan too. So is what
our own server found to be forged (the first Authentication-Results, which it adds; RFC 8601): what those say
in favour of a message counts for nothing, anybody may have written it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from datarequests.incoming.kinds import delivery_of
from datarequests.incoming.parsed import Incoming

SUBJECT = re.compile(r"\[[A-Z][A-Z0-9_-]{0,30}-0{0,8}([1-9]\d{0,8})-([A-Za-z0-9]{1,16})\]", re.IGNORECASE)
"""Our token in a subject: a number and letters that nobody can know of another request."""

_ACCOUNT = re.compile(r"(?<!\d)\d[\d-]{8,18}\d(?!\d)")


@dataclass(frozen=True)
class Ours:
    """What of our requests a message may carry."""

    by_message_id: Mapping[str, int]
    """The request of each Message-ID that we sent."""
    tokens: Mapping[int, str]
    """The token of each request."""
    by_reply_address: Callable[[str], tuple[int, str] | None] = lambda _: None
    """Returns the request of a reply address whose signature is right, and the token it was signed with."""
    accounts: Mapping[str, Collection[int]] | None = None
    """The requests that ask for each service account."""


@dataclass(frozen=True)
class Match:
    """Which request a message is for."""

    request: int | None
    by: str | None
    """`address`, `thread`, `embedded` or `subject`."""
    why_not: str | None = None
    """Why nobody can say, for a person."""


def match(message: Incoming, ours: Ours) -> Match:
    """Return which request a message is for."""
    named: list[tuple[str, int]] = []
    sent = ours.by_message_id
    for address in message.recipients:
        signed = ours.by_reply_address(address)
        if signed is not None and _is_token(ours, *signed):
            named.append(("address", signed[0]))
    report = delivery_of(message)
    if report is not None:
        named += [("embedded", sent[one]) for one in report.message_ids if one in sent]
    named += [("thread", sent[one]) for one in message.answers if one in sent]
    for number_text, token in SUBJECT.findall(message.subject):
        if _is_token(ours, int(number_text), token):
            named.append(("subject", int(number_text)))
    numbers = {number for _, number in named}
    if len(numbers) == 1:
        by, number = named[0]
        return Match(number, by)
    if numbers:
        said = ", ".join(f"{number} by its {by}" for by, number in dict.fromkeys(named))
        return Match(None, None, f"it names several requests: {said}")
    return Match(None, None, "it carries nothing of ours")


def _is_token(ours: Ours, number: int, token: str) -> bool:
    """Tell whether a token is that of a request: numbers of what was erased are given again."""
    return ours.tokens.get(number, "").lower() == token.lower()


def is_from(message: Incoming, domains: Collection[str]) -> bool:
    r"""Tell whether each sender a message names is of some domains, or of a part of one.

    >>> from datarequests.incoming.parsed import parsed
    >>> senders = b"a@sce.com", b"a@mail.sce.com", b"a@notsce.com"
    >>> [is_from(parsed(b"From: " + one + b"\n\n"), ["sce.com"]) for one in senders]
    [True, True, False]
    """
    found = [one.rpartition("@")[2].strip(".") for one in message.senders]
    known = [one.lower().strip(".") for one in domains]
    return bool(found) and all(
        any(one == domain or one.endswith(f".{domain}") for domain in known) for one in found
    )


def is_forged(message: Incoming) -> bool:
    r"""Tell whether our own server found that a message is not from whom it says.

    >>> from datarequests.incoming.parsed import parsed
    >>> head = b"Authentication-Results: mx.example.com; dkim=none; dmarc=%s header.from=sce.com"
    >>> [is_forged(parsed(head % result + b"\n\n")) for result in (b"fail", b"pass", b"none")]
    [True, False, False]
    """
    first = message.header("Authentication-Results").lower()
    return re.search(r"\bdmarc\s*=\s*fail\b", first) is not None


def suggestions(message: Incoming, accounts: Mapping[str, Collection[int]]) -> tuple[int, ...]:
    """Return requests that a message may be for, by service accounts in its text and files' names."""
    text = "\n".join([message.subject, message.text, *(one.name for one in message.attachments)])
    numbers = {re.sub(r"\D", "", one) for one in _ACCOUNT.findall(text)}
    return tuple(sorted({request for number in numbers for request in accounts.get(number, ())}))
