"""A letter before it is a message: what it says and what is enclosed; who makes one knows nothing of mail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Attachment:
    """A file that is enclosed."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """What is sent."""

    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    html: str | None = None
