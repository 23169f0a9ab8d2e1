"""Which request a message is for: by what we gave it to carry, never by guessing.

In this order: the reply address with its signature, the Message-IDs it answers (or of the message a bounce
embeds), the token in its subject. If two of these name different requests, or none does, it is an orphan that
a person assigns; the sender's domain and a service account in it are told with it as a suggestion, no more.
What a sender outside the counterparty's domains says never moves a request: that is an orphan too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from datarequests.incoming.kinds import delivery_of
from datarequests.incoming.parsed import Incoming

SUBJECT = re.compile(r"\[[A-Z]{2,6}-0*(\d{1,9})-([A-Za-z0-9]{2,16})\]")
"""Our token in a subject: a number and letters that nobody can know of another request."""


@dataclass(frozen=True)
class Ours:
    """What of our requests a message may carry."""

    by_message_id: Mapping[str, int]
    """The request of each Message-ID that we sent."""
    tokens: Mapping[int, str]
    """The token of each request."""
    by_reply_address: Callable[[str], int | None] = lambda _: None
    """Returns the request of a reply address whose signature is right."""


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
        if (number := ours.by_reply_address(address)) is not None:
            named.append(("address", number))
    report = delivery_of(message)
    if report is not None:
        named += [("embedded", sent[one]) for one in report.message_ids if one in sent]
    named += [("thread", sent[one]) for one in message.answers if one in sent]
    for number, token in SUBJECT.findall(message.subject):
        if ours.tokens.get(int(number), "").lower() == token.lower():
            named.append(("subject", int(number)))
    numbers = {number for _, number in named}
    if len(numbers) == 1:
        by, number = named[0]
        return Match(number, by)
    if numbers:
        said = ", ".join(f"{number} by its {by}" for by, number in dict.fromkeys(named))
        return Match(None, None, f"it names several requests: {said}")
    return Match(None, None, "it carries nothing of ours")


def is_from(message: Incoming, domains: Collection[str]) -> bool:
    """Tell whether each sender a message names is of some domains, or of a part of one.

    >>> from datarequests.incoming.parsed import parsed
    >>> senders = b"a@sce.com", b"a@mail.sce.com", b"a@notsce.com"
    >>> [is_from(parsed(b"From: " + one), ["sce.com"]) for one in senders]
    [True, True, False]
    """
    found = [one.rpartition("@")[2] for one in message.senders]
    return bool(found) and all(
        any(one == domain or one.endswith(f".{domain}") for domain in domains) for one in found
    )


def suggestions(message: Incoming, accounts: Mapping[str, Collection[int]]) -> tuple[int, ...]:
    """Return requests that a message may be for, by service accounts in its text and files' names."""
    text = "\n".join([message.subject, message.text, *(one.name for one in message.attachments)])
    numbers = {re.sub(r"\D", "", one) for one in re.findall(r"\d[\d-]{8,18}\d", text)}
    return tuple(sorted({request for number in numbers for request in accounts.get(number, ())}))
