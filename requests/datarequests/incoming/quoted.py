r"""What somebody wrote, without what it quotes of ours and without the small print below it.

>>> own_words("We got it.\n\nOn Mon, Mar 2, 2026, Pat wrote:\n> please correct")
'We got it.\n'
>>> own_words("> Is it there?\n\nYes. If you have received this e-mail in error, delete it.")
'\nYes.'
"""

from __future__ import annotations

import re

_MARKED = re.compile(r"^\s*(?:>|\|)")
_INTRODUCED = re.compile(
    r"^\s*(?:On\b.{5,300}\bwrote|Am\b.{5,300}\bschrieb.{0,80}|"
    r"\S.{5,300}\b(?:a écrit|escribió|ha scritto|escreveu))\s*:\s*$"
)
_BEGUN = re.compile(r"^\s*On\b.{5,300}$")
_REST = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original|Forwarded) Message\s*-{2,}|_{10,}|Begin forwarded message:)", re.IGNORECASE
)
_HEAD = re.compile(r"^\s*\*?From:\*?\s", re.IGNORECASE)
_HEAD_GOES_ON = re.compile(r"^\s*\*?(?:Sent|Date|To|Subject):\*?\s", re.IGNORECASE)
_SMALL_PRINT = re.compile(
    r"\b(?:in error|intended (?:only |solely )?(?:for|recipient)|confidentiality|privileged|"
    r"survey|rate our service)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_AHEAD = 4
"""Lines in which the head of a quoted message shows itself as one."""


def own_words(text: str) -> str:
    """Return what of a text is its writer's own."""
    lines = text.splitlines()
    kept: list[str] = []
    for at, line in enumerate(lines):
        if _REST.match(line) or _is_head(lines, at):
            break
        introduced = _introduced(lines, at)
        if introduced and not _is_marked(lines[at + introduced :]):
            break  # what follows is quoted as it stands
        if introduced or _MARKED.match(line) or _ends_introduction(lines, at):
            continue
        kept.append(_without_small_print(line))
    return "\n".join(kept)


def _without_small_print(line: str) -> str:
    if not _SMALL_PRINT.search(line):
        return line
    return " ".join(one for one in _SENTENCE.split(line) if not _SMALL_PRINT.search(one))


def _introduced(lines: list[str], at: int) -> int:
    """Return of how many lines what introduces a quotation is, 0 where none begins."""
    if _INTRODUCED.match(lines[at]):
        return 1
    if _BEGUN.match(lines[at]) and at + 1 < len(lines):
        both = f"{lines[at].rstrip()} {lines[at + 1].strip()}"
        return 2 if _INTRODUCED.match(both) else 0
    return 0


def _ends_introduction(lines: list[str], at: int) -> bool:
    return at > 0 and _introduced(lines, at - 1) == 2


def _is_marked(lines: list[str]) -> bool:
    following = next((line for line in lines if line.strip()), "")
    return bool(_MARKED.match(following))


def _is_head(lines: list[str], at: int) -> bool:
    """Tell whether the head of a quoted message begins: `From:`, soon followed by when and to whom."""
    return bool(_HEAD.match(lines[at])) and any(
        _HEAD_GOES_ON.match(line) for line in lines[at + 1 : at + 1 + _AHEAD]
    )
