"""A letter before it is a message: what it says and what is enclosed; who makes one knows nothing of mail."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.base.templating import TemplateFaultError


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


def one_line(text: str) -> str:
    r"""Return text on one line, without characters that are not printed, and without encoded words.

    Python decodes what looks like an encoded word, and a line break hidden in it would begin a header.

    >>> one_line("ACME\r\nBcc: all@example.com"), one_line("=?utf-8?q?=0ABcc:_x?=")
    ('ACME Bcc: all@example.com', '= ?utf-8?q?=0ABcc:_x?=')
    """
    shown = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(shown.replace("=?", "= ?").split())


def parted(text: str, name: str) -> tuple[str, str]:
    """Return the subject and the text of a template that is filled in.

    Raises:
        TemplateFaultError: if its first line is no subject.
    """
    first, _, rest = text.partition("\n")
    subject = one_line(first.removeprefix("Subject:"))
    if not first.startswith("Subject:") or not subject:
        raise TemplateFaultError(f"template {name}: its first line has to be `Subject: ` and the subject")
    return subject, rest.strip("\n") + "\n"
